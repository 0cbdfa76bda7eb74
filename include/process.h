/* process.h: threads with start functions of the runtime, and starting programs. */
#ifndef TRANSOM_PROCESS_H
#define TRANSOM_PROCESS_H
#pragma GCC system_header

#include <_transom.h>
#include <stdlib.h>
#include <stdint.h>
#include <stddef.h>

TRANSOM_BEGIN

#define _P_WAIT 0
#define _P_NOWAIT 1
#define _P_OVERLAY 2
#define _P_NOWAITO 3
#define _P_DETACH 4
#define P_WAIT _P_WAIT
#define P_NOWAIT _P_NOWAIT
#define P_OVERLAY _P_OVERLAY
#define _WAIT_CHILD 0
#define _WAIT_GRANDCHILD 1
typedef void (*_beginthread_proc_type)(void *);
typedef unsigned (*_beginthreadex_proc_type)(void *);
uintptr_t _beginthreadex(void *security, unsigned stack, unsigned (*start)(void *), void *argument,
    unsigned flags, unsigned *id) TRANSOM_CRT(_beginthreadex);
uintptr_t _beginthread(void (*start)(void *), unsigned stack, void *argument) TRANSOM_CRT(_beginthread);
void _endthreadex(unsigned code) TRANSOM_CRT(_endthreadex) __attribute__((__noreturn__));
void _endthread(void) TRANSOM_CRT(_endthread) __attribute__((__noreturn__));
intptr_t _spawnl(int mode, const char *program, const char *first, ...) TRANSOM_CRT(_spawnl);
intptr_t _spawnlp(int mode, const char *program, const char *first, ...) TRANSOM_CRT(_spawnlp);
intptr_t _spawnle(int mode, const char *program, const char *first, ...) TRANSOM_CRT(_spawnle);
intptr_t _spawnlpe(int mode, const char *program, const char *first, ...) TRANSOM_CRT(_spawnlpe);
intptr_t _spawnv(int mode, const char *program, const char *const *arguments) TRANSOM_CRT(_spawnv);
intptr_t _spawnvp(int mode, const char *program, const char *const *arguments) TRANSOM_CRT(_spawnvp);
intptr_t _spawnve(int mode, const char *program, const char *const *arguments, const char *const *environment) TRANSOM_CRT(_spawnve);
intptr_t _spawnvpe(int mode, const char *program, const char *const *arguments, const char *const *environment) TRANSOM_CRT(_spawnvpe);
intptr_t _execl(const char *program, const char *first, ...) TRANSOM_CRT(_execl);
intptr_t _execlp(const char *program, const char *first, ...) TRANSOM_CRT(_execlp);
intptr_t _execv(const char *program, const char *const *arguments) TRANSOM_CRT(_execv);
intptr_t _execvp(const char *program, const char *const *arguments) TRANSOM_CRT(_execvp);
intptr_t _execve(const char *program, const char *const *arguments, const char *const *environment) TRANSOM_CRT(_execve);
intptr_t _wspawnl(int mode, const wchar_t *program, const wchar_t *first, ...) TRANSOM_CRT(_wspawnl);
intptr_t _wspawnlp(int mode, const wchar_t *program, const wchar_t *first, ...) TRANSOM_CRT(_wspawnlp);
intptr_t _wspawnle(int mode, const wchar_t *program, const wchar_t *first, ...) TRANSOM_CRT(_wspawnle);
intptr_t _wspawnlpe(int mode, const wchar_t *program, const wchar_t *first, ...) TRANSOM_CRT(_wspawnlpe);
intptr_t _wspawnv(int mode, const wchar_t *program, const wchar_t *const *arguments) TRANSOM_CRT(_wspawnv);
intptr_t _wspawnvp(int mode, const wchar_t *program, const wchar_t *const *arguments) TRANSOM_CRT(_wspawnvp);
intptr_t _wspawnve(int mode, const wchar_t *program, const wchar_t *const *arguments, const wchar_t *const *environment) TRANSOM_CRT(_wspawnve);
intptr_t _wspawnvpe(int mode, const wchar_t *program, const wchar_t *const *arguments, const wchar_t *const *environment) TRANSOM_CRT(_wspawnvpe);
intptr_t _wexecl(const wchar_t *program, const wchar_t *first, ...) TRANSOM_CRT(_wexecl);
intptr_t _wexeclp(const wchar_t *program, const wchar_t *first, ...) TRANSOM_CRT(_wexeclp);
intptr_t _wexecv(const wchar_t *program, const wchar_t *const *arguments) TRANSOM_CRT(_wexecv);
intptr_t _wexecvp(const wchar_t *program, const wchar_t *const *arguments) TRANSOM_CRT(_wexecvp);
intptr_t _wexecve(const wchar_t *program, const wchar_t *const *arguments, const wchar_t *const *environment) TRANSOM_CRT(_wexecve);
intptr_t _execle(const char *program, const char *first, ...) TRANSOM_CRT(_execle);
intptr_t _cwait(int *status, intptr_t handle, int action) TRANSOM_CRT(_cwait);
int _getpid(void) __asm__("getpid");

TRANSOM_END
#endif
