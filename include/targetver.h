/* targetver.h: windows.h knows the version. */
#pragma GCC system_header
