// std::wstring with characters of 16 bits, wide streams, max of two types.
#include <windows.h>
#include <algorithm>
#include <iostream>
#include <iomanip>
#include <map>
#include <sstream>
#include <string>
#include <vector>
#include "check.h"
using namespace std;
typedef basic_string<TCHAR> tstring;

int main()
{
    wstring s = L"hello";
    s += L" world, a text that is longer than a small one";
    tstring t = TEXT("abc");
    map<wstring, int> numbers;
    numbers[L"one"] = 1;
    numbers[s] = 2;
    vector<wstring> words;
    words.push_back(s);
    words.push_back(L"abc");
    sort(words.begin(), words.end());
    CHECK(s.find(L"world") == 6 && numbers[s] == 2);
    CHECK(words[0] == L"abc" && s.substr(6, 5) == L"world" && t.size() == 3);
    CHECK(stoi(L"42") == 42 && to_wstring(42) == L"42" && (s + L"!").size() == s.size() + 1);
    wstring up = L"abc";
    transform(up.begin(), up.end(), up.begin(), ::towupper);
    up.insert(1, L"--").replace(0, 1, L"Q");
    CHECK(up == L"Q--BC" && up.rfind(L'-') == 2);
    wcout << L"wide " << 42 << L" " << wstring(L"넓은") << L' ' << hex << 255 << setw(4) << 1 << endl;
    wcout << L"plain " << "narrow" << endl;
    DWORD big = 5;
    int small = 3;
    CHECK(max(big, (DWORD)small) == 5 && min(small, 4L) == 3 && max(1, 2) == 2);
    return failures;
}
