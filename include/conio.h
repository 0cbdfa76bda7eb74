/* conio.h: keys and characters of the console. */
#ifndef TRANSOM_CONIO_H
#define TRANSOM_CONIO_H
#pragma GCC system_header

#include <_transom.h>
#include <wchar.h>

TRANSOM_BEGIN

int _getch(void) TRANSOM_CRT(_getch);
int _getche(void) TRANSOM_CRT(_getche);
int _ungetch(int c) TRANSOM_CRT(_ungetch);
int _kbhit(void) TRANSOM_CRT(_kbhit);
int _putch(int c) TRANSOM_CRT(_putch);
int _cputs(const char *text) TRANSOM_CRT(_cputs);
int _cputws(const wchar_t *text) TRANSOM_CRT(_cputws);
int _cprintf(const char *format, ...) TRANSOM_CRT(_cprintf);
int _cwprintf(const wchar_t *format, ...) TRANSOM_CRT(_cwprintf);
int _cscanf(const char *format, ...) TRANSOM_CRT(_cscanf);
wint_t _getwch(void) TRANSOM_CRT(_getwch);
wint_t _getwche(void) TRANSOM_CRT(_getwche);
wint_t _putwch(wchar_t c) TRANSOM_CRT(_putwch);
int getch(void) TRANSOM_CRT(_getch);
int getche(void) TRANSOM_CRT(_getche);
int ungetch(int c) TRANSOM_CRT(_ungetch);
int kbhit(void) TRANSOM_CRT(_kbhit);
int putch(int c) TRANSOM_CRT(_putch);
int cputs(const char *text) TRANSOM_CRT(_cputs);
int cprintf(const char *format, ...) TRANSOM_CRT(_cprintf);

TRANSOM_END
#endif
