/* The printf family: everything is formatted aside and then delivered, so that
   sprintf(buffer, "%s x", buffer) is what it is with MSVC. */
#include "crt.h"
#include <math.h>
#include <stdio_ext.h>

enum size { SIZE_DEFAULT, SIZE_CHAR, SIZE_SHORT, SIZE_LONG, SIZE_64, SIZE_LONG_DOUBLE };
struct directive {
    int left, plus, space, alternative, zero;
    long width, precision;
    enum size size;
    unsigned type;
};

#define CH char
#define TEXT_TYPE transom_text
#define FORMAT transom_format
#define GROW transom_grow
#define FREE transom_text_free
#define NAME(name) narrow_##name
#define WIDE 0
#include "format_engine.h"
#undef CH
#undef TEXT_TYPE
#undef FORMAT
#undef GROW
#undef FREE
#undef NAME
#undef WIDE
#define CH wchar_t
#define TEXT_TYPE transom_wide_text
#define FORMAT transom_format_w
#define GROW transom_grow_w
#define FREE transom_wide_text_free
#define NAME(name) wide_##name
#define WIDE 1
#include "format_engine.h"

/* A console shows at once what is printed, also without a newline. */
static void show(FILE *stream)
{
    if (__flbf(stream))
        fflush(stream);
}

int CRT(vfprintf)(FILE *stream, const char *format, va_list arguments)
{
    struct transom_text text;
    if (!stream || !format)
        return transom_invalid(EINVAL), -1;
    transom_format(&text, format, arguments);
    int length = (int)text.length;
    if (text.failed) {
        errno = text.failed;
        length = -1;
    } else if (fwrite(text.data, 1, text.length, stream) != text.length) {
        length = -1;
    } else {
        show(stream);
    }
    transom_text_free(&text);
    return length;
}

int CRT(vfwprintf)(FILE *stream, const wchar_t *format, va_list arguments)
{
    struct transom_wide_text text;
    if (!stream || !format)
        return transom_invalid(EINVAL), -1;
    transom_format_w(&text, format, arguments);
    int length = (int)text.length;
    if (text.failed) {
        errno = text.failed;
        length = -1;
    } else if (transom_write_utf16(stream, text.data, text.length) != 0) {
        length = -1;
    } else {
        show(stream);
    }
    transom_wide_text_free(&text);
    return length;
}

/* How a text is put into a buffer. */
enum delivery {
    UNBOUNDED,  /* sprintf */
    STANDARD,   /* snprintf: cut, terminated; the whole length is returned */
    LEGACY,     /* _snprintf: cut and not terminated; -1 if it was cut */
    CUT,        /* swprintf: cut, terminated; -1 if it was cut */
    SECURE,     /* sprintf_s: must fit; -1 and an empty text otherwise */
    SECURE_CUT  /* _snprintf_s: `most` characters and the terminator */
};

