/* shellapi.h: command lines as arguments. */
#ifndef _SHELLAPI_H_
#define _SHELLAPI_H_
#pragma GCC system_header

#include <windows.h>

TRANSOM_BEGIN

LPWSTR *WINAPI CommandLineToArgvW(LPCWSTR lpCmdLine, int *pNumArgs);

TRANSOM_END
#endif
