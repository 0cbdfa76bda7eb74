/* interlockedapi.h: part of winnt.h here. */
#pragma GCC system_header
#include <winnt.h>
