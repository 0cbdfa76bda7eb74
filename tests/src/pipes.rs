//! Named pipes: the Win32 calls, and what the assistant does with them.

use crate::win32::{Outcome, attributes, call, h, v, wide};
use crate::words::{number, said};
use crate::{files, win32};
use std::ptr::{null, null_mut};
use std::sync::{Mutex, PoisonError};
use windows_sys::Win32::Foundation::{GENERIC_READ, GENERIC_WRITE, LocalFree};
use windows_sys::Win32::Security::Authorization::ConvertStringSecurityDescriptorToSecurityDescriptorW;
use windows_sys::Win32::Storage::FileSystem as file;
use windows_sys::Win32::System::Pipes as pipes;
use windows_sys::Win32::System::Threading::PROCESS_ALL_ACCESS;

/// Reading and writing.
pub const BOTH: u32 = GENERIC_READ | GENERIC_WRITE;
/// `PIPE_ACCESS_DUPLEX`.
pub const DUPLEX: u32 = 3;
/// `PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE`.
pub const MESSAGES: u32 = 6;

/// How an instance is to be.
#[derive(Clone, Copy, Debug)]
pub struct Pipe<'a> {
    /// The name, without `\\.\pipe\`.
    pub name: &'a str,
    /// `dwOpenMode`.
    pub open_mode: u32,
    /// `dwPipeMode`.
    pub pipe_mode: u32,
    /// `nMaxInstances`.
    pub most: u32,
    /// Both quotas.
    pub quota: u32,
    /// `nDefaultTimeOut`.
    pub timeout_ms: u32,
    /// Whether the handle is inheritable.
    pub inherit: bool,
    /// The security descriptor, as text.
    pub sddl: Option<&'a str>,
}

/// How many descriptors are open, in a process that has had a named pipe: what that opens for good is
/// open.
#[must_use]
pub fn descriptors_beside_pipes() -> usize {
    win32::close(Pipe::messages(&format!("first-of-{}", std::process::id())).server());
    crate::descriptors()
}

impl<'a> Pipe<'a> {
    /// A pipe of messages for both directions.
    #[must_use]
    pub const fn messages(name: &'a str) -> Self {
        Self {
            name,
            open_mode: DUPLEX,
            pipe_mode: MESSAGES,
            most: 255,
            quota: 4096,
            timeout_ms: 0,
            inherit: false,
            sddl: None,
        }
    }

    /// A pipe of bytes for both directions.
    #[must_use]
    pub const fn bytes(name: &'a str) -> Self {
        Self { pipe_mode: 0, ..Self::messages(name) }
    }

    /// `CreateNamedPipeW`.
    #[must_use]
    pub fn create(&self) -> Outcome<isize> {
        let mut attributes = attributes(self.inherit);
        if let Some(sddl) = self.sddl {
            let sddl = wide(sddl);
            // SAFETY: terminated text and a live place.
            let made = unsafe {
                ConvertStringSecurityDescriptorToSecurityDescriptorW(
                    sddl.as_ptr(),
                    1,
                    &raw mut attributes.lpSecurityDescriptor,
                    null_mut(),
                )
            };
            assert_eq!(made, 1, "the descriptor");
        }
        let name = wide(&path(self.name));
        let Self { open_mode, pipe_mode, most, quota, timeout_ms, .. } = *self;
        // SAFETY: the name is terminated; attributes and descriptor live across the call.
        let made = call(|| unsafe {
            v(pipes::CreateNamedPipeW(
                name.as_ptr(),
                open_mode,
                pipe_mode,
                most,
                quota,
                quota,
                timeout_ms,
                &raw const attributes,
            ))
        });
        // SAFETY: NULL or from the function above, and nobody uses it any more.
        unsafe { LocalFree(attributes.lpSecurityDescriptor) };
        made
    }

    /// An instance that must come into being.
    #[must_use]
    pub fn server(&self) -> isize {
        let (server, error) = self.create();
        assert_ne!(server, -1, "CreateNamedPipe: {error}");
        server
    }
}

/// `\\.\pipe\` and a name; a path that has a prefix already is left alone.
#[must_use]
pub fn path(name: &str) -> String {
    if name.starts_with(r"\\") || name.starts_with("//") {
        return name.to_owned();
    }
    format!(r"\\.\pipe\{name}")
}

/// `CreateFileW` on a pipe.
#[must_use]
pub fn open(name: &str, access: u32) -> Outcome<isize> {
    files::create(&path(name), access, 0, file::OPEN_EXISTING, 0)
}

/// A client that must get a connection.
#[must_use]
pub fn client(name: &str) -> isize {
    let (client, error) = open(name, BOTH);
    assert_ne!(client, -1, "CreateFile: {error}");
    client
}

