/* Wide characters over streams of bytes: UTF-8 outside, UTF-16 inside. A stream keeps its bytes to
   itself, so narrow and wide calls may be mixed. */
#include "crt.h"
#include <pthread.h>

/* The half of a character beyond 16 bits that is still to come (reading) or came first (writing). */
struct half {
    FILE *stream;
    wchar_t reading;
    wchar_t writing;
};
static struct half halves[64];
static pthread_mutex_t halves_lock = PTHREAD_MUTEX_INITIALIZER;
static int halves_used;

static struct half *half_of(FILE *stream, int make)
{
    struct half *free_one = NULL;
    for (int i = 0; i < halves_used; i++) {
        if (halves[i].stream == stream)
            return &halves[i];
        if (!halves[i].stream)
            free_one = &halves[i];
    }
    if (!make)
        return NULL;
    if (!free_one && halves_used < (int)(sizeof halves / sizeof halves[0]))
        free_one = &halves[halves_used++];
    if (free_one)
        *free_one = (struct half){.stream = stream};
    return free_one;
}

/* What is remembered of a stream that is closed must not meet a new one at the same address. */
static void forget(FILE *stream)
{
    pthread_mutex_lock(&halves_lock);
    struct half *half = half_of(stream, 0);
    if (half)
        half->stream = NULL;
    pthread_mutex_unlock(&halves_lock);
}

int CRT(fclose)(FILE *stream)
{
    if (!stream)
        return transom_invalid(EINVAL), EOF;
    forget(stream);
    return fclose(stream);
}

static wchar_t take_half(FILE *stream)
{
    wchar_t unit = 0;
    if (__atomic_load_n(&halves_used, __ATOMIC_ACQUIRE) == 0)
        return 0;
    pthread_mutex_lock(&halves_lock);
    struct half *half = half_of(stream, 0);
    if (half && half->reading) {
        unit = half->reading;
        half->reading = 0;
    }
    pthread_mutex_unlock(&halves_lock);
    return unit;
}

static void keep_half(FILE *stream, wchar_t unit)
{
    pthread_mutex_lock(&halves_lock);
    struct half *half = half_of(stream, 1);
    if (half)
        half->reading = unit;
    pthread_mutex_unlock(&halves_lock);
}

unsigned CRT(fgetwc)(FILE *stream)
{
    if (!stream)
        return transom_invalid(EINVAL), WIDE_EOF;
    wchar_t kept = take_half(stream);
    if (kept)
        return kept;
    char bytes[4];
    int c = getc(stream);
    if (c == EOF)
        return WIDE_EOF;
    bytes[0] = (char)c;
    size_t need = c < 0xC2 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 1, have = 1;
    while (have < need) {
        c = getc(stream);
        if (c == EOF)
            break;
        if ((c & 0xC0) != 0x80) {
            ungetc(c, stream);
            break;
        }
        bytes[have++] = (char)c;
    }
    if (have < need)
        return 0xFFFD;
    wchar_t units[4];
    size_t count = transom_utf16_from_utf8(bytes, have, NULL);
    if (count > 2)
        return 0xFFFD;
    transom_utf16_from_utf8(bytes, have, units);
    if (count == 2)
        keep_half(stream, units[1]);
    return units[0];
}

unsigned CRT(ungetwc)(unsigned unit, FILE *stream)
{
    if (!stream || unit == WIDE_EOF)
        return WIDE_EOF;
    wchar_t one = (wchar_t)unit;
    if (one >= 0xD800 && one <= 0xDFFF) {
        /* Both halves stand for bytes that have been read: give back what can be given. */
        keep_half(stream, one);
        return unit;
    }
    char bytes[4];
    size_t count = transom_utf8_from_utf16(&one, 1, bytes);
    while (count > 0)
        if (ungetc((unsigned char)bytes[--count], stream) == EOF)
            return WIDE_EOF;
    return unit;
}

unsigned CRT(getwchar)(void) { return CRT(fgetwc)(stdin); }

int transom_write_utf16(FILE *stream, const wchar_t *text, size_t units)
{
    char small[512], *bytes = small;
    size_t length = transom_utf8_from_utf16(text, units, NULL);
    if (length > sizeof small && !(bytes = malloc(length)))
        return -1;
    transom_utf8_from_utf16(text, units, bytes);
    int failed = fwrite(bytes, 1, length, stream) != length;
    if (bytes != small)
        free(bytes);
    return failed ? -1 : 0;
}

