//! Structures of the headers are laid out as `windows-sys` lays them out.

use crate::{Place, here, text};
use std::mem::offset_of;
use std::process::Command;
use windows_sys::Win32::Foundation::{FILETIME, SYSTEMTIME, UNICODE_STRING};
use windows_sys::Win32::Security::{
    ACCESS_ALLOWED_ACE, ACL, LUID_AND_ATTRIBUTES, SECURITY_ATTRIBUTES, SECURITY_DESCRIPTOR, SID,
    SID_AND_ATTRIBUTES, TOKEN_PRIVILEGES,
};
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, WIN32_FILE_ATTRIBUTE_DATA, WIN32_FIND_DATAA, WIN32_FIND_DATAW,
};
use windows_sys::Win32::System::Console::{
    CONSOLE_SCREEN_BUFFER_INFO, INPUT_RECORD, KEY_EVENT_RECORD,
};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    HEAPLIST32, MODULEENTRY32, MODULEENTRY32W, PROCESSENTRY32, PROCESSENTRY32W, THREADENTRY32,
};
use windows_sys::Win32::System::IO::{OVERLAPPED, OVERLAPPED_ENTRY};
use windows_sys::Win32::System::ProcessStatus::PROCESS_MEMORY_COUNTERS;
use windows_sys::Win32::System::SystemInformation::{MEMORYSTATUSEX, SYSTEM_INFO};
use windows_sys::Win32::System::Threading::{
    CRITICAL_SECTION, PROCESS_INFORMATION, STARTUPINFOA, STARTUPINFOEXW, STARTUPINFOW,
};

/// Assertions in C of what Rust says.
macro_rules! assertions {
    ($($name:ident { $($field:ident),* })*) => {{
        let mut source = String::new();
        $(
            source.push_str(&format!(
                "_Static_assert(sizeof({0}) == {1}, \"{0}\");\n", stringify!($name), size_of::<$name>()
            ));
            $(
                source.push_str(&format!(
                    "_Static_assert(offsetof({0}, {1}) == {2}, \"{0}.{1}\");\n",
                    stringify!($name), stringify!($field), offset_of!($name, $field)
                ));
            )*
        )*
        source
    }};
}

#[test]
fn sizes_and_offsets_are_those_of_windows_sys() {
    let assertions = assertions! {
        FILETIME { dwLowDateTime, dwHighDateTime }
        SYSTEMTIME { wYear, wMilliseconds }
        UNICODE_STRING { Length, MaximumLength, Buffer }
        SECURITY_ATTRIBUTES { nLength, lpSecurityDescriptor, bInheritHandle }
        SECURITY_DESCRIPTOR { Revision, Control, Owner, Group, Sacl, Dacl }
        ACL { AclRevision, AclSize, AceCount }
        ACCESS_ALLOWED_ACE { Header, Mask, SidStart }
        SID { SubAuthorityCount, IdentifierAuthority, SubAuthority }
        SID_AND_ATTRIBUTES { Sid, Attributes }
        LUID_AND_ATTRIBUTES { Luid, Attributes }
        TOKEN_PRIVILEGES { PrivilegeCount, Privileges }
        OVERLAPPED { Internal, InternalHigh, hEvent }
        OVERLAPPED_ENTRY { lpCompletionKey, lpOverlapped, Internal, dwNumberOfBytesTransferred }
        STARTUPINFOA { cb, lpTitle, dwFlags, wShowWindow, lpReserved2, hStdInput, hStdOutput, hStdError }
        STARTUPINFOW { cb, lpDesktop, dwX, dwFillAttribute, dwFlags, cbReserved2, hStdInput, hStdError }
        STARTUPINFOEXW { StartupInfo, lpAttributeList }
        PROCESS_INFORMATION { hProcess, hThread, dwProcessId, dwThreadId }
        CRITICAL_SECTION { DebugInfo, LockCount, RecursionCount, OwningThread, LockSemaphore, SpinCount }
        WIN32_FIND_DATAA { dwFileAttributes, ftLastWriteTime, nFileSizeHigh, cFileName, cAlternateFileName }
        WIN32_FIND_DATAW { dwFileAttributes, ftLastWriteTime, nFileSizeLow, cFileName, cAlternateFileName }
        WIN32_FILE_ATTRIBUTE_DATA { ftCreationTime, nFileSizeLow }
        BY_HANDLE_FILE_INFORMATION { dwVolumeSerialNumber, nNumberOfLinks, nFileIndexLow }
        PROCESSENTRY32 { dwSize, th32ProcessID, th32DefaultHeapID, th32ParentProcessID, pcPriClassBase, szExeFile }
        PROCESSENTRY32W { th32ProcessID, th32ModuleID, cntThreads, dwFlags, szExeFile }
        THREADENTRY32 { th32ThreadID, th32OwnerProcessID, tpBasePri, dwFlags }
        MODULEENTRY32 { th32ProcessID, modBaseAddr, hModule, szModule, szExePath }
        MODULEENTRY32W { GlblcntUsage, modBaseSize, hModule, szModule, szExePath }
        HEAPLIST32 { dwSize, th32HeapID, dwFlags }
        SYSTEM_INFO { dwPageSize, lpMinimumApplicationAddress, dwNumberOfProcessors, wProcessorRevision }
        MEMORYSTATUSEX { dwMemoryLoad, ullTotalPhys, ullAvailExtendedVirtual }
        PROCESS_MEMORY_COUNTERS { cb, PeakWorkingSetSize, PeakPagefileUsage }
        CONSOLE_SCREEN_BUFFER_INFO { dwSize, wAttributes, srWindow, dwMaximumWindowSize }
        INPUT_RECORD { EventType, Event }
        KEY_EVENT_RECORD { bKeyDown, wVirtualKeyCode, uChar, dwControlKeyState }
    };
    let place = Place::new();
    let source = format!(
        "#include <windows.h>\n#include <tlhelp32.h>\n#include <psapi.h>\n#include <winternl.h>\n#include <stddef.h>\n{assertions}"
    );
    place.file("layouts.c", source);
    let said = Command::new("gcc")
        .args(["-std=c11", "-fsyntax-only", "-fshort-wchar", "-I"])
        .arg(here("../../include"))
        .arg("layouts.c")
        .current_dir(&place.0)
        .output()
        .expect("gcc starts");
    assert!(said.status.success(), "{}", text(&said.stderr));
}
