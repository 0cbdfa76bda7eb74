/* What happens at the end of a buffer, and when a text is part of itself. */
#include <windows.h>
#include <tchar.h>
#include <strsafe.h>
#include <stdlib.h>
#include "check.h"

int _tmain(void)
{
    TCHAR text[16] = _T("abc"), *token, *context = NULL;
    TCHAR list[] = _T("one,two;;three");
    char narrow[8];
    size_t length;
    errno_t error;

    _stprintf(text, _T("%s x"), text);
    CHECK(!_tcscmp(text, _T("abc x")));
    CHECK(_sntprintf(text, 3, _T("%s"), _T("abc")) == 3);
    CHECK(_sntprintf(text, 3, _T("%s"), _T("abcd")) == -1);
    CHECK(snprintf(narrow, sizeof narrow, "%s", "0123456789") == 10 && !strcmp(narrow, "0123456"));
    CHECK(_stprintf_s(text, 4, _T("%d"), 12345) == -1 && text[0] == 0);
    CHECK(_sntprintf_s(text, 16, _TRUNCATE, _T("%s"), _T("0123456789abcdefgh")) == -1);
    CHECK(!_tcscmp(text, _T("0123456789abcde")));
    CHECK(_sntprintf_s(text, 16, 3, _T("%s"), _T("abcdef")) == -1 && !_tcscmp(text, _T("abc")));

    CHECK(_tcscpy_s(text, 16, _T("short")) == 0 && !_tcscmp(text, _T("short")));
    CHECK(_tcscpy_s(text, 3, _T("short")) == ERANGE && text[0] == 0);
    CHECK(_tcscpy_s(text, 16, NULL) == EINVAL);
    _tcscpy_s(text, 16, _T("abc"));
    CHECK(_tcscat_s(text, 6, _T("de")) == 0 && _tcscat_s(text, 6, _T("f")) == ERANGE && text[0] == 0);
    CHECK(_tcsncpy_s(text, 4, _T("abcdef"), _TRUNCATE) == STRUNCATE && !_tcscmp(text, _T("abc")));
    CHECK(_tcsncpy_s(text, 4, _T("abcdef"), 3) == 0 && _tcsncpy_s(text, 4, _T("abcdef"), 4) == ERANGE);

    token = _tcstok_s(list, _T(",;"), &context);
    CHECK(!_tcscmp(token, _T("one")));
    token = _tcstok_s(NULL, _T(",;"), &context);
    CHECK(!_tcscmp(token, _T("two")));
    token = _tcstok_s(NULL, _T(",;"), &context);
    CHECK(!_tcscmp(token, _T("three")));
    CHECK(_tcstok_s(NULL, _T(",;"), &context) == NULL);

    CHECK(StringCchCopy(text, 4, _T("abcdef")) == STRSAFE_E_INSUFFICIENT_BUFFER && !_tcscmp(text, _T("abc")));
    CHECK(StringCchCat(text, 16, _T("def")) == S_OK && !_tcscmp(text, _T("abcdef")));
    CHECK(StringCbPrintf(text, 3 * sizeof(TCHAR), _T("%d"), 7777) == STRSAFE_E_INSUFFICIENT_BUFFER);
    CHECK(!_tcscmp(text, _T("77")));
    CHECK(StringCchLength(text, 16, &length) == S_OK && length == 2);
    CHECK(StringCchCopy(text, 0, _T("x")) == STRSAFE_E_INVALID_PARAMETER);

    error = _itot_s(-255, text, 16, 16);
    CHECK(error == 0 && !_tcscmp(text, _T("ffffff01")));
    CHECK(!_tcscmp(_itot(-255, text, 10), _T("-255")));
    CHECK(_itot_s(12345, text, 3, 10) == ERANGE);
    CHECK(_ttoi(_T(" 42x")) == 42 && _tcstol(_T("0x1F"), NULL, 0) == 31);
    CHECK(_tcstol(_T("9999999999"), NULL, 10) == 0x7fffffff);
    CHECK(_tcsicmp(_T("HELLO"), _T("hello")) == 0 && _tcsnicmp(_T("ABx"), _T("aby"), 2) == 0);
    _tcscpy(text, _T("MiXed"));
    CHECK(!_tcscmp(_tcslwr(text), _T("mixed")) && !_tcscmp(_tcsupr(text), _T("MIXED")));
    CHECK(!_tcscmp(_tcsrev(text), _T("DEXIM")));
    CHECK(_countof(text) == 16);
    CHECK(_istupper(_T('A')) && !_istupper(_T('a')) && _totlower(_T('Q')) == _T('q'));
    return failures;
}