unsigned CRT(fputwc)(wchar_t unit, FILE *stream)
{
    if (!stream)
        return transom_invalid(EINVAL), WIDE_EOF;
    wchar_t units[2];
    size_t count = 0;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        pthread_mutex_lock(&halves_lock);
        struct half *half = half_of(stream, 1);
        if (half)
            half->writing = unit;
        pthread_mutex_unlock(&halves_lock);
        return unit;
    }
    if (unit >= 0xDC00 && unit <= 0xDFFF) {
        pthread_mutex_lock(&halves_lock);
        struct half *half = half_of(stream, 0);
        if (half && half->writing) {
            units[count++] = half->writing;
            half->writing = 0;
        }
        pthread_mutex_unlock(&halves_lock);
    }
    units[count++] = unit;
    return transom_write_utf16(stream, units, count) == 0 ? unit : WIDE_EOF;
}

unsigned CRT(putwchar)(wchar_t unit) { return CRT(fputwc)(unit, stdout); }

int CRT(fputws)(const wchar_t *text, FILE *stream)
{
    if (!text || !stream)
        return transom_invalid(EINVAL), EOF;
    return transom_write_utf16(stream, text, CRT(wcslen)(text)) == 0 ? 0 : EOF;
}

int CRT(_putws)(const wchar_t *text)
{
    return CRT(fputws)(text, stdout) == EOF ? EOF : CRT(fputwc)(L'\n', stdout) == WIDE_EOF ? EOF : 0;
}

wchar_t *CRT(fgetws)(wchar_t *to, int room, FILE *stream)
{
    if (!to || room <= 0 || !stream) {
        transom_invalid(EINVAL);
        return NULL;
    }
    int length = 0;
    while (length + 1 < room) {
        unsigned c = CRT(fgetwc)(stream);
        if (c == WIDE_EOF)
            break;
        to[length++] = (wchar_t)c;
        if (c == '\n')
            break;
    }
    if (length == 0 && room > 1)
        return NULL;
    to[length] = 0;
    return to;
}

/* gets and its like: a line without its newline. */
char *CRT(gets)(char *to)
{
    fflush(stdout);
    int c, any = 0;
    size_t length = 0;
    while ((c = getchar()) != EOF) {
        any = 1;
        if (c == '\n')
            break;
        to[length++] = (char)c;
    }
    if (!any)
        return NULL;
    to[length] = 0;
    return to;
}

wchar_t *CRT(_getws)(wchar_t *to)
{
    fflush(stdout);
    unsigned c;
    int any = 0;
    size_t length = 0;
    while ((c = CRT(fgetwc)(stdin)) != WIDE_EOF) {
        any = 1;
        if (c == '\n')
            break;
        to[length++] = (wchar_t)c;
    }
    if (!any)
        return NULL;
    to[length] = 0;
    return to;
}

char *CRT(gets_s)(char *to, size_t room)
{
    if (!to || !room) {
        transom_invalid(EINVAL);
        return NULL;
    }
    fflush(stdout);
    int c, any = 0;
    size_t length = 0;
    while ((c = getchar()) != EOF) {
        any = 1;
        if (c == '\n')
            break;
        if (length < room)
            to[length] = (char)c;
        length++;
    }
    to[length < room && any ? length : 0] = 0;
    if (length >= room) {
        transom_invalid(ERANGE);
        return NULL;
    }
    return any ? to : NULL;
}

wchar_t *CRT(_getws_s)(wchar_t *to, size_t room)
{
    if (!to || !room) {
        transom_invalid(EINVAL);
        return NULL;
    }
    fflush(stdout);
    unsigned c;
    int any = 0;
    size_t length = 0;
    while ((c = CRT(fgetwc)(stdin)) != WIDE_EOF) {
        any = 1;
        if (c == '\n')
            break;
        if (length < room)
            to[length] = (wchar_t)c;
        length++;
    }
    to[length < room && any ? length : 0] = 0;
    if (length >= room) {
        transom_invalid(ERANGE);
        return NULL;
    }
    return any ? to : NULL;
}

/* The mode without what only Windows has: t, ccs=... */
static int linux_mode(const char *mode, char *to)
{
    size_t length = 0;
    while (*mode == ' ')
        mode++;
    for (; *mode && *mode != ','; mode++) {
        if (*mode == ' ' || *mode == 't' || *mode == 'c' || *mode == 'n' || *mode == 'S' || *mode == 'R'
            || *mode == 'T' || *mode == 'D')
            continue;
        if (*mode == 'N')
            to[length++] = 'e';
        else if (strchr("rwa+bx", *mode))
            to[length++] = *mode;
        else
            return EINVAL;
        if (length > 6)
            return EINVAL;
    }
    to[length] = 0;
    return length ? 0 : EINVAL;
}