#define DELIVER(name, CH, TEXT_TYPE, FORMAT, FREE)                                                              \
    static int name(CH *to, size_t room, size_t most, const CH *format, va_list arguments, enum delivery how)   \
    {                                                                                                           \
        struct TEXT_TYPE text;                                                                                  \
        if (!format || (!to && (how != STANDARD && how != LEGACY)) || (!to && room)                             \
            || ((how == SECURE || how == SECURE_CUT) && room == 0)) {                                           \
            if (to && room && how != UNBOUNDED)                                                                 \
                to[0] = 0;                                                                                      \
            transom_invalid(EINVAL);                                                                            \
            return -1;                                                                                          \
        }                                                                                                       \
        FORMAT(&text, format, arguments);                                                                       \
        int result = (int)text.length;                                                                          \
        size_t length = text.length;                                                                            \
        if (text.failed) {                                                                                      \
            errno = text.failed;                                                                                \
            if (to && room)                                                                                     \
                to[0] = 0;                                                                                      \
            FREE(&text);                                                                                        \
            return -1;                                                                                          \
        }                                                                                                       \
        switch (how) {                                                                                          \
        case UNBOUNDED:                                                                                         \
            memcpy(to, text.data, (length + 1) * sizeof(CH));                                                   \
            break;                                                                                              \
        case LEGACY:                                                                                            \
            if (to)                                                                                             \
                memcpy(to, text.data, (length < room ? length + 1 : room) * sizeof(CH));                        \
            if (to && length > room)                                                                            \
                result = -1;                                                                                    \
            break;                                                                                              \
        case STANDARD:                                                                                          \
        case CUT:                                                                                               \
            if (room) {                                                                                         \
                size_t taken = length < room ? length : room - 1;                                               \
                memcpy(to, text.data, taken * sizeof(CH));                                                      \
                to[taken] = 0;                                                                                  \
            }                                                                                                   \
            if (how == CUT && length >= room)                                                                   \
                result = -1;                                                                                    \
            break;                                                                                              \
        case SECURE:                                                                                            \
        case SECURE_CUT: {                                                                                      \
            size_t taken = how == SECURE_CUT && most != TRUNCATE && most < length ? most : length;              \
            if (taken >= room && how == SECURE_CUT && most == TRUNCATE)                                         \
                taken = room - 1;                                                                               \
            if (taken >= room) {                                                                                \
                to[0] = 0;                                                                                      \
                transom_invalid(ERANGE);                                                                        \
                result = -1;                                                                                    \
                break;                                                                                          \
            }                                                                                                   \
            memcpy(to, text.data, taken * sizeof(CH));                                                          \
            to[taken] = 0;                                                                                      \
            if (taken < length)                                                                                 \
                result = -1;                                                                                    \
        }                                                                                                       \
        }                                                                                                       \
        FREE(&text);                                                                                            \
        return result;                                                                                          \
    }
DELIVER(deliver, char, transom_text, transom_format, transom_text_free)
DELIVER(deliver_w, wchar_t, transom_wide_text, transom_format_w, transom_wide_text_free)

#define ANY ((size_t)INT_MAX)
int CRT(vprintf)(const char *f, va_list a) { return CRT(vfprintf)(stdout, f, a); }
int CRT(vsprintf)(char *to, const char *f, va_list a) { return deliver(to, ANY, 0, f, a, UNBOUNDED); }
int CRT(vsnprintf)(char *to, size_t room, const char *f, va_list a) { return deliver(to, room, 0, f, a, STANDARD); }
int CRT(_vsnprintf)(char *to, size_t room, const char *f, va_list a) { return deliver(to, room, 0, f, a, LEGACY); }
int CRT(vsprintf_s)(char *to, size_t room, const char *f, va_list a) { return deliver(to, room, 0, f, a, SECURE); }
int CRT(_vsnprintf_s)(char *to, size_t room, size_t most, const char *f, va_list a)
{
    return deliver(to, room, most, f, a, SECURE_CUT);
}
int CRT(_vscprintf)(const char *f, va_list a) { return deliver(NULL, 0, 0, f, a, STANDARD); }
int CRT(vwprintf)(const wchar_t *f, va_list a) { return CRT(vfwprintf)(stdout, f, a); }
int CRT(_vswprintf)(wchar_t *to, const wchar_t *f, va_list a) { return deliver_w(to, ANY, 0, f, a, UNBOUNDED); }
int CRT(vswprintf)(wchar_t *to, size_t room, const wchar_t *f, va_list a)
{
    return deliver_w(to, room, 0, f, a, CUT);
}
int CRT(_vsnwprintf)(wchar_t *to, size_t room, const wchar_t *f, va_list a)
{
    return deliver_w(to, room, 0, f, a, LEGACY);
}
int CRT(vswprintf_s)(wchar_t *to, size_t room, const wchar_t *f, va_list a)
{
    return deliver_w(to, room, 0, f, a, SECURE);
}
int CRT(_vsnwprintf_s)(wchar_t *to, size_t room, size_t most, const wchar_t *f, va_list a)
{
    return deliver_w(to, room, most, f, a, SECURE_CUT);
}
int CRT(_vscwprintf)(const wchar_t *f, va_list a) { return deliver_w(NULL, 0, 0, f, a, STANDARD); }

