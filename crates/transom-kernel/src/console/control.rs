//! Control events: Ctrl+C, Ctrl+Break, and the end of the console.
//!
//! A signal that somebody wants to handle is caught from the first handler on. Each event has a
//! thread of its own, which asks the handlers, the last one first, until one says that it has dealt
//! with it; if none does, the process ends.

use crate::error::{Result, Win32Error};
use crate::executive;
use rustix::process::{Pid, Signal, kill_process_group};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use transom_sys::control::{self, Disposition};
use transom_sys::signal::let_children_ignore;
use windows_sys::Win32::Foundation::STATUS_CONTROL_C_EXIT;
use windows_sys::Win32::System::Console as win;

/// A handler: whether it has dealt with an event.
pub type Handler = Arc<dyn Fn(u32) -> bool + Send + Sync>;

/// A handler and what it is known by.
struct Known {
    key: usize,
    handler: Handler,
}

struct Handlers {
    list: Vec<Known>,
    /// `SetConsoleCtrlHandler(NULL, TRUE)`.
    ignores_ctrl_c: Option<bool>,
    watching: bool,
}

static HANDLERS: Mutex<Handlers> =
    Mutex::new(Handlers { list: Vec::new(), ignores_ctrl_c: None, watching: false });

fn handlers() -> MutexGuard<'static, Handlers> {
    HANDLERS.lock().unwrap_or_else(PoisonError::into_inner)
}

const SIGNALS: [(Signal, u32); 4] = [
    (Signal::INT, win::CTRL_C_EVENT),
    (Signal::QUIT, win::CTRL_BREAK_EVENT),
    (Signal::HUP, win::CTRL_CLOSE_EVENT),
    (Signal::TERM, win::CTRL_CLOSE_EVENT),
];

/// Has the signals be what the handlers want.
fn apply(handlers: &mut Handlers) -> Result<()> {
    let wanted = !handlers.list.is_empty();
    if wanted && !handlers.watching {
        let pipe = control::open()?;
        std::thread::Builder::new()
            .name("transom-control".into())
            .spawn(move || watch(&pipe))
            .map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
        handlers.watching = true;
    }
    for (signal, event) in SIGNALS {
        let is_ctrl_c = event == win::CTRL_C_EVENT;
        let disposition = match handlers.ignores_ctrl_c {
            Some(true) if is_ctrl_c => Disposition::Ignore,
            // What the program was started with ignored stays so.
            None if control::is_ignored(signal.as_raw()) => Disposition::Ignore,
            _ if wanted => Disposition::Catch,
            _ => Disposition::Default,
        };
        control::dispose(signal.as_raw(), disposition)?;
    }
    Ok(())
}

/// `SetConsoleCtrlHandler` with a handler: adds it, or removes the last one of this key.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for removing one that is not there; `ERROR_NO_SYSTEM_RESOURCES`.
///
/// Reference: <https://learn.microsoft.com/windows/console/setconsolectrlhandler>
pub fn set_handler(key: usize, handler: Option<Handler>) -> Result<()> {
    let mut handlers = handlers();
    match handler {
        Some(handler) => handlers.list.push(Known { key, handler }),
        None => {
            let place = handlers.list.iter().rposition(|known| known.key == key);
            handlers.list.remove(place.ok_or(Win32Error::INVALID_PARAMETER)?);
        }
    }
    apply(&mut handlers)
}

/// `SetConsoleCtrlHandler` without a handler: ignores Ctrl+C, or no longer; and so do the processes
/// that are started from here.
///
/// # Errors
/// What Linux reports.
pub fn ignore_ctrl_c(ignored: bool) -> Result<()> {
    let mut handlers = handlers();
    handlers.ignores_ctrl_c = Some(ignored);
    let_children_ignore(Signal::INT.as_raw(), ignored);
    apply(&mut handlers)
}

/// Turns signals into events.
fn watch(pipe: &OwnedFd) {
    let mut byte = [0];
    loop {
        match rustix::io::read(pipe, &mut byte) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(1) => {
                let event =
                    SIGNALS.iter().find(|(signal, _)| signal.as_raw() == i32::from(byte[0]));
                if let Some(&(_, event)) = event {
                    let name = "transom-control-event".to_owned();
                    let asked = std::thread::Builder::new().name(name).spawn(move || ask(event));
                    if asked.is_err() {
                        // Without a thread for it, this one has to do it.
                        ask(event);
                    }
                }
            }
            _ => return,
        }
    }
}

/// Asks the handlers.
fn ask(event: u32) {
    let list: Vec<Handler> =
        handlers().list.iter().rev().map(|known| Arc::clone(&known.handler)).collect();
    let dealt_with = list.iter().any(|handler| handler(event));
    // The end of the console is the process's, whatever a handler says.
    if !dealt_with || event == win::CTRL_CLOSE_EVENT {
        executive::exit(STATUS_CONTROL_C_EXIT.cast_unsigned());
    }
}

/// `GenerateConsoleCtrlEvent`: sends an event to a process group, or to that of this process.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for another event or a group that is not there, `ERROR_ACCESS_DENIED`.
///
/// Reference: <https://learn.microsoft.com/windows/console/generateconsolectrlevent>
pub fn generate(event: u32, group: u32) -> Result<()> {
    let signal = match event {
        win::CTRL_C_EVENT => Signal::INT,
        win::CTRL_BREAK_EVENT => Signal::QUIT,
        _ => return Err(Win32Error::INVALID_PARAMETER),
    };
    let group = match i32::try_from(group) {
        Ok(0) => rustix::process::getpgrp(),
        Ok(group) => Pid::from_raw(group).ok_or(Win32Error::INVALID_PARAMETER)?,
        Err(_) => return Err(Win32Error::INVALID_PARAMETER),
    };
    Ok(kill_process_group(group, signal)?)
}
