//! `ntifs.h`: the native calls on the ends of pipes. What a pipe refuses has statuses of its own,
//! which Win32 codes do not tell apart.

use crate::abi::{from_handle, load, same_signature};
use crate::overlapped::{Buffer, is_readable, is_writable, native_completion};
use crate::winternl::{Native, complete, status_for, status_of};
use std::ffi::c_void;
use std::mem::{MaybeUninit, offset_of};
use transom_kernel::file::Transfer;
use transom_kernel::handle::Handle;
use transom_kernel::io::Started;
use transom_kernel::pipe::channel::{Side, State};
use transom_kernel::pipe::state::Local;
use transom_kernel::pipe::{self, named, state};
use transom_kernel::sync::event;
use transom_kernel::{Result, Win32Error, status};
use windows_sys::Wdk::Storage::FileSystem as files;
use windows_sys::Wdk::Storage::FileSystem::{
    FILE_INFORMATION_CLASS, FILE_PIPE_INFORMATION, FILE_PIPE_LOCAL_INFORMATION,
    FILE_PIPE_PEEK_BUFFER,
};
use windows_sys::Win32::Foundation::{
    HANDLE, NTSTATUS, STATUS_ACCESS_VIOLATION, STATUS_BUFFER_OVERFLOW, STATUS_BUFFER_TOO_SMALL,
    STATUS_ILLEGAL_FUNCTION, STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_DEVICE_REQUEST,
    STATUS_INVALID_INFO_CLASS, STATUS_INVALID_PARAMETER, STATUS_INVALID_READ_MODE,
    STATUS_NOT_FOUND, STATUS_NOT_SUPPORTED, STATUS_PENDING, STATUS_PIPE_BUSY, STATUS_SUCCESS,
};
use windows_sys::Win32::System::IO::{IO_STATUS_BLOCK, PIO_APC_ROUTINE};
use windows_sys::Win32::System::Pipes::{PIPE_NOWAIT, PIPE_READMODE_MESSAGE};

/// A file that is no pipe has no such information, as file systems say it.
fn asked(handle: Handle, error: Win32Error) -> NTSTATUS {
    match error {
        Win32Error::INVALID_FUNCTION => STATUS_INVALID_PARAMETER,
        error => status_for(crate::abi::raw_to_handle(handle.raw()), error),
    }
}

/// `FilePipeInformation`.
pub(crate) fn modes(handle: Handle) -> Native<FILE_PIPE_INFORMATION> {
    let mode = state::mode(handle).map_err(|error| asked(handle, error))?;
    Ok(FILE_PIPE_INFORMATION {
        ReadMode: u32::from(mode & PIPE_READMODE_MESSAGE != 0),
        CompletionMode: u32::from(mode & PIPE_NOWAIT != 0),
    })
}

const fn state_number(state: State) -> u32 {
    match state {
        State::Disconnected => files::FILE_PIPE_DISCONNECTED_STATE,
        State::Listening => files::FILE_PIPE_LISTENING_STATE,
        State::Connected => files::FILE_PIPE_CONNECTED_STATE,
        State::Closing | State::Broken => files::FILE_PIPE_CLOSING_STATE,
    }
}

