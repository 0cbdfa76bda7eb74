/* Scanning by formats of MSVC. */
#include <windows.h>
#include <tchar.h>
#include <math.h>
#include "check.h"

int _tmain(void)
{
    int i = 0, j = 0, n = 0;
    DWORD pair[2] = {0, 0x55555555};
    LONGLONG big = 0;
    short small[2] = {0, 0x5555};
    float f = 0;
    double e = 0, g = 0;
    double d = 0;
    TCHAR word[16], set[16];
    char narrow[16];
    wchar_t wide[16];
    TCHAR c;

    CHECK(_stscanf(_T("12 -7"), _T("%d %d"), &i, &j) == 2 && i == 12 && j == -7);
    /* %lx stores 32 bits. */
    CHECK(_stscanf(_T("deadbeef"), _T("%lx"), &pair[0]) == 1 && pair[0] == 0xdeadbeef && pair[1] == 0x55555555);
    CHECK(_stscanf(_T("1234567890123"), _T("%I64d"), &big) == 1 && big == 1234567890123LL);
    CHECK(_stscanf(_T("77"), _T("%hd"), &small[0]) == 1 && small[0] == 77 && small[1] == 0x5555);
    CHECK(_stscanf(_T("1.5 2.5e3"), _T("%f %lf"), &f, &d) == 2 && f == 1.5f && d == 2500);
    CHECK(_stscanf(_T("hello world"), _T("%s"), word) == 1 && !_tcscmp(word, _T("hello")));
    CHECK(_stscanf(_T("key=value;"), _T("%[^=]=%[a-z]%n"), word, set, &n) == 2);
    CHECK(!_tcscmp(word, _T("key")) && !_tcscmp(set, _T("value")) && n == 9);
    CHECK(_stscanf(_T("xy"), _T("%c"), &c) == 1 && c == _T('x'));
    CHECK(_stscanf(_T("abc def"), _T("%hs %ls"), narrow, wide) == 2);
    CHECK(!strcmp(narrow, "abc") && !wcscmp(wide, L"def"));
    CHECK(_stscanf(_T("한글 text"), _T("%ls %hs"), wide, narrow) == 2 && !wcscmp(wide, L"한글"));
    CHECK(_stscanf(_T("x"), _T("%d"), &i) == 0);
    CHECK(_stscanf(_T(""), _T("%d"), &i) == EOF);
    CHECK(_stscanf(_T("5 x"), _T("%d %d"), &i, &j) == 1 && i == 5);
    CHECK(_stscanf(_T("010 0x10"), _T("%i %i"), &i, &j) == 2 && i == 8 && j == 16);
    CHECK(_stscanf(_T("12345"), _T("%2d%3d"), &i, &j) == 2 && i == 12 && j == 345);
    CHECK(_stscanf(_T("7 8"), _T("%*d %d"), &i) == 1 && i == 8);
    CHECK(_stscanf_s(_T("longword"), _T("%s"), word, (unsigned)_countof(word)) == 1);
    CHECK(_stscanf_s(_T("longword"), _T("%s"), word, 4u) == 0 && word[0] == 0);
    CHECK(_stscanf(_T("abcefgdh"), _T("%*[a-cg-e]%c"), &c) == 1 && c == _T('d'));
    CHECK(_stscanf(_T("1.5e3x .5 -2. 0x1.8p1"), _T("%lf%c %f %lf %lf"), &d, &c, &f, &e, &g) == 5);
    CHECK(d == 1500 && c == _T('x') && f == 0.5f && e == -2 && g == 3);
    CHECK(_stscanf(_T("INFa -infinity nan(ind)z"), _T("%lf%c %lf %f%n"), &d, &c, &e, &f, &n) == 4);
    CHECK(d == INFINITY && c == _T('a') && e == -INFINITY && f != f && n == 23);
    CHECK(_stscanf(_T("1e"), _T("%lf"), &d) == EOF && _stscanf(_T("1e+x"), _T("%lf"), &d) == 0);
    CHECK(_stscanf(_T("infi"), _T("%lf"), &d) == EOF && _stscanf(_T(". 1"), _T("%lf"), &d) == 0);
    CHECK(_stscanf(_T("12345"), _T("%2lf%lf"), &d, &e) == 2 && d == 12 && e == 345);
    return failures;
}
