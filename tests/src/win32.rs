//! The Win32 calls of the tests, with slices and tuples for pointers: each returns what the call
//! returned, and the last error.

use std::ffi::c_void;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation as foundation;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem as file;
use windows_sys::Win32::System::Console as console;
use windows_sys::Win32::System::Environment as environment;
use windows_sys::Win32::System::Pipes as pipes;
use windows_sys::Win32::System::Threading as threading;

/// The last error before each call: one that is still this afterwards was not touched.
pub const UNTOUCHED: u32 = 0xDEAD;

/// A result and the last error it left.
pub type Outcome<T> = (T, u32);

/// Makes a call with a known last error before it.
pub fn call<T>(function: impl FnOnce() -> T) -> Outcome<T> {
    // SAFETY: sets a thread-local number.
    unsafe { foundation::SetLastError(UNTOUCHED) };
    let result = function();
    // SAFETY: reads a thread-local number.
    (result, unsafe { foundation::GetLastError() })
}

/// A handle as a pointer.
#[must_use]
pub fn h(value: isize) -> HANDLE {
    std::ptr::without_provenance_mut(value.cast_unsigned())
}

/// A handle as a number.
#[must_use]
pub fn v(handle: HANDLE) -> isize {
    handle.addr().cast_signed()
}

/// The pseudo handle of this process.
pub const SELF: isize = -1;

/// A string as Win32 wants it.
#[must_use]
pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Attributes without a descriptor.
#[must_use]
pub fn attributes(inherit: bool) -> SECURITY_ATTRIBUTES {
    SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
        lpSecurityDescriptor: null_mut(),
        bInheritHandle: inherit.into(),
    }
}

/// `CloseHandle`.
pub fn close(handle: isize) -> Outcome<i32> {
    // SAFETY: takes a number.
    call(|| unsafe { foundation::CloseHandle(h(handle)) })
}

/// `CreateEventW`.
pub fn create_event(manual: bool, signalled: bool, inherit: bool) -> isize {
    let attributes = attributes(inherit);
    // SAFETY: the attributes live across the call.
    v(unsafe {
        threading::CreateEventW(&raw const attributes, manual.into(), signalled.into(), null())
    })
}

/// `SetEvent`.
pub fn set_event(handle: isize) -> Outcome<i32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::SetEvent(h(handle)) })
}

/// `ResetEvent`.
pub fn reset_event(handle: isize) -> Outcome<i32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::ResetEvent(h(handle)) })
}

/// `WaitForSingleObject`.
pub fn wait(handle: isize, timeout_ms: u32) -> Outcome<u32> {
    // SAFETY: takes numbers.
    call(|| unsafe { threading::WaitForSingleObject(h(handle), timeout_ms) })
}

/// `WaitForMultipleObjects`.
pub fn wait_many(handles: &[isize], all: bool, timeout_ms: u32) -> Outcome<u32> {
    let handles: Vec<HANDLE> = handles.iter().map(|&handle| h(handle)).collect();
    let count = handles.len() as u32;
    // SAFETY: the array lives across the call.
    call(|| unsafe {
        threading::WaitForMultipleObjects(count, handles.as_ptr(), all.into(), timeout_ms)
    })
}

/// `CreatePipe`: the read handle and the write handle.
pub fn create_pipe(size: u32, inherit: bool) -> (isize, isize) {
    let attributes = attributes(inherit);
    let (mut read, mut write) = (null_mut(), null_mut());
    // SAFETY: all pointers are to live variables.
    let result =
        unsafe { pipes::CreatePipe(&raw mut read, &raw mut write, &raw const attributes, size) };
    assert_eq!(result, 1, "CreatePipe");
    (v(read), v(write))
}

/// `ReadFile`, up to so many bytes.
pub fn read(handle: isize, most: usize) -> Outcome<(i32, Vec<u8>)> {
    let mut buffer = vec![0; most];
    let mut count = 0;
    let ((result, ()), error) = call(|| {
        // SAFETY: the buffer is as long as said, the count lives.
        let result = unsafe {
            file::ReadFile(h(handle), buffer.as_mut_ptr(), most as u32, &raw mut count, null_mut())
        };
        (result, ())
    });
    buffer.truncate(count as usize);
    ((result, buffer), error)
}

/// `WriteFile`: the result and how many bytes.
pub fn write(handle: isize, bytes: &[u8]) -> Outcome<(i32, u32)> {
    let mut count = 0;
    let (result, error) = call(|| {
        // SAFETY: the buffer is as long as said, the count lives.
        unsafe {
            file::WriteFile(
                h(handle),
                bytes.as_ptr(),
                bytes.len() as u32,
                &raw mut count,
                null_mut(),
            )
        }
    });
    ((result, count), error)
}