fn count(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// `FilePipeLocalInformation`.
pub(crate) fn local(handle: Handle) -> Native<FILE_PIPE_LOCAL_INFORMATION> {
    const UNLIMITED: u32 = 255;
    let found = state::local(handle).map_err(|error| asked(handle, error))?;
    let Local { information: fixed, directions, instances, incoming, outgoing, state } = found;
    let quota = if fixed.server_end { fixed.out_quota } else { fixed.in_quota };
    let most = fixed.most_instances;
    Ok(FILE_PIPE_LOCAL_INFORMATION {
        NamedPipeType: u32::from(fixed.messages),
        NamedPipeConfiguration: match directions {
            [true, true] => files::FILE_PIPE_FULL_DUPLEX,
            [_, true] => files::FILE_PIPE_OUTBOUND,
            [_, false] => files::FILE_PIPE_INBOUND,
        },
        MaximumInstances: if most == UNLIMITED { u32::MAX } else { most },
        CurrentInstances: instances,
        InboundQuota: fixed.in_quota,
        ReadDataAvailable: count(incoming),
        OutboundQuota: fixed.out_quota,
        WriteQuotaAvailable: quota.saturating_sub(count(outgoing)),
        NamedPipeState: state_number(state),
        NamedPipeEnd: u32::from(fixed.server_end),
    })
}

/// `NtSetInformationFile`: sets how the end of a pipe reads and whether it waits (class 23).
///
/// `STATUS_INVALID_HANDLE`, `STATUS_OBJECT_TYPE_MISMATCH`, `STATUS_ACCESS_DENIED`;
/// `STATUS_INFO_LENGTH_MISMATCH`: that is no such structure; `STATUS_INVALID_PARAMETER`: unknown modes,
/// or reading messages from a pipe of bytes; `STATUS_INVALID_INFO_CLASS`: another class.
///
/// Reference: <https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntsetinformationfile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtSetInformationFile(
    file: HANDLE,
    block: *mut IO_STATUS_BLOCK,
    place: *const c_void,
    size: u32,
    class: FILE_INFORMATION_CLASS,
) -> NTSTATUS {
    let set = || -> Native<()> {
        let handle = from_handle(file).map_err(|error| status_for(file, error))?;
        if class != files::FilePipeInformation {
            return Err(STATUS_INVALID_INFO_CLASS);
        }
        if (size as usize) < size_of::<FILE_PIPE_INFORMATION>() {
            return Err(STATUS_INFO_LENGTH_MISMATCH);
        }
        // SAFETY: as long as said or NULL, by the caller's contract.
        let wanted = unsafe { load(place.cast::<FILE_PIPE_INFORMATION>()) };
        let FILE_PIPE_INFORMATION { ReadMode, CompletionMode } =
            wanted.ok_or(STATUS_ACCESS_VIOLATION)?;
        if ReadMode > 1 || CompletionMode > 1 {
            return Err(STATUS_INVALID_PARAMETER);
        }
        let mode = (ReadMode * PIPE_READMODE_MESSAGE) | (CompletionMode * PIPE_NOWAIT);
        if !state::is_pipe(handle).map_err(|error| status_for(file, error))? {
            return Err(STATUS_INVALID_PARAMETER);
        }
        state::set_mode(handle, Some(mode)).map_err(|error| status_for(file, error))
    };
    let status = status_of(set());
    if status >= 0 {
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { complete(block, status, 0) };
    }
    status
}
same_signature!(files::NtSetInformationFile, NtSetInformationFile, fn(_, _, _, _, _) -> _);

/// The caller's buffers.
struct Buffers {
    input: *const c_void,
    input_size: u32,
    output: *mut c_void,
    output_size: u32,
}

impl Buffers {
    /// What is to be read, and where something is to be written.
    ///
    /// # Safety
    /// Both are as long as said, or NULL, and nobody else uses the output meanwhile.
    unsafe fn look<'a>(&self) -> Native<(&'a [u8], &'a mut [MaybeUninit<u8>])> {
        if !is_readable(self.input.cast(), self.input_size)
            || !is_writable(self.output.cast(), self.output_size)
        {
            return Err(STATUS_ACCESS_VIOLATION);
        }
        let input: &[u8] = match self.input_size {
            0 => &[],
            // SAFETY: not NULL, so as long as said, by the contract.
            size => unsafe { std::slice::from_raw_parts(self.input.cast(), size as usize) },
        };
        let output: &mut [MaybeUninit<u8>] = match self.output_size {
            0 => &mut [],
            // SAFETY: not NULL, so as long as said, by the contract.
            size => unsafe { std::slice::from_raw_parts_mut(self.output.cast(), size as usize) },
        };
        Ok((input, output))
    }
}

