/* errno.h: the C library's, and errno_t. No guard: glibc's can be asked for parts. */
#pragma GCC system_header
#include_next <errno.h>
#include <_errno_t.h>
