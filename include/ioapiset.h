/* ioapiset.h: overlapped requests and completion ports. */
#ifndef _IOAPISET_H_
#define _IOAPISET_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

BOOL WINAPI GetOverlappedResult(HANDLE hfile, LPOVERLAPPED lpoverlapped,
    LPDWORD lpnumberofbytestransferred, BOOL bwait);
BOOL WINAPI GetOverlappedResultEx(HANDLE hfile, LPOVERLAPPED lpoverlapped,
    LPDWORD lpnumberofbytestransferred, DWORD dwmilliseconds, BOOL balertable);
BOOL WINAPI CancelIo(HANDLE hfile);
BOOL WINAPI CancelIoEx(HANDLE hfile, LPOVERLAPPED lpoverlapped);
BOOL WINAPI CancelSynchronousIo(HANDLE hthread);
HANDLE WINAPI CreateIoCompletionPort(HANDLE filehandle, HANDLE existingcompletionport,
    SIZE_T completionkey, DWORD numberofconcurrentthreads);
BOOL WINAPI GetQueuedCompletionStatus(HANDLE completionport, LPDWORD lpnumberofbytestransferred,
    SIZE_T *lpcompletionkey, LPOVERLAPPED *lpoverlapped, DWORD dwmilliseconds);
BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE completionport,
    OVERLAPPED_ENTRY *lpcompletionportentries, DWORD ulcount, LPDWORD ulnumentriesremoved,
    DWORD dwmilliseconds, BOOL falertable);
BOOL WINAPI PostQueuedCompletionStatus(HANDLE completionport, DWORD dwnumberofbytestransferred,
    SIZE_T dwcompletionkey, LPOVERLAPPED lpoverlapped);
BOOL WINAPI DeviceIoControl(HANDLE hdevice, DWORD dwiocontrolcode, LPCVOID lpinbuffer,
    DWORD ninbuffersize, LPVOID lpoutbuffer, DWORD noutbuffersize, LPDWORD lpbytesreturned,
    LPOVERLAPPED lpoverlapped);
#define HasOverlappedIoCompleted(overlapped) (((DWORD)(overlapped)->Internal) != STATUS_PENDING)

TRANSOM_END
#endif