/// How a control code ended that does not wait: the status, and how many bytes were written.
type Done = (NTSTATUS, usize);

/// `FSCTL_PIPE_PEEK`: the numbers, and behind them the first bytes.
fn peek(handle: Handle, output: &mut [MaybeUninit<u8>]) -> Native<Done> {
    const HEAD: usize = offset_of!(FILE_PIPE_PEEK_BUFFER, Data);
    let Some((head, room)) = output.split_at_mut_checked(HEAD) else {
        return Err(STATUS_INVALID_PARAMETER);
    };
    let refused = |error| status::of_error(error);
    let found = pipe::peek(handle, room).map_err(refused)?;
    let local = state::local(handle).map_err(refused)?;
    let (available, left) = (found.available as u64, found.left as u64);
    let message = found.copied as u64 + left;
    let keeps_apart = local.information.messages;
    let numbers = [
        state_number(local.state),
        count(available),
        // Those behind the first are not counted.
        u32::from(keeps_apart && available > 0),
        if keeps_apart { count(message) } else { 0 },
    ];
    for (place, byte) in head.iter_mut().zip(numbers.iter().flat_map(|word| word.to_ne_bytes())) {
        place.write(byte);
    }
    let status = if left > 0 { STATUS_BUFFER_OVERFLOW } else { STATUS_SUCCESS };
    Ok((status, HEAD + found.copied))
}

/// `FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE`, `FSCTL_PIPE_GET_PIPE_ATTRIBUTE`: the process id of a side.
fn attribute(
    handle: Handle,
    (known, side): (&[u8], Side),
    name: &[u8],
    output: &mut [MaybeUninit<u8>],
) -> Native<Done> {
    if name != known {
        return Err(STATUS_NOT_FOUND);
    }
    let id = named::process_id(handle, side).map_err(status::of_error)?.to_ne_bytes();
    let place = output.get_mut(..id.len()).ok_or(STATUS_BUFFER_TOO_SMALL)?;
    for (place, byte) in place.iter_mut().zip(id) {
        place.write(byte);
    }
    Ok((STATUS_SUCCESS, id.len()))
}

/// The codes that may wait give what became of them.
fn begun(started: Result<Started>) -> Native<NTSTATUS> {
    match started {
        Ok(Started::Pending) => Ok(STATUS_PENDING),
        Ok(Started::Done(Transfer { more: true, .. })) => Ok(STATUS_BUFFER_OVERFLOW),
        Ok(Started::Done(_)) => Ok(STATUS_SUCCESS),
        // What the other end does not know, or a pipe without a name.
        Err(Win32Error::INVALID_FUNCTION) => Err(STATUS_ILLEGAL_FUNCTION),
        Err(error) => Err(status::of_error(error)),
    }
}

