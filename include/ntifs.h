/* ntifs.h: more of the native interface: files, pipes, handles. */
#ifndef _NTIFS_
#define _NTIFS_
#pragma GCC system_header

#include <winternl.h>

TRANSOM_BEGIN

#define ProcessTimes ((PROCESSINFOCLASS)4)
#define ProcessHandleCount ((PROCESSINFOCLASS)20)
#define ProcessHandleInformation ((PROCESSINFOCLASS)51)
#define ProcessCommandLineInformation ((PROCESSINFOCLASS)60)
#define ThreadBasicInformation ((THREADINFOCLASS)0)
#define SystemHandleInformation ((SYSTEM_INFORMATION_CLASS)16)
#define SystemExtendedHandleInformation ((SYSTEM_INFORMATION_CLASS)64)
#define ObjectNameInformation ((OBJECT_INFORMATION_CLASS)1)
#define ObjectTypesInformation ((OBJECT_INFORMATION_CLASS)3)
#define ObjectHandleFlagInformation ((OBJECT_INFORMATION_CLASS)4)
#define FileBasicInformation ((FILE_INFORMATION_CLASS)4)
#define FileStandardInformation ((FILE_INFORMATION_CLASS)5)
#define FileInternalInformation ((FILE_INFORMATION_CLASS)6)
#define FileEaInformation ((FILE_INFORMATION_CLASS)7)
#define FileAccessInformation ((FILE_INFORMATION_CLASS)8)
#define FileNameInformation ((FILE_INFORMATION_CLASS)9)
#define FileRenameInformation ((FILE_INFORMATION_CLASS)10)
#define FileDispositionInformation ((FILE_INFORMATION_CLASS)13)
#define FilePositionInformation ((FILE_INFORMATION_CLASS)14)
#define FileModeInformation ((FILE_INFORMATION_CLASS)16)
#define FileAlignmentInformation ((FILE_INFORMATION_CLASS)17)
#define FileAllInformation ((FILE_INFORMATION_CLASS)18)
#define FileEndOfFileInformation ((FILE_INFORMATION_CLASS)20)
#define FilePipeInformation ((FILE_INFORMATION_CLASS)23)
#define FilePipeLocalInformation ((FILE_INFORMATION_CLASS)24)
#define FilePipeRemoteInformation ((FILE_INFORMATION_CLASS)25)
#define FileMailslotQueryInformation ((FILE_INFORMATION_CLASS)26)
#define FileMailslotSetInformation ((FILE_INFORMATION_CLASS)27)
#define FileCompletionInformation ((FILE_INFORMATION_CLASS)30)
#define FileIoCompletionNotificationInformation ((FILE_INFORMATION_CLASS)41)

typedef struct _FILE_PIPE_INFORMATION {
    ULONG ReadMode;
    ULONG CompletionMode;
} FILE_PIPE_INFORMATION, *PFILE_PIPE_INFORMATION;
typedef struct _FILE_PIPE_LOCAL_INFORMATION {
    ULONG NamedPipeType;
    ULONG NamedPipeConfiguration;
    ULONG MaximumInstances;
    ULONG CurrentInstances;
    ULONG InboundQuota;
    ULONG ReadDataAvailable;
    ULONG OutboundQuota;
    ULONG WriteQuotaAvailable;
    ULONG NamedPipeState;
    ULONG NamedPipeEnd;
} FILE_PIPE_LOCAL_INFORMATION, *PFILE_PIPE_LOCAL_INFORMATION;
#define FILE_PIPE_BYTE_STREAM_TYPE 0
#define FILE_PIPE_MESSAGE_TYPE 1
#define FILE_PIPE_BYTE_STREAM_MODE 0
#define FILE_PIPE_MESSAGE_MODE 1
#define FILE_PIPE_QUEUE_OPERATION 0
#define FILE_PIPE_COMPLETE_OPERATION 1
#define FILE_PIPE_DISCONNECTED_STATE 1
#define FILE_PIPE_LISTENING_STATE 2
#define FILE_PIPE_CONNECTED_STATE 3
#define FILE_PIPE_CLOSING_STATE 4
#define FILE_PIPE_INBOUND 0
#define FILE_PIPE_OUTBOUND 1
#define FILE_PIPE_FULL_DUPLEX 2
#define FILE_PIPE_CLIENT_END 0
#define FILE_PIPE_SERVER_END 1
#define FSCTL_PIPE_DISCONNECT 0x00110004
#define FSCTL_PIPE_LISTEN 0x00110008
#define FSCTL_PIPE_PEEK 0x0011400C
#define FSCTL_PIPE_TRANSCEIVE 0x0011C017
#define FSCTL_PIPE_WAIT 0x00110018
#define FSCTL_PIPE_IMPERSONATE 0x0011001C
#define FSCTL_PIPE_GET_PIPE_ATTRIBUTE 0x00110028
#define FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE 0x00110030
typedef struct _FILE_PIPE_PEEK_BUFFER {
    ULONG NamedPipeState;
    ULONG ReadDataAvailable;
    ULONG NumberOfMessages;
    ULONG MessageLength;
    CHAR Data[1];
} FILE_PIPE_PEEK_BUFFER, *PFILE_PIPE_PEEK_BUFFER;
typedef struct _OBJECT_NAME_INFORMATION {
    UNICODE_STRING Name;
} OBJECT_NAME_INFORMATION, *POBJECT_NAME_INFORMATION;
typedef struct _SYSTEM_HANDLE_TABLE_ENTRY_INFO {
    USHORT UniqueProcessId;
    USHORT CreatorBackTraceIndex;
    UCHAR ObjectTypeIndex;
    UCHAR HandleAttributes;
    USHORT HandleValue;
    PVOID Object;
    ULONG GrantedAccess;
} SYSTEM_HANDLE_TABLE_ENTRY_INFO, *PSYSTEM_HANDLE_TABLE_ENTRY_INFO;
typedef struct _SYSTEM_HANDLE_INFORMATION {
    ULONG NumberOfHandles;
    SYSTEM_HANDLE_TABLE_ENTRY_INFO Handles[1];
} SYSTEM_HANDLE_INFORMATION, *PSYSTEM_HANDLE_INFORMATION;

NTSTATUS NTAPI NtDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle, HANDLE TargetProcessHandle,
    PHANDLE TargetHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options);
NTSTATUS NTAPI NtQueryInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
    ULONG Length, FILE_INFORMATION_CLASS FileInformationClass);
NTSTATUS NTAPI NtSetInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock, PVOID FileInformation,
    ULONG Length, FILE_INFORMATION_CLASS FileInformationClass);
NTSTATUS NTAPI NtFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine, PVOID ApcContext,
    PIO_STATUS_BLOCK IoStatusBlock, ULONG FsControlCode, PVOID InputBuffer, ULONG InputBufferLength,
    PVOID OutputBuffer, ULONG OutputBufferLength);
NTSTATUS NTAPI NtDelayExecution(BOOLEAN Alertable, PLARGE_INTEGER DelayInterval);
NTSTATUS NTAPI NtTerminateProcess(HANDLE ProcessHandle, NTSTATUS ExitStatus);
NTSTATUS NTAPI NtOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
    CLIENT_ID *ClientId);

TRANSOM_END
#endif