/// `PeekNamedPipe`: the result, what was copied, and how much there is.
pub fn peek(handle: isize, most: usize) -> Outcome<(i32, Vec<u8>, u32)> {
    let mut buffer = vec![0_u8; most];
    let (mut copied, mut available) = (0, 0);
    let (result, error) = call(|| {
        // SAFETY: the buffer is as long as said, the counts live.
        unsafe {
            pipes::PeekNamedPipe(
                h(handle),
                buffer.as_mut_ptr().cast::<c_void>(),
                most as u32,
                &raw mut copied,
                &raw mut available,
                null_mut(),
            )
        }
    });
    buffer.truncate(copied as usize);
    ((result, buffer, available), error)
}

/// `DuplicateHandle`: the result and the new handle (0 for none).
pub fn duplicate(
    source_process: isize,
    source: isize,
    target_process: isize,
    access: u32,
    inherit: bool,
    options: u32,
) -> Outcome<(i32, isize)> {
    let mut target = h(0x7777);
    let (result, error) = call(|| {
        // SAFETY: the out-pointer is to a live variable.
        unsafe {
            foundation::DuplicateHandle(
                h(source_process),
                h(source),
                h(target_process),
                &raw mut target,
                access,
                inherit.into(),
                options,
            )
        }
    });
    ((result, v(target)), error)
}

/// `DuplicateHandle` with `lpTargetHandle` NULL.
pub fn duplicate_unseen(
    source_process: isize,
    source: isize,
    target_process: isize,
    options: u32,
) -> Outcome<i32> {
    // SAFETY: a NULL out-pointer is allowed.
    call(|| unsafe {
        foundation::DuplicateHandle(
            h(source_process),
            h(source),
            h(target_process),
            null_mut(),
            0,
            0,
            options,
        )
    })
}

/// `GetHandleInformation`: the result and the flags.
pub fn handle_flags(handle: isize) -> Outcome<(i32, u32)> {
    let mut flags = 0x77;
    // SAFETY: the out-pointer is to a live variable.
    let (result, error) =
        call(|| unsafe { foundation::GetHandleInformation(h(handle), &raw mut flags) });
    ((result, flags), error)
}

/// `SetHandleInformation`.
pub fn set_handle_flags(handle: isize, mask: u32, flags: u32) -> Outcome<i32> {
    // SAFETY: takes numbers.
    call(|| unsafe { foundation::SetHandleInformation(h(handle), mask, flags) })
}

/// `CompareObjectHandles`.
pub fn same_object(first: isize, second: isize) -> Outcome<i32> {
    // SAFETY: takes numbers.
    call(|| unsafe { foundation::CompareObjectHandles(h(first), h(second)) })
}

/// `OpenProcess`.
pub fn open_process(access: u32, inherit: bool, pid: u32) -> Outcome<isize> {
    // SAFETY: takes numbers.
    call(|| v(unsafe { threading::OpenProcess(access, inherit.into(), pid) }))
}

/// `TerminateProcess`.
pub fn terminate(process: isize, code: u32) -> Outcome<i32> {
    // SAFETY: takes numbers.
    call(|| unsafe { threading::TerminateProcess(h(process), code) })
}

/// `GetExitCodeProcess`: the result and the code.
pub fn exit_code(process: isize) -> Outcome<(i32, u32)> {
    let mut code = 0x7777_7777;
    // SAFETY: the out-pointer is to a live variable.
    let (result, error) =
        call(|| unsafe { threading::GetExitCodeProcess(h(process), &raw mut code) });
    ((result, code), error)
}

/// `GetProcessHandleCount`.
pub fn handle_count(process: isize) -> u32 {
    let mut count = 0;
    // SAFETY: the out-pointer is to a live variable.
    let result = unsafe { threading::GetProcessHandleCount(h(process), &raw mut count) };
    assert_eq!(result, 1, "GetProcessHandleCount");
    count
}

/// `ResumeThread`.
pub fn resume(thread: isize) -> Outcome<u32> {
    // SAFETY: takes a number.
    call(|| unsafe { threading::ResumeThread(h(thread)) })
}

/// `GetStdHandle`.
pub fn standard(id: u32) -> isize {
    // SAFETY: takes a number.
    v(unsafe { console::GetStdHandle(id) })
}

/// `GetCommandLineW`.
#[must_use]
pub fn command_line() -> String {
    // SAFETY: takes nothing; the string it returns lives as long as the process.
    let line = unsafe { environment::GetCommandLineW() };
    let mut units = Vec::new();
    loop {
        // SAFETY: the string is NUL-terminated, and no NUL was met before this unit.
        match unsafe { line.wrapping_add(units.len()).read() } {
            0 => return String::from_utf16_lossy(&units),
            unit => units.push(unit),
        }
    }
}

/// `ExitProcess`.
pub fn exit_process(code: u32) -> ! {
    // SAFETY: ends the process.
    unsafe { threading::ExitProcess(code) }
}

