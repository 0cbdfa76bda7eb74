/* wincon.h: consoles. */
#ifndef _WINCON_H_
#define _WINCON_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

typedef struct _COORD {
    SHORT X;
    SHORT Y;
} COORD, *PCOORD;
typedef struct _SMALL_RECT {
    SHORT Left;
    SHORT Top;
    SHORT Right;
    SHORT Bottom;
} SMALL_RECT, *PSMALL_RECT;
typedef struct _KEY_EVENT_RECORD {
    BOOL bKeyDown;
    WORD wRepeatCount;
    WORD wVirtualKeyCode;
    WORD wVirtualScanCode;
    union {
        WCHAR UnicodeChar;
        CHAR AsciiChar;
    } uChar;
    DWORD dwControlKeyState;
} KEY_EVENT_RECORD, *PKEY_EVENT_RECORD;
typedef struct _MOUSE_EVENT_RECORD {
    COORD dwMousePosition;
    DWORD dwButtonState;
    DWORD dwControlKeyState;
    DWORD dwEventFlags;
} MOUSE_EVENT_RECORD, *PMOUSE_EVENT_RECORD;
typedef struct _WINDOW_BUFFER_SIZE_RECORD {
    COORD dwSize;
} WINDOW_BUFFER_SIZE_RECORD, *PWINDOW_BUFFER_SIZE_RECORD;
typedef struct _MENU_EVENT_RECORD {
    UINT dwCommandId;
} MENU_EVENT_RECORD, *PMENU_EVENT_RECORD;
typedef struct _FOCUS_EVENT_RECORD {
    BOOL bSetFocus;
} FOCUS_EVENT_RECORD, *PFOCUS_EVENT_RECORD;
typedef struct _INPUT_RECORD {
    WORD EventType;
    union {
        KEY_EVENT_RECORD KeyEvent;
        MOUSE_EVENT_RECORD MouseEvent;
        WINDOW_BUFFER_SIZE_RECORD WindowBufferSizeEvent;
        MENU_EVENT_RECORD MenuEvent;
        FOCUS_EVENT_RECORD FocusEvent;
    } Event;
} INPUT_RECORD, *PINPUT_RECORD;
typedef struct _CHAR_INFO {
    union {
        WCHAR UnicodeChar;
        CHAR AsciiChar;
    } Char;
    WORD Attributes;
} CHAR_INFO, *PCHAR_INFO;
typedef struct _CONSOLE_SCREEN_BUFFER_INFO {
    COORD dwSize;
    COORD dwCursorPosition;
    WORD wAttributes;
    SMALL_RECT srWindow;
    COORD dwMaximumWindowSize;
} CONSOLE_SCREEN_BUFFER_INFO, *PCONSOLE_SCREEN_BUFFER_INFO;
typedef struct _CONSOLE_CURSOR_INFO {
    DWORD dwSize;
    BOOL bVisible;
} CONSOLE_CURSOR_INFO, *PCONSOLE_CURSOR_INFO;
typedef struct _CONSOLE_READCONSOLE_CONTROL {
    ULONG nLength;
    ULONG nInitialChars;
    ULONG dwCtrlWakeupMask;
    ULONG dwControlKeyState;
} CONSOLE_READCONSOLE_CONTROL, *PCONSOLE_READCONSOLE_CONTROL;
typedef BOOL(WINAPI *PHANDLER_ROUTINE)(DWORD CtrlType);
#define KEY_EVENT 0x0001
#define MOUSE_EVENT 0x0002
#define WINDOW_BUFFER_SIZE_EVENT 0x0004
#define MENU_EVENT 0x0008
#define FOCUS_EVENT 0x0010
#define CTRL_C_EVENT 0
#define CTRL_BREAK_EVENT 1
#define CTRL_CLOSE_EVENT 2
#define CTRL_LOGOFF_EVENT 5
#define CTRL_SHUTDOWN_EVENT 6
#define ATTACH_PARENT_PROCESS ((DWORD)-1)
#define ENABLE_PROCESSED_INPUT 1
#define ENABLE_PROCESSED_OUTPUT 1
#define ENABLE_LINE_INPUT 2
#define ENABLE_WRAP_AT_EOL_OUTPUT 2
#define ENABLE_ECHO_INPUT 4
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#define ENABLE_WINDOW_INPUT 8
#define ENABLE_LVB_GRID_WORLDWIDE 0x00000010
#define ENABLE_MOUSE_INPUT 0x00000010
#define MOUSE_MOVED 0x0001
#define DOUBLE_CLICK 0x0002
#define MOUSE_WHEELED 0x0004
#define MOUSE_HWHEELED 0x0008
#define FROM_LEFT_1ST_BUTTON_PRESSED 0x0001
#define RIGHTMOST_BUTTON_PRESSED 0x0002
#define FROM_LEFT_2ND_BUTTON_PRESSED 0x0004
#define FROM_LEFT_3RD_BUTTON_PRESSED 0x0008
#define FROM_LEFT_4TH_BUTTON_PRESSED 0x0010
#define CONSOLE_TEXTMODE_BUFFER 1
#define ENABLE_INSERT_MODE 0x00000020
#define ENABLE_QUICK_EDIT_MODE 0x00000040
#define ENABLE_EXTENDED_FLAGS 0x00000080
#define ENABLE_AUTO_POSITION 0x00000100
#define ENABLE_VIRTUAL_TERMINAL_INPUT 0x00000200
#define DISABLE_NEWLINE_AUTO_RETURN 8
#define FOREGROUND_BLUE 1
#define FOREGROUND_GREEN 2
#define FOREGROUND_RED 4
#define FOREGROUND_INTENSITY 8
#define BACKGROUND_BLUE 0x00000010
#define BACKGROUND_GREEN 0x00000020
#define BACKGROUND_RED 0x00000040
#define BACKGROUND_INTENSITY 0x00000080
#define RIGHT_ALT_PRESSED 1
#define LEFT_ALT_PRESSED 2
#define RIGHT_CTRL_PRESSED 4
#define LEFT_CTRL_PRESSED 8
#define SHIFT_PRESSED 0x00000010
#define NUMLOCK_ON 0x00000020
#define SCROLLLOCK_ON 0x00000040
#define CAPSLOCK_ON 0x00000080
#define ENHANCED_KEY 0x00000100
BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE handlerroutine, BOOL add);
BOOL WINAPI GenerateConsoleCtrlEvent(DWORD dwctrlevent, DWORD dwprocessgroupid);
BOOL WINAPI GetConsoleMode(HANDLE hconsolehandle, LPDWORD lpmode);
BOOL WINAPI SetConsoleMode(HANDLE hconsolehandle, DWORD dwmode);
DWORD WINAPI GetConsoleCP(void);
BOOL WINAPI SetConsoleCP(DWORD wcodepageid);
DWORD WINAPI GetConsoleOutputCP(void);
BOOL WINAPI SetConsoleOutputCP(DWORD wcodepageid);
BOOL WINAPI AllocConsole(void);
BOOL WINAPI FreeConsole(void);
BOOL WINAPI AttachConsole(DWORD dwprocessid);
BOOL WINAPI WriteConsoleA(HANDLE hconsoleoutput, LPCSTR lpbuffer, DWORD nnumberofcharstowrite,
    LPDWORD lpnumberofcharswritten, LPCVOID lpreserved);
