/* Several instances of a pipe with overlapped requests and one wait. */
#include <windows.h>
#include <stdio.h>
#include <tchar.h>
#define INSTANCES 4
typedef struct {
    OVERLAPPED oOverlap;
    HANDLE hPipeInst;
    TCHAR chRequest[100];
    DWORD cbRead;
    BOOL fPendingIO;
} PIPEINST, *LPPIPEINST;
PIPEINST Pipe[INSTANCES];
HANDLE hEvents[INSTANCES];
VOID CALLBACK Done(DWORD error, DWORD bytes, LPOVERLAPPED o) { printf("%lu %lu %p\n", error, bytes, o->hEvent); }
int _tmain(VOID)
{
    DWORD i, dwWait, cbRet;
    for (i = 0; i < INSTANCES; i++) {
        hEvents[i] = CreateEvent(NULL, TRUE, TRUE, NULL);
        Pipe[i].oOverlap.hEvent = hEvents[i];
        Pipe[i].oOverlap.Offset = 0;
        Pipe[i].hPipeInst = CreateNamedPipe(TEXT("\\\\.\\pipe\\many"), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
            PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, INSTANCES, 100, 100, 5000, NULL);
        if (Pipe[i].hPipeInst == INVALID_HANDLE_VALUE)
            return 0;
        switch (ConnectNamedPipe(Pipe[i].hPipeInst, &Pipe[i].oOverlap) ? 0 : GetLastError()) {
        case ERROR_IO_PENDING:
            Pipe[i].fPendingIO = TRUE;
            break;
        case ERROR_PIPE_CONNECTED:
            SetEvent(Pipe[i].oOverlap.hEvent);
        }
    }
    dwWait = WaitForMultipleObjects(INSTANCES, hEvents, FALSE, INFINITE);
    i = dwWait - WAIT_OBJECT_0;
    GetOverlappedResult(Pipe[i].hPipeInst, &Pipe[i].oOverlap, &cbRet, FALSE);
    ReadFileEx(Pipe[i].hPipeInst, Pipe[i].chRequest, sizeof(Pipe[i].chRequest), &Pipe[i].oOverlap, Done);
    SleepEx(INFINITE, TRUE);
    CancelIo(Pipe[i].hPipeInst);
    return HasOverlappedIoCompleted(&Pipe[i].oOverlap);
}
