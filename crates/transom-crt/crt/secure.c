/* The _s forms of string functions, and what happens when their arguments are wrong. */
#include "crt.h"
#include <ctype.h>

/* MSVC's own handler ends the program; ours says nothing, and the error is returned. */
typedef void (*invalid_handler)(const wchar_t *, const wchar_t *, const wchar_t *, unsigned, uintptr_t);
static invalid_handler handler;
static __thread invalid_handler thread_handler;

int transom_invalid(int error)
{
    invalid_handler set = thread_handler ? thread_handler : __atomic_load_n(&handler, __ATOMIC_ACQUIRE);
    if (set)
        set(NULL, NULL, NULL, 0, 0);
    errno = error;
    return error;
}

invalid_handler CRT(_set_invalid_parameter_handler)(invalid_handler next)
{
    return __atomic_exchange_n(&handler, next, __ATOMIC_ACQ_REL);
}
invalid_handler CRT(_get_invalid_parameter_handler)(void) { return __atomic_load_n(&handler, __ATOMIC_ACQUIRE); }
invalid_handler CRT(_set_thread_local_invalid_parameter_handler)(invalid_handler next)
{
    invalid_handler before = thread_handler;
    thread_handler = next;
    return before;
}

int CRT(memcpy_s)(void *to, size_t room, const void *from, size_t count)
{
    if (count == 0)
        return 0;
    if (!to)
        return transom_invalid(EINVAL);
    if (!from || room < count) {
        memset(to, 0, room);
        return transom_invalid(from ? ERANGE : EINVAL);
    }
    memcpy(to, from, count);
    return 0;
}
int CRT(memmove_s)(void *to, size_t room, const void *from, size_t count)
{
    if (count == 0)
        return 0;
    if (!to || !from)
        return transom_invalid(EINVAL);
    if (room < count)
        return transom_invalid(ERANGE);
    memmove(to, from, count);
    return 0;
}
int CRT(wmemcpy_s)(wchar_t *to, size_t room, const wchar_t *from, size_t count)
{
    if (room > TRUNCATE / 2 || count > TRUNCATE / 2)
        return transom_invalid(EINVAL);
    return CRT(memcpy_s)(to, room * sizeof(wchar_t), from, count * sizeof(wchar_t));
}
int CRT(wmemmove_s)(wchar_t *to, size_t room, const wchar_t *from, size_t count)
{
    if (room > TRUNCATE / 2 || count > TRUNCATE / 2)
        return transom_invalid(EINVAL);
    return CRT(memmove_s)(to, room * sizeof(wchar_t), from, count * sizeof(wchar_t));
}
int CRT(strerror_s)(char *to, size_t room, int error)
{
    if (!to || !room)
        return transom_invalid(EINVAL);
    char text[256], *found = strerror_r(error, text, sizeof text);
    size_t length = strlen(found);
    size_t taken = length < room ? length : room - 1;
    memcpy(to, found, taken);
    to[taken] = 0;
    return 0;
}
int CRT(_wcserror_s)(wchar_t *to, size_t room, int error)
{
    if (!to || !room)
        return transom_invalid(EINVAL);
    char text[256];
    CRT(strerror_s)(text, sizeof text, error);
    size_t i = 0;
    for (; i + 1 < room && text[i]; i++)
        to[i] = (wchar_t)(unsigned char)text[i];
    to[i] = 0;
    return 0;
}
wchar_t *CRT(_wcserror)(int error)
{
    static __thread wchar_t text[256];
    CRT(_wcserror_s)(text, 256, error);
    return text;
}

