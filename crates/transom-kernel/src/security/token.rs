//! Tokens: who a process is, as Linux tells it.
//!
//! Enabling a privilege is noted in the token and changes nothing for Linux, where a capability that
//! is held is in effect.

use super::privileges::{self, Privilege};
use super::{Sid, Subject};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::{Handle, HandleValue};
use crate::object::{KernelObject, ObjectHeader, ObjectType, Shape, downcast};
use crate::process::open;
use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use windows_sys::Win32::Security as win;
use windows_sys::Win32::System::Threading::{
    PROCESS_QUERY_INFORMATION, PROCESS_QUERY_LIMITED_INFORMATION,
};

/// The privileges of a token: the number and whether it is enabled.
type Held = Vec<(Privilege, bool)>;

/// A token.
#[derive(Debug)]
pub struct Token {
    header: ObjectHeader,
    who: Subject,
    held: Mutex<Held>,
    /// How far it lets act for somebody (0 to 3); nothing for a process's own.
    level: Option<i32>,
}

/// The token of this process, which all its handles are to.
static OWN: OnceLock<Arc<Token>> = OnceLock::new();

thread_local! {
    /// The token that the thread acts with.
    static ACTING: RefCell<Option<Arc<Token>>> = const { RefCell::new(None) };
}

/// The numbers in a line of a process's status.
fn numbers(status: &str, name: &str, radix: u32) -> Vec<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let words = line.unwrap_or_default().split_whitespace();
    words.map_while(|word| u64::from_str_radix(word, radix).ok()).collect()
}

impl Token {
    /// Who a process is.
    pub(super) fn of_process(pid: u32) -> Result<Self> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
            .map_err(|_| Win32Error::ACCESS_DENIED)?;
        // The effective ones are the second.
        let second = |name| numbers(&status, name, 10).get(1).map(|&id| id as u32);
        let (uid, gid) = second("Uid").zip(second("Gid")).ok_or(Win32Error::ACCESS_DENIED)?;
        let mut gids = vec![gid];
        gids.extend(numbers(&status, "Groups", 10).into_iter().map(|id| id as u32));
        gids.dedup();
        let capabilities = numbers(&status, "CapEff", 16).first().copied().unwrap_or(0);
        let held = privileges::ALL.iter().filter(|p| p.is_given_by(capabilities));
        // What everybody has is enabled from the start; what is more has to be asked for.
        let held = held.map(|&p| (p, p.is_given_by(0))).collect();
        Ok(Self::new(Subject { uid, gids }, held, None))
    }

    fn new(who: Subject, held: Held, level: Option<i32>) -> Self {
        let header = ObjectHeader::new(ObjectType::Token);
        Self { header, who, held: Mutex::new(held), level }
    }

    fn own() -> Result<Arc<Self>> {
        if let Some(own) = OWN.get() {
            return Ok(Arc::clone(own));
        }
        let own = Arc::new(Self::of_process(std::process::id())?);
        Ok(Arc::clone(OWN.get_or_init(|| own)))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The user.
    #[must_use]
    pub fn user(&self) -> Sid {
        Sid::of_user(self.who.uid)
    }

    /// The user and groups as Linux has them.
    #[must_use]
    pub const fn who(&self) -> &Subject {
        &self.who
    }

    /// The groups: those of Linux, the main one first; everyone; for root, the administrators.
    #[must_use]
    pub fn groups(&self) -> Vec<Sid> {
        let mut groups: Vec<Sid> = self.who.gids.iter().map(|&gid| Sid::of_group(gid)).collect();
        groups.push(Sid::everyone());
        if self.who.uid == 0 {
            groups.push(Sid::administrators());
        }
        groups
    }

    /// Its privileges, and which are enabled.
    #[must_use]
    pub fn privileges(&self) -> Vec<(Privilege, bool)> {
        self.held().clone()
    }

    /// How far it lets act for somebody; nothing for a process's own.
    #[must_use]
    pub const fn level(&self) -> Option<i32> {
        self.level
    }

    /// Its identity.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.header.id().get()
    }

    /// Enables and disables privileges, all or those named; what was changed, as it was before; and
    /// whether it holds all that were named. To remove one is to hold it no more.
    pub fn adjust(&self, changes: Option<&[(u32, u32)]>) -> (Vec<(Privilege, bool)>, bool) {
        let mut held = self.held();
        let mut before = Vec::new();
        let Some(changes) = changes else {
            for (privilege, enabled) in held.iter_mut().filter(|(_, enabled)| *enabled) {
                before.push((*privilege, true));
                *enabled = false;
            }
            return (before, true);
        };
        let mut all = true;
        for &(number, attributes) in changes {
            let Some(place) = held.iter().position(|(p, _)| p.number == number) else {
                all = false;
                continue;
            };
            let (privilege, enabled) = held[place];
            let wanted = attributes & win::SE_PRIVILEGE_ENABLED != 0;
            if attributes & win::SE_PRIVILEGE_REMOVED != 0 {
                before.push((privilege, enabled));
                held.remove(place);
            } else if wanted != enabled {
                before.push((privilege, enabled));
                held[place].1 = wanted;
            }
        }
        (before, all)
    }

    /// Whether an identifier is the user's or one of the groups'.
    #[must_use]
    pub fn is_member(&self, sid: &Sid) -> bool {
        *sid == self.user() || self.groups().contains(sid)
    }
}

