/* ntdef.h: types of the native interface. */
#ifndef _NTDEF_H_
#define _NTDEF_H_
#pragma GCC system_header

#include <winnt.h>

TRANSOM_BEGIN

#ifndef NT_SUCCESS
#define NT_SUCCESS(status) (((NTSTATUS)(status)) >= 0)
#endif

TRANSOM_END
#endif
