/* libloaderapi.h: modules. */
#ifndef _LIBLOADERAPI_H_
#define _LIBLOADERAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

#define DONT_RESOLVE_DLL_REFERENCES 0x00000001
#define LOAD_LIBRARY_AS_DATAFILE 0x00000002
#define LOAD_WITH_ALTERED_SEARCH_PATH 0x00000008
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x00000800
#define LOAD_LIBRARY_SEARCH_DEFAULT_DIRS 0x00001000
#define GET_MODULE_HANDLE_EX_FLAG_PIN 1
#define GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT 2
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 4
HMODULE WINAPI LoadLibraryA(LPCSTR lplibfilename);
HMODULE WINAPI LoadLibraryW(LPCWSTR lplibfilename);
#define LoadLibrary TRANSOM_AW(LoadLibrary)
HMODULE WINAPI LoadLibraryExA(LPCSTR lplibfilename, HANDLE hfile, DWORD dwflags);
HMODULE WINAPI LoadLibraryExW(LPCWSTR lplibfilename, HANDLE hfile, DWORD dwflags);
#define LoadLibraryEx TRANSOM_AW(LoadLibraryEx)
BOOL WINAPI FreeLibrary(HMODULE hlibmodule);
VOID WINAPI FreeLibraryAndExitThread(HMODULE hlibmodule, DWORD dwexitcode);
HMODULE WINAPI GetModuleHandleA(LPCSTR lpmodulename);
HMODULE WINAPI GetModuleHandleW(LPCWSTR lpmodulename);
#define GetModuleHandle TRANSOM_AW(GetModuleHandle)
BOOL WINAPI GetModuleHandleExA(DWORD dwflags, LPCSTR lpmodulename, HMODULE *phmodule);
BOOL WINAPI GetModuleHandleExW(DWORD dwflags, LPCWSTR lpmodulename, HMODULE *phmodule);
#define GetModuleHandleEx TRANSOM_AW(GetModuleHandleEx)
DWORD WINAPI GetModuleFileNameA(HMODULE hmodule, LPSTR lpfilename, DWORD nsize);
DWORD WINAPI GetModuleFileNameW(HMODULE hmodule, LPWSTR lpfilename, DWORD nsize);
#define GetModuleFileName TRANSOM_AW(GetModuleFileName)
BOOL WINAPI DisableThreadLibraryCalls(HMODULE hlibmodule);
FARPROC WINAPI GetProcAddress(HMODULE hmodule, LPCSTR lpprocname);

TRANSOM_END
#endif
