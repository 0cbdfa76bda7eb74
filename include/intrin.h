/* intrin.h: the compiler's own. */
#ifndef TRANSOM_INTRIN_H
#define TRANSOM_INTRIN_H
#pragma GCC system_header
#include <x86intrin.h>
#include <winnt.h>
#endif
