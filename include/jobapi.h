/* jobapi.h: job objects. */
#ifndef _JOBAPI_H_
#define _JOBAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

BOOL WINAPI IsProcessInJob(HANDLE processhandle, HANDLE jobhandle, LPBOOL result);
HANDLE WINAPI CreateJobObjectA(LPSECURITY_ATTRIBUTES lpjobattributes, LPCSTR lpname);
HANDLE WINAPI CreateJobObjectW(LPSECURITY_ATTRIBUTES lpjobattributes, LPCWSTR lpname);
#define CreateJobObject TRANSOM_AW(CreateJobObject)
HANDLE WINAPI OpenJobObjectA(DWORD dwdesiredaccess, BOOL binherithandle, LPCSTR lpname);
HANDLE WINAPI OpenJobObjectW(DWORD dwdesiredaccess, BOOL binherithandle, LPCWSTR lpname);
#define OpenJobObject TRANSOM_AW(OpenJobObject)
BOOL WINAPI AssignProcessToJobObject(HANDLE hjob, HANDLE hprocess);
BOOL WINAPI TerminateJobObject(HANDLE hjob, DWORD uexitcode);
BOOL WINAPI QueryInformationJobObject(HANDLE hjob, JOBOBJECTINFOCLASS jobobjectinformationclass,
    LPVOID lpjobobjectinformation, DWORD cbjobobjectinformationlength, LPDWORD lpreturnlength);
BOOL WINAPI SetInformationJobObject(HANDLE hjob, JOBOBJECTINFOCLASS jobobjectinformationclass,
    LPCVOID lpjobobjectinformation, DWORD cbjobobjectinformationlength);

TRANSOM_END
#endif
