/* malloc.h: the C library's, and what MSVC has there. */
#ifndef TRANSOM_MALLOC_H
#define TRANSOM_MALLOC_H
#pragma GCC system_header
#include <_transom.h>
#include_next <malloc.h>
#include <alloca.h>
#include <stdlib.h>
#define _malloca(bytes) malloc(bytes)
#define _freea(block) free(block)
#endif
