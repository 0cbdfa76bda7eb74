/* processenv.h: the environment, standard handles, the current directory. */
#ifndef _PROCESSENV_H_
#define _PROCESSENV_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpname, LPSTR lpbuffer, DWORD nsize);
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR lpname, LPWSTR lpbuffer, DWORD nsize);
#define GetEnvironmentVariable TRANSOM_AW(GetEnvironmentVariable)
BOOL WINAPI SetEnvironmentVariableA(LPCSTR lpname, LPCSTR lpvalue);
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR lpname, LPCWSTR lpvalue);
#define SetEnvironmentVariable TRANSOM_AW(SetEnvironmentVariable)
LPWSTR WINAPI GetEnvironmentStringsW(void);
BOOL WINAPI FreeEnvironmentStringsA(LPCSTR penv);
BOOL WINAPI FreeEnvironmentStringsW(LPCWSTR penv);
#define FreeEnvironmentStrings TRANSOM_AW(FreeEnvironmentStrings)
BOOL WINAPI SetEnvironmentStringsW(LPCWSTR newenvironment);
DWORD WINAPI ExpandEnvironmentStringsA(LPCSTR lpsrc, LPSTR lpdst, DWORD nsize);
DWORD WINAPI ExpandEnvironmentStringsW(LPCWSTR lpsrc, LPWSTR lpdst, DWORD nsize);
#define ExpandEnvironmentStrings TRANSOM_AW(ExpandEnvironmentStrings)
LPSTR WINAPI GetEnvironmentStrings(void);
#define GetEnvironmentStringsA GetEnvironmentStrings
#ifdef UNICODE
#define GetEnvironmentStrings GetEnvironmentStringsW
#define SetEnvironmentStrings SetEnvironmentStringsW
#endif
LPCSTR WINAPI GetCommandLineA(void);
LPCWSTR WINAPI GetCommandLineW(void);
#define GetCommandLine TRANSOM_AW(GetCommandLine)
HANDLE WINAPI GetStdHandle(DWORD nstdhandle);
BOOL WINAPI SetStdHandle(DWORD nstdhandle, HANDLE hhandle);
DWORD WINAPI GetCurrentDirectoryA(DWORD nbufferlength, LPSTR lpbuffer);
DWORD WINAPI GetCurrentDirectoryW(DWORD nbufferlength, LPWSTR lpbuffer);
#define GetCurrentDirectory TRANSOM_AW(GetCurrentDirectory)
BOOL WINAPI SetCurrentDirectoryA(LPCSTR lppathname);
BOOL WINAPI SetCurrentDirectoryW(LPCWSTR lppathname);
#define SetCurrentDirectory TRANSOM_AW(SetCurrentDirectory)
DWORD WINAPI SearchPathA(LPCSTR lppath, LPCSTR lpfilename, LPCSTR lpextension, DWORD nbufferlength,
    LPSTR lpbuffer, LPSTR *lpfilepart);
DWORD WINAPI SearchPathW(LPCWSTR lppath, LPCWSTR lpfilename, LPCWSTR lpextension,
    DWORD nbufferlength, LPWSTR lpbuffer, LPWSTR *lpfilepart);
#define SearchPath TRANSOM_AW(SearchPath)
BOOL WINAPI NeedCurrentDirectoryForExePathA(LPCSTR exename);
BOOL WINAPI NeedCurrentDirectoryForExePathW(LPCWSTR exename);
#define NeedCurrentDirectoryForExePath TRANSOM_AW(NeedCurrentDirectoryForExePath)
#define STD_INPUT_HANDLE ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE ((DWORD)-12)

TRANSOM_END
#endif