BOOL WINAPI WriteConsoleW(HANDLE hconsoleoutput, LPCWSTR lpbuffer, DWORD nnumberofcharstowrite,
    LPDWORD lpnumberofcharswritten, LPCVOID lpreserved);
#define WriteConsole TRANSOM_AW(WriteConsole)
BOOL WINAPI ReadConsoleA(HANDLE hconsoleinput, LPVOID lpbuffer, DWORD nnumberofcharstoread,
    LPDWORD lpnumberofcharsread, const CONSOLE_READCONSOLE_CONTROL *pinputcontrol);
BOOL WINAPI ReadConsoleW(HANDLE hconsoleinput, LPVOID lpbuffer, DWORD nnumberofcharstoread,
    LPDWORD lpnumberofcharsread, const CONSOLE_READCONSOLE_CONTROL *pinputcontrol);
#define ReadConsole TRANSOM_AW(ReadConsole)
BOOL WINAPI WriteConsoleInputA(HANDLE hconsoleinput, const INPUT_RECORD *lpbuffer, DWORD nlength,
    LPDWORD lpnumberofeventswritten);
BOOL WINAPI WriteConsoleInputW(HANDLE hconsoleinput, const INPUT_RECORD *lpbuffer, DWORD nlength,
    LPDWORD lpnumberofeventswritten);
#define WriteConsoleInput TRANSOM_AW(WriteConsoleInput)
BOOL WINAPI ReadConsoleInputA(HANDLE hconsoleinput, INPUT_RECORD *lpbuffer, DWORD nlength,
    LPDWORD lpnumberofeventsread);
