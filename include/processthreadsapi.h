/* processthreadsapi.h: processes and threads. */
#ifndef _PROCESSTHREADSAPI_H_
#define _PROCESSTHREADSAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

typedef struct _PROCESS_INFORMATION {
    HANDLE hProcess;
    HANDLE hThread;
    DWORD dwProcessId;
    DWORD dwThreadId;
} PROCESS_INFORMATION, *PPROCESS_INFORMATION, *LPPROCESS_INFORMATION;
typedef struct _STARTUPINFOA {
    DWORD cb;
    LPSTR lpReserved;
    LPSTR lpDesktop;
    LPSTR lpTitle;
    DWORD dwX;
    DWORD dwY;
    DWORD dwXSize;
    DWORD dwYSize;
    DWORD dwXCountChars;
    DWORD dwYCountChars;
    DWORD dwFillAttribute;
    DWORD dwFlags;
    WORD wShowWindow;
    WORD cbReserved2;
    LPBYTE lpReserved2;
    HANDLE hStdInput;
    HANDLE hStdOutput;
    HANDLE hStdError;
} STARTUPINFOA, *LPSTARTUPINFOA;
typedef struct _STARTUPINFOW {
    DWORD cb;
    LPWSTR lpReserved;
    LPWSTR lpDesktop;
    LPWSTR lpTitle;
    DWORD dwX;
    DWORD dwY;
    DWORD dwXSize;
    DWORD dwYSize;
    DWORD dwXCountChars;
    DWORD dwYCountChars;
    DWORD dwFillAttribute;
    DWORD dwFlags;
    WORD wShowWindow;
    WORD cbReserved2;
    LPBYTE lpReserved2;
    HANDLE hStdInput;
    HANDLE hStdOutput;
    HANDLE hStdError;
} STARTUPINFOW, *LPSTARTUPINFOW;
#define STARTUPINFO TRANSOM_AW(STARTUPINFO)
#define LPSTARTUPINFO TRANSOM_AW(LPSTARTUPINFO)
typedef struct _PROC_THREAD_ATTRIBUTE_LIST *PPROC_THREAD_ATTRIBUTE_LIST, *LPPROC_THREAD_ATTRIBUTE_LIST;
typedef struct _STARTUPINFOEXA {
    STARTUPINFOA StartupInfo;
    LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList;
} STARTUPINFOEXA, *LPSTARTUPINFOEXA;
typedef struct _STARTUPINFOEXW {
    STARTUPINFOW StartupInfo;
    LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList;
} STARTUPINFOEXW, *LPSTARTUPINFOEXW;
#define STARTUPINFOEX TRANSOM_AW(STARTUPINFOEX)
#define LPSTARTUPINFOEX TRANSOM_AW(LPSTARTUPINFOEX)
#define STARTF_USESHOWWINDOW 1
#define STARTF_USESIZE 2
#define STARTF_USEPOSITION 4
#define STARTF_USECOUNTCHARS 8
#define STARTF_USEFILLATTRIBUTE 0x00000010
#define STARTF_RUNFULLSCREEN 0x00000020
#define STARTF_FORCEONFEEDBACK 0x00000040
#define STARTF_FORCEOFFFEEDBACK 0x00000080
#define STARTF_USESTDHANDLES 0x00000100
#define STARTF_USEHOTKEY 0x00000200
#define STARTF_TITLEISLINKNAME 0x00000800
#define STARTF_TITLEISAPPID 0x00001000
#define STARTF_PREVENTPINNING 0x00002000
#define STARTF_UNTRUSTEDSOURCE 0x00008000
#define STARTF_HOLOGRAPHIC 0x00040000
#define DEBUG_PROCESS 1
#define DEBUG_ONLY_THIS_PROCESS 2
#define CREATE_SUSPENDED 4
#define DETACHED_PROCESS 8
#define CREATE_NEW_CONSOLE 0x00000010
#define NORMAL_PRIORITY_CLASS 0x00000020
#define IDLE_PRIORITY_CLASS 0x00000040
#define HIGH_PRIORITY_CLASS 0x00000080
#define REALTIME_PRIORITY_CLASS 0x00000100
#define CREATE_NEW_PROCESS_GROUP 0x00000200
#define CREATE_UNICODE_ENVIRONMENT 0x00000400
#define CREATE_SEPARATE_WOW_VDM 0x00000800
#define CREATE_SHARED_WOW_VDM 0x00001000
#define CREATE_FORCEDOS 0x00002000
#define BELOW_NORMAL_PRIORITY_CLASS 0x00004000
#define ABOVE_NORMAL_PRIORITY_CLASS 0x00008000
#define INHERIT_PARENT_AFFINITY 0x00010000
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000
#define CREATE_PROTECTED_PROCESS 0x00040000
#define EXTENDED_STARTUPINFO_PRESENT 0x00080000
#define PROCESS_MODE_BACKGROUND_BEGIN 0x00100000
#define PROCESS_MODE_BACKGROUND_END 0x00200000
#define CREATE_BREAKAWAY_FROM_JOB 0x01000000
#define CREATE_PRESERVE_CODE_AUTHZ_LEVEL 0x02000000
#define CREATE_DEFAULT_ERROR_MODE 0x04000000
#define CREATE_NO_WINDOW 0x08000000
#define PROFILE_USER 0x10000000
#define THREAD_PRIORITY_IDLE (-15)
#define THREAD_PRIORITY_LOWEST (-2)
#define THREAD_PRIORITY_MIN (-2)
#define THREAD_PRIORITY_BELOW_NORMAL (-1)
#define THREAD_PRIORITY_NORMAL 0
#define THREAD_PRIORITY_ABOVE_NORMAL 1
#define THREAD_PRIORITY_HIGHEST 2
#define THREAD_PRIORITY_TIME_CRITICAL 15
typedef enum _PROC_THREAD_ATTRIBUTE_NUM {
    ProcThreadAttributeParentProcess = 0,
    ProcThreadAttributeHandleList = 2,
    ProcThreadAttributeGroupAffinity = 3,
    ProcThreadAttributePreferredNode = 4,
    ProcThreadAttributeIdealProcessor = 5,
    ProcThreadAttributeUmsThread = 6,
    ProcThreadAttributeMitigationPolicy = 7,
    ProcThreadAttributeJobList = 13,
    ProcThreadAttributePseudoConsole = 22
} PROC_THREAD_ATTRIBUTE_NUM;
#define PROC_THREAD_ATTRIBUTE_PARENT_PROCESS 0x00020000
#define PROC_THREAD_ATTRIBUTE_HANDLE_LIST 0x00020002
#define PROC_THREAD_ATTRIBUTE_PREFERRED_NODE 0x00020004
#define PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY 0x00020007
#define PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES 0x00020009
#define PROC_THREAD_ATTRIBUTE_PROTECTION_LEVEL 0x0002000B
#define PROC_THREAD_ATTRIBUTE_JOB_LIST 0x0002000D
#define PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY 0x0002000E
#define PROC_THREAD_ATTRIBUTE_PSEUDOCONSOLE 0x00020016
#define PROC_THREAD_ATTRIBUTE_GROUP_AFFINITY 0x00030003
#define PROC_THREAD_ATTRIBUTE_IDEAL_PROCESSOR 0x00030005
#define PROC_THREAD_ATTRIBUTE_UMS_THREAD 0x00030006
#define TLS_OUT_OF_INDEXES ((DWORD)0xFFFFFFFF)
#define THREAD_PRIORITY_ERROR_RETURN (MAXLONG)
BOOL WINAPI CreateProcessA(LPCSTR lpapplicationname, LPSTR lpcommandline,
    LPSECURITY_ATTRIBUTES lpprocessattributes, LPSECURITY_ATTRIBUTES lpthreadattributes,
    BOOL binherithandles, DWORD dwcreationflags, LPCVOID lpenvironment, LPCSTR lpcurrentdirectory,
    const STARTUPINFOA *lpstartupinfo, PROCESS_INFORMATION *lpprocessinformation);
