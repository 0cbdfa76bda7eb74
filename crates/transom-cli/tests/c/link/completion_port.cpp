#include <windows.h>
#include <process.h>
#include <iostream>
using namespace std;
struct Request : OVERLAPPED { char buffer[512]; int kind; };
unsigned __stdcall Worker(void *port)
{
    DWORD bytes; ULONG_PTR key; LPOVERLAPPED overlapped;
    while (GetQueuedCompletionStatus((HANDLE)port, &bytes, &key, &overlapped, INFINITE))
    {
        if (overlapped == NULL) break;
        Request *request = static_cast<Request *>(overlapped);
        cout << key << ' ' << bytes << ' ' << request->kind << endl;
        delete request;
    }
    return 0;
}
int main()
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SYSTEM_INFO info; GetSystemInfo(&info);
    HANDLE *threads = new HANDLE[info.dwNumberOfProcessors];
    for (DWORD i = 0; i < info.dwNumberOfProcessors; i++)
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, Worker, port, 0, NULL);
    PostQueuedCompletionStatus(port, 0, 0, NULL);
    WaitForMultipleObjects(info.dwNumberOfProcessors, threads, TRUE, INFINITE);
    delete[] threads;
    return 0;
}