/// How to start a program.
#[derive(Clone, Debug, Default)]
pub struct Start<'a> {
    /// `bInheritHandles`.
    pub inherit: bool,
    /// `dwCreationFlags`.
    pub flags: u32,
    /// `hStdInput`, `hStdOutput`, `hStdError`.
    pub standard: Option<[isize; 3]>,
    /// `lpCurrentDirectory`.
    pub directory: Option<&'a str>,
    /// `lpEnvironment`, as variables.
    pub environment: Option<&'a [&'a str]>,
    /// `PROC_THREAD_ATTRIBUTE_HANDLE_LIST`.
    pub handle_list: Option<&'a [isize]>,
    /// `PROC_THREAD_ATTRIBUTE_PARENT_PROCESS`.
    pub parent: Option<isize>,
}

/// A program that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// A handle to the process.
    pub process: isize,
    /// A handle to its first thread.
    pub thread: isize,
    /// The process id.
    pub pid: u32,
}

impl Start<'_> {
    /// `CreateProcessW` with a command line.
    ///
    /// # Errors
    /// The last error.
    pub fn run(&self, command_line: &str) -> Result<Started, u32> {
        let mut command_line = wide(command_line);
        let directory = self.directory.map(wide);
        let block: Option<Vec<u16>> = self.environment.map(|variables| {
            variables.iter().flat_map(|variable| wide(variable)).chain([0]).collect()
        });
        let mut attributes = AttributeList::new();
        if let Some(list) = self.handle_list {
            attributes.add(threading::PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list)?;
        }
        let parent = self.parent.map(|parent| [parent]);
        if let Some(parent) = &parent {
            attributes.add(threading::PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, parent)?;
        }
        // SAFETY: zeroed start-up information asks for nothing.
        let mut startup: threading::STARTUPINFOEXW = unsafe { std::mem::zeroed() };
        startup.StartupInfo.cb = size_of::<threading::STARTUPINFOEXW>() as u32;
        startup.lpAttributeList = attributes.list();
        if let Some([input, output, error]) = self.standard {
            startup.StartupInfo.dwFlags = threading::STARTF_USESTDHANDLES;
            startup.StartupInfo.hStdInput = h(input);
            startup.StartupInfo.hStdOutput = h(output);
            startup.StartupInfo.hStdError = h(error);
        }
        // SAFETY: zeros are a value of plain numbers and handles.
        let mut information: threading::PROCESS_INFORMATION = unsafe { std::mem::zeroed() };
        let pointer = |text: &Option<Vec<u16>>| text.as_ref().map_or(null(), |text| text.as_ptr());
        // SAFETY: every pointer is NULL or to a live, terminated string or structure.
        let (result, error) = call(|| unsafe {
            threading::CreateProcessW(
                null(),
                command_line.as_mut_ptr(),
                null(),
                null(),
                self.inherit.into(),
                self.flags
                    | threading::EXTENDED_STARTUPINFO_PRESENT
                    | threading::CREATE_UNICODE_ENVIRONMENT,
                pointer(&block).cast(),
                pointer(&directory),
                &raw const startup.StartupInfo,
                &raw mut information,
            )
        });
        if result == 0 {
            return Err(error);
        }
        Ok(Started {
            process: v(information.hProcess),
            thread: v(information.hThread),
            pid: information.dwProcessId,
        })
    }
}

/// An attribute list with room for two.
struct AttributeList {
    memory: Vec<u64>,
    used: bool,
}

impl AttributeList {
    fn new() -> Self {
        let mut size = 0;
        // SAFETY: asks for the size only.
        unsafe { threading::InitializeProcThreadAttributeList(null_mut(), 2, 0, &raw mut size) };
        let mut memory = vec![0_u64; size.div_ceil(8)];
        // SAFETY: the memory is as large as the call asked for.
        let result = unsafe {
            threading::InitializeProcThreadAttributeList(
                memory.as_mut_ptr().cast(),
                2,
                0,
                &raw mut size,
            )
        };
        assert_eq!(result, 1, "InitializeProcThreadAttributeList");
        Self { memory, used: false }
    }

    /// Adds an attribute whose value is these handles; they must outlive the list.
    fn add(&mut self, attribute: u32, handles: &[isize]) -> Result<(), u32> {
        self.used = true;
        // SAFETY: the list was initialised, the value lives until the process was created.
        let (result, error) = call(|| unsafe {
            threading::UpdateProcThreadAttribute(
                self.memory.as_mut_ptr().cast(),
                0,
                attribute as usize,
                handles.as_ptr().cast(),
                size_of_val(handles),
                null_mut(),
                null(),
            )
        });
        if result == 0 { Err(error) } else { Ok(()) }
    }

    fn list(&mut self) -> threading::LPPROC_THREAD_ATTRIBUTE_LIST {
        if self.used { self.memory.as_mut_ptr().cast() } else { null_mut() }
    }
}

impl Drop for AttributeList {
    fn drop(&mut self) {
        // SAFETY: the list was initialised.
        unsafe {
            threading::DeleteProcThreadAttributeList(self.memory.as_mut_ptr().cast());
        }
    }
}
