/* consoleapi3.h: part of wincon.h here. */
#pragma GCC system_header
#include <wincon.h>