/* One set of functions for each kind of character. */
#define STRINGS(CH, len, cpy, cat, ncpy, ncat, tok, nlen, lwr, upr, set, nset, spn, cspn, lower, upper)          \
    int CRT(cpy)(CH *to, size_t room, const CH *from)                                                           \
    {                                                                                                           \
        if (!to || !room)                                                                                       \
            return transom_invalid(EINVAL);                                                                     \
        if (!from) {                                                                                            \
            to[0] = 0;                                                                                          \
            return transom_invalid(EINVAL);                                                                     \
        }                                                                                                       \
        size_t length = nlen(from, room);                                                                       \
        if (length >= room) {                                                                                   \
            to[0] = 0;                                                                                          \
            return transom_invalid(ERANGE);                                                                     \
        }                                                                                                       \
        memmove(to, from, length * sizeof(CH));                                                                 \
        to[length] = 0;                                                                                         \
        return 0;                                                                                               \
    }                                                                                                           \
    int CRT(ncpy)(CH *to, size_t room, const CH *from, size_t count)                                            \
    {                                                                                                           \
        if (count == 0 && !to && !room)                                                                         \
            return 0;                                                                                           \
        if (!to || !room)                                                                                       \
            return transom_invalid(EINVAL);                                                                     \
        if (count == 0) {                                                                                       \
            to[0] = 0;                                                                                          \
            return 0;                                                                                           \
        }                                                                                                       \
        if (!from) {                                                                                            \
            to[0] = 0;                                                                                          \
            return transom_invalid(EINVAL);                                                                     \
        }                                                                                                       \
        size_t length = nlen(from, count == TRUNCATE ? room : count);                                           \
        if (length >= room) {                                                                                   \
            if (count == TRUNCATE) {                                                                            \
                memmove(to, from, (room - 1) * sizeof(CH));                                                     \
                to[room - 1] = 0;                                                                               \
                return STRUNCATE;                                                                               \
            }                                                                                                   \
            to[0] = 0;                                                                                          \
            return transom_invalid(ERANGE);                                                                     \
        }                                                                                                       \
        memmove(to, from, length * sizeof(CH));                                                                 \
        to[length] = 0;                                                                                         \
        return 0;                                                                                               \
    }                                                                                                           \
    int CRT(ncat)(CH *to, size_t room, const CH *from, size_t count)                                            \
    {                                                                                                           \
        if (count == 0 && !to && !room)                                                                         \
            return 0;                                                                                           \
        if (!to || !room)                                                                                       \
            return transom_invalid(EINVAL);                                                                     \
        size_t have = nlen(to, room);                                                                           \
        if ((!from && count) || have == room) {                                                                 \
            to[0] = 0;                                                                                          \
            return transom_invalid(EINVAL);                                                                     \
        }                                                                                                       \
        if (count == 0)                                                                                         \
            return 0;                                                                                           \
        size_t left = room - have, length = nlen(from, count == TRUNCATE ? left : count);                       \
        if (length >= left) {                                                                                   \
            if (count == TRUNCATE) {                                                                            \
                memmove(to + have, from, (left - 1) * sizeof(CH));                                              \
                to[room - 1] = 0;                                                                               \
                return STRUNCATE;                                                                               \
            }                                                                                                   \
            to[0] = 0;                                                                                          \
            return transom_invalid(ERANGE);                                                                     \
        }                                                                                                       \
        memmove(to + have, from, length * sizeof(CH));                                                          \
        to[have + length] = 0;                                                                                  \
        return 0;                                                                                               \
    }                                                                                                           \
    int CRT(cat)(CH *to, size_t room, const CH *from)                                                           \
    {                                                                                                           \
        if (to && room && !from) {                                                                              \
            to[0] = 0;                                                                                          \
            return transom_invalid(EINVAL);                                                                     \
        }                                                                                                       \
        return CRT(ncat)(to, room, from, (size_t)-2);                                                           \
    }                                                                                                           \
    CH *CRT(tok)(CH *text, const CH *separators, CH **context)                                                  \
    {                                                                                                           \
        if (!separators || !context || (!text && !*context)) {                                                  \
            transom_invalid(EINVAL);                                                                            \
            return NULL;                                                                                        \
        }                                                                                                       \
        CH *start = text ? text : *context;                                                                     \
        start += spn(start, separators);                                                                        \
        if (!*start) {                                                                                          \
            *context = start;                                                                                   \
            return NULL;                                                                                        \
        }                                                                                                       \
        CH *end = start + cspn(start, separators);                                                              \
        if (*end)                                                                                               \
            *end++ = 0;                                                                                         \
        *context = end;                                                                                         \
        return start;                                                                                           \
    }                                                                                                           \
    size_t CRT(len)(const CH *text, size_t room) { return text ? nlen(text, room) : 0; }                        \
    int CRT(lwr)(CH *text, size_t room)                                                                         \
    {                                                                                                           \
        if (!text || nlen(text, room) >= room) {                                                                \
            if (text && room)                                                                                   \
                text[0] = 0;                                                                                    \
            return transom_invalid(EINVAL);                                                                     \
        }                                                                                                       \
        for (; *text; text++)                                                                                   \
            *text = (CH)lower(*text);                                                                           \
        return 0;                                                                                               \
    }                                                                                                           \
    int CRT(upr)(CH *text, size_t room)                                                                         \
    {                                                                                                           \
        if (!text || nlen(text, room) >= room) {                                                                \
            if (text && room)                                                                                   \
                text[0] = 0;                                                                                    \
            return transom_invalid(EINVAL);                                                                     \
        }                                                                                                       \
        for (; *text; text++)                                                                                   \
            *text = (CH)upper(*text);                                                                           \
        return 0;                                                                                               \
    }                                                                                                           \
    int CRT(set)(CH *text, size_t room, CH c)                                                                   \
    {                                                                                                           \
        if (!text || nlen(text, room) >= room)                                                                  \
            return transom_invalid(EINVAL);                                                                     \
        for (; *text; text++)                                                                                   \
            *text = c;                                                                                          \
        return 0;                                                                                               \
    }                                                                                                           \
    int CRT(nset)(CH *text, size_t room, CH c, size_t count)                                                    \
    {                                                                                                           \
        if (!text || nlen(text, room) >= room)                                                                  \
            return transom_invalid(EINVAL);                                                                     \
        for (; *text && count; text++, count--)                                                                 \
            *text = c;                                                                                          \
        return 0;                                                                                               \
    }