impl KernelObject for Token {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        Shape::LOCAL
    }
}

/// `OpenProcessToken`: a handle to the token of a process.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no process, `ERROR_ACCESS_DENIED` for a handle that may not
/// query, and for an access that tokens do not have.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocesstoken>
pub fn open_of_process(process: Handle, access: u32) -> Result<HandleValue> {
    let rights = PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION;
    let process = open::process_of(process, rights)?;
    let access = ObjectType::Token.specific_access(access)?;
    let token = if process.pid() == std::process::id() {
        Token::own()?
    } else {
        Arc::new(Token::of_process(process.pid())?)
    };
    current().table().create(token, access, false)
}

/// `OpenThreadToken`: a handle to the token that the calling thread acts with.
///
/// # Errors
/// `ERROR_NO_TOKEN` when it acts with none, `ERROR_ACCESS_DENIED` for an access that tokens do not
/// have.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openthreadtoken>
pub fn open_of_this_thread(access: u32) -> Result<HandleValue> {
    let access = ObjectType::Token.specific_access(access)?;
    let acting = ACTING.with_borrow(Clone::clone).ok_or(Win32Error::NO_TOKEN)?;
    current().table().create(acting, access, false)
}

/// `ImpersonateSelf`: has the calling thread act with a copy of the process's token.
///
/// # Errors
/// `ERROR_BAD_IMPERSONATION_LEVEL` for what is no level.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-impersonateself>
pub fn impersonate_self(level: i32) -> Result<()> {
    if !(0..=3).contains(&level) {
        return Err(Win32Error::BAD_IMPERSONATION_LEVEL);
    }
    let own = Token::own()?;
    let copy = Token::new(own.who.clone(), own.privileges(), Some(level));
    ACTING.replace(Some(Arc::new(copy)));
    Ok(())
}

/// What acting as a client leaves with the thread: a token of the client, with the privileges of its
/// process while that is there, as far as `SecurityImpersonation`.
pub(crate) fn act_as_client(client: Subject, pid: u32) {
    let held = Token::of_process(pid).map(|token| token.privileges()).unwrap_or_default();
    ACTING.replace(Some(Arc::new(Token::new(client, held, Some(win::SecurityImpersonation)))));
}

/// `SetThreadToken` for the calling thread: has it act with a token, or with the process's again.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no token, `ERROR_ACCESS_DENIED` without `TOKEN_IMPERSONATE`,
/// `ERROR_BAD_TOKEN_TYPE` for a process's own, `ERROR_NOT_SUPPORTED` for another user's.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-setthreadtoken>
pub fn set_of_this_thread(handle: Option<Handle>) -> Result<()> {
    let Some(handle) = handle else {
        revert_to_self();
        return Ok(());
    };
    let token = of(handle, win::TOKEN_IMPERSONATE)?;
    if token.level.is_none() {
        return Err(Win32Error::BAD_TOKEN_TYPE);
    }
    act_as(token)
}

