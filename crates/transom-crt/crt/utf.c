/* Between UTF-8, which is what narrow text is, and UTF-16, which is what wide text is. */
#include "crt.h"
#include <ctype.h>

/* Lone surrogates become U+FFFD. With `to` NULL the length only. */
size_t transom_utf8_from_utf16(const wchar_t *from, size_t units, char *to)
{
    size_t length = 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t c = from[i];
        if (c >= 0xD800 && c <= 0xDBFF && i + 1 < units && from[i + 1] >= 0xDC00 && from[i + 1] <= 0xDFFF)
            c = 0x10000 + ((c - 0xD800) << 10) + (from[++i] - 0xDC00u);
        else if (c >= 0xD800 && c <= 0xDFFF)
            c = 0xFFFD;
        unsigned char bytes[4];
        size_t n;
        if (c < 0x80) {
            bytes[0] = (unsigned char)c;
            n = 1;
        } else if (c < 0x800) {
            bytes[0] = (unsigned char)(0xC0 | c >> 6);
            bytes[1] = (unsigned char)(0x80 | (c & 0x3F));
            n = 2;
        } else if (c < 0x10000) {
            bytes[0] = (unsigned char)(0xE0 | c >> 12);
            bytes[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
            bytes[2] = (unsigned char)(0x80 | (c & 0x3F));
            n = 3;
        } else {
            bytes[0] = (unsigned char)(0xF0 | c >> 18);
            bytes[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
            bytes[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
            bytes[3] = (unsigned char)(0x80 | (c & 0x3F));
            n = 4;
        }
        if (to)
            memcpy(to + length, bytes, n);
        length += n;
    }
    return length;
}

/* One character of UTF-8; how many bytes it has. What is none is U+FFFD and one byte. */
static size_t decode(const unsigned char *from, size_t bytes, uint32_t *c)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = from[0];
    size_t n = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3
        : first >= 0xF0 && first < 0xF5 ? 4 : 0;
    if (n == 1) {
        *c = first;
        return 1;
    }
    if (n != 0 && n <= bytes) {
        uint32_t value = first & (0x7Fu >> n);
        size_t i = 1;
        for (; i < n && (from[i] & 0xC0) == 0x80; i++)
            value = value << 6 | (from[i] & 0x3Fu);
        if (i == n && value >= smallest[n] && value < 0x110000 && (value < 0xD800 || value > 0xDFFF)) {
            *c = value;
            return n;
        }
    }
    *c = 0xFFFD;
    return 1;
}

size_t transom_utf16_from_utf8(const char *from, size_t bytes, wchar_t *to)
{
    size_t length = 0;
    for (size_t i = 0; i < bytes;) {
        uint32_t c;
        i += decode((const unsigned char *)from + i, bytes - i, &c);
        if (c >= 0x10000) {
            if (to) {
                to[length] = (wchar_t)(0xD800 + ((c - 0x10000) >> 10));
                to[length + 1] = (wchar_t)(0xDC00 + (c & 0x3FF));
            }
            length += 2;
        } else {
            if (to)
                to[length] = (wchar_t)c;
            length++;
        }
    }
    return length;
}

/* Copies for `free`; NULL for NULL and without memory. */
char *transom_to_utf8(const wchar_t *text)
{
    if (!text)
        return NULL;
    size_t units = CRT(wcslen)(text), bytes = transom_utf8_from_utf16(text, units, NULL);
    char *copy = malloc(bytes + 1);
    if (copy) {
        transom_utf8_from_utf16(text, units, copy);
        copy[bytes] = 0;
    }
    return copy;
}

wchar_t *transom_to_utf16(const char *text)
{
    if (!text)
        return NULL;
    size_t bytes = strlen(text), units = transom_utf16_from_utf8(text, bytes, NULL);
    wchar_t *copy = malloc((units + 1) * sizeof(wchar_t));
    if (copy) {
        transom_utf16_from_utf8(text, bytes, copy);
        copy[units] = 0;
    }
    return copy;
}

/* A path of Windows as one of Linux, for `free`: C:\ is the root, both slashes separate. */
char *transom_linux_path(const char *path)
{
    if (!path)
        return NULL;
    static const char *const devices[][2] = {
        {"NUL", "/dev/null"}, {"CON", "/dev/tty"}, {"CONIN$", "/dev/tty"}, {"CONOUT$", "/dev/tty"}};
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (strcasecmp(path, devices[i][0]) == 0)
            return strdup(devices[i][1]);
    if (strncmp(path, "\\\\?\\", 4) == 0 || strncmp(path, "\\\\.\\", 4) == 0)
        path += 4;
    if ((path[0] == 'C' || path[0] == 'c') && path[1] == ':')
        path += 2;
    char *copy = strdup(path);
    for (char *at = copy; at && *at; at++)
        if (*at == '\\')
            *at = '/';
    return copy;
}

char *transom_linux_path_w(const wchar_t *path)
{
    char *narrow = transom_to_utf8(path);
    char *linux_path = transom_linux_path(narrow);
    free(narrow);
    return linux_path;
}

static size_t full_bytes(unsigned char first)
{
    return first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
}

int CRT(mbtowc)(wchar_t *to, const char *from, size_t bytes)
{
    if (!from)
        return 0;
    if (bytes == 0)
        return -1;
    uint32_t c;
    size_t n = decode((const unsigned char *)from, bytes, &c);
    if ((c == 0xFFFD && n == 1) || c >= 0x10000) {
        errno = EILSEQ;
        return -1;
    }
    if (to)
        *to = (wchar_t)c;
    return c ? (int)n : 0;
}

int CRT(wctomb)(char *to, wchar_t from)
{
    return to ? (int)transom_utf8_from_utf16(&from, 1, to) : 0;
}

int CRT(mblen)(const char *from, size_t bytes) { return CRT(mbtowc)(NULL, from, bytes); }

size_t CRT(mbstowcs)(wchar_t *to, const char *from, size_t most)
{
    size_t bytes = strlen(from);
    if (!to)
        return transom_utf16_from_utf8(from, bytes, NULL);
    wchar_t *all = transom_to_utf16(from);
    if (!all)
        return (size_t)-1;
    size_t units = CRT(wcslen)(all);
    size_t taken = units < most ? units : most;
    memcpy(to, all, taken * sizeof(wchar_t));
    if (taken < most)
        to[taken] = 0;
    free(all);
    return taken;
}

size_t CRT(wcstombs)(char *to, const wchar_t *from, size_t most)
{
    char *all = transom_to_utf8(from);
    if (!all)
        return (size_t)-1;
    size_t bytes = strlen(all);
    if (to) {
        size_t taken = 0;
        while (taken < bytes && taken + full_bytes((unsigned char)all[taken]) <= most)
            taken += full_bytes((unsigned char)all[taken]);
        memcpy(to, all, taken);
        if (taken < most)
            to[taken] = 0;
        bytes = taken;
    }
    free(all);
    return bytes;
}

size_t CRT(mbrtowc)(wchar_t *to, const char *from, size_t bytes, void *state)
{
    (void)state;
    if (!from)
        return 0;
    size_t need = bytes ? full_bytes((unsigned char)*from) : 1;
    if (need > bytes)
        return (size_t)-2;
    int n = CRT(mbtowc)(to, from, bytes);
    return n < 0 ? (size_t)-1 : (size_t)n;
}

size_t CRT(wcrtomb)(char *to, wchar_t from, void *state)
{
    (void)state;
    return to ? (size_t)CRT(wctomb)(to, from) : 1;
}

size_t CRT(mbsrtowcs)(wchar_t *to, const char **from, size_t most, void *state)
{
    (void)state;
    size_t n = CRT(mbstowcs)(to, *from, most);
    if (to && n < most)
        *from = NULL;
    return n;
}

size_t CRT(wcsrtombs)(char *to, const wchar_t **from, size_t most, void *state)
{
    (void)state;
    size_t n = CRT(wcstombs)(to, *from, most);
    if (to && n < most)
        *from = NULL;
    return n;
}

unsigned CRT(btowc)(int c) { return c >= 0 && c < 0x80 ? (unsigned)c : WIDE_EOF; }
int CRT(wctob)(unsigned c) { return c < 0x80 ? (int)c : EOF; }

/* The _s forms: the terminator counts, and must fit unless the text may be cut. */
int CRT(mbstowcs_s)(size_t *converted, wchar_t *to, size_t room, const char *from, size_t count)
{
    if (converted)
        *converted = 0;
    if (!from || (!to && room) || (to && !room)) {
        if (to && room)
            to[0] = 0;
        return transom_invalid(EINVAL);
    }
    size_t units = transom_utf16_from_utf8(from, strlen(from), NULL);
    if (!to) {
        if (converted)
            *converted = units + 1;
        return 0;
    }
    size_t wanted = count != TRUNCATE && count < units ? count : units;
    int cut = 0;
    if (wanted >= room) {
        if (count != TRUNCATE) {
            to[0] = 0;
            return transom_invalid(ERANGE);
        }
        wanted = room - 1;
        cut = STRUNCATE;
    }
    wchar_t *all = transom_to_utf16(from);
    if (!all)
        return ENOMEM;
    memcpy(to, all, wanted * sizeof(wchar_t));
    to[wanted] = 0;
    free(all);
    if (converted)
        *converted = wanted + 1;
    return cut;
}

int CRT(wcstombs_s)(size_t *converted, char *to, size_t room, const wchar_t *from, size_t count)
{
    if (converted)
        *converted = 0;
    if (!from || (!to && room) || (to && !room)) {
        if (to && room)
            to[0] = 0;
        return transom_invalid(EINVAL);
    }
    char *all = transom_to_utf8(from);
    if (!all)
        return ENOMEM;
    size_t bytes = strlen(all), wanted = 0, most = count == TRUNCATE ? bytes : count;
    while (wanted < bytes && wanted + full_bytes((unsigned char)all[wanted]) <= most)
        wanted += full_bytes((unsigned char)all[wanted]);
    int cut = 0;
    if (to && wanted >= room) {
        if (count != TRUNCATE) {
            free(all);
            to[0] = 0;
            return transom_invalid(ERANGE);
        }
        wanted = 0;
        while (wanted < bytes && wanted + full_bytes((unsigned char)all[wanted]) < room)
            wanted += full_bytes((unsigned char)all[wanted]);
        cut = STRUNCATE;
    }
    if (to) {
        memcpy(to, all, wanted);
        to[wanted] = 0;
    }
    free(all);
    if (converted)
        *converted = wanted + 1;
    return cut;
}
