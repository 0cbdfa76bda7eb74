/* jobapi2.h: part of jobapi.h here. */
#pragma GCC system_header
#include <jobapi.h>
