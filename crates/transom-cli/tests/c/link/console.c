#include <windows.h>
#include <stdio.h>
#include <conio.h>
BOOL WINAPI CtrlHandler(DWORD fdwCtrlType)
{
    switch (fdwCtrlType) {
    case CTRL_C_EVENT: printf("Ctrl-C event\n\n"); Beep(750, 300); return TRUE;
    case CTRL_BREAK_EVENT: return FALSE;
    default: return FALSE;
    }
}
void gotoxy(int x, int y)
{
    COORD pos = {(SHORT)x, (SHORT)y};
    SetConsoleCursorPosition(GetStdHandle(STD_OUTPUT_HANDLE), pos);
}
void main(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    CONSOLE_CURSOR_INFO cursor = {1, FALSE};
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD mode, written;
    int key;
    SetConsoleCtrlHandler(CtrlHandler, TRUE);
    SetConsoleTitle("콘솔");
    GetConsoleMode(out, &mode);
    SetConsoleMode(out, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    SetConsoleTextAttribute(out, FOREGROUND_RED | FOREGROUND_INTENSITY);
    SetConsoleCursorInfo(out, &cursor);
    GetConsoleScreenBufferInfo(out, &info);
    gotoxy(info.dwSize.X / 2, 3);
    WriteConsole(out, "text", 4, &written, NULL);
    SetConsoleOutputCP(CP_UTF8);
    if (kbhit()) { key = getch(); if (key == 0xE0) key = _getch(); putch(key); }
    GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0);
    system("pause");
    system("cls");
}