/// `NtFsControlFile`: the control codes of pipes: listen, disconnect, peek, transceive, impersonate,
/// and the process ids of both ends.
///
/// The routine must be NULL. A completion port is told if the context is the status block.
///
/// - `STATUS_INVALID_HANDLE`, `STATUS_OBJECT_TYPE_MISMATCH`: it is no file.
///   `STATUS_INVALID_DEVICE_REQUEST`: the file, or pipe, does not know the code.
/// - `STATUS_ILLEGAL_FUNCTION`: it is for the other end; or it is `FSCTL_PIPE_WAIT`, which is for the
///   device of all pipes, which cannot be opened.
/// - `STATUS_NOT_SUPPORTED`: there is a routine.
/// - `STATUS_PIPE_CONNECTED`, `STATUS_PIPE_LISTENING`, `STATUS_PIPE_CLOSING`,
///   `STATUS_PIPE_DISCONNECTED`, `STATUS_PIPE_BROKEN`, `STATUS_PIPE_BUSY`, `STATUS_INVALID_PIPE_STATE`,
///   `STATUS_INVALID_READ_MODE`, `STATUS_CANNOT_IMPERSONATE`: the pipe is not as it should be.
/// - `STATUS_BUFFER_OVERFLOW`: there is more of the message.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/ntifs/nf-ntifs-ntfscontrolfile>
#[unsafe(no_mangle)]
pub unsafe extern "system" fn NtFsControlFile(
    file: HANDLE,
    event: HANDLE,
    routine: PIO_APC_ROUTINE,
    context: *const c_void,
    block: *mut IO_STATUS_BLOCK,
    code: u32,
    input: *const c_void,
    input_size: u32,
    output: *mut c_void,
    output_size: u32,
) -> NTSTATUS {
    let control = || -> Native<NTSTATUS> {
        let handle = from_handle(file).map_err(|error| status_for(file, error))?;
        if !state::is_pipe(handle).map_err(|error| status_for(file, error))? {
            return Err(STATUS_INVALID_DEVICE_REQUEST);
        }
        if routine.is_some() {
            return Err(STATUS_NOT_SUPPORTED);
        }
        // SAFETY: NULL or the request's until it is done, by the caller's contract.
        let completion = || unsafe { native_completion(block, event, context) };
        let buffers = Buffers { input, input_size, output, output_size };
        // SAFETY: as long as said, by the caller's contract.
        let (input, output) = unsafe { buffers.look() }?;
        let (status, bytes) = match code {
            files::FSCTL_PIPE_LISTEN => {
                return begun(
                    completion().and_then(|done| named::connect_overlapped(handle, done)),
                );
            }
            files::FSCTL_PIPE_TRANSCEIVE => {
                let mode = state::mode(handle).map_err(status::of_error)?;
                if mode & PIPE_READMODE_MESSAGE == 0 {
                    return Err(STATUS_INVALID_READ_MODE);
                }
                // SAFETY: the request's until it is done, by the caller's contract; only read.
                let request =
                    unsafe { Buffer::new(buffers.input.cast_mut().cast(), buffers.input_size) };
                // SAFETY: the request's until it is done, by the caller's contract.
                let answer = unsafe { Buffer::new(buffers.output.cast(), buffers.output_size) };
                let started = completion().and_then(|done| {
                    named::transact_overlapped(handle, Box::new(request), Box::new(answer), done)
                });
                return match started {
                    Err(Win32Error::PIPE_BUSY) => Err(STATUS_PIPE_BUSY),
                    started => begun(started),
                };
            }
            files::FSCTL_PIPE_DISCONNECT => {
                begun(state::disconnect(handle).map(|()| Started::Done(Transfer::default())))?;
                (STATUS_SUCCESS, 0)
            }
            files::FSCTL_PIPE_IMPERSONATE => {
                begun(named::impersonate(handle).map(|()| Started::Done(Transfer::default())))?;
                (STATUS_SUCCESS, 0)
            }
            files::FSCTL_PIPE_PEEK => peek(handle, output)?,
            files::FSCTL_PIPE_GET_CONNECTION_ATTRIBUTE => {
                attribute(handle, (b"ClientProcessId\0", Side::Client), input, output)?
            }
            files::FSCTL_PIPE_GET_PIPE_ATTRIBUTE => {
                attribute(handle, (b"ServerProcessId\0", Side::Server), input, output)?
            }
            files::FSCTL_PIPE_WAIT => return Err(STATUS_ILLEGAL_FUNCTION),
            _ => return Err(STATUS_INVALID_DEVICE_REQUEST),
        };
        // SAFETY: NULL or writable, by the caller's contract.
        unsafe { complete(block, status, bytes) };
        if !event.is_null() {
            from_handle(event).and_then(event::set).map_err(status::of_error)?;
        }
        Ok(status)
    };
    control().unwrap_or_else(|status| status)
}
same_signature!(files::NtFsControlFile, NtFsControlFile, fn(_, _, _, _, _, _, _, _, _, _) -> _);
