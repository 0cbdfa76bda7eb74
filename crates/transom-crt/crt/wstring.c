/* Wide text in memory: what glibc has for 32 bits, for 16. */
#include "crt.h"
#include <ctype.h>
#include <locale.h>
#include <wctype.h>

size_t CRT(wcslen)(const wchar_t *text)
{
    const wchar_t *at = text;
    while (*at)
        at++;
    return (size_t)(at - text);
}

size_t CRT(wcsnlen)(const wchar_t *text, size_t most)
{
    size_t length = 0;
    while (length < most && text[length])
        length++;
    return length;
}

wchar_t *CRT(wmemcpy)(wchar_t *to, const wchar_t *from, size_t count) { return memcpy(to, from, count * 2); }
wchar_t *CRT(wmemmove)(wchar_t *to, const wchar_t *from, size_t count) { return memmove(to, from, count * 2); }
wchar_t *CRT(wmemset)(wchar_t *to, wchar_t unit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = unit;
    return to;
}
int CRT(wmemcmp)(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}
wchar_t *CRT(wmemchr)(const wchar_t *text, wchar_t unit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] == unit)
            return (wchar_t *)text + i;
    return NULL;
}

wchar_t *CRT(wcscpy)(wchar_t *to, const wchar_t *from)
{
    return memcpy(to, from, (CRT(wcslen)(from) + 1) * sizeof(wchar_t));
}
wchar_t *CRT(wcsncpy)(wchar_t *to, const wchar_t *from, size_t count)
{
    size_t i = 0;
    for (; i < count && from[i]; i++)
        to[i] = from[i];
    for (; i < count; i++)
        to[i] = 0;
    return to;
}
wchar_t *CRT(wcscat)(wchar_t *to, const wchar_t *from)
{
    CRT(wcscpy)(to + CRT(wcslen)(to), from);
    return to;
}
wchar_t *CRT(wcsncat)(wchar_t *to, const wchar_t *from, size_t count)
{
    size_t length = CRT(wcslen)(to), taken = CRT(wcsnlen)(from, count);
    memcpy(to + length, from, taken * sizeof(wchar_t));
    to[length + taken] = 0;
    return to;
}
int CRT(wcscmp)(const wchar_t *a, const wchar_t *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b ? 0 : *a < *b ? -1 : 1;
}
int CRT(wcsncmp)(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (; count && *a && *a == *b; count--)
        a++, b++;
    return count == 0 || *a == *b ? 0 : *a < *b ? -1 : 1;
}
wchar_t *CRT(wcschr)(const wchar_t *text, wchar_t unit)
{
    for (;; text++) {
        if (*text == unit)
            return (wchar_t *)text;
        if (!*text)
            return NULL;
    }
}
wchar_t *CRT(wcsrchr)(const wchar_t *text, wchar_t unit)
{
    const wchar_t *found = NULL;
    for (;; text++) {
        if (*text == unit)
            found = text;
        if (!*text)
            return (wchar_t *)found;
    }
}
size_t CRT(wcsspn)(const wchar_t *text, const wchar_t *set)
{
    size_t length = 0;
    while (text[length] && CRT(wcschr)(set, text[length]))
        length++;
    return length;
}
size_t CRT(wcscspn)(const wchar_t *text, const wchar_t *set)
{
    size_t length = 0;
    while (text[length] && !CRT(wcschr)(set, text[length]))
        length++;
    return length;
}
wchar_t *CRT(wcspbrk)(const wchar_t *text, const wchar_t *set)
{
    text += CRT(wcscspn)(text, set);
    return *text ? (wchar_t *)text : NULL;
}
wchar_t *CRT(wcsstr)(const wchar_t *text, const wchar_t *wanted)
{
    size_t length = CRT(wcslen)(wanted);
    for (;; text++) {
        if (CRT(wcsncmp)(text, wanted, length) == 0)
            return (wchar_t *)text;
        if (!*text)
            return NULL;
    }
}
wchar_t *CRT(wcstok)(wchar_t *text, const wchar_t *separators, wchar_t **context)
{
    wchar_t *start = text ? text : *context;
    if (!start)
        return NULL;
    start += CRT(wcsspn)(start, separators);
    if (!*start) {
        *context = start;
        return NULL;
    }
    wchar_t *end = start + CRT(wcscspn)(start, separators);
    if (*end)
        *end++ = 0;
    *context = end;
    return start;
}
static __thread wchar_t *token_context;
wchar_t *CRT(_wcstok)(wchar_t *text, const wchar_t *separators)
{
    return CRT(wcstok)(text, separators, &token_context);
}
wchar_t *CRT(_wcsdup)(const wchar_t *text)
{
    if (!text)
        return NULL;
    size_t bytes = (CRT(wcslen)(text) + 1) * sizeof(wchar_t);
    wchar_t *copy = malloc(bytes);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

/* Kinds of characters: Unicode's, whatever the locale says. */
static locale_t unicode(void)
{
    static locale_t known;
    locale_t locale = __atomic_load_n(&known, __ATOMIC_ACQUIRE);
    if (locale)
        return locale;
    locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!locale)
        locale = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
    locale_t none = (locale_t)0;
    if (!__atomic_compare_exchange_n(&known, &none, locale, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        freelocale(locale);
        return none;
    }
    return locale;
}
#define KIND(name)                                                               \
    int CRT(name)(unsigned c)                                                    \
    {                                                                            \
        return c != WIDE_EOF && name##_l((wint_t)c, unicode());                  \
    }
KIND(iswalpha) KIND(iswdigit) KIND(iswalnum) KIND(iswspace) KIND(iswupper) KIND(iswlower)
KIND(iswpunct) KIND(iswprint) KIND(iswgraph) KIND(iswcntrl) KIND(iswxdigit) KIND(iswblank)
unsigned CRT(towlower)(unsigned c)
{
    return c < 0x80 ? (c >= 'A' && c <= 'Z' ? c + 32 : c) : c == WIDE_EOF ? c : (unsigned)towlower_l(c, unicode());
}
unsigned CRT(towupper)(unsigned c)
{
    return c < 0x80 ? (c >= 'a' && c <= 'z' ? c - 32 : c) : c == WIDE_EOF ? c : (unsigned)towupper_l(c, unicode());
}
int CRT(iswascii)(unsigned c) { return c < 0x80; }

int CRT(_wcsicmp)(const wchar_t *a, const wchar_t *b)
{
    for (;; a++, b++) {
        unsigned x = CRT(towlower)(*a), y = CRT(towlower)(*b);
        if (x != y)
            return x < y ? -1 : 1;
        if (!x)
            return 0;
    }
}
int CRT(_wcsnicmp)(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (; count; a++, b++, count--) {
        unsigned x = CRT(towlower)(*a), y = CRT(towlower)(*b);
        if (x != y)
            return x < y ? -1 : 1;
        if (!x)
            break;
    }
    return 0;
}
wchar_t *CRT(_wcslwr)(wchar_t *text)
{
    for (wchar_t *at = text; at && *at; at++)
        *at = (wchar_t)CRT(towlower)(*at);
    return text;
}
wchar_t *CRT(_wcsupr)(wchar_t *text)
{
    for (wchar_t *at = text; at && *at; at++)
        *at = (wchar_t)CRT(towupper)(*at);
    return text;
}
wchar_t *CRT(_wcsrev)(wchar_t *text)
{
    for (size_t i = 0, j = CRT(wcslen)(text); i + 1 < j; i++) {
        wchar_t unit = text[i];
        text[i] = text[--j];
        text[j] = unit;
    }
    return text;
}
wchar_t *CRT(_wcsset)(wchar_t *text, wchar_t unit)
{
    for (wchar_t *at = text; *at; at++)
        *at = unit;
    return text;
}
wchar_t *CRT(_wcsnset)(wchar_t *text, wchar_t unit, size_t count)
{
    for (wchar_t *at = text; *at && count; at++, count--)
        *at = unit;
    return text;
}
size_t CRT(wcsxfrm)(wchar_t *to, const wchar_t *from, size_t room)
{
    size_t length = CRT(wcslen)(from);
    if (room)
        memcpy(to, from, (length < room ? length + 1 : room) * sizeof(wchar_t));
    return length;
}

/* Numbers: the ASCII part of the text, read by the narrow functions. */
static char *ascii(const wchar_t *text, char *small, size_t room)
{
    size_t length = 0;
    while (text[length] && text[length] < 0x80)
        length++;
    char *copy = length < room ? small : malloc(length + 1);
    for (size_t i = 0; copy && i < length; i++)
        copy[i] = (char)text[i];
    if (copy)
        copy[length] = 0;
    return copy;
}
#define NUMBER(name, type, call)                                        \
    type CRT(name)                                                      \
    {                                                                   \
        char small[128], *end = small, *copy = ascii(text, small, sizeof small); \
        type value = 0;                                                 \
        if (copy) {                                                     \
            value = call;                                               \
            if (rest)                                                   \
                *rest = (wchar_t *)text + (end - copy);                 \
            if (copy != small)                                          \
                free(copy);                                             \
        }                                                               \
        return value;                                                   \
    }
static long clamp(long long value)
{
    if (value > INT32_MAX || value < INT32_MIN) {
        errno = ERANGE;
        return value < 0 ? INT32_MIN : INT32_MAX;
    }
    return (long)value;
}
static unsigned long clamp_unsigned(unsigned long long value, int negative)
{
    if (negative ? -value > UINT32_MAX : value > UINT32_MAX) {
        errno = ERANGE;
        return UINT32_MAX;
    }
    return (uint32_t)value;
}
static int negative(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return *text == '-';
}
/* long has 32 bits: results end there. */
long CRT(strtol)(const char *text, char **rest, int base) { return clamp(strtoll(text, rest, base)); }
unsigned long CRT(strtoul)(const char *text, char **rest, int base)
{
    return clamp_unsigned(strtoull(text, rest, base), negative(text));
}
long CRT(atol)(const char *text) { return clamp(strtoll(text, NULL, 10)); }
int CRT(atoi)(const char *text) { return (int)clamp(strtoll(text, NULL, 10)); }
NUMBER(wcstol(const wchar_t *text, wchar_t **rest, int base), long, CRT(strtol)(copy, &end, base))
NUMBER(wcstoul(const wchar_t *text, wchar_t **rest, int base), unsigned long, CRT(strtoul)(copy, &end, base))
NUMBER(wcstoll(const wchar_t *text, wchar_t **rest, int base), long long, strtoll(copy, &end, base))
NUMBER(wcstoull(const wchar_t *text, wchar_t **rest, int base), unsigned long long, strtoull(copy, &end, base))
NUMBER(wcstod(const wchar_t *text, wchar_t **rest), double, strtod(copy, &end))
NUMBER(wcstof(const wchar_t *text, wchar_t **rest), float, strtof(copy, &end))
NUMBER(wcstold(const wchar_t *text, wchar_t **rest), long double, strtold(copy, &end))
int CRT(_wtoi)(const wchar_t *text) { return (int)CRT(wcstol)(text, NULL, 10); }
long CRT(_wtol)(const wchar_t *text) { return CRT(wcstol)(text, NULL, 10); }
long long CRT(_wtoi64)(const wchar_t *text) { return CRT(wcstoll)(text, NULL, 10); }
double CRT(_wtof)(const wchar_t *text) { return CRT(wcstod)(text, NULL); }

/* Numbers as text. */
static size_t digits_of(unsigned long long value, int minus, int radix, char *to)
{
    char reversed[72];
    size_t count = 0, length = 0;
    do {
        unsigned digit = (unsigned)(value % (unsigned)radix);
        reversed[count++] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value /= (unsigned)radix;
    } while (value);
    if (minus)
        to[length++] = '-';
    while (count)
        to[length++] = reversed[--count];
    to[length] = 0;
    return length;
}
#define AS_TEXT(a, w, type, as_unsigned, is_signed)                                                     \
    int CRT(a##_s)(type value, char *to, size_t room, int radix)                                        \
    {                                                                                                   \
        char text[80];                                                                                  \
        if (!to || !room)                                                                               \
            return transom_invalid(EINVAL);                                                             \
        to[0] = 0;                                                                                      \
        if (radix < 2 || radix > 36)                                                                    \
            return transom_invalid(EINVAL);                                                             \
        int minus = is_signed && radix == 10 && value >> (sizeof value * 8 - 1) != 0;                   \
        as_unsigned bits = (as_unsigned)value;                                                          \
        size_t length = digits_of(minus ? (as_unsigned)-bits : bits, minus, radix, text);               \
        if (length >= room)                                                                             \
            return transom_invalid(ERANGE);                                                             \
        memcpy(to, text, length + 1);                                                                   \
        return 0;                                                                                       \
    }                                                                                                   \
    int CRT(w##_s)(type value, wchar_t *to, size_t room, int radix)                                     \
    {                                                                                                   \
        char text[80];                                                                                  \
        if (!to || !room)                                                                               \
            return transom_invalid(EINVAL);                                                             \
        to[0] = 0;                                                                                      \
        int error = CRT(a##_s)(value, text, room < sizeof text ? room : sizeof text, radix);            \
        for (size_t i = 0; !error && (i == 0 || text[i - 1]); i++)                                      \
            to[i] = (wchar_t)text[i];                                                                   \
        return error;                                                                                   \
    }                                                                                                   \
    char *CRT(a)(type value, char *to, int radix) { return CRT(a##_s)(value, to, 80, radix), to; }      \
    wchar_t *CRT(w)(type value, wchar_t *to, int radix) { return CRT(w##_s)(value, to, 80, radix), to; }
AS_TEXT(_itoa, _itow, int, unsigned, 1)
AS_TEXT(_ltoa, _ltow, int, unsigned, 1)
AS_TEXT(_ultoa, _ultow, unsigned, unsigned, 0)
AS_TEXT(_i64toa, _i64tow, long long, unsigned long long, 1)
AS_TEXT(_ui64toa, _ui64tow, unsigned long long, unsigned long long, 0)
