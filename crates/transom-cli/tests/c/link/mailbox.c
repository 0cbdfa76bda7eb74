#include <windows.h>
#include <tchar.h>
#include <stdio.h>
#include <strsafe.h>
HANDLE hSlot;
LPTSTR SlotName = TEXT("\\\\.\\mailslot\\sample_mailslot");
BOOL ReadSlot()
{
    DWORD cbMessage = 0, cMessage = 0, cbRead = 0, cAllMessages;
    LPTSTR lpszBuffer;
    TCHAR achID[80];
    HANDLE hEvent = CreateEvent(NULL, FALSE, FALSE, TEXT("ExampleSlot"));
    OVERLAPPED ov;
    if (NULL == hEvent) return FALSE;
    ov.Offset = 0; ov.OffsetHigh = 0; ov.hEvent = hEvent;
    if (!GetMailslotInfo(hSlot, (LPDWORD)NULL, &cbMessage, &cMessage, (LPDWORD)NULL)) { printf("GetMailslotInfo failed with %d.\n", GetLastError()); return FALSE; }
    if (cbMessage == MAILSLOT_NO_MESSAGE) { printf("Waiting for a message...\n"); return TRUE; }
    cAllMessages = cMessage;
    while (cMessage != 0) {
        StringCchPrintf((LPTSTR)achID, 80, TEXT("\nMessage #%d of %d\n"), cAllMessages - cMessage + 1, cAllMessages);
        lpszBuffer = (LPTSTR)GlobalAlloc(GPTR, lstrlen((LPTSTR)achID) * sizeof(TCHAR) + cbMessage);
        if (NULL == lpszBuffer) return FALSE;
        lpszBuffer[0] = '\0';
        if (!ReadFile(hSlot, lpszBuffer, cbMessage, &cbRead, &ov)) { GlobalFree((HGLOBAL)lpszBuffer); return FALSE; }
        _tprintf(TEXT("Contents of the mailslot: %s\n"), lpszBuffer);
        GlobalFree((HGLOBAL)lpszBuffer);
        GetMailslotInfo(hSlot, NULL, &cbMessage, &cMessage, NULL);
    }
    CloseHandle(hEvent);
    return TRUE;
}
void main()
{
    hSlot = CreateMailslot(SlotName, 0, MAILSLOT_WAIT_FOREVER, (LPSECURITY_ATTRIBUTES)NULL);
    if (hSlot == INVALID_HANDLE_VALUE) return;
    while (TRUE) { ReadSlot(); Sleep(3000); }
}
