/* strsafe.h: StringCch... counts characters, StringCb... bytes. */
#include "crt.h"

typedef int result;
#define OK 0
#define INVALID_PARAMETER ((result)0x80070057)
#define INSUFFICIENT_BUFFER ((result)0x8007007A)
#define END_OF_FILE_REACHED ((result)0x80070026)
#define MOST 2147483647u

/* Copies as much as fits, terminated. */
#define COPY(CH, name, nlen)                                                             \
    static result name(CH *to, size_t room, const CH *from, size_t length)               \
    {                                                                                    \
        size_t have = nlen(from, length);                                                \
        size_t taken = have < room ? have : room - 1;                                    \
        memmove(to, from, taken * sizeof(CH));                                           \
        to[taken] = 0;                                                                   \
        return taken == have ? OK : INSUFFICIENT_BUFFER;                                 \
    }
COPY(char, copy, strnlen)
COPY(wchar_t, copy_w, CRT(wcsnlen))

#define FAMILY(CH, S, copy, nlen, TEXT_TYPE, FORMAT, FREE, vprint)                                               \
    static result vprint(CH *to, size_t room, CH **end, size_t *left, const CH *format, va_list a)              \
    {                                                                                                           \
        if (!to || room == 0 || room > MOST || !format)                                                         \
            return INVALID_PARAMETER;                                                                           \
        struct TEXT_TYPE text;                                                                                  \
        FORMAT(&text, format, a);                                                                               \
        result answer = text.failed ? INVALID_PARAMETER : copy(to, room, text.data, text.length + 1);           \
        FREE(&text);                                                                                            \
        size_t length = nlen(to, room);                                                                         \
        if (end)                                                                                                \
            *end = to + length;                                                                                 \
        if (left)                                                                                               \
            *left = room - length;                                                                              \
        return answer;                                                                                          \
    }                                                                                                           \
    result StringCchLength##S(const CH *text, size_t most, size_t *length)                                      \
    {                                                                                                           \
        if (length)                                                                                             \
            *length = 0;                                                                                        \
        if (!text || most > MOST)                                                                               \
            return INVALID_PARAMETER;                                                                           \
        size_t have = nlen(text, most);                                                                         \
        if (have == most)                                                                                       \
            return INVALID_PARAMETER;                                                                           \
        if (length)                                                                                             \
            *length = have;                                                                                     \
        return OK;                                                                                              \
    }                                                                                                           \
    result StringCbLength##S(const CH *text, size_t most, size_t *length)                                       \
    {                                                                                                           \
        result answer = StringCchLength##S(text, most / sizeof(CH), length);                                    \
        if (length)                                                                                             \
            *length *= sizeof(CH);                                                                              \
        return answer;                                                                                          \
    }                                                                                                           \
    result StringCchCopyN##S(CH *to, size_t room, const CH *from, size_t count)                                 \
    {                                                                                                           \
        if (!to || room == 0 || room > MOST)                                                                    \
            return INVALID_PARAMETER;                                                                           \
        if (!from || count > MOST) {                                                                            \
            to[0] = 0;                                                                                          \
            return INVALID_PARAMETER;                                                                           \
        }                                                                                                       \
        return copy(to, room, from, count);                                                                     \
    }                                                                                                           \
    result StringCchCopy##S(CH *to, size_t room, const CH *from)                                                \
    {                                                                                                           \
        if (!to || room == 0 || room > MOST)                                                                    \
            return INVALID_PARAMETER;                                                                           \
        if (!from) {                                                                                            \
            to[0] = 0;                                                                                          \
            return INVALID_PARAMETER;                                                                           \
        }                                                                                                       \
        return copy(to, room, from, room);                                                                      \
    }                                                                                                           \
    result StringCchCatN##S(CH *to, size_t room, const CH *from, size_t count)                                  \
    {                                                                                                           \
        if (!to || room == 0 || room > MOST || !from || count > MOST)                                           \
            return INVALID_PARAMETER;                                                                           \
        size_t have = nlen(to, room);                                                                           \
        if (have == room)                                                                                       \
            return INVALID_PARAMETER;                                                                           \
        return copy(to + have, room - have, from, count);                                                       \
    }                                                                                                           \
    result StringCchCat##S(CH *to, size_t room, const CH *from)                                                 \
    {                                                                                                           \
        return StringCchCatN##S(to, room, from, MOST);                                                          \
    }                                                                                                           \
    result StringCbCopy##S(CH *to, size_t room, const CH *from)                                                 \
    {                                                                                                           \
        return StringCchCopy##S(to, room / sizeof(CH), from);                                                   \
    }                                                                                                           \
    result StringCbCopyN##S(CH *to, size_t room, const CH *from, size_t count)                                  \
    {                                                                                                           \
        return StringCchCopyN##S(to, room / sizeof(CH), from, count / sizeof(CH));                              \
    }                                                                                                           \
    result StringCbCat##S(CH *to, size_t room, const CH *from)                                                  \
    {                                                                                                           \
        return StringCchCat##S(to, room / sizeof(CH), from);                                                    \
    }                                                                                                           \
    result StringCbCatN##S(CH *to, size_t room, const CH *from, size_t count)                                   \
    {                                                                                                           \
        return StringCchCatN##S(to, room / sizeof(CH), from, count / sizeof(CH));                               \
    }                                                                                                           \
    result StringCchVPrintf##S(CH *to, size_t room, const CH *format, va_list a)                                \
    {                                                                                                           \
        return vprint(to, room, NULL, NULL, format, a);                                                         \
    }                                                                                                           \
    result StringCbVPrintf##S(CH *to, size_t room, const CH *format, va_list a)                                 \
    {                                                                                                           \
        return vprint(to, room / sizeof(CH), NULL, NULL, format, a);                                            \
    }                                                                                                           \
    result StringCchPrintf##S(CH *to, size_t room, const CH *format, ...)                                       \
    {                                                                                                           \
        va_list a;                                                                                              \
        va_start(a, format);                                                                                    \
        result answer = vprint(to, room, NULL, NULL, format, a);                                                \
        va_end(a);                                                                                              \
        return answer;                                                                                          \
    }                                                                                                           \
    result StringCbPrintf##S(CH *to, size_t room, const CH *format, ...)                                        \
    {                                                                                                           \
        va_list a;                                                                                              \
        va_start(a, format);                                                                                    \
        result answer = vprint(to, room / sizeof(CH), NULL, NULL, format, a);                                   \
        va_end(a);                                                                                              \
        return answer;                                                                                          \
    }                                                                                                           \
    /* STRSAFE_FILL_BEHIND_NULL and its like are not there: flags must be 0. */                                 \
    result StringCchPrintfEx##S(CH *to, size_t room, CH **end, size_t *left, unsigned flags, const CH *format, ...) \
    {                                                                                                           \
        if (flags)                                                                                              \
            return INVALID_PARAMETER;                                                                           \
        va_list a;                                                                                              \
        va_start(a, format);                                                                                    \
        result answer = vprint(to, room, end, left, format, a);                                                 \
        va_end(a);                                                                                              \
        return answer;                                                                                          \
    }                                                                                                           \
    result StringCchCopyEx##S(CH *to, size_t room, const CH *from, CH **end, size_t *left, unsigned flags)      \
    {                                                                                                           \
        if (flags)                                                                                              \
            return INVALID_PARAMETER;                                                                           \
        result answer = StringCchCopy##S(to, room, from);                                                       \
        if (answer == INVALID_PARAMETER)                                                                        \
            return answer;                                                                                      \
        size_t length = nlen(to, room);                                                                         \
        if (end)                                                                                                \
            *end = to + length;                                                                                 \
        if (left)                                                                                               \
            *left = room - length;                                                                              \
        return answer;                                                                                          \
    }                                                                                                           \
    result StringCchCatEx##S(CH *to, size_t room, const CH *from, CH **end, size_t *left, unsigned flags)       \
    {                                                                                                           \
        if (flags)                                                                                              \
            return INVALID_PARAMETER;                                                                           \
        result answer = StringCchCat##S(to, room, from);                                                        \
        if (answer == INVALID_PARAMETER)                                                                        \
            return answer;                                                                                      \
        size_t length = nlen(to, room);                                                                         \
        if (end)                                                                                                \
            *end = to + length;                                                                                 \
        if (left)                                                                                               \
            *left = room - length;                                                                              \
        return answer;                                                                                          \
    }                                                                                                           \
    result StringCbGets##S(CH *to, size_t room)                                                                 \
    {                                                                                                           \
        return StringCchGets##S(to, room / sizeof(CH));                                                         \
    }

