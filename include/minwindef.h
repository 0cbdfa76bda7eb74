/* minwindef.h: part of windef.h here. */
#ifndef _MINWINDEF_H_
#define _MINWINDEF_H_
#pragma GCC system_header

#include <windef.h>

TRANSOM_BEGIN


TRANSOM_END
#endif
