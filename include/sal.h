/* sal.h: annotations; they say nothing to gcc. */
#ifndef _SAL_H_
#define _SAL_H_
#pragma GCC system_header

#include <_transom.h>

TRANSOM_BEGIN


TRANSOM_END
#endif