BOOL WINAPI ReadConsoleInputW(HANDLE hconsoleinput, INPUT_RECORD *lpbuffer, DWORD nlength,
    LPDWORD lpnumberofeventsread);
#define ReadConsoleInput TRANSOM_AW(ReadConsoleInput)
BOOL WINAPI PeekConsoleInputA(HANDLE hconsoleinput, INPUT_RECORD *lpbuffer, DWORD nlength,
    LPDWORD lpnumberofeventsread);
BOOL WINAPI PeekConsoleInputW(HANDLE hconsoleinput, INPUT_RECORD *lpbuffer, DWORD nlength,
    LPDWORD lpnumberofeventsread);
#define PeekConsoleInput TRANSOM_AW(PeekConsoleInput)
BOOL WINAPI GetNumberOfConsoleInputEvents(HANDLE hconsoleinput, LPDWORD lpnumberofevents);
BOOL WINAPI FlushConsoleInputBuffer(HANDLE hconsoleinput);
DWORD WINAPI GetConsoleTitleA(LPSTR lpconsoletitle, DWORD nsize);
DWORD WINAPI GetConsoleTitleW(LPWSTR lpconsoletitle, DWORD nsize);
#define GetConsoleTitle TRANSOM_AW(GetConsoleTitle)
BOOL WINAPI SetConsoleTitleA(LPCSTR lpconsoletitle);
BOOL WINAPI SetConsoleTitleW(LPCWSTR lpconsoletitle);
#define SetConsoleTitle TRANSOM_AW(SetConsoleTitle)
BOOL WINAPI GetConsoleScreenBufferInfo(HANDLE hconsoleoutput,
    CONSOLE_SCREEN_BUFFER_INFO *lpconsolescreenbufferinfo);
BOOL WINAPI SetConsoleCursorPosition(HANDLE hconsoleoutput, COORD dwcursorposition);
BOOL WINAPI GetConsoleCursorInfo(HANDLE hconsoleoutput, CONSOLE_CURSOR_INFO *lpconsolecursorinfo);
BOOL WINAPI SetConsoleCursorInfo(HANDLE hconsoleoutput,
    const CONSOLE_CURSOR_INFO *lpconsolecursorinfo);
BOOL WINAPI SetConsoleTextAttribute(HANDLE hconsoleoutput, WORD wattributes);
BOOL WINAPI FillConsoleOutputCharacterA(HANDLE hconsoleoutput, CHAR ccharacter, DWORD nlength,
    COORD dwwritecoord, LPDWORD lpnumberofcharswritten);
BOOL WINAPI FillConsoleOutputCharacterW(HANDLE hconsoleoutput, WORD ccharacter, DWORD nlength,
    COORD dwwritecoord, LPDWORD lpnumberofcharswritten);
#define FillConsoleOutputCharacter TRANSOM_AW(FillConsoleOutputCharacter)
BOOL WINAPI FillConsoleOutputAttribute(HANDLE hconsoleoutput, WORD wattribute, DWORD nlength,
    COORD dwwritecoord, LPDWORD lpnumberofattrswritten);
BOOL WINAPI WriteConsoleOutputCharacterA(HANDLE hconsoleoutput, LPCSTR lpcharacter, DWORD nlength,
    COORD dwwritecoord, LPDWORD lpnumberofcharswritten);
BOOL WINAPI WriteConsoleOutputCharacterW(HANDLE hconsoleoutput, LPCWSTR lpcharacter, DWORD nlength,
    COORD dwwritecoord, LPDWORD lpnumberofcharswritten);
#define WriteConsoleOutputCharacter TRANSOM_AW(WriteConsoleOutputCharacter)
BOOL WINAPI SetConsoleScreenBufferSize(HANDLE hconsoleoutput, COORD dwsize);
BOOL WINAPI SetConsoleWindowInfo(HANDLE hconsoleoutput, BOOL babsolute,
    const SMALL_RECT *lpconsolewindow);
HWND WINAPI GetConsoleWindow(void);
COORD WINAPI GetLargestConsoleWindowSize(HANDLE hconsoleoutput);
HANDLE WINAPI CreateConsoleScreenBuffer(DWORD dwdesiredaccess, DWORD dwsharemode,
    LPSECURITY_ATTRIBUTES lpsecurityattributes, DWORD dwflags, LPCVOID lpscreenbufferdata);
BOOL WINAPI SetConsoleActiveScreenBuffer(HANDLE hconsoleoutput);
DWORD WINAPI GetConsoleProcessList(LPDWORD lpdwprocesslist, DWORD dwprocesscount);

TRANSOM_END
#endif
