//! Requests on pipes, each under a number, so that who asks for them may be another process.
//!
//! They belong to the thread that began them, and so does the list of those in flight.

use crate::pipes::{BOTH, hex, path};
use crate::win32::{self, Outcome, call, create_event, h};
use crate::words::{number, said};
use crate::{files, pipes as calls};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ptr::{from_mut, null_mut};
use windows_sys::Win32::Storage::FileSystem::{OPEN_EXISTING, ReadFile, WriteFile};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::Pipes::{ConnectNamedPipe, TransactNamedPipe};

const IO_PENDING: u32 = 997;
const IO_INCOMPLETE: u32 = 996;
const MORE_DATA: u32 = 234;

/// A request's place and buffers, which stay where they are until it is over.
struct Request {
    handle: isize,
    overlapped: Box<OVERLAPPED>,
    event: isize,
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
}

thread_local! {
    static IN_FLIGHT: RefCell<BTreeMap<u32, Request>> = const { RefCell::new(BTreeMap::new()) };
}

/// The bytes that are written under a seed.
#[must_use]
pub fn pattern(seed: usize, length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 + index / 256 + seed * 17) as u8).collect()
}

/// Bytes in few words: what two processes compare.
#[must_use]
pub fn described(bytes: &[u8]) -> String {
    if bytes.len() <= 24 {
        return hex(bytes);
    }
    let mut sum = 0xCBF2_9CE4_8422_2325_u64;
    for &byte in bytes {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    format!("{}:{sum:016x}", bytes.len())
}

/// Makes a call with a request of its own, or, for number 0, without an `OVERLAPPED`. The answer:
/// result, last error, count, and what was read.
fn begin(
    number: u32,
    handle: isize,
    sizes: (usize, Vec<u8>),
    begin: impl FnOnce(&mut [u8], &[u8], *mut u32, *mut OVERLAPPED) -> i32,
) -> Option<String> {
    let (size, outgoing) = sizes;
    let event = if number == 0 { 0 } else { create_event(true, false, false) };
    let overlapped = Box::new(OVERLAPPED { hEvent: h(event), ..OVERLAPPED::default() });
    let mut request = Request { handle, overlapped, event, incoming: vec![0xEE; size], outgoing };
    let mut count = 0;
    let place = match number {
        0 => null_mut(),
        _ => from_mut(&mut *request.overlapped),
    };
    let counted = if number == 0 { &raw mut count } else { null_mut() };
    let (result, error) = call(|| begin(&mut request.incoming, &request.outgoing, counted, place));
    if number != 0 && (result != 0 || error == MORE_DATA) {
        count = request.result().0.1;
    }
    let read = described(&request.incoming[..(count as usize).min(size)]);
    if error == IO_PENDING && result == 0 {
        IN_FLIGHT.with_borrow_mut(|all| all.insert(number, request));
    } else if number != 0 {
        win32::close(event);
    }
    Some(format!("{result} {error} {count} {read}"))
}

impl Request {
    /// The result and how many bytes.
    fn result(&self) -> Outcome<(i32, u32)> {
        let mut bytes = 0;
        // SAFETY: both places live.
        let (result, error) = call(|| unsafe {
            GetOverlappedResult(h(self.handle), &raw const *self.overlapped, &raw mut bytes, 0)
        });
        ((result, bytes), error)
    }
}

/// How a request does, after its event was waited for: result, last error, count, whether the event
/// is set, and what was read.
fn result_of(number: u32, patience_ms: u32) -> Option<String> {
    IN_FLIGHT.with_borrow_mut(|all| {
        let request = all.get(&number)?;
        let waited = win32::wait(request.event, patience_ms).0;
        let ((result, count), error) = request.result();
        let read = described(&request.incoming[..(count as usize).min(request.incoming.len())]);
        if result != 0 || error != IO_INCOMPLETE {
            win32::close(request.event);
            all.remove(&number);
        }
        let is_set = u8::from(waited == 0);
        Some(format!("{result} {error} {count} {is_set} {read}"))
    })
}

/// The assistant's answer to a command about requests.
#[must_use]
pub fn answer(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let words = &mut words;
    match words.next()? {
        "request-open" => {
            let (access, flags) = (number::<u32>(words)?, number(words)?);
            said(files::create(&path(words.next()?), access & BOTH, 0, OPEN_EXISTING, flags))
        }
        "request-read" => {
            let (id, handle, size) = (number(words)?, number(words)?, number::<usize>(words)?);
            begin(id, handle, (size, Vec::new()), |incoming, _, count, overlapped| {
                // SAFETY: the buffer is as long as said; it and the request stay in the list until
                // it is over.
                unsafe {
                    ReadFile(h(handle), incoming.as_mut_ptr(), size as u32, count, overlapped)
                }
            })
        }
        "request-write" => {
            let (id, handle) = (number(words)?, number(words)?);
            let data = pattern(number(words)?, number(words)?);
            begin(id, handle, (0, data), |_, outgoing, count, overlapped| {
                let size = outgoing.len() as u32;
                // SAFETY: as for reading.
                unsafe { WriteFile(h(handle), outgoing.as_ptr(), size, count, overlapped) }
            })
        }
        "request-connect" => {
            let (id, handle) = (number(words)?, number(words)?);
            begin(id, handle, (0, Vec::new()), |_, _, _, overlapped| {
                // SAFETY: NULL, or it stays in the list until it is over.
                unsafe { ConnectNamedPipe(h(handle), overlapped) }
            })
        }
        "request-transact" => {
            let (id, handle) = (number(words)?, number(words)?);
            let data = pattern(number(words)?, number(words)?);
            begin(id, handle, (number(words)?, data), |incoming, outgoing, count, overlapped| {
                let (most, size) = (incoming.len() as u32, outgoing.len() as u32);
                let (into, from) = (incoming.as_mut_ptr().cast(), outgoing.as_ptr().cast());
                // SAFETY: as for reading.
                unsafe { TransactNamedPipe(h(handle), from, size, into, most, count, overlapped) }
            })
        }
        "request-result" => result_of(number(words)?, number(words)?),
        "request-cancel" => {
            let (id, handle) = (number::<u32>(words)?, number::<isize>(words)?);
            IN_FLIGHT.with_borrow(|all| {
                let place = &raw const *all.get(&id)?.overlapped;
                // SAFETY: a number, and a place that is only compared.
                said(call(|| unsafe { CancelIoEx(h(handle), place) }))
            })
        }
        "request-peek" => {
            let ((result, bytes, available, left), error) =
                calls::peek(number(words)?, number(words)?);
            Some(format!("{result} {error} {available} {left} {}", described(&bytes)))
        }
        _ => None,
    }
}
