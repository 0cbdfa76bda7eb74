/* Formats mean what MSVC means. */
#include <windows.h>
#include <stdio.h>
#include <stdarg.h>
#include <string.h>
#include <math.h>
#include "Check.H"

static void narrow(int line, const char *expected, const char *format, ...)
{
    char text[512];
    va_list a;
    int length;
    va_start(a, format);
    length = vsnprintf(text, sizeof(text), format, a);
    va_end(a);
    if (strcmp(text, expected) != 0 || length != (int)strlen(expected)) {
        fprintf(stderr, "line %d: \"%s\" and not \"%s\"\n", line, text, expected);
        failures++;
    }
}
static void wide(int line, const wchar_t *expected, const wchar_t *format, ...)
{
    wchar_t text[512];
    va_list a;
    int length;
    va_start(a, format);
    length = vswprintf(text, 512, format, a);
    va_end(a);
    if (wcscmp(text, expected) != 0 || length != (int)wcslen(expected)) {
        fprintf(stderr, "line %d: \"%S\" and not \"%S\"\n", line, text, expected);
        failures++;
    }
}
#define N(expected, ...) narrow(__LINE__, expected, __VA_ARGS__)
#define W(expected, ...) wide(__LINE__, expected, __VA_ARGS__)

int main(void)
{
    LONG minus = -1;
    DWORD big = 4000000000u;
    ULONGLONG bits = 0xFFF8000000000000;
    double indefinite;
    LONGLONG huge = -1234567890123LL;
    memcpy(&indefinite, &bits, sizeof indefinite);
    N("-1 4000000000 ee6b2800", "%ld %lu %lx", minus, big, big);
    N("-1234567890123", "%I64d", huge);
    N("-1234567890123", "%lld", huge);
    N("4000000000 -294967296", "%I32u %I32d", big, big);
    N("18446744073709551615", "%Iu", (SIZE_T)-1);
    N("ffffffffffffffff", "%Ix", (SIZE_T)-1);
    N("0000000000000ABC", "%p", (void *)0xabc);
    N("    0000000000000ABC", "%20p", (void *)0xabc);
    N("a|wide|narrow|wide|narrow", "%c|%S|%s|%ls|%hs", 'a', L"wide", "narrow", L"wide", "narrow");
    W(L"a|narrow|wide|wide|narrow", L"%c|%S|%s|%ls|%hs", L'a', "narrow", L"wide", L"wide", "narrow");
    N("[  abc][abc  ][ab][  ab]", "[%5s][%-5s][%.2s][%4.2s]", "abc", "abc", "abc", "abc");
    N("(null)", "%s", (char *)NULL);
    W(L"(null)", L"%s", (wchar_t *)NULL);
    N("[   42][42   ][00042][+42][ 42][002a][0x2a][0X2A][052]", "[%5d][%-5d][%05d][%+d][% d][%04x][%#x][%#X][%#o]", 42, 42,
        42, 42, 42, 42, 42, 42, 42);
    N("[  007][-0007][][0]", "[%5.3d][%.4d][%.0d][%.1d]", 7, -7, 0, 0);
    N("3.14 3.141590 3.14159 3.141590e+00 1e+10", "%.2f %f %g %e %g", 3.14159, 3.14159, 3.14159, 3.14159, 1e10);
    N("1.500000", "%Lf", 1.5L);
    N("0x1.8000000000000p+0 0X1.0000000000000P-1 0x1.8p+0 0x1.0000000000000p+1", "%a %A %.1a %La", 1.5, 0.5, 1.5, 2.0L);
    N("inf -INF nan -nan(ind) -NAN(IND)", "%f %F %g %e %A", INFINITY, -INFINITY, NAN, indefinite, indefinite);
    N("[  -nan(ind)][-nan(ind)  ][+nan][ nan]", "[%011.1f][%-11f][%+f][% f]", indefinite, indefinite, NAN, NAN);
    N("text", "%Ts", "text");
    W(L"-nan(ind) text", L"%f %Ts", indefinite, L"text");
    N("100% 5", "100%% %d", 5);
    N("   ab", "%*s", 5, "ab");
    N("ab   |", "%*s|", -5, "ab");
    N("-128 255 -1", "%hhd %hhu %hd", 0x80, 0xff, 0xffff);
    N("한글", "%S", L"한글");
    W(L"한글", L"%hs", "한글");
    W(L"\xD83D\xDE00", L"%hs", "\xF0\x9F\x98\x80");
    N("\xF0\x9F\x98\x80", "%ls", L"\xD83D\xDE00");
    return failures;
}
