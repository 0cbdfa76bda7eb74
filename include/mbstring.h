/* mbstring.h: text of bytes, which is UTF-8. */
#ifndef TRANSOM_MBSTRING_H
#define TRANSOM_MBSTRING_H
#pragma GCC system_header

#include <_transom.h>
#include <string.h>
#include <strings.h>

TRANSOM_BEGIN

#define _mbslen(text) strlen((const char *)(text))
#define _mbscpy(to, from) ((unsigned char *)strcpy((char *)(to), (const char *)(from)))
#define _mbscat(to, from) ((unsigned char *)strcat((char *)(to), (const char *)(from)))
#define _mbscmp(a, b) strcmp((const char *)(a), (const char *)(b))
#define _mbsicmp(a, b) strcasecmp((const char *)(a), (const char *)(b))
#define _mbschr(text, c) ((unsigned char *)strchr((const char *)(text), (int)(c)))
#define _mbsrchr(text, c) ((unsigned char *)strrchr((const char *)(text), (int)(c)))
#define _mbsstr(text, wanted) ((unsigned char *)strstr((const char *)(text), (const char *)(wanted)))

TRANSOM_END
#endif
