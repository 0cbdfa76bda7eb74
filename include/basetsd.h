/* basetsd.h: types as wide as pointers. */
#ifndef _BASETSD_H_
#define _BASETSD_H_
#pragma GCC system_header

#include <windef.h>

TRANSOM_BEGIN


TRANSOM_END
#endif
