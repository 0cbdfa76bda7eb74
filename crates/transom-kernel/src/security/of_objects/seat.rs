//! Where an object's descriptor is.

use super::defaults::{Maker, complete};
use super::file_mode::{self, Whose};
use super::{Parts, kept};
use crate::error::{Result, Win32Error};
use crate::file::File;
use crate::mailslot;
use crate::namespace::{change_security, security_in};
use crate::object::{KernelObject, ObjectType};
use crate::pipe::named::{NamedPipe, security as pipe};
use crate::process::Process;
use crate::process::subject::Subject;
use crate::security::token::Token;
use crate::security::{Dacl, SecurityDescriptor, Sid};
use crate::thread::Thread;
use rustix::fs::{AtFlags, Gid, Mode, Stat, Uid, chmod, chownat, fstat};
use rustix::io::Errno;
use std::any::Any;
use std::os::fd::{AsRawFd, BorrowedFd};

/// The place of a descriptor.
pub(super) enum Seat<'a> {
    /// The file of the object's name.
    Name(BorrowedFd<'a>),
    /// The file of a pipe's name.
    Pipe(&'a NamedPipe),
    /// A Linux file's owner, group and mode.
    Linux(BorrowedFd<'a>),
    /// Whoever runs a process, and nobody can change it.
    Runner(&'a Subject),
    /// This process keeps it, if there is one.
    Kept,
}

impl<'a> Seat<'a> {
    /// The place of an object's descriptor.
    pub(super) fn of(object: &'a dyn KernelObject) -> Self {
        let any: &dyn Any = object;
        if let Some(pipe) = any.downcast_ref::<NamedPipe>() {
            return Self::Pipe(pipe);
        }
        if let Some(file) = any.downcast_ref::<File>() {
            return Self::Linux(file.fd());
        }
        if let Some(process) = any.downcast_ref::<Process>() {
            return Self::Runner(process.subject());
        }
        if let Some(thread) = any.downcast_ref::<Thread>() {
            return Self::Runner(thread.process());
        }
        let shape = object.shape();
        let is_writer = object.header().kind() == ObjectType::File
            && shape.payload[0] == mailslot::CLIENT_FLAVOUR;
        let name = match (is_writer, object.has_name()) {
            (true, _) => shape.fds[0],
            (false, true) => shape.fds[1],
            (false, false) => None,
        };
        name.map_or(Self::Kept, Self::Name)
    }

    /// Reads the descriptor, with everything in it.
    pub(super) fn read(&self, object: &dyn KernelObject) -> Result<SecurityDescriptor> {
        let (found, maker) = match self {
            Self::Linux(file) => return Ok(of_linux_file(&fstat(file)?)),
            Self::Name(file) => {
                let (found, (uid, gid)) = security_in(*file)?;
                (found, Maker { uid, gid })
            }
            Self::Pipe(end) => {
                let (found, uid) = pipe::of(end)?;
                (found, Maker { uid, ..Maker::current() })
            }
            Self::Runner(process) => (SecurityDescriptor::default(), runner(process)?),
            Self::Kept => (kept::of(object.header()).unwrap_or_default(), Maker::current()),
        };
        Ok(complete(found, object.header().kind(), maker))
    }

    /// Changes parts of the descriptor.
    pub(super) fn change(
        &self,
        object: &dyn KernelObject,
        parts: Parts,
        new: &SecurityDescriptor,
    ) -> Result<()> {
        let change = |whole: &mut SecurityDescriptor| parts.put(new, whole);
        match self {
            Self::Linux(file) => change_linux_file(*file, parts, new),
            Self::Name(file) => {
                let apart = object.dispatcher().is_none_or(|words| words.slot().is_apart());
                change_security(*file, apart, change)
            }
            Self::Pipe(end) => pipe::change(end, change),
            Self::Runner(_) => Err(Win32Error::NOT_SUPPORTED),
            Self::Kept => {
                let header = object.header();
                let mut whole = kept::of(header).unwrap_or_default();
                change(&mut whole)?;
                kept::keep(header, &whole);
                Ok(())
            }
        }
    }
}

/// Who runs a process: as Linux says, or for one that is gone the record that is left.
fn runner(process: &Subject) -> Result<Maker> {
    let running = Token::of_process(process.pid()).ok().filter(|_| !process.has_ended());
    if let Some(token) = running {
        let gid = token.who().gids.first().copied().unwrap_or(0);
        return Ok(Maker { uid: token.who().uid, gid });
    }
    let record = process.known_record().ok_or(Win32Error::NOT_SUPPORTED)?;
    let stat = fstat(record.file())?;
    Ok(Maker { uid: stat.st_uid, gid: stat.st_gid })
}

fn whose(stat: &Stat) -> Whose {
    let is_directory = rustix::fs::FileType::from_raw_mode(stat.st_mode).is_dir();
    Whose { uid: stat.st_uid, gid: stat.st_gid, is_directory }
}

fn of_linux_file(stat: &Stat) -> SecurityDescriptor {
    file_mode::descriptor_of(whose(stat), stat.st_mode)
}

/// The Linux user that is to own a file.
fn user(sid: &Sid) -> Result<u32> {
    let is_root = sid.well_known().is_some_and(|known| matches!(known.letters, "BA" | "SY"));
    sid.user().or(is_root.then_some(0)).ok_or(Win32Error::INVALID_OWNER)
}

/// The mode of a file or directory that is made with a descriptor; none where that says nothing of it.
///
/// # Errors
/// `ERROR_INVALID_OWNER` for an owner who is not this user; `ERROR_NOT_SUPPORTED` for another group
/// than this process's, and for a list that no mode expresses.
pub fn mode_of_new(security: &SecurityDescriptor, is_directory: bool) -> Result<Option<u32>> {
    let Maker { uid, gid } = Maker::current();
    if security.owner.as_ref().is_some_and(|owner| user(owner) != Ok(uid)) {
        return Err(Win32Error::INVALID_OWNER);
    }
    if security.group.as_ref().is_some_and(|group| group.group() != Some(gid)) {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    match &security.dacl {
        Dacl::Absent => Ok(None),
        list => file_mode::mode_of(list, Whose { uid, gid, is_directory }).map(Some),
    }
}

/// Gives a Linux file another owner, group or mode.
fn change_linux_file(file: BorrowedFd<'_>, parts: Parts, new: &SecurityDescriptor) -> Result<()> {
    let stat = fstat(file)?;
    // What a file is to inherit from its directory is nothing.
    if parts.contains(Parts::UNPROTECTED_DACL) {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let mut whole = of_linux_file(&stat);
    parts.put(new, &mut whole)?;
    let owner = whole.owner.as_ref().map_or(Ok(stat.st_uid), user)?;
    let group = whole.group.as_ref().map_or(Some(stat.st_gid), Sid::group);
    let group = group.ok_or(Win32Error::INVALID_PRIMARY_GROUP)?;
    // Everything is looked at before anything is changed.
    let whose = Whose { uid: owner, gid: group, ..whose(&stat) };
    let has_dacl = parts.contains(Parts::DACL);
    let mode = has_dacl.then(|| file_mode::mode_of(&whole.dacl, whose)).transpose()?;
    for (is, to_be, refusal) in [
        (stat.st_uid, owner, Win32Error::INVALID_OWNER),
        (stat.st_gid, group, Win32Error::INVALID_PRIMARY_GROUP),
    ] {
        if is == to_be {
            continue;
        }
        let is_owner = refusal == Win32Error::INVALID_OWNER;
        let uid = is_owner.then(|| Uid::from_raw(to_be));
        let gid = (!is_owner).then(|| Gid::from_raw(to_be));
        chownat(file, c"", uid, gid, AtFlags::EMPTY_PATH).map_err(|error| match error {
            Errno::PERM => refusal,
            other => other.into(),
        })?;
    }
    if let Some(mode) = mode {
        let mode = Mode::from_raw_mode(stat.st_mode & 0o7000 | mode);
        // By its path, which also does for a file that is only looked at.
        chmod(format!("/proc/self/fd/{}", file.as_raw_fd()), mode)?;
    }
    Ok(())
}
