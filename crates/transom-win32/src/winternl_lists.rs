//! `winternl.h`: `NtQuerySystemInformation`: the lists of all processes and of all handles.

use crate::abi::{same_signature, store, store_optional};
use std::ffi::c_void;
use std::ptr::{null_mut, with_exposed_provenance_mut, without_provenance_mut};
use transom_kernel::handle::{HandleFlags, published};
use transom_kernel::process::snapshot::Snapshot;
use transom_kernel::{status, system};
use windows_sys::Wdk::System::SystemInformation::{self as official, SYSTEM_INFORMATION_CLASS};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_INFO_CLASS, STATUS_SUCCESS,
    UNICODE_STRING,
};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{TH32CS_SNAPPROCESS, TH32CS_SNAPTHREAD};
use windows_sys::Win32::System::WindowsProgramming::{
    CLIENT_ID, SYSTEM_BASIC_INFORMATION, SYSTEM_PROCESS_INFORMATION, SYSTEM_THREAD_INFORMATION,
};

// Not in windows-sys.
const HANDLES: SYSTEM_INFORMATION_CLASS = 16;
const EXTENDED_HANDLES: SYSTEM_INFORMATION_CLASS = 64;

/// A line of the list of handles, as class 16 has it: process and handle in 16 bits.
#[derive(Clone, Copy)]
#[repr(C)]
struct ShortLine {
    process: u16,
    trace: u16,
    kind: u8,
    attributes: u8,
    value: u16,
    object: usize,
    access: u32,
}

/// A line of the list of handles, as class 64 has it.
#[derive(Clone, Copy)]
#[repr(C)]
struct Line {
    object: usize,
    process: usize,
    value: usize,
    access: u32,
    trace: u16,
    kind: u16,
    attributes: u32,
    reserved: u32,
}

const _: () = assert!(size_of::<ShortLine>() == 24 && size_of::<Line>() == 40);

/// The attributes of a handle, as the object manager has them.
pub(crate) fn attributes_of(flags: HandleFlags) -> u8 {
    const PROTECT_CLOSE: u8 = 1;
    const INHERIT: u8 = 2;
    let inherit = if flags.contains(HandleFlags::INHERIT) { INHERIT } else { 0 };
    let protect = if flags.contains(HandleFlags::PROTECT_FROM_CLOSE) { PROTECT_CLOSE } else { 0 };
    inherit | protect
}

/// The parent of a process, and its base priority; 0 and 8 for one that has ended.
pub(crate) fn parent_and_priority(pid: u32) -> (u32, i32) {
    let snapshot = Snapshot::take(TH32CS_SNAPPROCESS, 0).ok();
    let found = snapshot
        .as_ref()
        .and_then(|snapshot| snapshot.processes().iter().find(|process| process.id == pid));
    found.map_or((0, 8), |process| (process.parent_id, process.base_priority))
}

/// All handles of all processes of the namespace.
fn lines() -> Vec<(u32, published::PublishedHandle)> {
    let processes = published::processes().unwrap_or_default();
    processes
        .into_iter()
        .flat_map(|pid| {
            let lines = published::of_process(pid).unwrap_or_default();
            lines.into_iter().map(move |line| (pid, line))
        })
        .collect()
}

/// What is to be stored, behind what is stored already.
struct Writer {
    place: *mut u8,
    size: usize,
    length: usize,
}

impl Writer {
    /// Stores a structure if there is room; where, by its offset.
    ///
    /// # Safety
    /// The place is NULL or so many bytes as its size says can be written.
    unsafe fn put<T>(&mut self, value: T) -> usize {
        let at = self.length;
        self.length += size_of::<T>();
        if self.length <= self.size {
            let place = self.place.wrapping_add(at).cast::<T>();
            // SAFETY: inside of the place; NULL is refused.
            let _ = unsafe { store(place, value) };
        }
        at
    }

    fn align(&mut self) {
        self.length = self.length.next_multiple_of(8);
    }

    fn address(&self, offset: usize) -> *mut u16 {
        with_exposed_provenance_mut(self.place.expose_provenance() + offset)
    }
}

