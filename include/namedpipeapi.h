/* namedpipeapi.h: anonymous and named pipes. */
#ifndef _NAMEDPIPEAPI_H_
#define _NAMEDPIPEAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

#define PIPE_ACCEPT_REMOTE_CLIENTS 0
#define PIPE_CLIENT_END 0
#define PIPE_READMODE_BYTE 0
#define PIPE_TYPE_BYTE 0
#define PIPE_WAIT 0
#define PIPE_ACCESS_INBOUND 1
#define PIPE_NOWAIT 1
#define PIPE_SERVER_END 1
#define PIPE_ACCESS_OUTBOUND 2
#define PIPE_READMODE_MESSAGE 2
#define PIPE_ACCESS_DUPLEX 3
#define PIPE_TYPE_MESSAGE 4
#define PIPE_REJECT_REMOTE_CLIENTS 8
#define PIPE_UNLIMITED_INSTANCES 255
#define NMPWAIT_WAIT_FOREVER 0xffffffff
#define NMPWAIT_NOWAIT 0x00000001
#define NMPWAIT_USE_DEFAULT_WAIT 0x00000000
BOOL WINAPI CreatePipe(LPHANDLE hreadpipe, LPHANDLE hwritepipe,
    LPSECURITY_ATTRIBUTES lppipeattributes, DWORD nsize);
HANDLE WINAPI CreateNamedPipeA(LPCSTR lpname, DWORD dwopenmode, DWORD dwpipemode,
    DWORD nmaxinstances, DWORD noutbuffersize, DWORD ninbuffersize, DWORD ndefaulttimeout,
    LPSECURITY_ATTRIBUTES lpsecurityattributes);
HANDLE WINAPI CreateNamedPipeW(LPCWSTR lpname, DWORD dwopenmode, DWORD dwpipemode,
    DWORD nmaxinstances, DWORD noutbuffersize, DWORD ninbuffersize, DWORD ndefaulttimeout,
    LPSECURITY_ATTRIBUTES lpsecurityattributes);
#define CreateNamedPipe TRANSOM_AW(CreateNamedPipe)
BOOL WINAPI ConnectNamedPipe(HANDLE hnamedpipe, LPOVERLAPPED lpoverlapped);
BOOL WINAPI DisconnectNamedPipe(HANDLE hnamedpipe);
BOOL WINAPI PeekNamedPipe(HANDLE hnamedpipe, LPVOID lpbuffer, DWORD nbuffersize,
    LPDWORD lpbytesread, LPDWORD lptotalbytesavail, LPDWORD lpbytesleftthismessage);
BOOL WINAPI TransactNamedPipe(HANDLE hnamedpipe, LPCVOID lpinbuffer, DWORD ninbuffersize,
    LPVOID lpoutbuffer, DWORD noutbuffersize, LPDWORD lpbytesread, LPOVERLAPPED lpoverlapped);
BOOL WINAPI CallNamedPipeA(LPCSTR lpnamedpipename, LPCVOID lpinbuffer, DWORD ninbuffersize,
    LPVOID lpoutbuffer, DWORD noutbuffersize, LPDWORD lpbytesread, DWORD ntimeout);
BOOL WINAPI CallNamedPipeW(LPCWSTR lpnamedpipename, LPCVOID lpinbuffer, DWORD ninbuffersize,
    LPVOID lpoutbuffer, DWORD noutbuffersize, LPDWORD lpbytesread, DWORD ntimeout);
#define CallNamedPipe TRANSOM_AW(CallNamedPipe)
BOOL WINAPI WaitNamedPipeA(LPCSTR lpnamedpipename, DWORD ntimeout);
BOOL WINAPI WaitNamedPipeW(LPCWSTR lpnamedpipename, DWORD ntimeout);
#define WaitNamedPipe TRANSOM_AW(WaitNamedPipe)
BOOL WINAPI SetNamedPipeHandleState(HANDLE hnamedpipe, const DWORD *lpmode,
    const DWORD *lpmaxcollectioncount, const DWORD *lpcollectdatatimeout);
BOOL WINAPI GetNamedPipeHandleStateA(HANDLE hnamedpipe, LPDWORD lpstate, LPDWORD lpcurinstances,
    LPDWORD lpmaxcollectioncount, LPDWORD lpcollectdatatimeout, LPSTR lpusername,
    DWORD nmaxusernamesize);
BOOL WINAPI GetNamedPipeHandleStateW(HANDLE hnamedpipe, LPDWORD lpstate, LPDWORD lpcurinstances,
    LPDWORD lpmaxcollectioncount, LPDWORD lpcollectdatatimeout, LPWSTR lpusername,
    DWORD nmaxusernamesize);
#define GetNamedPipeHandleState TRANSOM_AW(GetNamedPipeHandleState)
BOOL WINAPI GetNamedPipeInfo(HANDLE hnamedpipe, LPDWORD lpflags, LPDWORD lpoutbuffersize,
    LPDWORD lpinbuffersize, LPDWORD lpmaxinstances);
BOOL WINAPI ImpersonateNamedPipeClient(HANDLE hnamedpipe);
BOOL WINAPI GetNamedPipeClientComputerNameA(HANDLE pipe, LPSTR clientcomputername,
    DWORD clientcomputernamelength);
BOOL WINAPI GetNamedPipeClientComputerNameW(HANDLE pipe, LPWSTR clientcomputername,
    DWORD clientcomputernamelength);
#define GetNamedPipeClientComputerName TRANSOM_AW(GetNamedPipeClientComputerName)
BOOL WINAPI GetNamedPipeClientProcessId(HANDLE pipe, LPDWORD clientprocessid);
BOOL WINAPI GetNamedPipeClientSessionId(HANDLE pipe, LPDWORD clientsessionid);
BOOL WINAPI GetNamedPipeServerProcessId(HANDLE pipe, LPDWORD serverprocessid);
BOOL WINAPI GetNamedPipeServerSessionId(HANDLE pipe, LPDWORD serversessionid);

TRANSOM_END
#endif
