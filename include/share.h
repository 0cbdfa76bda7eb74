/* share.h: share modes of opening; files are opened for all. */
#ifndef TRANSOM_SHARE_H
#define TRANSOM_SHARE_H
#pragma GCC system_header

#include <_transom.h>

TRANSOM_BEGIN

#define _SH_COMPAT 0x00
#define _SH_DENYRW 0x10
#define _SH_DENYWR 0x20
#define _SH_DENYRD 0x30
#define _SH_DENYNO 0x40

TRANSOM_END
#endif
