// C++ as books write it.
#include <Windows.h>
#include <tchar.h>
#include <iostream>
#include <string>
#include <vector>
#include <algorithm>
using namespace std;

class Event
{
public:
    Event() : handle(CreateEvent(NULL, TRUE, FALSE, NULL)) {}
    ~Event() { CloseHandle(handle); }
    operator HANDLE() const { return handle; }

private:
    HANDLE handle;
};

static DWORD WINAPI Raise(LPVOID event)
{
    SetEvent((HANDLE)event);
    return 0;
}

void main()
{
    Event event;
    HANDLE thread = CreateThread(NULL, 0, Raise, (HANDLE)event, 0, NULL);
    DWORD result = WaitForSingleObject(event, INFINITE);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);

    TCHAR text[32];
    _tcscpy_s(text, _T("array"));
    _tcscat_s(text, _T(" knows"));
    _stprintf_s(text, _T("%s %d"), _T("room"), 5);
    vector<string> words;
    words.push_back("b");
    words.push_back("a");
    sort(words.begin(), words.end());
    long smallest = min(3L, 4L);
    if (result != WAIT_OBJECT_0 || _tcscmp(text, _T("room 5")) != 0 || words[0] != "a" || smallest != 3 || sizeof(long) != 4)
        ExitProcess(1);
    cout << "fine " << words.size() << endl;
}