BOOL WINAPI CreateProcessW(LPCWSTR lpapplicationname, LPWSTR lpcommandline,
    LPSECURITY_ATTRIBUTES lpprocessattributes, LPSECURITY_ATTRIBUTES lpthreadattributes,
    BOOL binherithandles, DWORD dwcreationflags, LPCVOID lpenvironment, LPCWSTR lpcurrentdirectory,
    const STARTUPINFOW *lpstartupinfo, PROCESS_INFORMATION *lpprocessinformation);
#define CreateProcess TRANSOM_AW(CreateProcess)
BOOL WINAPI CreateProcessAsUserA(HANDLE htoken, LPCSTR lpapplicationname, LPSTR lpcommandline,
    LPSECURITY_ATTRIBUTES lpprocessattributes, LPSECURITY_ATTRIBUTES lpthreadattributes,
    BOOL binherithandles, DWORD dwcreationflags, LPCVOID lpenvironment, LPCSTR lpcurrentdirectory,
    const STARTUPINFOA *lpstartupinfo, PROCESS_INFORMATION *lpprocessinformation);
BOOL WINAPI CreateProcessAsUserW(HANDLE htoken, LPCWSTR lpapplicationname, LPWSTR lpcommandline,
    LPSECURITY_ATTRIBUTES lpprocessattributes, LPSECURITY_ATTRIBUTES lpthreadattributes,
    BOOL binherithandles, DWORD dwcreationflags, LPCVOID lpenvironment, LPCWSTR lpcurrentdirectory,
    const STARTUPINFOW *lpstartupinfo, PROCESS_INFORMATION *lpprocessinformation);
