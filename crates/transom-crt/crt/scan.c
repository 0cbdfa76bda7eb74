/* The scanf family. */
#include "crt.h"

enum size { SIZE_DEFAULT, SIZE_CHAR, SIZE_SHORT, SIZE_LONG, SIZE_64, SIZE_LONG_DOUBLE };
struct target {
    int is_wide;
    char *narrow;
    wchar_t *wide;
    size_t length, room;
    char pending[4];
    int pending_count;
    wchar_t high;
};
struct narrow_source {
    const char *text;
    size_t left;
    FILE *stream;
    long taken;
    int ended;
};
struct wide_source {
    const wchar_t *text;
    size_t left;
    FILE *stream;
    long taken;
    int ended;
};
/* The text of a floating-point number; more of it than this says nothing more. */
struct collected {
    char text[1200];
    size_t length;
};

static void collect(struct collected *to, int c)
{
    if (to->length + 1 < sizeof to->text)
        to->text[to->length++] = (char)c;
}

#define CH char
#define UNIT unsigned char
#define NAME(name) narrow_##name
#define SCAN scan
#define WIDE 0
#define END EOF
#define STREAM_GET getc
#define STREAM_UNGET ungetc
#include "scan_engine.h"
#undef CH
#undef UNIT
#undef NAME
#undef SCAN
#undef WIDE
#undef END
#undef STREAM_GET
#undef STREAM_UNGET
#define CH wchar_t
#define UNIT wchar_t
#define NAME(name) wide_##name
#define SCAN scan_w
#define WIDE 1
#define END ((int)WIDE_EOF)
#define STREAM_GET CRT(fgetwc)
#define STREAM_UNGET(c, stream) CRT(ungetwc)((unsigned)(c), stream)
#include "scan_engine.h"

#define FAMILY(CH, SOURCE, SCAN, vf, vs, suffix, secure)                                                        \
    int CRT(vf##suffix)(FILE *stream, const CH *format, va_list arguments)                                      \
    {                                                                                                           \
        if (!stream || !format)                                                                                 \
            return transom_invalid(EINVAL), EOF;                                                                \
        /* A question that is still in the buffer is asked first. */                                            \
        if (stream == stdin)                                                                                    \
            fflush(stdout);                                                                                     \
        struct SOURCE from = {.stream = stream};                                                                \
        return SCAN(&from, format, arguments, secure);                                                          \
    }                                                                                                           \
    int CRT(vs##suffix)(const CH *text, const CH *format, va_list arguments)                                    \
    {                                                                                                           \
        if (!text || !format)                                                                                   \
            return transom_invalid(EINVAL), EOF;                                                                \
        struct SOURCE from = {.text = text, .left = (size_t)-1};                                                \
        return SCAN(&from, format, arguments, secure);                                                          \
    }
FAMILY(char, narrow_source, scan, vfscanf, vsscanf, , 0)
FAMILY(char, narrow_source, scan, vfscanf, vsscanf, _s, 1)
FAMILY(wchar_t, wide_source, scan_w, vfwscanf, vswscanf, , 0)
FAMILY(wchar_t, wide_source, scan_w, vfwscanf, vswscanf, _s, 1)

#define VARIADIC(name, parameters, last, call) \
    int CRT(name) parameters                   \
    {                                          \
        va_list a;                             \
        va_start(a, last);                     \
        int result = call;                     \
        va_end(a);                             \
        return result;                         \
    }
#define ALL(CH, f, s, vf, vs, p, suffix)                                                               \
    VARIADIC(p##suffix, (const CH *format, ...), format, CRT(vf##suffix)(stdin, format, a))            \
    VARIADIC(f##suffix, (FILE *from, const CH *format, ...), format, CRT(vf##suffix)(from, format, a)) \
    VARIADIC(s##suffix, (const CH *text, const CH *format, ...), format, CRT(vs##suffix)(text, format, a)) \
    int CRT(v##p##suffix)(const CH *format, va_list a) { return CRT(vf##suffix)(stdin, format, a); }
ALL(char, fscanf, sscanf, vfscanf, vsscanf, scanf, )
ALL(char, fscanf, sscanf, vfscanf, vsscanf, scanf, _s)
ALL(wchar_t, fwscanf, swscanf, vfwscanf, vswscanf, wscanf, )
ALL(wchar_t, fwscanf, swscanf, vfwscanf, vswscanf, wscanf, _s)

/* _snscanf reads no further than a number of characters. */
int CRT(_snscanf)(const char *text, size_t length, const char *format, ...)
{
    va_list a;
    va_start(a, format);
    struct narrow_source from = {.text = text, .left = length};
    int result = text && format ? scan(&from, format, a, 0) : (transom_invalid(EINVAL), EOF);
    va_end(a);
    return result;
}

int CRT(_snwscanf)(const wchar_t *text, size_t length, const wchar_t *format, ...)
{
    va_list a;
    va_start(a, format);
    struct wide_source from = {.text = text, .left = length};
    int result = text && format ? scan_w(&from, format, a, 0) : (transom_invalid(EINVAL), EOF);
    va_end(a);
    return result;
}

int CRT(_cscanf)(const char *format, ...)
{
    va_list a;
    va_start(a, format);
    int result = CRT(vfscanf)(stdin, format, a);
    va_end(a);
    return result;
}
