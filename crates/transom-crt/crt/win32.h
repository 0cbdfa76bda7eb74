/* The few Win32 functions that the runtime calls; the whole is in include/. */
#ifndef TRANSOM_CRT_WIN32_H
#define TRANSOM_CRT_WIN32_H

#include <stddef.h>
#include <stdint.h>

struct startup {
    uint32_t cb;
    void *reserved, *desktop, *title;
    uint32_t numbers[7], flags;
    uint16_t show, reserved_bytes;
    void *reserved2, *input, *output, *error;
};
struct process {
    void *process, *thread;
    uint32_t process_id, thread_id;
};
#define USE_STD_HANDLES 0x100
#define UNICODE_ENVIRONMENT 0x400
#define DETACHED 0x8
#define SUSPENDED 0x4
#define FOREVER 0xFFFFFFFFu
#define INVALID_HANDLE ((void *)(intptr_t)-1)

int CloseHandle(void *handle);
int SetHandleInformation(void *handle, uint32_t mask, uint32_t flags);
uint32_t GetLastError(void);
void *CreateThread(void *security, size_t stack, uint32_t (*start)(void *), void *argument, uint32_t flags, uint32_t *id);
uint32_t ResumeThread(void *thread);
void ExitThread(uint32_t code) __attribute__((__noreturn__));
uint32_t WaitForSingleObject(void *handle, uint32_t ms);
int GetExitCodeProcess(void *process, uint32_t *code);
int CreateProcessW(const wchar_t *program, wchar_t *line, void *process_security, void *thread_security, int inherit,
    uint32_t flags, void *environment, const wchar_t *directory, struct startup *startup, struct process *process);
int SetEnvironmentVariableW(const wchar_t *name, const wchar_t *value);
int SetStdHandle(uint32_t which, void *handle);
void *GetStdHandle(uint32_t which);
char *GetCommandLineA(void);
wchar_t *GetCommandLineW(void);

/* Of Transom: a handle to what a descriptor is, and a descriptor of what a handle is. */
void *transom_handle_of_descriptor(int descriptor);
int transom_descriptor_of_handle(void *handle);

/* errno for the last error of Win32. */
int transom_errno(uint32_t error);

#endif