#define CreateProcessAsUser TRANSOM_AW(CreateProcessAsUser)
HANDLE WINAPI OpenProcess(DWORD dwdesiredaccess, BOOL binherithandle, DWORD dwprocessid);
VOID WINAPI ExitProcess(DWORD uexitcode);
BOOL WINAPI TerminateProcess(HANDLE hprocess, DWORD uexitcode);
BOOL WINAPI GetExitCodeProcess(HANDLE hprocess, LPDWORD lpexitcode);
HANDLE WINAPI GetCurrentProcess(void);
DWORD WINAPI GetCurrentProcessId(void);
DWORD WINAPI GetProcessId(HANDLE process);
DWORD WINAPI GetProcessIdOfThread(HANDLE thread);
VOID WINAPI GetStartupInfoA(STARTUPINFOA *lpstartupinfo);
VOID WINAPI GetStartupInfoW(STARTUPINFOW *lpstartupinfo);
#define GetStartupInfo TRANSOM_AW(GetStartupInfo)
BOOL WINAPI GetProcessTimes(HANDLE hprocess, FILETIME *lpcreationtime, FILETIME *lpexittime,
    FILETIME *lpkerneltime, FILETIME *lpusertime);
DWORD WINAPI GetPriorityClass(HANDLE hprocess);
BOOL WINAPI SetPriorityClass(HANDLE hprocess, DWORD dwpriorityclass);
BOOL WINAPI GetProcessHandleCount(HANDLE hprocess, LPDWORD pdwhandlecount);
BOOL WINAPI ProcessIdToSessionId(DWORD dwProcessId, DWORD *pSessionId);
DWORD WINAPI GetProcessVersion(DWORD processid);
BOOL WINAPI SetProcessShutdownParameters(DWORD dwlevel, DWORD dwflags);
BOOL WINAPI GetProcessPriorityBoost(HANDLE hprocess, LPBOOL pdisablepriorityboost);
BOOL WINAPI SetProcessPriorityBoost(HANDLE hprocess, BOOL bdisablepriorityboost);
BOOL WINAPI IsProcessCritical(HANDLE hprocess, LPBOOL critical);
BOOL WINAPI FlushInstructionCache(HANDLE hprocess, LPCVOID lpbaseaddress, SIZE_T dwsize);
HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES lpthreadattributes, SIZE_T dwstacksize,
    LPTHREAD_START_ROUTINE lpstartaddress, LPCVOID lpparameter, DWORD dwcreationflags,
    LPDWORD lpthreadid);
