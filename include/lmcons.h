/* lmcons.h: lengths of names. */
#ifndef _LMCONS_H_
#define _LMCONS_H_
#pragma GCC system_header

#include <windef.h>

TRANSOM_BEGIN

#ifndef UNLEN
#define UNLEN 256
#endif
#define GNLEN UNLEN
#define PWLEN 256
#define CNLEN 15
#define DNLEN 15
#define MAX_PREFERRED_LENGTH ((DWORD)-1)

TRANSOM_END
#endif
