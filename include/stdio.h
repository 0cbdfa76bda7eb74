/* stdio.h: the C library's, and with the formats of MSVC, its paths and its _s forms. */
#ifndef TRANSOM_STDIO_H
#define TRANSOM_STDIO_H
#pragma GCC system_header

#include <_transom.h>
#include <_errno_t.h>
#include <stdarg.h>

/* The C library's functions of these names stay out of sight: ours have the same. */
#define printf transom_hidden_printf
#define fprintf transom_hidden_fprintf
#define sprintf transom_hidden_sprintf
#define snprintf transom_hidden_snprintf
#define vprintf transom_hidden_vprintf
#define vfprintf transom_hidden_vfprintf
#define vsprintf transom_hidden_vsprintf
#define vsnprintf transom_hidden_vsnprintf
#define scanf transom_hidden_scanf
#define fscanf transom_hidden_fscanf
#define sscanf transom_hidden_sscanf
#define vscanf transom_hidden_vscanf
#define vfscanf transom_hidden_vfscanf
#define vsscanf transom_hidden_vsscanf
#define fopen transom_hidden_fopen
#define freopen transom_hidden_freopen
#define fclose transom_hidden_fclose
#define remove transom_hidden_remove
#define rename transom_hidden_rename
#define gets transom_hidden_gets
#include_next <stdio.h>
#undef printf
#undef fprintf
#undef sprintf
#undef snprintf
#undef vprintf
#undef vfprintf
#undef vsprintf
#undef vsnprintf
#undef scanf
#undef fscanf
#undef sscanf
#undef vscanf
#undef vfscanf
#undef vsscanf
#undef fopen
#undef freopen
#undef fclose
#undef remove
#undef rename
#undef gets

TRANSOM_BEGIN

/* When `transom cc` looks how a source means its text, gcc checks the formats. */
#ifdef TRANSOM_PROBE
#define TRANSOM_FORMAT(format, first) __attribute__((__format__(__printf__, format, first)))
#else
#define TRANSOM_FORMAT(format, first)
#endif
int printf(const char *format, ...) TRANSOM_CRT(printf) TRANSOM_FORMAT(1, 2);
int fprintf(FILE *stream, const char *format, ...) TRANSOM_CRT(fprintf) TRANSOM_FORMAT(2, 3);
int sprintf(char *to, const char *format, ...) TRANSOM_CRT(sprintf) TRANSOM_FORMAT(2, 3);
int snprintf(char *to, size_t room, const char *format, ...) TRANSOM_CRT(snprintf) TRANSOM_FORMAT(3, 4);
int vprintf(const char *format, va_list arguments) TRANSOM_CRT(vprintf);
int vfprintf(FILE *stream, const char *format, va_list arguments) TRANSOM_CRT(vfprintf);
int vsprintf(char *to, const char *format, va_list arguments) TRANSOM_CRT(vsprintf);
int vsnprintf(char *to, size_t room, const char *format, va_list arguments) TRANSOM_CRT(vsnprintf);
int scanf(const char *format, ...) TRANSOM_CRT(scanf);
int fscanf(FILE *stream, const char *format, ...) TRANSOM_CRT(fscanf);
int sscanf(const char *text, const char *format, ...) TRANSOM_CRT(sscanf);
int vscanf(const char *format, va_list arguments) TRANSOM_CRT(vscanf);
int vfscanf(FILE *stream, const char *format, va_list arguments) TRANSOM_CRT(vfscanf);
int vsscanf(const char *text, const char *format, va_list arguments) TRANSOM_CRT(vsscanf);
FILE *fopen(const char *path, const char *mode) TRANSOM_CRT(fopen);
FILE *freopen(const char *path, const char *mode, FILE *stream) TRANSOM_CRT(freopen);
int fclose(FILE *stream) TRANSOM_CRT(fclose);
int remove(const char *path) TRANSOM_CRT(remove);
char *gets(char *to) TRANSOM_CRT(gets);

