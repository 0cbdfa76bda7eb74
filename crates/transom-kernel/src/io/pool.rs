//! Threads that make calls for what a completion port of their own tells.

use super::Packet;
use super::port::{CompletionPort, Got};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::Handle;
use crate::sync::wait::{Deadline, INFINITE};
use crate::thread::present;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many threads wait for something to do before one ends.
const MOST_IDLE: usize = 4;
/// The most threads.
const MOST_THREADS: usize = 512;

static POOL: Mutex<Pool> = Mutex::new(Pool { port: None, age: 0, threads: 0, idle: 0 });

struct Pool {
    port: Option<Arc<CompletionPort>>,
    /// Which process of those forked from each other the threads are of.
    age: u32,
    threads: usize,
    idle: usize,
}

/// What is called with a packet.
pub type Call = fn(Packet);

fn pool() -> MutexGuard<'static, Pool> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if pool.age != present::age() {
        *pool = Pool { port: pool.port.take(), age: present::age(), threads: 0, idle: 0 };
    }
    pool
}

/// `BindIoCompletionCallback`: has a call made in a thread of the pool for each request on a file
/// that is done; the packet has the key. All callers pass the same call.
///
/// # Errors
/// As for [`associate`](super::associate), and `ERROR_NO_SYSTEM_RESOURCES` when there is no thread
/// left.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-bindiocompletioncallback>
pub fn bind(file: Handle, key: usize, call: Call) -> Result<()> {
    let object = current().table().entry(file)?.object;
    let stream = object.stream().ok_or(Win32Error::INVALID_HANDLE)?;
    let io = stream.io().ok_or(Win32Error::INVALID_PARAMETER)?;
    let mut pool = pool();
    // As many at once as there are: a call may wait for another.
    let port = pool.port.get_or_insert_with(|| Arc::new(CompletionPort::new(u32::MAX)));
    let port = Arc::clone(port);
    if pool.threads == 0 {
        start(&mut pool, call)?;
    }
    drop(pool);
    io.associate(port, key)
}

fn start(pool: &mut Pool, call: Call) -> Result<()> {
    let port = pool.port.clone().ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
    let work = move || work(&port, call);
    let started = std::thread::Builder::new().name("transom-io".into()).spawn(work);
    started.map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
    pool.threads += 1;
    pool.idle += 1;
    Ok(())
}

fn work(port: &Arc<CompletionPort>, call: Call) {
    loop {
        let mut packet = None;
        let got = port.get(1, Deadline::after(INFINITE), None, |taken| packet = Some(taken));
        let (Ok(Got::Packets(_)), Some(packet)) = (got, packet) else { continue };
        {
            let mut pool = pool();
            pool.idle -= 1;
            if pool.idle == 0 && pool.threads < MOST_THREADS {
                // If there is no thread left, those that are there do it all.
                let _ = start(&mut pool, call);
            }
        }
        call(packet);
        let mut pool = pool();
        if pool.idle >= MOST_IDLE {
            pool.threads -= 1;
            return;
        }
        pool.idle += 1;
    }
}

/// The pool, locked around a `fork`.
pub(crate) struct Frozen(#[expect(dead_code, reason = "held")] MutexGuard<'static, Pool>);

pub(crate) fn freeze() -> Frozen {
    Frozen(POOL.lock().unwrap_or_else(PoisonError::into_inner))
}