/// `ConnectNamedPipe`, waiting.
pub fn connect(server: isize) -> Outcome<i32> {
    // SAFETY: a number and no pointer.
    call(|| unsafe { pipes::ConnectNamedPipe(h(server), null_mut()) })
}

/// `DisconnectNamedPipe`.
pub fn disconnect(server: isize) -> Outcome<i32> {
    // SAFETY: a number.
    call(|| unsafe { pipes::DisconnectNamedPipe(h(server)) })
}

/// `WaitNamedPipeW`.
pub fn wait(name: &str, timeout_ms: u32) -> Outcome<i32> {
    let name = wide(&path(name));
    // SAFETY: terminated text.
    call(|| unsafe { pipes::WaitNamedPipeW(name.as_ptr(), timeout_ms) })
}

/// `SetNamedPipeHandleState`.
pub fn set_mode(pipe: isize, mode: u32) -> Outcome<i32> {
    // SAFETY: the mode lives; the others may be NULL.
    call(|| unsafe { pipes::SetNamedPipeHandleState(h(pipe), &raw const mode, null(), null()) })
}

/// `FlushFileBuffers`.
pub fn flush(pipe: isize) -> Outcome<i32> {
    // SAFETY: a number.
    call(|| unsafe { file::FlushFileBuffers(h(pipe)) })
}

/// `PeekNamedPipe`: result, bytes, what there is, what is left of the message.
pub fn peek(pipe: isize, most: usize) -> Outcome<(i32, Vec<u8>, u32, u32)> {
    let mut buffer = vec![0_u8; most];
    let (mut copied, mut available, mut left) = (0, 0, 0);
    // SAFETY: the buffer is as long as said, the counts live.
    let (result, error) = call(|| unsafe {
        pipes::PeekNamedPipe(
            h(pipe),
            buffer.as_mut_ptr().cast(),
            most as u32,
            &raw mut copied,
            &raw mut available,
            &raw mut left,
        )
    });
    buffer.truncate(copied as usize);
    ((result, buffer, available, left), error)
}

/// `TransactNamedPipe`, waiting.
pub fn transact(pipe: isize, request: &[u8], most: usize) -> Outcome<(i32, Vec<u8>)> {
    let mut buffer = vec![0_u8; most];
    let mut count = 0;
    // SAFETY: both buffers are as long as said, the count lives.
    let (result, error) = call(|| unsafe {
        pipes::TransactNamedPipe(
            h(pipe),
            request.as_ptr().cast(),
            request.len() as u32,
            buffer.as_mut_ptr().cast(),
            most as u32,
            &raw mut count,
            null_mut(),
        )
    });
    buffer.truncate(count as usize);
    ((result, buffer), error)
}

/// `CallNamedPipeW`.
pub fn call_pipe(
    name: &str,
    request: &[u8],
    most: usize,
    timeout_ms: u32,
) -> Outcome<(i32, Vec<u8>)> {
    let name = wide(&path(name));
    let mut buffer = vec![0_u8; most];
    let mut count = 0;
    // SAFETY: both buffers are as long as said, name and count live.
    let (result, error) = call(|| unsafe {
        pipes::CallNamedPipeW(
            name.as_ptr(),
            request.as_ptr().cast(),
            request.len() as u32,
            buffer.as_mut_ptr().cast(),
            most as u32,
            &raw mut count,
            timeout_ms,
        )
    });
    buffer.truncate(count as usize);
    ((result, buffer), error)
}

/// `GetNamedPipeInfo`: flags, out size, in size, most instances.
pub fn information(pipe: isize) -> Outcome<(i32, [u32; 4])> {
    let mut told = [0; 4];
    let [flags, out, input, most] = told.each_mut().map(std::ptr::from_mut);
    // SAFETY: four live places.
    let (result, error) =
        call(|| unsafe { pipes::GetNamedPipeInfo(h(pipe), flags, out, input, most) });
    ((result, told), error)
}

/// `GetNamedPipeHandleStateW`: mode and instances.
pub fn state(pipe: isize) -> Outcome<(i32, [u32; 2])> {
    let mut told = [0; 2];
    let [mode, instances] = told.each_mut().map(std::ptr::from_mut);
    // SAFETY: two live places; the others may be NULL.
    let (result, error) = call(|| unsafe {
        let none = null_mut();
        pipes::GetNamedPipeHandleStateW(h(pipe), mode, instances, none, none, null_mut(), 0)
    });
    ((result, told), error)
}

/// `GetNamedPipeClientProcessId` and `GetNamedPipeServerProcessId`.
pub fn process_ids(pipe: isize) -> [Outcome<(i32, u32)>; 2] {
    let mut id = 0;
    // SAFETY: a live place.
    let (done, error) =
        call(|| unsafe { pipes::GetNamedPipeClientProcessId(h(pipe), &raw mut id) });
    let client = ((done, id), error);
    // SAFETY: a live place.
    let (done, error) =
        call(|| unsafe { pipes::GetNamedPipeServerProcessId(h(pipe), &raw mut id) });
    [client, ((done, id), error)]
}