int _snprintf(char *to, size_t room, const char *format, ...) TRANSOM_CRT(_snprintf);
int _vsnprintf(char *to, size_t room, const char *format, va_list arguments) TRANSOM_CRT(_vsnprintf);
int sprintf_s(char *to, size_t room, const char *format, ...) TRANSOM_CRT(sprintf_s);
int vsprintf_s(char *to, size_t room, const char *format, va_list arguments) TRANSOM_CRT(vsprintf_s);
int _snprintf_s(char *to, size_t room, size_t most, const char *format, ...) TRANSOM_CRT(_snprintf_s);
int _vsnprintf_s(char *to, size_t room, size_t most, const char *format, va_list arguments) TRANSOM_CRT(_vsnprintf_s);
int _scprintf(const char *format, ...) TRANSOM_CRT(_scprintf);
int _vscprintf(const char *format, va_list arguments) TRANSOM_CRT(_vscprintf);
int scanf_s(const char *format, ...) TRANSOM_CRT(scanf_s);
int fscanf_s(FILE *stream, const char *format, ...) TRANSOM_CRT(fscanf_s);
int sscanf_s(const char *text, const char *format, ...) TRANSOM_CRT(sscanf_s);
int _snscanf(const char *text, size_t length, const char *format, ...) TRANSOM_CRT(_snscanf);
char *gets_s(char *to, size_t room) TRANSOM_CRT(gets_s);
errno_t fopen_s(FILE **stream, const char *path, const char *mode) TRANSOM_CRT(fopen_s);
errno_t freopen_s(FILE **stream, const char *path, const char *mode, FILE *old) TRANSOM_CRT(freopen_s);
errno_t tmpfile_s(FILE **stream) TRANSOM_CRT(tmpfile_s);
FILE *_fsopen(const char *path, const char *mode, int share) TRANSOM_CRT(_fsopen);