size_t CRT(wcsspn)(const wchar_t *text, const wchar_t *set);
size_t CRT(wcscspn)(const wchar_t *text, const wchar_t *set);
unsigned CRT(towlower)(unsigned c);
unsigned CRT(towupper)(unsigned c);
/* Of UTF-8 only the ASCII letters have a case that can be changed in place. */
static int lower(char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static int upper(char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }
STRINGS(char, strnlen_s, strcpy_s, strcat_s, strncpy_s, strncat_s, strtok_s, strnlen, _strlwr_s, _strupr_s,
    _strset_s, _strnset_s, strspn, strcspn, lower, upper)
STRINGS(wchar_t, wcsnlen_s, wcscpy_s, wcscat_s, wcsncpy_s, wcsncat_s, wcstok_s, CRT(wcsnlen), _wcslwr_s,
    _wcsupr_s, _wcsset_s, _wcsnset_s, CRT(wcsspn), CRT(wcscspn), CRT(towlower), CRT(towupper))

char *CRT(_strlwr)(char *text)
{
    for (char *at = text; at && *at; at++)
        *at = (char)lower(*at);
    return text;
}
char *CRT(_strupr)(char *text)
{
    for (char *at = text; at && *at; at++)
        *at = (char)upper(*at);
    return text;
}
char *CRT(_strrev)(char *text)
{
    for (size_t i = 0, j = strlen(text); i + 1 < j; i++) {
        char c = text[i];
        text[i] = text[--j];
        text[j] = c;
    }
    return text;
}
char *CRT(_strset)(char *text, int c)
{
    for (char *at = text; *at; at++)
        *at = (char)c;
    return text;
}
char *CRT(_strnset)(char *text, int c, size_t count)
{
    for (char *at = text; *at && count; at++, count--)
        *at = (char)c;
    return text;
}
void *CRT(_memccpy)(void *to, const void *from, int c, size_t count) { return memccpy(to, from, c, count); }
