/* stdafx.h: what Visual Studio puts there, for sources that came without theirs. */
#ifndef TRANSOM_STDAFX_H
#define TRANSOM_STDAFX_H
#pragma GCC system_header
#include <stdio.h>
#include <tchar.h>
#endif