FILE *_wfopen(const wchar_t *path, const wchar_t *mode) TRANSOM_CRT(_wfopen);
errno_t _wfopen_s(FILE **stream, const wchar_t *path, const wchar_t *mode) TRANSOM_CRT(_wfopen_s);
FILE *_wfreopen(const wchar_t *path, const wchar_t *mode, FILE *stream) TRANSOM_CRT(_wfreopen);
errno_t _wfreopen_s(FILE **stream, const wchar_t *path, const wchar_t *mode, FILE *old) TRANSOM_CRT(_wfreopen_s);
FILE *_wfsopen(const wchar_t *path, const wchar_t *mode, int share) TRANSOM_CRT(_wfsopen);
FILE *_wfdopen(int descriptor, const wchar_t *mode) TRANSOM_CRT(_wfdopen);
FILE *_wpopen(const wchar_t *command, const wchar_t *mode) TRANSOM_CRT(_wpopen);
int _wremove(const wchar_t *path) TRANSOM_CRT(_wremove);
int _wrename(const wchar_t *from, const wchar_t *to) TRANSOM_CRT(_wrename);
void _wperror(const wchar_t *text) TRANSOM_CRT(_wperror);
int _putws(const wchar_t *text) TRANSOM_CRT(_putws);
wchar_t *_getws(wchar_t *to) TRANSOM_CRT(_getws);
wchar_t *_getws_s(wchar_t *to, size_t room) TRANSOM_CRT(_getws_s);
int _swprintf(wchar_t *to, const wchar_t *format, ...) TRANSOM_CRT(_swprintf);
int _vswprintf(wchar_t *to, const wchar_t *format, va_list arguments) TRANSOM_CRT(_vswprintf);
int swprintf_s(wchar_t *to, size_t room, const wchar_t *format, ...) TRANSOM_CRT(swprintf_s);
int vswprintf_s(wchar_t *to, size_t room, const wchar_t *format, va_list arguments) TRANSOM_CRT(vswprintf_s);
int _snwprintf(wchar_t *to, size_t room, const wchar_t *format, ...) TRANSOM_CRT(_snwprintf);
int _vsnwprintf(wchar_t *to, size_t room, const wchar_t *format, va_list arguments) TRANSOM_CRT(_vsnwprintf);
int _snwprintf_s(wchar_t *to, size_t room, size_t most, const wchar_t *format, ...) TRANSOM_CRT(_snwprintf_s);
int _vsnwprintf_s(wchar_t *to, size_t room, size_t most, const wchar_t *format, va_list arguments) TRANSOM_CRT(_vsnwprintf_s);
int _scwprintf(const wchar_t *format, ...) TRANSOM_CRT(_scwprintf);
int _vscwprintf(const wchar_t *format, va_list arguments) TRANSOM_CRT(_vscwprintf);
int wscanf_s(const wchar_t *format, ...) TRANSOM_CRT(wscanf_s);
int fwscanf_s(FILE *stream, const wchar_t *format, ...) TRANSOM_CRT(fwscanf_s);
int swscanf_s(const wchar_t *text, const wchar_t *format, ...) TRANSOM_CRT(swscanf_s);
int _snwscanf(const wchar_t *text, size_t length, const wchar_t *format, ...) TRANSOM_CRT(_snwscanf);
int rename(const char *from, const char *to) TRANSOM_CRT(rename);
/* Formats that must be right: these check nothing more. */
#define printf_s printf
#define fprintf_s fprintf
#define vprintf_s vprintf
#define vfprintf_s vfprintf
#define wprintf_s wprintf
#define fwprintf_s fwprintf
#define vwprintf_s vwprintf
#define vfwprintf_s vfwprintf
int _fileno(FILE *stream) __asm__("fileno");
FILE *_fdopen(int descriptor, const char *mode) __asm__("fdopen");
FILE *_popen(const char *command, const char *mode) __asm__("popen");
int _pclose(FILE *stream) __asm__("pclose");
int _fseeki64(FILE *stream, long long offset, int origin) __asm__("fseeko64");
long long _ftelli64(FILE *stream) __asm__("ftello64");
int _getw(FILE *stream) __asm__("getw");
int _putw(int word, FILE *stream) __asm__("putw");
char *_tempnam(const char *directory, const char *prefix) __asm__("tempnam");
int _fgetchar(void) __asm__("getchar");
int _fputchar(int c) __asm__("putchar");
int _unlink(const char *path) TRANSOM_CRT(remove);
int _getc_nolock(FILE *stream) __asm__("getc_unlocked");
int _putc_nolock(int c, FILE *stream) __asm__("putc_unlocked");
void _lock_file(FILE *stream) __asm__("flockfile");
void _unlock_file(FILE *stream) __asm__("funlockfile");
#define _flushall() (fflush(NULL), 0)
#define _MAX_PATH 260
#define _MAX_DRIVE 3
#define _MAX_DIR 256
#define _MAX_FNAME 256
#define _MAX_EXT 256
#define _IOB_ENTRIES 20
#define _P_tmpdir "/tmp"
TRANSOM_END
#ifdef __cplusplus
/* Arrays know their length. */
extern "C++" {
template <size_t N, typename... A> int sprintf_s(char (&to)[N], const char *format, A... arguments)
{
    return sprintf_s(to, N, format, arguments...);
}
template <size_t N> int vsprintf_s(char (&to)[N], const char *format, va_list arguments)
{
    return vsprintf_s(to, N, format, arguments);
}
template <size_t N, typename... A> int _snprintf_s(char (&to)[N], size_t most, const char *format, A... arguments)
{
    return _snprintf_s(to, N, most, format, arguments...);
}
template <size_t N, typename... A> int swprintf_s(wchar_t (&to)[N], const wchar_t *format, A... arguments)
{
    return swprintf_s(to, N, format, arguments...);
}
template <size_t N> int vswprintf_s(wchar_t (&to)[N], const wchar_t *format, va_list arguments)
{
    return vswprintf_s(to, N, format, arguments);
}
template <size_t N, typename... A>
int _snwprintf_s(wchar_t (&to)[N], size_t most, const wchar_t *format, A... arguments)
{
    return _snwprintf_s(to, N, most, format, arguments...);
}
template <size_t N> char *gets_s(char (&to)[N]) { return gets_s(to, N); }
template <size_t N> wchar_t *_getws_s(wchar_t (&to)[N]) { return _getws_s(to, N); }
}
#endif
/* MSVC's stdio.h has the wide functions too. */
#include <wchar.h>
TRANSOM_BEGIN

TRANSOM_END
#endif
