/* errno_t and the character pair of the _s forms. */
#ifndef TRANSOM_ERRNO_T_H
#define TRANSOM_ERRNO_T_H
#pragma GCC system_header
#include <_transom.h>
#include <stddef.h>
typedef int errno_t;
typedef size_t rsize_t;
#define _TRUNCATE ((size_t)-1)
#define STRUNCATE 80
#ifndef __STDC_WANT_SECURE_LIB__
#define __STDC_WANT_SECURE_LIB__ 1
#endif
#ifdef __cplusplus
extern "C++" {
template <typename T, size_t N> char (*transom_countof(T (&)[N]))[N];
}
#define _countof(array) (sizeof(*transom_countof(array)) + 0)
#else
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#endif
