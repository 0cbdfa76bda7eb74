/* winuser.h: the few of its functions that programs without windows use. */
#ifndef _WINUSER_H_
#define _WINUSER_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

#define SW_HIDE 0
#define SW_SHOWNORMAL 1
#define SW_NORMAL 1
#define SW_SHOWMINIMIZED 2
#define SW_SHOWMAXIMIZED 3
#define SW_MAXIMIZE 3
#define SW_SHOWNOACTIVATE 4
#define SW_SHOW 5
#define SW_MINIMIZE 6
#define SW_SHOWMINNOACTIVE 7
#define SW_SHOWNA 8
#define SW_RESTORE 9
#define SW_SHOWDEFAULT 10
#define MB_APPLMODAL 0
#define MB_DEFBUTTON1 0
#define MB_OK 0
#define MB_OKCANCEL 1
#define MB_ABORTRETRYIGNORE 2
#define MB_YESNOCANCEL 3
#define MB_YESNO 4
#define MB_RETRYCANCEL 5
#define MB_ICONERROR 0x00000010
#define MB_ICONHAND 0x00000010
#define MB_ICONSTOP 0x00000010
#define MB_ICONQUESTION 0x00000020
#define MB_ICONEXCLAMATION 48
#define MB_ICONWARNING 48
#define MB_ICONASTERISK 0x00000040
#define MB_ICONINFORMATION 0x00000040
#define MB_ICONMASK 240
#define MB_DEFBUTTON2 0x00000100
#define MB_DEFBUTTON3 0x00000200
#define MB_DEFBUTTON4 768
#define MB_SYSTEMMODAL 0x00001000
#define MB_TASKMODAL 0x00002000
#define MB_SETFOREGROUND 0x00010000
#define MB_TOPMOST 0x00040000
#define MB_SERVICE_NOTIFICATION 0x00200000
#define VK_LBUTTON 1
#define VK_RBUTTON 2
#define VK_CANCEL 3
#define VK_BACK 8
#define VK_TAB 9
#define VK_CLEAR 12
#define VK_RETURN 13
#define VK_SHIFT 0x00000010
#define VK_CONTROL 17
#define VK_MENU 18
#define VK_PAUSE 19
#define VK_CAPITAL 20
#define VK_ESCAPE 27
#define VK_SPACE 0x00000020
#define VK_PRIOR 33
#define VK_NEXT 34
#define VK_END 35
#define VK_HOME 36
#define VK_LEFT 37
#define VK_UP 38
#define VK_RIGHT 39
#define VK_DOWN 40
#define VK_INSERT 45
#define VK_DELETE 46
#define VK_NUMPAD0 96
#define VK_NUMPAD1 97
#define VK_NUMPAD2 98
#define VK_NUMPAD3 99
#define VK_NUMPAD4 100
#define VK_NUMPAD5 101
#define VK_NUMPAD6 102
#define VK_NUMPAD7 103
#define VK_NUMPAD8 104
#define VK_NUMPAD9 105
#define VK_F1 112
#define VK_F2 113
#define VK_F3 114
#define VK_F4 115
#define VK_F5 116
#define VK_F6 117
#define VK_F7 118
#define VK_F8 119
#define VK_F9 120
#define VK_F10 121
#define VK_F11 122
#define VK_F12 123
#define VK_F13 124
#define VK_F14 125
#define VK_F15 126
#define VK_F16 127
#define VK_F17 0x00000080
#define VK_F18 129
#define VK_F19 130
#define VK_F20 131
#define VK_F21 132
#define VK_F22 133
#define VK_F23 134
#define VK_F24 135
#define IDOK 1
#define IDCANCEL 2
#define IDABORT 3
#define IDRETRY 4
#define IDIGNORE 5
#define IDYES 6
#define IDNO 7
#define MAKEINTRESOURCEA(i) ((LPSTR)((ULONG_PTR)((WORD)(i))))
#define MAKEINTRESOURCEW(i) ((LPWSTR)((ULONG_PTR)((WORD)(i))))
#define MAKEINTRESOURCE TRANSOM_AW(MAKEINTRESOURCE)
int WINAPIV wsprintfA(LPSTR, LPCSTR, ...);
int WINAPIV wsprintfW(LPWSTR, LPCWSTR, ...);
int WINAPI wvsprintfA(LPSTR, LPCSTR, va_list);
int WINAPI wvsprintfW(LPWSTR, LPCWSTR, va_list);
#define wsprintf TRANSOM_AW(wsprintf)
#define wvsprintf TRANSOM_AW(wvsprintf)
LONG WINAPI MessageBoxA(HWND hwnd, LPCSTR lptext, LPCSTR lpcaption, DWORD utype);
LONG WINAPI MessageBoxW(HWND hwnd, LPCWSTR lptext, LPCWSTR lpcaption, DWORD utype);
#define MessageBox TRANSOM_AW(MessageBox)
BOOL WINAPI MessageBeep(DWORD utype);
LPSTR WINAPI CharUpperA(LPSTR lpsz);
LPWSTR WINAPI CharUpperW(LPWSTR lpsz);
#define CharUpper TRANSOM_AW(CharUpper)
LPSTR WINAPI CharLowerA(LPSTR lpsz);
LPWSTR WINAPI CharLowerW(LPWSTR lpsz);
#define CharLower TRANSOM_AW(CharLower)
DWORD WINAPI CharUpperBuffA(LPSTR lpsz, DWORD cchlength);
DWORD WINAPI CharUpperBuffW(LPWSTR lpsz, DWORD cchlength);
#define CharUpperBuff TRANSOM_AW(CharUpperBuff)
DWORD WINAPI CharLowerBuffA(LPSTR lpsz, DWORD cchlength);
DWORD WINAPI CharLowerBuffW(LPWSTR lpsz, DWORD cchlength);
#define CharLowerBuff TRANSOM_AW(CharLowerBuff)
LPSTR WINAPI CharNextA(LPCSTR lpsz);
LPWSTR WINAPI CharNextW(LPCWSTR lpsz);
#define CharNext TRANSOM_AW(CharNext)
LPSTR WINAPI CharPrevA(LPCSTR lpszstart, LPCSTR lpszcurrent);
LPWSTR WINAPI CharPrevW(LPCWSTR lpszstart, LPCWSTR lpszcurrent);
#define CharPrev TRANSOM_AW(CharPrev)
BOOL WINAPI CharToOemA(LPCSTR psrc, LPSTR pdst);
BOOL WINAPI CharToOemW(LPCWSTR psrc, LPSTR pdst);
#define CharToOem TRANSOM_AW(CharToOem)
BOOL WINAPI OemToCharA(LPCSTR psrc, LPSTR pdst);
BOOL WINAPI OemToCharW(LPCSTR psrc, LPWSTR pdst);
#define OemToChar TRANSOM_AW(OemToChar)
BOOL WINAPI IsCharAlphaA(CHAR ch);
BOOL WINAPI IsCharAlphaW(WORD ch);
#define IsCharAlpha TRANSOM_AW(IsCharAlpha)
BOOL WINAPI IsCharAlphaNumericA(CHAR ch);
BOOL WINAPI IsCharAlphaNumericW(WORD ch);
#define IsCharAlphaNumeric TRANSOM_AW(IsCharAlphaNumeric)
BOOL WINAPI IsCharUpperA(CHAR ch);
BOOL WINAPI IsCharUpperW(WORD ch);
#define IsCharUpper TRANSOM_AW(IsCharUpper)
BOOL WINAPI IsCharLowerA(CHAR ch);
BOOL WINAPI IsCharLowerW(WORD ch);
#define IsCharLower TRANSOM_AW(IsCharLower)
BOOL WINAPI ExitWindowsEx(DWORD uflags, DWORD dwreason);

TRANSOM_END
#endif
