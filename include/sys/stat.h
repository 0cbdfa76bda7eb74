/* sys/stat.h: the C library's, and MSVC's names. */
#ifndef TRANSOM_SYS_STAT_H
#define TRANSOM_SYS_STAT_H
#pragma GCC system_header

#include <_transom.h>
#include <stddef.h>

#include_next <sys/stat.h>

TRANSOM_BEGIN

#define _S_IFMT S_IFMT
#define _S_IFDIR S_IFDIR
#define _S_IFREG S_IFREG
#define _S_IFCHR S_IFCHR
#define _S_IREAD 0400
#define _S_IWRITE 0200
#define _S_IEXEC 0100
#define _wstat transom_wstat64
#define _wstat64 transom_wstat64
#define _wstati64 transom_wstat64
#define _fstat transom_fstat64
#define _fstat64 transom_fstat64
#define _fstati64 transom_fstat64
#define _stat stat
#define _stat64 stat
#define _stati64 stat
#define _stat32 stat
int transom_wstat64(const wchar_t *path, struct stat *about) TRANSOM_CRT(_wstat64);
int transom_fstat64(int descriptor, struct stat *about) __asm__("fstat");

TRANSOM_END
#endif
