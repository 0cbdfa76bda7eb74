/* winbase.h: what has no header of its own: formats of errors, mailslots, the rest of files, strings, heaps. */
#ifndef _WINBASE_H_
#define _WINBASE_H_
#pragma GCC system_header

#include <winerror.h>
#include <handleapi.h>
#include <errhandlingapi.h>
#include <synchapi.h>
#include <processthreadsapi.h>
#include <processenv.h>
#include <consoleapi.h>
#include <namedpipeapi.h>
#include <ioapiset.h>
#include <fileapi.h>
#include <memoryapi.h>
#include <heapapi.h>
#include <debugapi.h>
#include <libloaderapi.h>
#include <sysinfoapi.h>
#include <profileapi.h>
#include <timezoneapi.h>
#include <jobapi.h>
#include <fibersapi.h>
#include <interlockedapi.h>
#include <securitybaseapi.h>
#include <threadpoolapiset.h>
#include <threadpoollegacyapiset.h>

TRANSOM_BEGIN

#define FILE_FLAG_FIRST_PIPE_INSTANCE 0x00080000
#define FILE_FLAG_OPEN_NO_RECALL 0x00100000
#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000
#define FILE_FLAG_SESSION_AWARE 0x00800000
#define FILE_FLAG_POSIX_SEMANTICS 0x01000000
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000
#define FILE_FLAG_RANDOM_ACCESS 0x10000000
#define FILE_FLAG_NO_BUFFERING 0x20000000
#define FILE_FLAG_OVERLAPPED 0x40000000
#define FILE_FLAG_WRITE_THROUGH 0x80000000
#define SECURITY_CONTEXT_TRACKING 0x00040000
#define SECURITY_EFFECTIVE_ONLY 0x00080000
#define SECURITY_SQOS_PRESENT 0x00100000
#define SECURITY_VALID_SQOS_FLAGS 0x001F0000
#define SECURITY_ANONYMOUS (SecurityAnonymous << 16)
#define SECURITY_IDENTIFICATION (SecurityIdentification << 16)
#define SECURITY_IMPERSONATION (SecurityImpersonation << 16)
#define SECURITY_DELEGATION (SecurityDelegation << 16)
#define FILE_BEGIN 0
#define FILE_CURRENT 1
#define FILE_END 2
#define FILE_TYPE_UNKNOWN 0
#define FILE_TYPE_DISK 1
#define FILE_TYPE_CHAR 2
#define FILE_TYPE_PIPE 3
#define FILE_TYPE_REMOTE 0x00008000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 255
#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_STRING 0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE 0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x00002000
#define MOVEFILE_REPLACE_EXISTING 1
#define MOVEFILE_COPY_ALLOWED 2
#define MOVEFILE_DELAY_UNTIL_REBOOT 4
#define MOVEFILE_WRITE_THROUGH 8
#define MOVEFILE_CREATE_HARDLINK 0x00000010
#define MOVEFILE_FAIL_IF_NOT_TRACKABLE 0x00000020
#define COPY_FILE_FAIL_IF_EXISTS 1
#define COPY_FILE_RESTARTABLE 2
#define COPY_FILE_OPEN_SOURCE_FOR_WRITE 4
#define COPY_FILE_ALLOW_DECRYPTED_DESTINATION 8
#define LOCKFILE_FAIL_IMMEDIATELY 1
#define LOCKFILE_EXCLUSIVE_LOCK 2
#define DRIVE_UNKNOWN 0
#define DRIVE_NO_ROOT_DIR 1
#define DRIVE_REMOVABLE 2
#define DRIVE_FIXED 3
#define DRIVE_REMOTE 4
#define DRIVE_CDROM 5
#define DRIVE_RAMDISK 6
#define PROCESS_NAME_NATIVE 1
#define FILE_NAME_NORMALIZED 0
#define FILE_NAME_OPENED 8
#define VOLUME_NAME_DOS 0
#define VOLUME_NAME_GUID 1
#define VOLUME_NAME_NT 2
#define VOLUME_NAME_NONE 4
#define LOGON32_PROVIDER_DEFAULT 0
#define LOGON32_PROVIDER_WINNT35 1
#define LOGON32_LOGON_INTERACTIVE 2
#define LOGON32_PROVIDER_WINNT40 2
#define LOGON32_LOGON_NETWORK 3
#define LOGON32_PROVIDER_WINNT50 3
#define LOGON32_LOGON_BATCH 4
#define LOGON32_PROVIDER_VIRTUAL 4
#define LOGON32_LOGON_SERVICE 5
#define LOGON32_LOGON_UNLOCK 7
#define LOGON32_LOGON_NETWORK_CLEARTEXT 8
#define LOGON32_LOGON_NEW_CREDENTIALS 9
#define REPLACEFILE_WRITE_THROUGH 1
#define REPLACEFILE_IGNORE_MERGE_ERRORS 2
#define REPLACEFILE_IGNORE_ACL_ERRORS 4
#define SCS_32BIT_BINARY 0
#define SCS_DOS_BINARY 1
#define SCS_WOW_BINARY 2
#define SCS_PIF_BINARY 3
#define SCS_POSIX_BINARY 4
#define SCS_OS216_BINARY 5
#define SCS_64BIT_BINARY 6
#define GMEM_FIXED 0
#define GMEM_MOVEABLE 2
#define GMEM_NOCOMPACT 0x00000010
#define GMEM_NODISCARD 0x00000020
#define GMEM_ZEROINIT 0x00000040
#define GMEM_NOT_BANKED 0x1000
#define GMEM_LOWER GMEM_NOT_BANKED
#define GMEM_NOTIFY 0x4000
#define GMEM_DISCARDED 0x4000
#define GMEM_DDESHARE 0x00002000
#define GMEM_MODIFY 0x0080
#define GMEM_DISCARDABLE 0x0100
#define GMEM_SHARE 0x2000
#define GMEM_INVALID_HANDLE 0x8000
#define GHND (GMEM_MOVEABLE | GMEM_ZEROINIT)
#define GPTR (GMEM_FIXED | GMEM_ZEROINIT)
#define MAX_COMPUTERNAME_LENGTH 15
#define UNLEN 256
#define HFILE_ERROR ((HFILE)-1)
#define OFS_MAXPATHNAME 128
#define MAXIMUM_REPARSE_DATA_BUFFER_SIZE (16 * 1024)
#define INVALID_ATOM ((ATOM)0)
#define IGNORE 0
#define CALLBACK_CHUNK_FINISHED 0
#define CALLBACK_STREAM_SWITCH 1
#define PROGRESS_CONTINUE 0
#define PROGRESS_CANCEL 1
#define PROGRESS_STOP 2
#define PROGRESS_QUIET 3
typedef DWORD(WINAPI *LPPROGRESS_ROUTINE)(LARGE_INTEGER, LARGE_INTEGER, LARGE_INTEGER, LARGE_INTEGER, DWORD,
    DWORD, HANDLE, HANDLE, LPVOID);
