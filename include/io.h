/* io.h: descriptors and names of files. */
#ifndef TRANSOM_IO_H
#define TRANSOM_IO_H
#pragma GCC system_header

#include <_transom.h>
#include <_errno_t.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <wchar.h>

TRANSOM_BEGIN

intptr_t _get_osfhandle(int descriptor) TRANSOM_CRT(_get_osfhandle);
int _open_osfhandle(intptr_t handle, int flags) TRANSOM_CRT(_open_osfhandle);
int _pipe(int *descriptors, unsigned size, int mode) TRANSOM_CRT(_pipe);
int _dup2(int from, int to) TRANSOM_CRT(_dup2);
int _open(const char *path, int flags, ...) TRANSOM_CRT(_open);
int _creat(const char *path, int mode) TRANSOM_CRT(_creat);
errno_t _sopen_s(int *descriptor, const char *path, int flags, int share, int mode) TRANSOM_CRT(_sopen_s);
int _setmode(int descriptor, int mode) TRANSOM_CRT(_setmode);
int _eof(int descriptor) TRANSOM_CRT(_eof);
long _filelength(int descriptor) TRANSOM_CRT(_filelength);
long long _filelengthi64(int descriptor) TRANSOM_CRT(_filelengthi64);
int _chsize(int descriptor, long size) TRANSOM_CRT(_chsize);
int _commit(int descriptor) TRANSOM_CRT(_commit);
int _access(const char *path, int mode) TRANSOM_CRT(_access);
errno_t _access_s(const char *path, int mode) TRANSOM_CRT(_access_s);
int _findclose(intptr_t handle) TRANSOM_CRT(_findclose);
int _dup(int descriptor) __asm__("dup");
int _close(int descriptor) __asm__("close");
long _lseek(int descriptor, long offset, int origin) __asm__("lseek");
long long _lseeki64(int descriptor, long long offset, int origin) __asm__("lseek64");
int _isatty(int descriptor) __asm__("isatty");
int _fileno(FILE *stream) __asm__("fileno");
int isatty(int descriptor) __asm__("isatty");
int _umask(int mask) __asm__("umask");
int _read(int descriptor, void *buffer, unsigned count) TRANSOM_CRT(_read);
int _write(int descriptor, const void *buffer, unsigned count) TRANSOM_CRT(_write);
long _tell(int descriptor) TRANSOM_CRT(_tell);
int setmode(int descriptor, int mode) TRANSOM_CRT(_setmode);
int _unlink(const char *path) TRANSOM_CRT(remove);
#define _A_NORMAL 0x00
#define _A_RDONLY 0x01
#define _A_HIDDEN 0x02
#define _A_SYSTEM 0x04
#define _A_SUBDIR 0x10
#define _A_ARCH 0x20
typedef unsigned long _fsize_t;
struct _finddata_t {
    unsigned attrib;
    time_t time_create;
    time_t time_access;
    time_t time_write;
    _fsize_t size;
    char name[260];
};
struct _wfinddata_t {
    unsigned attrib;
    time_t time_create;
    time_t time_access;
    time_t time_write;
    _fsize_t size;
    wchar_t name[260];
};
#define _finddata64_t _finddata_t
#define _finddatai64_t _finddata_t
#define _finddata64i32_t _finddata_t
#define _findfirst64 _findfirst
#define _findnext64 _findnext
#define _findfirsti64 _findfirst
#define _findnexti64 _findnext
intptr_t _findfirst(const char *path, struct _finddata_t *found) TRANSOM_CRT(_findfirst);
int _findnext(intptr_t handle, struct _finddata_t *found) TRANSOM_CRT(_findnext);
intptr_t _wfindfirst(const wchar_t *path, struct _wfinddata_t *found) TRANSOM_CRT(_wfindfirst);
int _wfindnext(intptr_t handle, struct _wfinddata_t *found) TRANSOM_CRT(_wfindnext);

TRANSOM_END
#endif