/// `ImpersonateLoggedOnUser`: has the calling thread act with a token, or with a copy of a process's.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no token; `ERROR_ACCESS_DENIED` without `TOKEN_QUERY`, and
/// without `TOKEN_DUPLICATE` for a process's token, `TOKEN_IMPERSONATE` for another;
/// `ERROR_NOT_SUPPORTED` for another user's.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-impersonateloggedonuser>
pub fn impersonate(handle: Handle) -> Result<()> {
    let token = of(handle, win::TOKEN_QUERY)?;
    if token.level.is_some() {
        return act_as(of(handle, win::TOKEN_IMPERSONATE)?);
    }
    of(handle, win::TOKEN_DUPLICATE)?;
    act_as(Arc::new(Token::new(token.who.clone(), token.privileges(), Some(IMPERSONATION))))
}

/// Whether a process can be started with a token: one of this user.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no token; `ERROR_ACCESS_DENIED` without `TOKEN_QUERY`, `TOKEN_DUPLICATE`
/// and `TOKEN_ASSIGN_PRIMARY`; `ERROR_PRIVILEGE_NOT_HELD` for another user's.
pub fn check_startable(handle: Handle) -> Result<()> {
    let rights = win::TOKEN_QUERY | win::TOKEN_DUPLICATE | win::TOKEN_ASSIGN_PRIMARY;
    let is_own = of(handle, rights)?.who == Token::own()?.who;
    if is_own { Ok(()) } else { Err(Win32Error::PRIVILEGE_NOT_HELD) }
}

/// `SecurityImpersonation`.
const IMPERSONATION: i32 = 2;

/// Linux looks at no token: a thread can only act with one that says who it is anyway.
fn act_as(token: Arc<Token>) -> Result<()> {
    if token.who != Token::own()?.who {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    ACTING.replace(Some(token));
    Ok(())
}

/// `RevertToSelf`: has the calling thread act with the process's token again.
pub fn revert_to_self() {
    ACTING.replace(None);
}

/// The token of a handle that has one of these rights.
///
/// # Errors
/// `ERROR_INVALID_HANDLE` for what is no token, `ERROR_ACCESS_DENIED` without the right.
pub fn of(handle: Handle, right: u32) -> Result<Arc<Token>> {
    let entry = current().table().entry(handle)?;
    let token = downcast(entry.object)?;
    if entry.access & right == right { Ok(token) } else { Err(Win32Error::ACCESS_DENIED) }
}

/// The token that the calling thread acts with: its own, or the process's.
///
/// # Errors
/// What reading it reports.
pub fn acting() -> Result<Arc<Token>> {
    match ACTING.with_borrow(Clone::clone) {
        Some(token) => Ok(token),
        None => Token::own(),
    }
}

/// `DuplicateTokenEx`: a handle to a copy of a token, with a level for one to act with.
///
/// # Errors
/// As for [`of`]; `ERROR_BAD_IMPERSONATION_LEVEL` for what is no level, or a higher one than the
/// token has.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-duplicatetokenex>
pub fn duplicate(
    handle: Handle,
    access: Option<u32>,
    level: Option<i32>,
    inherit: bool,
) -> Result<HandleValue> {
    let token = of(handle, win::TOKEN_DUPLICATE)?;
    if level.is_some_and(|level| {
        !(0..=3).contains(&level) || token.level.is_some_and(|own| level > own)
    }) {
        return Err(Win32Error::BAD_IMPERSONATION_LEVEL);
    }
    let own = current().table().entry(handle)?.access;
    let access = access.map_or(Ok(own), |access| ObjectType::Token.specific_access(access))?;
    let copy = Token::new(token.who.clone(), token.privileges(), level);
    current().table().create(Arc::new(copy), access, inherit)
}