HANDLE WINAPI CreateRemoteThread(HANDLE hprocess, LPSECURITY_ATTRIBUTES lpthreadattributes,
    SIZE_T dwstacksize, LPTHREAD_START_ROUTINE lpstartaddress, LPCVOID lpparameter,
    DWORD dwcreationflags, LPDWORD lpthreadid);
HANDLE WINAPI CreateRemoteThreadEx(HANDLE hprocess, LPSECURITY_ATTRIBUTES lpthreadattributes,
    SIZE_T dwstacksize, LPTHREAD_START_ROUTINE lpstartaddress, LPCVOID lpparameter,
    DWORD dwcreationflags, LPPROC_THREAD_ATTRIBUTE_LIST lpattributelist, LPDWORD lpthreadid);
HANDLE WINAPI OpenThread(DWORD dwdesiredaccess, BOOL binherithandle, DWORD dwthreadid);
VOID WINAPI ExitThread(DWORD dwexitcode);
BOOL WINAPI TerminateThread(HANDLE hthread, DWORD dwexitcode);
BOOL WINAPI GetExitCodeThread(HANDLE hthread, LPDWORD lpexitcode);
DWORD WINAPI SuspendThread(HANDLE hthread);
DWORD WINAPI ResumeThread(HANDLE hthread);
BOOL WINAPI SwitchToThread(void);
HANDLE WINAPI GetCurrentThread(void);
DWORD WINAPI GetCurrentThreadId(void);
DWORD WINAPI GetThreadId(HANDLE thread);
BOOL WINAPI GetThreadTimes(HANDLE hthread, FILETIME *lpcreationtime, FILETIME *lpexittime,
    FILETIME *lpkerneltime, FILETIME *lpusertime);
LONG WINAPI GetThreadPriority(HANDLE hthread);
BOOL WINAPI SetThreadPriority(HANDLE hthread, LONG npriority);
BOOL WINAPI GetThreadPriorityBoost(HANDLE hthread, LPBOOL pdisablepriorityboost);
BOOL WINAPI SetThreadPriorityBoost(HANDLE hthread, BOOL bdisablepriorityboost);
HRESULT WINAPI SetThreadDescription(HANDLE hthread, LPCWSTR lpthreaddescription);
HRESULT WINAPI GetThreadDescription(HANDLE hthread, LPWSTR *ppszthreaddescription);
DWORD WINAPI GetCurrentProcessorNumber(void);
DWORD WINAPI SetThreadIdealProcessor(HANDLE hthread, DWORD dwidealprocessor);
BOOL WINAPI SetThreadStackGuarantee(LPDWORD stacksizeinbytes);
DWORD WINAPI TlsAlloc(void);
BOOL WINAPI TlsFree(DWORD dwtlsindex);
LPVOID WINAPI TlsGetValue(DWORD dwtlsindex);
BOOL WINAPI TlsSetValue(DWORD dwtlsindex, LPCVOID lptlsvalue);
DWORD WINAPI QueueUserAPC(PAPCFUNC pfnapc, HANDLE hthread, SIZE_T dwdata);
BOOL WINAPI InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST lpattributelist,
    DWORD dwattributecount, DWORD dwflags, SIZE_T *lpsize);
BOOL WINAPI UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST lpattributelist, DWORD dwflags,
    SIZE_T attribute, LPCVOID lpvalue, SIZE_T cbsize, LPVOID lppreviousvalue,
    const SIZE_T *lpreturnsize);
VOID WINAPI DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST lpattributelist);
BOOL WINAPI OpenProcessToken(HANDLE processhandle, DWORD desiredaccess, LPHANDLE tokenhandle);
BOOL WINAPI OpenThreadToken(HANDLE threadhandle, DWORD desiredaccess, BOOL openasself,
    LPHANDLE tokenhandle);
BOOL WINAPI SetThreadToken(const HANDLE *thread, HANDLE token);
#define GetCurrentProcessToken() ((HANDLE)(LONG_PTR)-4)
#define GetCurrentThreadToken() ((HANDLE)(LONG_PTR)-5)
#define GetCurrentThreadEffectiveToken() ((HANDLE)(LONG_PTR)-6)

TRANSOM_END
#endif
