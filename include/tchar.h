/* tchar.h: one source for wide and for narrow text. */
#ifndef TRANSOM_TCHAR_H
#define TRANSOM_TCHAR_H
#pragma GCC system_header

#include <_transom.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>
#include <wchar.h>
#include <wctype.h>
#include <time.h>

TRANSOM_BEGIN

#ifdef _UNICODE
#define __T(text) L##text
#ifndef _TCHAR_DEFINED
typedef wchar_t TCHAR, *PTCHAR, TBYTE, *PTBYTE;
#define _TCHAR_DEFINED
#endif
typedef wchar_t _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR;
typedef wint_t _TINT;
#define _TEOF WEOF
#define _tmain wmain
#define _tWinMain wWinMain
#define _tprintf wprintf
#define _tprintf_s wprintf_s
#define _ftprintf fwprintf
#define _ftprintf_s fwprintf_s
#define _stprintf _swprintf
#define _stprintf_s swprintf_s
#define _sntprintf _snwprintf
#define _sntprintf_s _snwprintf_s
#define _tcprintf _cwprintf
#define _sctprintf _scwprintf
#define _vsctprintf _vscwprintf
#define _vtprintf vwprintf
#define _vftprintf vfwprintf
#define _vstprintf _vswprintf
#define _vstprintf_s vswprintf_s
#define _vsntprintf _vsnwprintf
#define _vsntprintf_s _vsnwprintf_s
#define _tscanf wscanf
#define _tscanf_s wscanf_s
#define _ftscanf fwscanf
#define _ftscanf_s fwscanf_s
#define _stscanf swscanf
#define _stscanf_s swscanf_s
#define _sntscanf _snwscanf
#define _fgettc fgetwc
#define _fgettchar _fgetwchar
#define _fgetts fgetws
#define _fputtc fputwc
#define _fputtchar _fputwchar
#define _fputts fputws
#define _gettc getwc
#define _gettchar getwchar
#define _getts _getws
#define _getts_s _getws_s
#define _puttc putwc
#define _puttchar putwchar
#define _putts _putws
#define _ungettc ungetwc
#define _gettch _getwch
#define _gettche _getwche
#define _puttch _putwch
#define _cputts _cputws
#define _tfopen _wfopen
#define _tfopen_s _wfopen_s
#define _tfreopen _wfreopen
#define _tfreopen_s _wfreopen_s
#define _tfdopen _wfdopen
#define _tfsopen _wfsopen
#define _tpopen _wpopen
#define _tremove _wremove
#define _trename _wrename
#define _tunlink _wunlink
#define _taccess _waccess
#define _taccess_s _waccess_s
#define _tmkdir _wmkdir
#define _trmdir _wrmdir
#define _tchdir _wchdir
#define _tgetcwd _wgetcwd
#define _topen _wopen
#define _tsopen_s _wsopen_s
#define _tstat _wstat
#define _tfindfirst _wfindfirst
#define _tfindnext _wfindnext
#define _tfinddata_t _wfinddata_t
#define _tperror _wperror
#define _tsystem _wsystem
#define _tgetenv _wgetenv
#define _tgetenv_s _wgetenv_s
#define _tdupenv_s _wdupenv_s
#define _tputenv _wputenv
#define _tputenv_s _wputenv_s
#define _tsetlocale _wsetlocale
#define _tspawnl _wspawnl
#define _tspawnlp _wspawnlp
#define _tspawnle _wspawnle
#define _tspawnv _wspawnv
#define _tspawnvp _wspawnvp
#define _tspawnve _wspawnve
#define _texecl _wexecl
#define _texeclp _wexeclp
#define _texecv _wexecv
#define _texecvp _wexecvp
#define _tsplitpath _wsplitpath
#define _tsplitpath_s _wsplitpath_s
#define _tmakepath _wmakepath
#define _tmakepath_s _wmakepath_s
#define _tfullpath _wfullpath
#define _tcslen wcslen
#define _tcsnlen wcsnlen
#define _tcscpy wcscpy
#define _tcscpy_s wcscpy_s
#define _tcsncpy wcsncpy
#define _tcsncpy_s wcsncpy_s
#define _tcscat wcscat
#define _tcscat_s wcscat_s
#define _tcsncat wcsncat
#define _tcsncat_s wcsncat_s
#define _tcscmp wcscmp
#define _tcsncmp wcsncmp
#define _tcsicmp _wcsicmp
#define _tcsnicmp _wcsnicmp
#define _tcscoll wcscoll
#define _tcsicoll _wcsicoll
#define _tcschr wcschr
#define _tcsrchr wcsrchr
#define _tcsstr wcsstr
#define _tcspbrk wcspbrk
#define _tcsspn wcsspn
#define _tcscspn wcscspn
#define _tcstok _wcstok
#define _tcstok_s wcstok_s
#define _tcsdup _wcsdup
#define _tcslwr _wcslwr
#define _tcslwr_s _wcslwr_s
#define _tcsupr _wcsupr
#define _tcsupr_s _wcsupr_s
#define _tcsrev _wcsrev
#define _tcsset _wcsset
#define _tcsset_s _wcsset_s
#define _tcsnset _wcsnset
#define _tcsxfrm wcsxfrm
#define _tcsclen wcslen
#define _tcsccpy wcscpy
#define _tcserror _wcserror
#define _tcserror_s _wcserror_s
#define _tcsftime wcsftime
#define _tctime _wctime
#define _tctime_s _wctime_s
#define _tasctime _wasctime
#define _tasctime_s _wasctime_s
#define _tcstol wcstol
#define _tcstoul wcstoul
#define _tcstoll wcstoll
#define _tcstoull wcstoull
#define _tcstoi64 wcstoll
#define _tcstoui64 wcstoull
#define _tcstod wcstod
#define _tcstof wcstof
#define _ttoi _wtoi
#define _tstoi _wtoi
#define _ttol _wtol
#define _tstol _wtol
#define _ttoi64 _wtoi64
#define _tstoi64 _wtoi64
#define _ttof _wtof
#define _tstof _wtof
#define _itot _itow
#define _itot_s _itow_s
#define _ltot _ltow
#define _ltot_s _ltow_s
#define _ultot _ultow
#define _ultot_s _ultow_s
#define _i64tot _i64tow
#define _i64tot_s _i64tow_s
#define _ui64tot _ui64tow
#define _istalpha iswalpha
#define _istdigit iswdigit
#define _istalnum iswalnum
#define _istspace iswspace
#define _istupper iswupper
#define _istlower iswlower
#define _istpunct iswpunct
#define _istprint iswprint
#define _istgraph iswgraph
#define _istcntrl iswcntrl
#define _istxdigit iswxdigit
#define _totlower towlower
#define _totupper towupper
#define _tcsinc(at) ((at) + 1)
#define _tcsdec(start, at) ((at) > (start) ? (at) - 1 : NULL)
#define _tcsnextc(at) (*(at))
#define _istlead(c) 0
#define _istascii(c) ((unsigned)(c) < 0x80)
#else
#define __T(text) text
#ifndef _TCHAR_DEFINED
typedef char TCHAR, *PTCHAR;
typedef unsigned char TBYTE, *PTBYTE;
#define _TCHAR_DEFINED
#endif
typedef char _TCHAR, _TXCHAR;
typedef signed char _TSCHAR;
typedef unsigned char _TUCHAR;
typedef int _TINT;
#define _TEOF EOF
#define _tmain main
#define _tWinMain WinMain
#define _tprintf printf
#define _tprintf_s printf_s
#define _ftprintf fprintf
#define _ftprintf_s fprintf_s
#define _stprintf sprintf
#define _stprintf_s sprintf_s
#define _sntprintf _snprintf
#define _sntprintf_s _snprintf_s
#define _tcprintf _cprintf
#define _sctprintf _scprintf
#define _vsctprintf _vscprintf
#define _vtprintf vprintf
#define _vftprintf vfprintf
#define _vstprintf vsprintf
#define _vstprintf_s vsprintf_s
#define _vsntprintf _vsnprintf
#define _vsntprintf_s _vsnprintf_s
#define _tscanf scanf
#define _tscanf_s scanf_s
#define _ftscanf fscanf
#define _ftscanf_s fscanf_s
#define _stscanf sscanf
#define _stscanf_s sscanf_s
#define _sntscanf _snscanf
#define _fgettc fgetc
#define _fgettchar _fgetchar
#define _fgetts fgets
#define _fputtc fputc
#define _fputtchar _fputchar
#define _fputts fputs
#define _gettc getc
#define _gettchar getchar
#define _getts gets
#define _getts_s gets_s
#define _puttc putc
#define _puttchar putchar
#define _putts puts
#define _ungettc ungetc
#define _gettch _getch
#define _gettche _getche
#define _puttch _putch
#define _cputts _cputs
#define _tfopen fopen
#define _tfopen_s fopen_s
#define _tfreopen freopen
#define _tfreopen_s freopen_s
#define _tfdopen _fdopen
#define _tfsopen _fsopen
#define _tpopen _popen
#define _tremove remove
#define _trename rename
#define _tunlink _unlink
#define _taccess _access
#define _taccess_s _access_s
#define _tmkdir _mkdir
#define _trmdir _rmdir
#define _tchdir _chdir
#define _tgetcwd _getcwd
#define _topen _open
#define _tsopen_s _sopen_s
#define _tstat _stat
#define _tfindfirst _findfirst
#define _tfindnext _findnext
#define _tfinddata_t _finddata_t
#define _tperror perror
#define _tsystem system
#define _tgetenv getenv
#define _tgetenv_s getenv_s
#define _tdupenv_s _dupenv_s
#define _tputenv _putenv
#define _tputenv_s _putenv_s
#define _tsetlocale setlocale
#define _tspawnl _spawnl
#define _tspawnlp _spawnlp
#define _tspawnle _spawnle
#define _tspawnv _spawnv
#define _tspawnvp _spawnvp
#define _tspawnve _spawnve
#define _texecl _execl
#define _texeclp _execlp
#define _texecv _execv
#define _texecvp _execvp
#define _tsplitpath _splitpath
#define _tsplitpath_s _splitpath_s
#define _tmakepath _makepath
#define _tmakepath_s _makepath_s
#define _tfullpath _fullpath
#define _tcslen strlen
#define _tcsnlen strnlen
#define _tcscpy strcpy
#define _tcscpy_s strcpy_s
#define _tcsncpy strncpy
#define _tcsncpy_s strncpy_s
#define _tcscat strcat
#define _tcscat_s strcat_s
#define _tcsncat strncat
#define _tcsncat_s strncat_s
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcsicmp _stricmp
#define _tcsnicmp _strnicmp
#define _tcscoll strcoll
#define _tcsicoll _stricoll
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcsstr strstr
#define _tcspbrk strpbrk
#define _tcsspn strspn
#define _tcscspn strcspn
#define _tcstok strtok
#define _tcstok_s strtok_s
#define _tcsdup _strdup
#define _tcslwr _strlwr
#define _tcslwr_s _strlwr_s
#define _tcsupr _strupr
#define _tcsupr_s _strupr_s
#define _tcsrev _strrev
#define _tcsset _strset
#define _tcsset_s _strset_s
#define _tcsnset _strnset
#define _tcsxfrm strxfrm
#define _tcsclen strlen
#define _tcsccpy strcpy
#define _tcserror strerror
#define _tcserror_s strerror_s
#define _tcsftime strftime
#define _tctime ctime
#define _tctime_s ctime_s
#define _tasctime asctime
#define _tasctime_s asctime_s
#define _tcstol strtol
#define _tcstoul strtoul
#define _tcstoll strtoll
#define _tcstoull strtoull
#define _tcstoi64 _strtoi64
#define _tcstoui64 _strtoui64
#define _tcstod strtod
#define _tcstof strtof
#define _ttoi atoi
#define _tstoi atoi
#define _ttol atol
#define _tstol atol
#define _ttoi64 _atoi64
#define _tstoi64 _atoi64
#define _ttof atof
#define _tstof atof
#define _itot _itoa
#define _itot_s _itoa_s
#define _ltot _ltoa
#define _ltot_s _ltoa_s
#define _ultot _ultoa
#define _ultot_s _ultoa_s
#define _i64tot _i64toa
#define _i64tot_s _i64toa_s
#define _ui64tot _ui64toa
#define _istalpha isalpha
#define _istdigit isdigit
#define _istalnum isalnum
#define _istspace isspace
#define _istupper isupper
#define _istlower islower
#define _istpunct ispunct
#define _istprint isprint
#define _istgraph isgraph
#define _istcntrl iscntrl
#define _istxdigit isxdigit
#define _totlower tolower
#define _totupper toupper
#define _tcsinc(at) ((at) + 1)
#define _tcsdec(start, at) ((at) > (start) ? (at) - 1 : NULL)
#define _tcsnextc(at) ((unsigned char)*(at))
#define _istlead(c) 0
#define _istascii(c) ((unsigned)(c) < 0x80)
#endif
#define _T(text) __T(text)
#ifndef _TEXT
#define _TEXT(text) __T(text)
#endif

TRANSOM_END
#endif
