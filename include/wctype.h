/* wctype.h: the C library's, and its tests for characters of 16 bits. */
#ifndef TRANSOM_WCTYPE_H
#define TRANSOM_WCTYPE_H
#pragma GCC system_header

#include <_transom.h>

/* The C library's functions of these names stay out of sight: ours have the same. */
#define iswalpha transom_hidden_iswalpha
#define iswdigit transom_hidden_iswdigit
#define iswalnum transom_hidden_iswalnum
#define iswspace transom_hidden_iswspace
#define iswupper transom_hidden_iswupper
#define iswlower transom_hidden_iswlower
#define iswpunct transom_hidden_iswpunct
#define iswprint transom_hidden_iswprint
#define iswgraph transom_hidden_iswgraph
#define iswcntrl transom_hidden_iswcntrl
#define iswxdigit transom_hidden_iswxdigit
#define iswblank transom_hidden_iswblank
#define towlower transom_hidden_towlower
#define towupper transom_hidden_towupper
#include_next <wctype.h>
#undef iswalpha
#undef iswdigit
#undef iswalnum
#undef iswspace
#undef iswupper
#undef iswlower
#undef iswpunct
#undef iswprint
#undef iswgraph
#undef iswcntrl
#undef iswxdigit
#undef iswblank
#undef towlower
#undef towupper

TRANSOM_BEGIN

int iswalpha(wint_t c) TRANSOM_CRT(iswalpha);
int iswdigit(wint_t c) TRANSOM_CRT(iswdigit);
int iswalnum(wint_t c) TRANSOM_CRT(iswalnum);
int iswspace(wint_t c) TRANSOM_CRT(iswspace);
int iswupper(wint_t c) TRANSOM_CRT(iswupper);
int iswlower(wint_t c) TRANSOM_CRT(iswlower);
int iswpunct(wint_t c) TRANSOM_CRT(iswpunct);
int iswprint(wint_t c) TRANSOM_CRT(iswprint);
int iswgraph(wint_t c) TRANSOM_CRT(iswgraph);
int iswcntrl(wint_t c) TRANSOM_CRT(iswcntrl);
int iswxdigit(wint_t c) TRANSOM_CRT(iswxdigit);
int iswblank(wint_t c) TRANSOM_CRT(iswblank);
wint_t towlower(wint_t c) TRANSOM_CRT(towlower);
wint_t towupper(wint_t c) TRANSOM_CRT(towupper);
int iswascii(wint_t c) TRANSOM_CRT(iswascii);

TRANSOM_END
#endif
