/* Wide text goes to streams as UTF-8 and comes back. */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include "check.h"

int main(void)
{
    wchar_t line[64], path[64];
    char bytes[64];
    FILE *file;
    wint_t c;
    int count;

    swprintf(path, 64, L"transom_wide_%lu.txt", GetCurrentProcessId());
    CHECK(_wfopen_s(&file, path, L"wt, ccs=UTF-8") == 0);
    CHECK(fwprintf(file, L"%s %d\n", L"한글", 7) == 5);
    CHECK(fputws(L"\xD83D\xDE00 second\n", file) >= 0);
    fputwc(L'끝', file);
    fprintf(file, " narrow %S\n", L"넓은");
    fclose(file);

    file = _wfopen(path, L"rb");
    CHECK(file != NULL);
    count = (int)fread(bytes, 1, sizeof bytes, file);
    CHECK(count == 9 + 12 + 3 + 8 + 6 + 1 && !memcmp(bytes, "\xED\x95\x9C\xEA\xB8\x80 7\n", 9));
    rewind(file);
    CHECK(fgetws(line, 64, file) && !wcscmp(line, L"한글 7\n"));
    CHECK(fgetwc(file) == 0xD83D && fgetwc(file) == 0xDE00 && fgetwc(file) == L' ');
    c = fgetwc(file);
    CHECK(ungetwc(c, file) == c && fgetwc(file) == L's');
    CHECK(fwscanf(file, L"%s", line) == 1 && !wcscmp(line, L"econd"));
    CHECK(fgetwc(file) == L'\n' && fgetwc(file) == L'끝');
    CHECK(fgetws(line, 4, file) && !wcscmp(line, L" na"));
    while ((c = fgetwc(file)) != WEOF)
        ;
    CHECK(fgetws(line, 64, file) == NULL);
    fclose(file);
    CHECK(_wremove(path) == 0 && _wfopen(path, L"r") == NULL);
    return failures;
}