/* A line of the standard input, without its newline. */
unsigned CRT(fgetwc)(FILE *stream);
#define GETS(CH, S, get, end)                                                            \
    result StringCchGets##S(CH *to, size_t room)                                         \
    {                                                                                    \
        if (!to || room < 2 || room > MOST)                                              \
            return !to || room == 0 ? INVALID_PARAMETER : INSUFFICIENT_BUFFER;           \
        size_t length = 0;                                                               \
        int any = 0;                                                                     \
        fflush(stdout);                                                                  \
        while (length + 1 < room) {                                                      \
            int c = (int)get(stdin);                                                     \
            if (c == (int)end)                                                           \
                break;                                                                   \
            any = 1;                                                                     \
            if (c == '\n')                                                               \
                break;                                                                   \
            to[length++] = (CH)c;                                                        \
        }                                                                                \
        to[length] = 0;                                                                  \
        return any ? OK : END_OF_FILE_REACHED;                                           \
    }
GETS(char, A, getc, EOF)
GETS(wchar_t, W, CRT(fgetwc), WIDE_EOF)
FAMILY(char, A, copy, strnlen, transom_text, transom_format, transom_text_free, vprint)
FAMILY(wchar_t, W, copy_w, CRT(wcsnlen), transom_wide_text, transom_format_w, transom_wide_text_free, vprint_w)
