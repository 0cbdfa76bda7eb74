/* fileapi.h: files and directories. */
#ifndef _FILEAPI_H_
#define _FILEAPI_H_
#pragma GCC system_header

#include <minwinbase.h>

TRANSOM_BEGIN

#define CREATE_NEW 1
#define CREATE_ALWAYS 2
#define OPEN_EXISTING 3
#define OPEN_ALWAYS 4
#define TRUNCATE_EXISTING 5
#define INVALID_FILE_SIZE ((DWORD)0xFFFFFFFF)
#define INVALID_SET_FILE_POINTER ((DWORD)-1)
#define INVALID_FILE_ATTRIBUTES ((DWORD)-1)
typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA, *LPWIN32_FILE_ATTRIBUTE_DATA;
typedef struct _BY_HANDLE_FILE_INFORMATION {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD dwVolumeSerialNumber;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD nNumberOfLinks;
    DWORD nFileIndexHigh;
    DWORD nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION, *PBY_HANDLE_FILE_INFORMATION, *LPBY_HANDLE_FILE_INFORMATION;
typedef union _FILE_SEGMENT_ELEMENT {
    PVOID Buffer;
    ULONGLONG Alignment;
} FILE_SEGMENT_ELEMENT, *PFILE_SEGMENT_ELEMENT;
HANDLE WINAPI CreateFileA(LPCSTR lpfilename, DWORD dwdesiredaccess, DWORD dwsharemode,
    LPSECURITY_ATTRIBUTES lpsecurityattributes, DWORD dwcreationdisposition,
    DWORD dwflagsandattributes, HANDLE htemplatefile);
HANDLE WINAPI CreateFileW(LPCWSTR lpfilename, DWORD dwdesiredaccess, DWORD dwsharemode,
    LPSECURITY_ATTRIBUTES lpsecurityattributes, DWORD dwcreationdisposition,
    DWORD dwflagsandattributes, HANDLE htemplatefile);
#define CreateFile TRANSOM_AW(CreateFile)
BOOL WINAPI ReadFile(HANDLE hfile, LPVOID lpbuffer, DWORD nnumberofbytestoread,
    LPDWORD lpnumberofbytesread, LPOVERLAPPED lpoverlapped);
BOOL WINAPI WriteFile(HANDLE hfile, LPCVOID lpbuffer, DWORD nnumberofbytestowrite,
    LPDWORD lpnumberofbyteswritten, LPOVERLAPPED lpoverlapped);
BOOL WINAPI ReadFileEx(HANDLE hfile, LPVOID lpbuffer, DWORD nnumberofbytestoread,
    LPOVERLAPPED lpoverlapped, LPOVERLAPPED_COMPLETION_ROUTINE lpcompletionroutine);
BOOL WINAPI WriteFileEx(HANDLE hfile, LPCVOID lpbuffer, DWORD nnumberofbytestowrite,
    LPOVERLAPPED lpoverlapped, LPOVERLAPPED_COMPLETION_ROUTINE lpcompletionroutine);
BOOL WINAPI FlushFileBuffers(HANDLE hfile);
BOOL WINAPI SetEndOfFile(HANDLE hfile);
DWORD WINAPI SetFilePointer(HANDLE hfile, LONG ldistancetomove, LONG *lpdistancetomovehigh,
    DWORD dwmovemethod);
BOOL WINAPI SetFilePointerEx(HANDLE hfile, LARGE_INTEGER lidistancetomove, PLARGE_INTEGER lpnewfilepointer,
    DWORD dwmovemethod);
DWORD WINAPI GetFileSize(HANDLE hfile, LPDWORD lpfilesizehigh);
BOOL WINAPI GetFileSizeEx(HANDLE hfile, PLARGE_INTEGER lpfilesize);
DWORD WINAPI GetFileType(HANDLE hfile);
BOOL WINAPI LockFile(HANDLE hfile, DWORD dwfileoffsetlow, DWORD dwfileoffsethigh,
    DWORD nnumberofbytestolocklow, DWORD nnumberofbytestolockhigh);
BOOL WINAPI LockFileEx(HANDLE hfile, DWORD dwflags, DWORD dwreserved, DWORD nnumberofbytestolocklow,
    DWORD nnumberofbytestolockhigh, LPOVERLAPPED lpoverlapped);
BOOL WINAPI UnlockFile(HANDLE hfile, DWORD dwfileoffsetlow, DWORD dwfileoffsethigh,
    DWORD nnumberofbytestounlocklow, DWORD nnumberofbytestounlockhigh);
BOOL WINAPI UnlockFileEx(HANDLE hfile, DWORD dwreserved, DWORD nnumberofbytestounlocklow,
    DWORD nnumberofbytestounlockhigh, LPOVERLAPPED lpoverlapped);
BOOL WINAPI GetFileTime(HANDLE hfile, FILETIME *lpcreationtime, FILETIME *lplastaccesstime,
    FILETIME *lplastwritetime);
BOOL WINAPI SetFileTime(HANDLE hfile, const FILETIME *lpcreationtime,
    const FILETIME *lplastaccesstime, const FILETIME *lplastwritetime);
LONG WINAPI CompareFileTime(const FILETIME *lpfiletime1, const FILETIME *lpfiletime2);
BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *lpfiletime, FILETIME *lplocalfiletime);
BOOL WINAPI LocalFileTimeToFileTime(const FILETIME *lplocalfiletime, FILETIME *lpfiletime);
DWORD WINAPI GetFileAttributesA(LPCSTR lpfilename);
DWORD WINAPI GetFileAttributesW(LPCWSTR lpfilename);
#define GetFileAttributes TRANSOM_AW(GetFileAttributes)
BOOL WINAPI GetFileAttributesExA(LPCSTR lpfilename, GET_FILEEX_INFO_LEVELS finfolevelid,
    LPVOID lpfileinformation);