static FILE *open_stream(char *path, const char *mode, FILE *old)
{
    char plain[8];
    FILE *stream = NULL;
    int error = path && mode ? linux_mode(mode, plain) : EINVAL;
    if (error) {
        transom_invalid(error);
    } else if (old) {
        forget(old);
        stream = freopen(path, plain, old);
    } else {
        stream = fopen(path, plain);
    }
    int kept = errno;
    /* A file that says it is UTF-8 is read from what follows. */
    if (stream && plain[0] == 'r' && strstr(mode, "ccs")) {
        int c = getc(stream);
        if (c == 0xEF) {
            getc(stream);
            getc(stream);
        } else if (c != EOF) {
            ungetc(c, stream);
        }
    }
    free(path);
    errno = kept;
    return stream;
}

FILE *CRT(fopen)(const char *path, const char *mode) { return open_stream(transom_linux_path(path), mode, NULL); }
FILE *CRT(freopen)(const char *path, const char *mode, FILE *old)
{
    return open_stream(transom_linux_path(path), mode, old);
}

FILE *CRT(_wfopen)(const wchar_t *path, const wchar_t *mode)
{
    char *narrow = transom_to_utf8(mode);
    FILE *stream = open_stream(transom_linux_path_w(path), narrow, NULL);
    free(narrow);
    return stream;
}

FILE *CRT(_wfreopen)(const wchar_t *path, const wchar_t *mode, FILE *old)
{
    char *narrow = transom_to_utf8(mode);
    FILE *stream = open_stream(transom_linux_path_w(path), narrow, old);
    free(narrow);
    return stream;
}

FILE *CRT(_wfdopen)(int descriptor, const wchar_t *mode)
{
    char *narrow = transom_to_utf8(mode), plain[8];
    FILE *stream = narrow && linux_mode(narrow, plain) == 0 ? fdopen(descriptor, plain) : NULL;
    free(narrow);
    return stream;
}

FILE *CRT(_wpopen)(const wchar_t *command, const wchar_t *mode)
{
    char *narrow = transom_to_utf8(command), *how = transom_to_utf8(mode), plain[8];
    FILE *stream = narrow && how && linux_mode(how, plain) == 0 ? popen(narrow, plain[0] == 'r' ? "r" : "w") : NULL;
    free(narrow);
    free(how);
    return stream;
}

int CRT(fopen_s)(FILE **stream, const char *path, const char *mode)
{
    if (!stream)
        return transom_invalid(EINVAL);
    *stream = NULL;
    if (!path || !mode)
        return transom_invalid(EINVAL);
    *stream = CRT(fopen)(path, mode);
    return *stream ? 0 : errno;
}

int CRT(_wfopen_s)(FILE **stream, const wchar_t *path, const wchar_t *mode)
{
    if (!stream)
        return transom_invalid(EINVAL);
    *stream = NULL;
    if (!path || !mode)
        return transom_invalid(EINVAL);
    *stream = CRT(_wfopen)(path, mode);
    return *stream ? 0 : errno;
}

int CRT(freopen_s)(FILE **stream, const char *path, const char *mode, FILE *old)
{
    if (!stream || !old)
        return transom_invalid(EINVAL);
    *stream = CRT(freopen)(path, mode, old);
    return *stream ? 0 : errno;
}

int CRT(_wfreopen_s)(FILE **stream, const wchar_t *path, const wchar_t *mode, FILE *old)
{
    if (!stream || !old)
        return transom_invalid(EINVAL);
    *stream = CRT(_wfreopen)(path, mode, old);
    return *stream ? 0 : errno;
}

FILE *CRT(_fsopen)(const char *path, const char *mode, int share)
{
    (void)share;
    return CRT(fopen)(path, mode);
}

FILE *CRT(_wfsopen)(const wchar_t *path, const wchar_t *mode, int share)
{
    (void)share;
    return CRT(_wfopen)(path, mode);
}

int CRT(tmpfile_s)(FILE **stream)
{
    if (!stream)
        return transom_invalid(EINVAL);
    *stream = tmpfile();
    return *stream ? 0 : errno;
}

void CRT(_wperror)(const wchar_t *text)
{
    char *narrow = transom_to_utf8(text);
    perror(narrow);
    free(narrow);
}
