//! Acting as the client, as far as Linux lets: only a server that is root can become another user.
//!
//! Linux' user ids belong to threads (it is the C library that changes them in all of a process),
//! so the thread that asks becomes the client's user, and no other.

use super::calls::end_of;
use super::object::NamedPipe;
use crate::error::{Result, Win32Error};
use crate::handle::Handle;
use crate::pipe::channel::{Side, State};
use crate::security::{Subject, token};
use rustix::process::{Gid, Uid, getegid, geteuid, getgroups};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};
use std::cell::RefCell;
use std::sync::Arc;

/// What a thread was before it acted as a client.
#[derive(Debug)]
struct Before {
    uid: Uid,
    gid: Gid,
    groups: Vec<Gid>,
}

thread_local! {
    static BEFORE: RefCell<Option<Before>> = const { RefCell::new(None) };
}

fn server_of(pipe: Handle) -> Result<Arc<NamedPipe>> {
    let pipe = end_of(pipe, 0)?.ok_or(Win32Error::INVALID_FUNCTION)?;
    if pipe.side() == Side::Client { Err(Win32Error::INVALID_FUNCTION) } else { Ok(pipe) }
}

/// `ImpersonateNamedPipeClient`: the calling thread acts as the user at the other end, with his
/// groups, until [`revert`].
///
/// # Errors
/// - `ERROR_INVALID_HANDLE`: no file. `ERROR_INVALID_FUNCTION`: no server's end.
/// - `ERROR_CANNOT_IMPERSONATE`: nothing was read from the client yet.
/// - `ERROR_PIPE_NOT_CONNECTED`: there is no client.
/// - `ERROR_PRIVILEGE_NOT_HELD`: the client is another user, and this process is not root.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/namedpipeapi/nf-namedpipeapi-impersonatenamedpipeclient>
pub fn impersonate(pipe: Handle) -> Result<()> {
    let pipe = server_of(pipe)?;
    match pipe.connection().end().state() {
        State::Connected | State::Closing => {}
        State::Listening => return Err(Win32Error::CANNOT_IMPERSONATE),
        State::Disconnected | State::Broken => return Err(Win32Error::PIPE_NOT_CONNECTED),
    }
    if !pipe.has_read() {
        return Err(Win32Error::CANNOT_IMPERSONATE);
    }
    let client = pipe.peer()?;
    revert()?;
    let subject = Subject::of_process(client.pid, client.uid, client.gid);
    let pid = client.pid.as_raw_nonzero().get().cast_unsigned();
    if client.uid == geteuid() && client.gid == getegid() {
        token::act_as_client(subject, pid);
        return Ok(());
    }
    let before = Before { uid: geteuid(), gid: getegid(), groups: getgroups()? };
    let not_held = |_| Win32Error::PRIVILEGE_NOT_HELD;
    let groups: Vec<Gid> = subject.gids.iter().copied().map(Gid::from_raw).collect();
    set_thread_groups(&groups).map_err(not_held)?;
    BEFORE.with(|place| place.replace(Some(before)));
    let changed = set_thread_res_gid(None, client.gid, None)
        .and_then(|()| set_thread_res_uid(None, client.uid, None));
    if changed.is_err() {
        revert()?;
        return Err(Win32Error::PRIVILEGE_NOT_HELD);
    }
    token::act_as_client(subject, pid);
    Ok(())
}

/// `RevertToSelf`: the calling thread acts as its process's user again.
///
/// # Errors
/// `ERROR_ACCESS_DENIED` when Linux does not let it: the thread goes on as the client, and nothing
/// it does should be trusted.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-reverttoself>
pub fn revert() -> Result<()> {
    token::revert_to_self();
    let Some(Before { uid, gid, groups }) = BEFORE.with(|place| place.borrow_mut().take()) else {
        return Ok(());
    };
    let done = set_thread_res_uid(None, uid, None)
        .and_then(|()| set_thread_res_gid(None, gid, None))
        .and_then(|()| set_thread_groups(&groups));
    if done.is_err() {
        BEFORE.with(|place| place.replace(Some(Before { uid, gid, groups })));
        return Err(Win32Error::ACCESS_DENIED);
    }
    Ok(())
}

/// The user at the other end of a server's end, as `GetNamedPipeHandleState` tells: the name, or
/// the number where it has none.
///
/// # Errors
/// As for [`impersonate`], but for the privilege; `ERROR_NOT_SUPPORTED` for an anonymous pipe.
pub fn client_user(pipe: Handle) -> Result<String> {
    if end_of(pipe, 0)?.is_none() {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let pipe = server_of(pipe)?;
    if !pipe.has_read() {
        return Err(Win32Error::CANNOT_IMPERSONATE);
    }
    let uid = pipe.peer()?.uid.as_raw();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    Ok(name.unwrap_or_else(|| uid.to_string()))
}