/* The forms with an ellipsis. */
#define VARIADIC(name, parameters, last, call) \
    int CRT(name) parameters                   \
    {                                          \
        va_list a;                             \
        va_start(a, last);                     \
        int result = call;                     \
        va_end(a);                             \
        return result;                         \
    }
VARIADIC(printf, (const char *f, ...), f, CRT(vfprintf)(stdout, f, a))
VARIADIC(fprintf, (FILE *to, const char *f, ...), f, CRT(vfprintf)(to, f, a))
VARIADIC(sprintf, (char *to, const char *f, ...), f, CRT(vsprintf)(to, f, a))
VARIADIC(snprintf, (char *to, size_t room, const char *f, ...), f, CRT(vsnprintf)(to, room, f, a))
VARIADIC(_snprintf, (char *to, size_t room, const char *f, ...), f, CRT(_vsnprintf)(to, room, f, a))
VARIADIC(sprintf_s, (char *to, size_t room, const char *f, ...), f, CRT(vsprintf_s)(to, room, f, a))
VARIADIC(_snprintf_s, (char *to, size_t room, size_t most, const char *f, ...), f,
    CRT(_vsnprintf_s)(to, room, most, f, a))
VARIADIC(_scprintf, (const char *f, ...), f, CRT(_vscprintf)(f, a))
VARIADIC(wprintf, (const wchar_t *f, ...), f, CRT(vfwprintf)(stdout, f, a))
VARIADIC(fwprintf, (FILE *to, const wchar_t *f, ...), f, CRT(vfwprintf)(to, f, a))
VARIADIC(_swprintf, (wchar_t *to, const wchar_t *f, ...), f, CRT(_vswprintf)(to, f, a))
VARIADIC(swprintf, (wchar_t *to, size_t room, const wchar_t *f, ...), f, CRT(vswprintf)(to, room, f, a))
VARIADIC(_snwprintf, (wchar_t *to, size_t room, const wchar_t *f, ...), f, CRT(_vsnwprintf)(to, room, f, a))
VARIADIC(swprintf_s, (wchar_t *to, size_t room, const wchar_t *f, ...), f, CRT(vswprintf_s)(to, room, f, a))
VARIADIC(_snwprintf_s, (wchar_t *to, size_t room, size_t most, const wchar_t *f, ...), f,
    CRT(_vsnwprintf_s)(to, room, most, f, a))
VARIADIC(_scwprintf, (const wchar_t *f, ...), f, CRT(_vscwprintf)(f, a))
VARIADIC(_cprintf, (const char *f, ...), f, CRT(vfprintf)(stdout, f, a))
VARIADIC(_cwprintf, (const wchar_t *f, ...), f, CRT(vfwprintf)(stdout, f, a))

/* user32's own: at most 1024 characters with the terminator, whatever the buffer holds. */
#define WSPRINTF_ROOM 1024
static int cut(int length) { return length < WSPRINTF_ROOM ? length : WSPRINTF_ROOM - 1; }
int wvsprintfA(char *to, const char *f, va_list a) { return cut(deliver(to, WSPRINTF_ROOM, 0, f, a, STANDARD)); }
int wvsprintfW(wchar_t *to, const wchar_t *f, va_list a) { return cut(deliver_w(to, WSPRINTF_ROOM, 0, f, a, STANDARD)); }
int wsprintfA(char *to, const char *f, ...)
{
    va_list a;
    va_start(a, f);
    int length = wvsprintfA(to, f, a);
    va_end(a);
    return length;
}
int wsprintfW(wchar_t *to, const wchar_t *f, ...)
{
    va_list a;
    va_start(a, f);
    int length = wvsprintfW(to, f, a);
    va_end(a);
    return length;
}
