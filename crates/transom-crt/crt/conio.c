/* conio.h: keys and characters of the console. Without a terminal it is the standard input. */
#include "crt.h"
#include <poll.h>
#include <pthread.h>
#include <termios.h>
#include <unistd.h>

static int pushed = -1;
static int coming[8];
static int coming_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int read_byte(void)
{
    unsigned char byte;
    ssize_t count;
    do
        count = read(0, &byte, 1);
    while (count < 0 && errno == EINTR);
    return count == 1 ? byte : EOF;
}

static int ready(int ms)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};
    return poll(&input, 1, ms) > 0;
}

/* Keys without a character are two numbers: 0xE0, and one that says which. */
static int key(void)
{
    int c = read_byte();
    if (c == '\n')
        return '\r';
    if (c == 127)
        return '\b';
    if (c != 27 || !ready(20))
        return c;
    int next = read_byte();
    if (next != '[' && next != 'O') {
        coming[coming_count++] = next;
        return c;
    }
    int which = read_byte(), code = 0;
    switch (which) {
    case 'A': code = 72; break;
    case 'B': code = 80; break;
    case 'C': code = 77; break;
    case 'D': code = 75; break;
    case 'H': code = 71; break;
    case 'F': code = 79; break;
    case '2': code = 82; break;
    case '3': code = 83; break;
    case '5': code = 73; break;
    case '6': code = 81; break;
    }
    if (which >= '0' && which <= '9' && ready(20))
        read_byte();
    if (!code)
        return c;
    coming[coming_count++] = code;
    return 0xE0;
}

static int get(int echo)
{
    int c;
    fflush(stdout);
    pthread_mutex_lock(&lock);
    if (pushed >= 0) {
        c = pushed;
        pushed = -1;
    } else if (coming_count > 0) {
        c = coming[0];
        memmove(coming, coming + 1, sizeof coming[0] * (size_t)--coming_count);
    } else {
        struct termios before, raw;
        if (tcgetattr(0, &before) == 0) {
            raw = before;
            raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
            raw.c_iflag &= ~(tcflag_t)ICRNL;
            raw.c_cc[VMIN] = 1;
            raw.c_cc[VTIME] = 0;
            tcsetattr(0, TCSANOW, &raw);
            c = key();
            tcsetattr(0, TCSANOW, &before);
        } else {
            /* What the stream has read ahead comes first. */
            c = getchar();
            if (c == '\n')
                c = '\r';
        }
    }
    pthread_mutex_unlock(&lock);
    if (echo && c != EOF) {
        putchar(c == '\r' ? '\n' : c);
        fflush(stdout);
    }
    return c;
}

int CRT(_getch)(void) { return get(0); }
int CRT(_getche)(void) { return get(1); }
unsigned CRT(_getwch)(void)
{
    int c = get(0);
    return c == EOF ? WIDE_EOF : (unsigned)c;
}
unsigned CRT(_getwche)(void)
{
    int c = get(1);
    return c == EOF ? WIDE_EOF : (unsigned)c;
}
int CRT(_ungetch)(int c)
{
    pthread_mutex_lock(&lock);
    int result = c == EOF || pushed >= 0 ? EOF : (pushed = c & 0xFF);
    pthread_mutex_unlock(&lock);
    return result;
}
int CRT(_kbhit)(void)
{
    pthread_mutex_lock(&lock);
    int hit = pushed >= 0 || coming_count > 0;
    pthread_mutex_unlock(&lock);
    if (hit)
        return 1;
    struct termios before, raw;
    if (tcgetattr(0, &before) != 0)
        return ready(0);
    raw = before;
    raw.c_lflag &= ~(tcflag_t)ICANON;
    raw.c_cc[VMIN] = 1;
    tcsetattr(0, TCSANOW, &raw);
    hit = ready(0);
    tcsetattr(0, TCSANOW, &before);
    return hit;
}
int CRT(_putch)(int c)
{
    int result = putchar(c);
    fflush(stdout);
    return result;
}
unsigned CRT(fputwc)(wchar_t unit, FILE *stream);
unsigned CRT(_putwch)(wchar_t c)
{
    unsigned result = CRT(fputwc)(c, stdout);
    fflush(stdout);
    return result;
}
int CRT(_cputs)(const char *text)
{
    int result = fputs(text, stdout) == EOF ? EOF : 0;
    fflush(stdout);
    return result;
}
int CRT(_cputws)(const wchar_t *text)
{
    int result = transom_write_utf16(stdout, text, CRT(wcslen)(text));
    fflush(stdout);
    return result;
}