/// Bytes as hexadecimal digits, `-` for none.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".into();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hexadecimal digits.
#[must_use]
pub fn unhex(digits: &str) -> Vec<u8> {
    let digit =
        |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..digits.len() / 2).map_while(|index| digit(index * 2)).collect()
}

/// The descriptors behind a handle of this process.
fn descriptors_of(handle: isize) -> Option<[Option<i32>; 2]> {
    let handle = transom_kernel::handle::Handle::from_raw(handle).ok()?;
    Some(transom_kernel::handle::published::of_own_handle(handle).ok()?.descriptors)
}

/// The memory of a connection, as a file.
fn segment_of(handle: isize) -> Option<std::fs::File> {
    let path = format!("/proc/self/fd/{}", descriptors_of(handle)?[0]?);
    std::fs::OpenOptions::new().read(true).write(true).open(path).ok()
}

/// Writes nonsense into the memory of a connection; how many words.
fn scribble(handle: isize, seed: u64) -> usize {
    segment_of(handle).map_or(0, |file| scribble_over(&file, seed))
}

/// The memory of connections whose handles were closed since.
static KEPT: Mutex<Vec<std::fs::File>> = Mutex::new(Vec::new());

/// Writes nonsense into the memory of connections that were closed; how many words.
fn scribble_over_kept(seed: u64) -> usize {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.iter().map(|file| scribble_over(file, seed)).sum()
}

fn scribble_over(file: &std::fs::File, seed: u64) -> usize {
    use std::os::unix::fs::FileExt;
    let mut number = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        number
    };
    let mut count = 0;
    // All of the header at every third seed, else some words of it, and some of the rings.
    for place in 0..4096_u64 / 8 {
        if seed.is_multiple_of(3) || next().is_multiple_of(8) {
            let word = match next() % 4 {
                0 => 0,
                1 => u64::MAX,
                2 => next() % 4096,
                _ => next(),
            };
            count += usize::from(file.write_at(&word.to_ne_bytes(), place * 8).is_ok());
        }
    }
    for _ in 0..64 {
        let place = 4096 + next() % 8192 / 8 * 8;
        count += usize::from(file.write_at(&next().to_ne_bytes(), place).is_ok());
    }
    count
}

/// Visits a door again and again: with nothing, with too little, with nonsense.
fn visit_with_nonsense(path: &str, times: u64) {
    use rustix::net::{
        AddressFamily, SendFlags, SocketAddrUnix, SocketType, connect, send, socket,
    };
    let mut seats = Vec::new();
    for time in 0..times {
        let visitor = socket(AddressFamily::UNIX, SocketType::SEQPACKET, None).expect("a socket");
        let address = SocketAddrUnix::new(path).expect("a short path");
        if connect(&visitor, &address).is_err() {
            continue;
        }
        let nonsense = [time as u8; 200];
        let length = match time % 4 {
            0 => 0,
            1 => 7,
            2 => 64,
            _ => 200,
        };
        if length > 0 {
            let _ = send(&visitor, &nonsense[..length], SendFlags::NOSIGNAL);
        }
        // Some stay, and say nothing.
        if time.is_multiple_of(4) && seats.len() < 500 {
            seats.push(visitor);
        }
    }
}