typedef struct _MEMORYSTATUS {
    DWORD dwLength;
    DWORD dwMemoryLoad;
    SIZE_T dwTotalPhys;
    SIZE_T dwAvailPhys;
    SIZE_T dwTotalPageFile;
    SIZE_T dwAvailPageFile;
    SIZE_T dwTotalVirtual;
    SIZE_T dwAvailVirtual;
} MEMORYSTATUS, *LPMEMORYSTATUS;
typedef struct _SYSTEM_POWER_STATUS {
    BYTE ACLineStatus;
    BYTE BatteryFlag;
    BYTE BatteryLifePercent;
    BYTE SystemStatusFlag;
    DWORD BatteryLifeTime;
    DWORD BatteryFullLifeTime;
} SYSTEM_POWER_STATUS, *LPSYSTEM_POWER_STATUS;

typedef struct _FILE_BASIC_INFO {
    LARGE_INTEGER CreationTime;
    LARGE_INTEGER LastAccessTime;
    LARGE_INTEGER LastWriteTime;
    LARGE_INTEGER ChangeTime;
    DWORD FileAttributes;
} FILE_BASIC_INFO, *PFILE_BASIC_INFO;
typedef struct _FILE_STANDARD_INFO {
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    DWORD NumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FILE_STANDARD_INFO, *PFILE_STANDARD_INFO;
typedef struct _FILE_NAME_INFO {
    DWORD FileNameLength;
    WCHAR FileName[1];
} FILE_NAME_INFO, *PFILE_NAME_INFO;
typedef struct _FILE_RENAME_INFO {
    __extension__ union {
        BOOLEAN ReplaceIfExists;
        DWORD Flags;
    } DUMMYUNIONNAME;
    HANDLE RootDirectory;
    DWORD FileNameLength;
    WCHAR FileName[1];
} FILE_RENAME_INFO, *PFILE_RENAME_INFO;
typedef struct _FILE_DISPOSITION_INFO {
    BOOLEAN DeleteFile;
} FILE_DISPOSITION_INFO, *PFILE_DISPOSITION_INFO;
typedef struct _FILE_ALLOCATION_INFO {
    LARGE_INTEGER AllocationSize;
} FILE_ALLOCATION_INFO, *PFILE_ALLOCATION_INFO;
typedef struct _FILE_END_OF_FILE_INFO {
    LARGE_INTEGER EndOfFile;
} FILE_END_OF_FILE_INFO, *PFILE_END_OF_FILE_INFO;
typedef struct _FILE_ATTRIBUTE_TAG_INFO {
    DWORD FileAttributes;
    DWORD ReparseTag;
} FILE_ATTRIBUTE_TAG_INFO, *PFILE_ATTRIBUTE_TAG_INFO;
typedef struct _FILE_ID_128 {
    BYTE Identifier[16];
} FILE_ID_128, *PFILE_ID_128;
typedef struct _FILE_ID_INFO {
    ULONGLONG VolumeSerialNumber;
    FILE_ID_128 FileId;
} FILE_ID_INFO, *PFILE_ID_INFO;

DWORD WINAPI FormatMessageA(DWORD dwflags, LPCVOID lpsource, DWORD dwmessageid, DWORD dwlanguageid,
    LPSTR lpbuffer, DWORD nsize, va_list *arguments);
DWORD WINAPI FormatMessageW(DWORD dwflags, LPCVOID lpsource, DWORD dwmessageid, DWORD dwlanguageid,
    LPWSTR lpbuffer, DWORD nsize, va_list *arguments);
#define FormatMessage TRANSOM_AW(FormatMessage)
HANDLE WINAPI CreateMailslotA(LPCSTR lpname, DWORD nmaxmessagesize, DWORD lreadtimeout,
    LPSECURITY_ATTRIBUTES lpsecurityattributes);
HANDLE WINAPI CreateMailslotW(LPCWSTR lpname, DWORD nmaxmessagesize, DWORD lreadtimeout,
    LPSECURITY_ATTRIBUTES lpsecurityattributes);
#define CreateMailslot TRANSOM_AW(CreateMailslot)
BOOL WINAPI GetMailslotInfo(HANDLE hmailslot, LPDWORD lpmaxmessagesize, LPDWORD lpnextsize,
    LPDWORD lpmessagecount, LPDWORD lpreadtimeout);
BOOL WINAPI SetMailslotInfo(HANDLE hmailslot, DWORD lreadtimeout);
HLOCAL WINAPI LocalAlloc(DWORD uflags, SIZE_T ubytes);
#define LocalDiscard(handle) LocalReAlloc((handle), 0, LMEM_MOVEABLE)
HLOCAL WINAPI LocalReAlloc(HLOCAL hmem, SIZE_T ubytes, DWORD uflags);
HLOCAL WINAPI LocalFree(HLOCAL hmem);
LPVOID WINAPI LocalLock(HLOCAL hmem);
BOOL WINAPI LocalUnlock(HLOCAL hmem);
SIZE_T WINAPI LocalSize(HLOCAL hmem);
DWORD WINAPI LocalFlags(HLOCAL hmem);
HLOCAL WINAPI LocalHandle(LPCVOID pmem);
HGLOBAL WINAPI GlobalAlloc(DWORD uflags, SIZE_T dwbytes);
#define GlobalDiscard(handle) GlobalReAlloc((handle), 0, GMEM_MOVEABLE)
HGLOBAL WINAPI GlobalReAlloc(HGLOBAL hmem, SIZE_T dwbytes, DWORD uflags);
HGLOBAL WINAPI GlobalFree(HGLOBAL hmem);
LPVOID WINAPI GlobalLock(HGLOBAL hmem);
BOOL WINAPI GlobalUnlock(HGLOBAL hmem);
SIZE_T WINAPI GlobalSize(HGLOBAL hmem);
DWORD WINAPI GlobalFlags(HGLOBAL hmem);
HGLOBAL WINAPI GlobalHandle(LPCVOID pmem);
VOID WINAPI GlobalMemoryStatus(MEMORYSTATUS *lpbuffer);
LONG WINAPI lstrlenA(LPCSTR lpstring);
LONG WINAPI lstrlenW(LPCWSTR lpstring);
#define lstrlen TRANSOM_AW(lstrlen)
LPSTR WINAPI lstrcpyA(LPSTR lpstring1, LPCSTR lpstring2);
LPWSTR WINAPI lstrcpyW(LPWSTR lpstring1, LPCWSTR lpstring2);
#define lstrcpy TRANSOM_AW(lstrcpy)
LPSTR WINAPI lstrcpynA(LPSTR lpstring1, LPCSTR lpstring2, LONG imaxlength);
LPWSTR WINAPI lstrcpynW(LPWSTR lpstring1, LPCWSTR lpstring2, LONG imaxlength);
#define lstrcpyn TRANSOM_AW(lstrcpyn)
LPSTR WINAPI lstrcatA(LPSTR lpstring1, LPCSTR lpstring2);
LPWSTR WINAPI lstrcatW(LPWSTR lpstring1, LPCWSTR lpstring2);
#define lstrcat TRANSOM_AW(lstrcat)
LONG WINAPI lstrcmpA(LPCSTR lpstring1, LPCSTR lpstring2);
LONG WINAPI lstrcmpW(LPCWSTR lpstring1, LPCWSTR lpstring2);
#define lstrcmp TRANSOM_AW(lstrcmp)
LONG WINAPI lstrcmpiA(LPCSTR lpstring1, LPCSTR lpstring2);
LONG WINAPI lstrcmpiW(LPCWSTR lpstring1, LPCWSTR lpstring2);
#define lstrcmpi TRANSOM_AW(lstrcmpi)
BOOL WINAPI CopyFileA(LPCSTR lpexistingfilename, LPCSTR lpnewfilename, BOOL bfailifexists);
BOOL WINAPI CopyFileW(LPCWSTR lpexistingfilename, LPCWSTR lpnewfilename, BOOL bfailifexists);
#define CopyFile TRANSOM_AW(CopyFile)
BOOL WINAPI CopyFileExA(LPCSTR lpexistingfilename, LPCSTR lpnewfilename,
    LPPROGRESS_ROUTINE lpprogressroutine, LPCVOID lpdata, LPBOOL pbcancel, DWORD dwcopyflags);
BOOL WINAPI CopyFileExW(LPCWSTR lpexistingfilename, LPCWSTR lpnewfilename,
    LPPROGRESS_ROUTINE lpprogressroutine, LPCVOID lpdata, LPBOOL pbcancel, DWORD dwcopyflags);
#define CopyFileEx TRANSOM_AW(CopyFileEx)
BOOL WINAPI MoveFileA(LPCSTR lpexistingfilename, LPCSTR lpnewfilename);
BOOL WINAPI MoveFileW(LPCWSTR lpexistingfilename, LPCWSTR lpnewfilename);
#define MoveFile TRANSOM_AW(MoveFile)
BOOL WINAPI MoveFileExA(LPCSTR lpexistingfilename, LPCSTR lpnewfilename, DWORD dwflags);
BOOL WINAPI MoveFileExW(LPCWSTR lpexistingfilename, LPCWSTR lpnewfilename, DWORD dwflags);
#define MoveFileEx TRANSOM_AW(MoveFileEx)
BOOL WINAPI ReplaceFileA(LPCSTR lpreplacedfilename, LPCSTR lpreplacementfilename,
    LPCSTR lpbackupfilename, DWORD dwreplaceflags, LPCVOID lpexclude, LPCVOID lpreserved);
BOOL WINAPI ReplaceFileW(LPCWSTR lpreplacedfilename, LPCWSTR lpreplacementfilename,
    LPCWSTR lpbackupfilename, DWORD dwreplaceflags, LPCVOID lpexclude, LPCVOID lpreserved);
#define ReplaceFile TRANSOM_AW(ReplaceFile)
BOOL WINAPI CreateHardLinkA(LPCSTR lpfilename, LPCSTR lpexistingfilename,
    LPSECURITY_ATTRIBUTES lpsecurityattributes);
BOOL WINAPI CreateHardLinkW(LPCWSTR lpfilename, LPCWSTR lpexistingfilename,
    LPSECURITY_ATTRIBUTES lpsecurityattributes);
#define CreateHardLink TRANSOM_AW(CreateHardLink)
#define SYMBOLIC_LINK_FLAG_DIRECTORY 0x1
#define SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE 0x2
BOOLEAN WINAPI CreateSymbolicLinkA(LPCSTR lpsymlinkfilename, LPCSTR lptargetfilename, DWORD dwflags);
BOOLEAN WINAPI CreateSymbolicLinkW(LPCWSTR lpsymlinkfilename, LPCWSTR lptargetfilename, DWORD dwflags);
#define CreateSymbolicLink TRANSOM_AW(CreateSymbolicLink)
#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE 0x2
BOOL WINAPI SetFileCompletionNotificationModes(HANDLE filehandle, UCHAR flags);
BOOL WINAPI IsWow64Process(HANDLE hprocess, PBOOL wow64process);
BOOL WINAPI IsWow64Process2(HANDLE hprocess, USHORT *pprocessmachine, USHORT *pnativemachine);
BOOL WINAPI CreateDirectoryExA(LPCSTR lptemplatedirectory, LPCSTR lpnewdirectory,
    LPSECURITY_ATTRIBUTES lpsecurityattributes);
BOOL WINAPI CreateDirectoryExW(LPCWSTR lptemplatedirectory, LPCWSTR lpnewdirectory,
    LPSECURITY_ATTRIBUTES lpsecurityattributes);
#define CreateDirectoryEx TRANSOM_AW(CreateDirectoryEx)
BOOL WINAPI GetFileInformationByHandleEx(HANDLE hfile,
    FILE_INFO_BY_HANDLE_CLASS fileinformationclass, LPVOID lpfileinformation, DWORD dwbuffersize);
BOOL WINAPI ReadDirectoryChangesW(HANDLE hdirectory, LPVOID lpbuffer, DWORD nbufferlength,
    BOOL bwatchsubtree, DWORD dwnotifyfilter, LPDWORD lpbytesreturned, LPOVERLAPPED lpoverlapped,
    LPOVERLAPPED_COMPLETION_ROUTINE lpcompletionroutine);
DWORD WINAPI GetCompressedFileSizeA(LPCSTR lpfilename, LPDWORD lpfilesizehigh);
DWORD WINAPI GetCompressedFileSizeW(LPCWSTR lpfilename, LPDWORD lpfilesizehigh);
#define GetCompressedFileSize TRANSOM_AW(GetCompressedFileSize)
BOOL WINAPI SetCurrentDirectoryA(LPCSTR lppathname);
BOOL WINAPI SetCurrentDirectoryW(LPCWSTR lppathname);
#define SetCurrentDirectory TRANSOM_AW(SetCurrentDirectory)
BOOL WINAPI GetComputerNameA(LPSTR lpbuffer, LPDWORD nsize);
BOOL WINAPI GetComputerNameW(LPWSTR lpbuffer, LPDWORD nsize);
#define GetComputerName TRANSOM_AW(GetComputerName)
BOOL WINAPI GetUserNameA(LPSTR lpbuffer, LPDWORD pcbbuffer);
BOOL WINAPI GetUserNameW(LPWSTR lpbuffer, LPDWORD pcbbuffer);
#define GetUserName TRANSOM_AW(GetUserName)
BOOL WINAPI QueryFullProcessImageNameA(HANDLE hprocess, DWORD dwflags, LPSTR lpexename,
    LPDWORD lpdwsize);
BOOL WINAPI QueryFullProcessImageNameW(HANDLE hprocess, DWORD dwflags, LPWSTR lpexename,
    LPDWORD lpdwsize);
#define QueryFullProcessImageName TRANSOM_AW(QueryFullProcessImageName)
BOOL WINAPI GetBinaryTypeA(LPCSTR lpapplicationname, LPDWORD lpbinarytype);
BOOL WINAPI GetBinaryTypeW(LPCWSTR lpapplicationname, LPDWORD lpbinarytype);
#define GetBinaryType TRANSOM_AW(GetBinaryType)
BOOL WINAPI GetProcessAffinityMask(HANDLE hprocess, SIZE_T *lpprocessaffinitymask,
    SIZE_T *lpsystemaffinitymask);
BOOL WINAPI SetProcessAffinityMask(HANDLE hprocess, SIZE_T dwprocessaffinitymask);
SIZE_T WINAPI SetThreadAffinityMask(HANDLE hthread, SIZE_T dwthreadaffinitymask);
BOOL WINAPI GetProcessIoCounters(HANDLE hprocess, IO_COUNTERS *lpiocounters);
BOOL WINAPI GetProcessWorkingSetSize(HANDLE hprocess, SIZE_T *lpminimumworkingsetsize,
    SIZE_T *lpmaximumworkingsetsize);
BOOL WINAPI SetProcessWorkingSetSize(HANDLE hprocess, SIZE_T dwminimumworkingsetsize,
    SIZE_T dwmaximumworkingsetsize);
BOOL WINAPI RegisterWaitForSingleObject(LPHANDLE phnewwaitobject, HANDLE hobject,
    WAITORTIMERCALLBACK callback, LPCVOID context, DWORD dwmilliseconds, DWORD dwflags);
BOOL WINAPI UnregisterWait(HANDLE waithandle);
BOOL WINAPI BindIoCompletionCallback(HANDLE filehandle, LPOVERLAPPED_COMPLETION_ROUTINE function,
    DWORD flags);
BOOL WINAPI LookupPrivilegeValueA(LPCSTR lpsystemname, LPCSTR lpname, LUID *lpluid);
BOOL WINAPI LookupPrivilegeValueW(LPCWSTR lpsystemname, LPCWSTR lpname, LUID *lpluid);
#define LookupPrivilegeValue TRANSOM_AW(LookupPrivilegeValue)
BOOL WINAPI LookupPrivilegeNameA(LPCSTR lpsystemname, const LUID *lpluid, LPSTR lpname,
    LPDWORD cchname);
BOOL WINAPI LookupPrivilegeNameW(LPCWSTR lpsystemname, const LUID *lpluid, LPWSTR lpname,
    LPDWORD cchname);
#define LookupPrivilegeName TRANSOM_AW(LookupPrivilegeName)
BOOL WINAPI LookupPrivilegeDisplayNameA(LPCSTR lpsystemname, LPCSTR lpname, LPSTR lpdisplayname,
    LPDWORD cchdisplayname, LPDWORD lplanguageid);
BOOL WINAPI LookupPrivilegeDisplayNameW(LPCWSTR lpsystemname, LPCWSTR lpname, LPWSTR lpdisplayname,
    LPDWORD cchdisplayname, LPDWORD lplanguageid);
#define LookupPrivilegeDisplayName TRANSOM_AW(LookupPrivilegeDisplayName)
BOOL WINAPI LookupAccountSidA(LPCSTR lpsystemname, PSID sid, LPSTR name, LPDWORD cchname,
    LPSTR referenceddomainname, LPDWORD cchreferenceddomainname, SID_NAME_USE *peuse);
BOOL WINAPI LookupAccountSidW(LPCWSTR lpsystemname, PSID sid, LPWSTR name, LPDWORD cchname,
    LPWSTR referenceddomainname, LPDWORD cchreferenceddomainname, SID_NAME_USE *peuse);
#define LookupAccountSid TRANSOM_AW(LookupAccountSid)
BOOL WINAPI LookupAccountNameA(LPCSTR lpsystemname, LPCSTR lpaccountname, PSID sid, LPDWORD cbsid,
    LPSTR referenceddomainname, LPDWORD cchreferenceddomainname, SID_NAME_USE *peuse);
BOOL WINAPI LookupAccountNameW(LPCWSTR lpsystemname, LPCWSTR lpaccountname, PSID sid, LPDWORD cbsid,
    LPWSTR referenceddomainname, LPDWORD cchreferenceddomainname, SID_NAME_USE *peuse);
#define LookupAccountName TRANSOM_AW(LookupAccountName)
BOOL WINAPI LogonUserA(LPCSTR lpszusername, LPCSTR lpszdomain, LPCSTR lpszpassword,
    DWORD dwlogontype, DWORD dwlogonprovider, LPHANDLE phtoken);
BOOL WINAPI LogonUserW(LPCWSTR lpszusername, LPCWSTR lpszdomain, LPCWSTR lpszpassword,
    DWORD dwlogontype, DWORD dwlogonprovider, LPHANDLE phtoken);
#define LogonUser TRANSOM_AW(LogonUser)
BOOL WINAPI IsBadReadPtr(LPCVOID lp, SIZE_T ucb);
BOOL WINAPI IsBadWritePtr(LPCVOID lp, SIZE_T ucb);
BOOL WINAPI IsBadCodePtr(FARPROC lpfn);
BOOL WINAPI IsBadStringPtrA(LPCSTR lpsz, SIZE_T ucchmax);
BOOL WINAPI IsBadStringPtrW(LPCWSTR lpsz, SIZE_T ucchmax);
#define IsBadStringPtr TRANSOM_AW(IsBadStringPtr)
DWORD WINAPI WinExec(LPCSTR lpcmdline, DWORD ucmdshow);
LONG WINAPI MulDiv(LONG nnumber, LONG nnumerator, LONG ndenominator);
VOID WINAPI FatalAppExitA(DWORD uaction, LPCSTR lpmessagetext);
VOID WINAPI FatalAppExitW(DWORD uaction, LPCWSTR lpmessagetext);
#define FatalAppExit TRANSOM_AW(FatalAppExit)
VOID WINAPI FatalExit(int exitcode);
BOOL WINAPI Beep(DWORD dwfreq, DWORD dwduration);
DWORD WINAPI GetActiveProcessorCount(WORD groupnumber);
DWORD WINAPI SetHandleCount(DWORD unumber);
DWORD WINAPI GetPrivateProfileStringA(LPCSTR lpappname, LPCSTR lpkeyname, LPCSTR lpdefault,
    LPSTR lpreturnedstring, DWORD nsize, LPCSTR lpfilename);
DWORD WINAPI GetPrivateProfileStringW(LPCWSTR lpappname, LPCWSTR lpkeyname, LPCWSTR lpdefault,
    LPWSTR lpreturnedstring, DWORD nsize, LPCWSTR lpfilename);
#define GetPrivateProfileString TRANSOM_AW(GetPrivateProfileString)
DWORD WINAPI GetPrivateProfileIntA(LPCSTR lpappname, LPCSTR lpkeyname, LONG ndefault,
    LPCSTR lpfilename);
LONG WINAPI GetPrivateProfileIntW(LPCWSTR lpappname, LPCWSTR lpkeyname, LONG ndefault,
    LPCWSTR lpfilename);
#define GetPrivateProfileInt TRANSOM_AW(GetPrivateProfileInt)
BOOL WINAPI WritePrivateProfileStringA(LPCSTR lpappname, LPCSTR lpkeyname, LPCSTR lpstring,
    LPCSTR lpfilename);
BOOL WINAPI WritePrivateProfileStringW(LPCWSTR lpappname, LPCWSTR lpkeyname, LPCWSTR lpstring,
    LPCWSTR lpfilename);
#define WritePrivateProfileString TRANSOM_AW(WritePrivateProfileString)
#define GetCurrentTime() GetTickCount()
#define Yield()
int WINAPI WinMain(HINSTANCE hInstance, HINSTANCE hPrevInstance, LPSTR lpCmdLine, int nShowCmd);
int WINAPI wWinMain(HINSTANCE hInstance, HINSTANCE hPrevInstance, LPWSTR lpCmdLine, int nShowCmd);

TRANSOM_END
#endif
