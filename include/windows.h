/* windows.h: Win32 as far as Transom has it. */
#ifndef _WINDOWS_
#define _WINDOWS_
#pragma GCC system_header

#include <excpt.h>
#include <stdarg.h>
#include <ctype.h>
#include <string.h>

#include <windef.h>
#include <winnt.h>
#include <minwinbase.h>
#include <winerror.h>
#include <winbase.h>
#include <wincon.h>
#include <winnls.h>
#include <winuser.h>

#endif