/// The assistant's answer to a command about pipes.
#[must_use]
pub fn answer(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let words = &mut words;
    match words.next()? {
        // Open mode, pipe mode, most instances, quota, inheritable, name, descriptor.
        "pipe-create" => {
            let (open_mode, pipe_mode) = (number(words)?, number(words)?);
            let (most, quota) = (number(words)?, number(words)?);
            let inherit = number::<u8>(words)? != 0;
            let name = words.next()?;
            let sddl = words.next();
            let new =
                Pipe { name, open_mode, pipe_mode, most, quota, timeout_ms: 0, inherit, sddl };
            said(new.create())
        }
        "pipe-open" => {
            let access = number(words)?;
            said(open(words.next()?, access))
        }
        "pipe-close" => said(win32::close(number(words)?)),
        // The handles of this process that are ends of pipes.
        "pipe-handles" => {
            let handles = (1..2000_isize).map(|slot| slot * 4);
            let pipes = handles.filter(|&handle| process_ids(handle)[0].0.0 == 1);
            Some(pipes.map(|handle| handle.to_string()).collect::<Vec<_>>().join(" "))
        }
        // Takes a handle out of another process.
        "pipe-take" => {
            let (pid, handle) = (number(words)?, number(words)?);
            let process = win32::open_process(PROCESS_ALL_ACCESS, false, pid).0;
            let taken = win32::duplicate(process, handle, -1, 0, false, 2).0.1;
            win32::close(process);
            Some(format!("{taken} 0"))
        }
        // Writes messages without end: each says how long it is.
        "pipe-churn" => {
            let handle = number(words)?;
            let mut length = number::<u64>(words)?;
            loop {
                length = length.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let size = ((length >> 33) % 255) as u8 + 1;
                let ((result, _), error) = win32::write(handle, &vec![size; size.into()]);
                if result == 0 {
                    return Some(format!("{error}"));
                }
            }
        }
        "pipe-scribble" => Some(scribble(number(words)?, number(words)?).to_string()),
        "pipe-close-but-keep" => {
            let handle = number(words)?;
            KEPT.lock().unwrap_or_else(PoisonError::into_inner).extend(segment_of(handle));
            said(win32::close(handle))
        }
        "pipe-scribble-kept" => Some(scribble_over_kept(number(words)?).to_string()),
        "pipe-truncate" => {
            let file = segment_of(number(words)?)?;
            Some(format!("{:?}", file.set_len(4096)))
        }
        "pipe-ring" => {
            let handle = number(words)?;
            let descriptor = descriptors_of(handle)?[1]?;
            let path = format!("/proc/self/fd/{descriptor}");
            assert!(std::path::Path::new(&path).exists());
            loop {
                // SAFETY: a byte, to a socket that stays open as long as its handle.
                unsafe { libc::send(descriptor, [1_u8].as_ptr().cast(), 1, libc::MSG_NOSIGNAL) };
            }
        }
        "door-nonsense" => {
            let path = words.next()?;
            visit_with_nonsense(path, number(words)?);
            Some("done".into())
        }
        "pipe-impersonate" => {
            let handle = number(words)?;
            // SAFETY: a number.
            let (done, error) = call(|| unsafe { pipes::ImpersonateNamedPipeClient(h(handle)) });
            if done == 0 {
                return Some(format!("0 {error}"));
            }
            let user = rustix::process::geteuid().as_raw();
            // SAFETY: takes nothing.
            unsafe { windows_sys::Win32::Security::RevertToSelf() };
            Some(format!("{done} {error} {user} {}", rustix::process::geteuid().as_raw()))
        }
        "pipe-connect" => said(connect(number(words)?)),
        "pipe-disconnect" => said(disconnect(number(words)?)),
        "pipe-wait" => {
            let timeout = number(words)?;
            said(wait(words.next()?, timeout))
        }
        "pipe-mode" => said(set_mode(number(words)?, number(words)?)),
        "pipe-flush" => said(flush(number(words)?)),
        "pipe-read" => {
            let ((result, bytes), error) = win32::read(number(words)?, number(words)?);
            Some(format!("{result} {} {error}", hex(&bytes)))
        }
        "pipe-write" => {
            let handle = number(words)?;
            let ((result, count), error) = win32::write(handle, &unhex(words.next()?));
            Some(format!("{result} {count} {error}"))
        }
        "pipe-write-many" => {
            // So many bytes.
            let (handle, count) = (number(words)?, number::<usize>(words)?);
            let ((result, count), error) = win32::write(handle, &vec![7; count]);
            Some(format!("{result} {count} {error}"))
        }
        "pipe-peek" => {
            let ((result, bytes, available, left), error) = peek(number(words)?, number(words)?);
            Some(format!("{result} {} {available} {left} {error}", hex(&bytes)))
        }
        "pipe-transact" => {
            let (handle, most) = (number(words)?, number(words)?);
            let ((result, bytes), error) = transact(handle, &unhex(words.next()?), most);
            Some(format!("{result} {} {error}", hex(&bytes)))
        }
        "pipe-state" => {
            let ((result, [mode, instances]), error) = state(number(words)?);
            Some(format!("{result} {mode} {instances} {error}"))
        }
        "pipe-info" => {
            let ((result, told), error) = information(number(words)?);
            let [flags, out, input, most] = told;
            Some(format!("{result} {flags} {out} {input} {most} {error}"))
        }
        "pipe-ids" => {
            let [((client_told, client), _), ((server_told, server), _)] =
                process_ids(number(words)?);
            Some(format!("{client_told} {client} {server_told} {server}"))
        }
        "pipe-call" => {
            let (most, timeout) = (number(words)?, number(words)?);
            let request = unhex(words.next()?);
            let ((result, bytes), error) = call_pipe(words.next()?, &request, most, timeout);
            Some(format!("{result} {} {error}", hex(&bytes)))
        }
        // Reads messages and sends each back, until the pipe breaks.
        "pipe-echo" => {
            let handle = number(words)?;
            let mut count = 0;
            loop {
                let ((result, bytes), error) = win32::read(handle, 1 << 20);
                if result == 0 {
                    return Some(format!("{count} {error}"));
                }
                win32::write(handle, &bytes);
                count += 1;
            }
        }
        _ => None,
    }
}