/// # Safety
/// The writer's place is NULL or so many bytes as its size says can be written.
unsafe fn put_processes(writer: &mut Writer) -> Result<(), NTSTATUS> {
    let snapshot = Snapshot::take(TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD, 0);
    let snapshot = snapshot.map_err(status::of_error)?;
    let processes = snapshot.processes();
    let in_namespace = published::processes().unwrap_or_default();
    for (index, process) in processes.iter().enumerate() {
        let threads: Vec<_> =
            snapshot.threads().iter().filter(|thread| thread.process_id == process.id).collect();
        let name = transom_kernel::text::to_wide(process.name.as_bytes());
        let head = size_of::<SYSTEM_PROCESS_INFORMATION>();
        let behind = head + threads.len() * size_of::<SYSTEM_THREAD_INFORMATION>();
        let whole = (behind + (name.len() + 1) * 2).next_multiple_of(8);
        let is_last = index + 1 == processes.len();
        let handles = if in_namespace.contains(&process.id) {
            published::of_process(process.id).map_or(0, |lines| lines.len())
        } else {
            0
        };
        let information = SYSTEM_PROCESS_INFORMATION {
            NextEntryOffset: if is_last { 0 } else { whole as u32 },
            NumberOfThreads: threads.len() as u32,
            ImageName: UNICODE_STRING {
                Length: (name.len() * 2) as u16,
                MaximumLength: (name.len() * 2 + 2) as u16,
                Buffer: writer.address(writer.length + behind),
            },
            BasePriority: process.base_priority,
            UniqueProcessId: without_provenance_mut(process.id as usize),
            Reserved2: without_provenance_mut(process.parent_id as usize),
            HandleCount: handles as u32,
            ..Default::default()
        };
        // SAFETY: the same contract.
        unsafe { writer.put(information) };
        for thread in threads {
            let information = SYSTEM_THREAD_INFORMATION {
                ClientId: CLIENT_ID {
                    UniqueProcess: without_provenance_mut(process.id as usize),
                    UniqueThread: without_provenance_mut(thread.id as usize),
                },
                StartAddress: null_mut(),
                Priority: thread.base_priority,
                BasePriority: thread.base_priority,
                ..Default::default()
            };
            // SAFETY: the same contract.
            unsafe { writer.put(information) };
        }
        for &unit in name.iter().chain(&[0]) {
            // SAFETY: the same contract.
            unsafe { writer.put(unit) };
        }
        writer.align();
    }
    Ok(())
}

/// `NtQuerySystemInformation`: tells of the system (class 0: how many processors), of all processes
/// and their threads (5), and of all handles of the programs that use this namespace (16, 64). In class
/// 16, ids and handles are cut to 16 bits. `Reserved2` of a process is its parent's id, as on Windows.
///
/// `STATUS_INFO_LENGTH_MISMATCH`: the buffer is too small; `STATUS_INVALID_INFO_CLASS`: another class.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtQuerySystemInformation(
    class: SYSTEM_INFORMATION_CLASS,
    place: *mut c_void,
    size: u32,
    length: *mut u32,
) -> NTSTATUS {
    let size = if place.is_null() { 0 } else { size as usize };
    let mut writer = Writer { place: place.cast(), size, length: 0 };
    match class {
        official::SystemBasicInformation => {
            let information = SYSTEM_BASIC_INFORMATION {
                NumberOfProcessors: i8::try_from(system::processors()).unwrap_or(i8::MAX),
                ..Default::default()
            };
            // SAFETY: by the caller's contract.
            unsafe { writer.put(information) };
        }
        official::SystemProcessInformation => {
            // SAFETY: by the caller's contract.
            if let Err(status) = unsafe { put_processes(&mut writer) } {
                return status;
            }
        }
        HANDLES => {
            let lines = lines();
            // SAFETY: by the caller's contract.
            unsafe { writer.put(lines.len() as u32) };
            writer.align();
            for (pid, line) in lines {
                let line = ShortLine {
                    process: pid as u16,
                    trace: 0,
                    kind: line.kind as u8,
                    attributes: attributes_of(line.flags),
                    value: line.value.get() as u16,
                    object: line.object.get() as usize,
                    access: line.access,
                };
                // SAFETY: by the caller's contract.
                unsafe { writer.put(line) };
            }
        }
        EXTENDED_HANDLES => {
            let lines = lines();
            // SAFETY: by the caller's contract.
            unsafe { writer.put([lines.len(), 0]) };
            for (pid, line) in lines {
                let line = Line {
                    object: line.object.get() as usize,
                    process: pid as usize,
                    value: line.value.get() as usize,
                    access: line.access,
                    trace: 0,
                    kind: line.kind as u16,
                    attributes: attributes_of(line.flags).into(),
                    reserved: 0,
                };
                // SAFETY: by the caller's contract.
                unsafe { writer.put(line) };
            }
        }
        _ => return STATUS_INVALID_INFO_CLASS,
    }
    // SAFETY: NULL or writable, by the caller's contract.
    unsafe { store_optional(length, writer.length as u32) };
    if writer.length > size { STATUS_INFO_LENGTH_MISMATCH } else { STATUS_SUCCESS }
}
same_signature!(official::NtQuerySystemInformation, NtQuerySystemInformation, fn(_, _, _, _) -> _);