BOOL WINAPI GetFileAttributesExW(LPCWSTR lpfilename, GET_FILEEX_INFO_LEVELS finfolevelid,
    LPVOID lpfileinformation);
#define GetFileAttributesEx TRANSOM_AW(GetFileAttributesEx)
BOOL WINAPI SetFileAttributesA(LPCSTR lpfilename, DWORD dwfileattributes);
BOOL WINAPI SetFileAttributesW(LPCWSTR lpfilename, DWORD dwfileattributes);
#define SetFileAttributes TRANSOM_AW(SetFileAttributes)
BOOL WINAPI GetFileInformationByHandle(HANDLE hfile, BY_HANDLE_FILE_INFORMATION *lpfileinformation);
BOOL WINAPI AreFileApisANSI(void);
BOOL WINAPI SetFileInformationByHandle(HANDLE hfile, FILE_INFO_BY_HANDLE_CLASS fileinformationclass,
    LPCVOID lpfileinformation, DWORD dwbuffersize);
DWORD WINAPI GetFinalPathNameByHandleA(HANDLE hfile, LPSTR lpszfilepath, DWORD cchfilepath,
    DWORD dwflags);
DWORD WINAPI GetFinalPathNameByHandleW(HANDLE hfile, LPWSTR lpszfilepath, DWORD cchfilepath,
    DWORD dwflags);
#define GetFinalPathNameByHandle TRANSOM_AW(GetFinalPathNameByHandle)
BOOL WINAPI DeleteFileA(LPCSTR lpfilename);
BOOL WINAPI DeleteFileW(LPCWSTR lpfilename);
#define DeleteFile TRANSOM_AW(DeleteFile)
BOOL WINAPI CreateDirectoryA(LPCSTR lppathname, LPSECURITY_ATTRIBUTES lpsecurityattributes);
BOOL WINAPI CreateDirectoryW(LPCWSTR lppathname, LPSECURITY_ATTRIBUTES lpsecurityattributes);
#define CreateDirectory TRANSOM_AW(CreateDirectory)
BOOL WINAPI RemoveDirectoryA(LPCSTR lppathname);
BOOL WINAPI RemoveDirectoryW(LPCWSTR lppathname);
#define RemoveDirectory TRANSOM_AW(RemoveDirectory)
HANDLE WINAPI FindFirstFileA(LPCSTR lpfilename, WIN32_FIND_DATAA *lpfindfiledata);
HANDLE WINAPI FindFirstFileW(LPCWSTR lpfilename, WIN32_FIND_DATAW *lpfindfiledata);
#define FindFirstFile TRANSOM_AW(FindFirstFile)
HANDLE WINAPI FindFirstFileExA(LPCSTR lpfilename, FINDEX_INFO_LEVELS finfolevelid,
    LPVOID lpfindfiledata, FINDEX_SEARCH_OPS fsearchop, LPCVOID lpsearchfilter,
    DWORD dwadditionalflags);
HANDLE WINAPI FindFirstFileExW(LPCWSTR lpfilename, FINDEX_INFO_LEVELS finfolevelid,
    LPVOID lpfindfiledata, FINDEX_SEARCH_OPS fsearchop, LPCVOID lpsearchfilter,
    DWORD dwadditionalflags);
#define FindFirstFileEx TRANSOM_AW(FindFirstFileEx)
BOOL WINAPI FindNextFileA(HANDLE hfindfile, WIN32_FIND_DATAA *lpfindfiledata);
BOOL WINAPI FindNextFileW(HANDLE hfindfile, WIN32_FIND_DATAW *lpfindfiledata);
#define FindNextFile TRANSOM_AW(FindNextFile)
BOOL WINAPI FindClose(HANDLE hfindfile);
DWORD WINAPI GetFullPathNameA(LPCSTR lpfilename, DWORD nbufferlength, LPSTR lpbuffer,
    LPSTR *lpfilepart);
DWORD WINAPI GetFullPathNameW(LPCWSTR lpfilename, DWORD nbufferlength, LPWSTR lpbuffer,
    LPWSTR *lpfilepart);
#define GetFullPathName TRANSOM_AW(GetFullPathName)
DWORD WINAPI GetLongPathNameA(LPCSTR lpszshortpath, LPSTR lpszlongpath, DWORD cchbuffer);
DWORD WINAPI GetLongPathNameW(LPCWSTR lpszshortpath, LPWSTR lpszlongpath, DWORD cchbuffer);
#define GetLongPathName TRANSOM_AW(GetLongPathName)
DWORD WINAPI GetShortPathNameA(LPCSTR lpszlongpath, LPSTR lpszshortpath, DWORD cchbuffer);
DWORD WINAPI GetShortPathNameW(LPCWSTR lpszlongpath, LPWSTR lpszshortpath, DWORD cchbuffer);
#define GetShortPathName TRANSOM_AW(GetShortPathName)
DWORD WINAPI GetTempPathA(DWORD nbufferlength, LPSTR lpbuffer);
DWORD WINAPI GetTempPathW(DWORD nbufferlength, LPWSTR lpbuffer);
#define GetTempPath TRANSOM_AW(GetTempPath)
DWORD WINAPI GetTempFileNameA(LPCSTR lppathname, LPCSTR lpprefixstring, DWORD uunique,
    LPSTR lptempfilename);
DWORD WINAPI GetTempFileNameW(LPCWSTR lppathname, LPCWSTR lpprefixstring, DWORD uunique,
    LPWSTR lptempfilename);
#define GetTempFileName TRANSOM_AW(GetTempFileName)
DWORD WINAPI GetDriveTypeA(LPCSTR lprootpathname);
DWORD WINAPI GetDriveTypeW(LPCWSTR lprootpathname);
#define GetDriveType TRANSOM_AW(GetDriveType)
DWORD WINAPI GetLogicalDrives(void);
DWORD WINAPI GetLogicalDriveStringsA(DWORD nbufferlength, LPSTR lpbuffer);
DWORD WINAPI GetLogicalDriveStringsW(DWORD nbufferlength, LPWSTR lpbuffer);
#define GetLogicalDriveStrings TRANSOM_AW(GetLogicalDriveStrings)
BOOL WINAPI GetDiskFreeSpaceA(LPCSTR lprootpathname, LPDWORD lpsectorspercluster,
    LPDWORD lpbytespersector, LPDWORD lpnumberoffreeclusters, LPDWORD lptotalnumberofclusters);
BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR lprootpathname, LPDWORD lpsectorspercluster,
    LPDWORD lpbytespersector, LPDWORD lpnumberoffreeclusters, LPDWORD lptotalnumberofclusters);
#define GetDiskFreeSpace TRANSOM_AW(GetDiskFreeSpace)
BOOL WINAPI GetDiskFreeSpaceExA(LPCSTR lpdirectoryname, PULARGE_INTEGER lpfreebytesavailabletocaller,
    PULARGE_INTEGER lptotalnumberofbytes, PULARGE_INTEGER lptotalnumberoffreebytes);
BOOL WINAPI GetDiskFreeSpaceExW(LPCWSTR lpdirectoryname, PULARGE_INTEGER lpfreebytesavailabletocaller,
    PULARGE_INTEGER lptotalnumberofbytes, PULARGE_INTEGER lptotalnumberoffreebytes);
#define GetDiskFreeSpaceEx TRANSOM_AW(GetDiskFreeSpaceEx)
BOOL WINAPI GetVolumeInformationA(LPCSTR lprootpathname, LPSTR lpvolumenamebuffer,
    DWORD nvolumenamesize, LPDWORD lpvolumeserialnumber, LPDWORD lpmaximumcomponentlength,
    LPDWORD lpfilesystemflags, LPSTR lpfilesystemnamebuffer, DWORD nfilesystemnamesize);
BOOL WINAPI GetVolumeInformationW(LPCWSTR lprootpathname, LPWSTR lpvolumenamebuffer,
    DWORD nvolumenamesize, LPDWORD lpvolumeserialnumber, LPDWORD lpmaximumcomponentlength,
    LPDWORD lpfilesystemflags, LPWSTR lpfilesystemnamebuffer, DWORD nfilesystemnamesize);
#define GetVolumeInformation TRANSOM_AW(GetVolumeInformation)

TRANSOM_END
#endif
