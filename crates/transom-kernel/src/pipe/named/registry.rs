//! The files of pipes' names: `pipe/<name>` in the namespace directory.
//!
//! A name's file says what its first instance fixed for all, and which processes have instances.
//! It holds no connection and no data: a client finds a process there and connects to that
//! process's socket.
//!
//! | bytes | content |
//! |---|---|
//! | 0 | magic |
//! | 8 | direction and type of the first instance |
//! | 16 | the most instances there may be |
//! | 24 | the default time-out, in milliseconds |
//! | 32 | the name's length in units |
//! | 40 | the security descriptor's length in bytes, and how often it was changed, 32 bits each |
//! | 48 | how many lines were ever used |
//! | 56 | the sizes of the buffers, out and in, 32 bits each |
//! | 64 | 256 lines: process id, start time, instances, since when its first free one listens |
//! | 8256 | the name; the security descriptor, and 256 KiB further on the one after an odd number of changes |
//!
//! Who changes the number of instances holds a lock on the first byte. Since when a process
//! listens is its own to write, so that a client finds the instance that has listened for longest.
//! A line is true as long as its process runs. Nobody maps the file, so nobody is hurt by one who
//! cuts it short.

use crate::error::{Result, Win32Error};
use crate::executive::{current, own_start_time};
use crate::namespace::Namespace;
use crate::process::task;
use crate::security::SecurityDescriptor;
use crate::sync::sleep;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fchmod, fstat, openat, statat, unlinkat};
use rustix::io::{Errno, pread, pwrite};
use std::os::fd::OwnedFd;
use transom_sys::record_lock::{self, Kind};

const MAGIC: u64 = u64::from_le_bytes(*b"TRANSOMP");
const HEADER_WORDS: usize = 8;
const SECURITY_WORD: u64 = 40;
const LINES: u64 = 64;
const LINE_WORDS: usize = 4;
const LINE_BYTES: usize = LINE_WORDS * 8;
const MOST_LINES: usize = 256;
const NAME: u64 = LINES + (MOST_LINES * LINE_BYTES) as u64;
const LONGEST_NAME: u64 = 512;
const LONGEST_SECURITY: u64 = 1 << 18;
/// A reader gets the header and so many lines at once; few names have more servers.
const LINES_AT_ONCE: usize = 4;
/// How often to try to get the lock, or a name that somebody is just removing.
const PATIENCE: u32 = 4000;

const OPEN: OFlags = OFlags::CLOEXEC.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK);

/// Which file it is, to whoever has it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileIdentity {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

/// What the first instance of a name fixes for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// `PIPE_ACCESS_INBOUND`, `_OUTBOUND` or `_DUPLEX`.
    pub(crate) direction: u32,
    /// Whether it is of messages.
    pub(crate) messages: bool,
    pub(crate) most_instances: u32,
    pub(crate) default_timeout_ms: u32,
    /// How many bytes the server may write before the client reads.
    pub(crate) out_quota: u32,
    /// The same for the client.
    pub(crate) in_quota: u32,
}

/// A process with instances of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    /// Its line in the file.
    pub(crate) line: usize,
    pub(crate) pid: u32,
    pub(crate) start_time: u64,
    pub(crate) instances: u32,
    /// Since when the instance listens that has listened for longest; 0 if none does.
    pub(crate) listening_since: u64,
}

impl Server {
    /// Whether the process runs still.
    pub(crate) fn is_alive(&self) -> bool {
        if self.pid == std::process::id() {
            // Also asked while this process is only just joining.
            return own_start_time().is_ok_and(|time| time == self.start_time);
        }
        task::look(self.pid).is_ok_and(|task| !task.is_gone && task.start_time == self.start_time)
    }
}

/// What a name's file says.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) terms: Terms,
    pub(crate) servers: Vec<Server>,
    pub(super) lines_used: usize,
    pub(super) name_units: u64,
    /// The length of the security descriptor, and above 32 bits how often it was changed.
    pub(super) security_word: u64,
}

impl Listing {
    /// Where the descriptor is that a word speaks of: every other change is written behind the one before.
    const fn security_at(&self, word: u64) -> u64 {
        NAME + self.name_units * 2 + (word >> 32 & 1) * LONGEST_SECURITY
    }
}

/// A name's file, open.
#[derive(Debug)]
pub(crate) struct NameFile {
    file: OwnedFd,
    identity: FileIdentity,
}

/// The lock of a name's file, until dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    file: &'a NameFile,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // The kernel does it too, when the file is closed.
        let _ = record_lock::unlock(&self.file.file, &(0..1));
    }
}

/// Waits a moment for what another process does with a name.
pub(super) fn wait_a_moment(attempt: u32) {
    sleep::wait_a_moment(attempt, 50);
}

fn words_of<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.try_into().map_or(0, u64::from_ne_bytes);
    }
    words
}

fn bytes_of(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

const fn line_at(line: usize) -> u64 {
    LINES + (line * LINE_BYTES) as u64
}

/// Who may see and who may change a name's file.
fn mode_for(others_may_serve: bool) -> Mode {
    let own = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::ROTH;
    if others_may_serve { own | Mode::WGRP | Mode::WOTH } else { own }
}

impl NameFile {
    /// Opens the file of a name, by the file's name; `None` when there is none.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` where another user does not let us look, and what the file system
    /// reports.
    pub(crate) fn open(namespace: &Namespace, name: &str, write: bool) -> Result<Option<Self>> {
        let Some(directory) = namespace.pipes_if_there() else { return Ok(None) };
        let way = if write { OFlags::RDWR } else { OFlags::RDONLY };
        match openat(directory, name, OPEN | way, Mode::empty()) {
            Ok(file) => Self::of(file).map(Some),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn of(file: OwnedFd) -> Result<Self> {
        let stat = fstat(&file)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(Win32Error::FILE_CORRUPT);
        }
        Ok(Self { file, identity: FileIdentity { device: stat.st_dev, inode: stat.st_ino } })
    }

    /// Makes the file of a name that nobody has, and keeps the turn at it. `None` when somebody
    /// else was first.
    ///
    /// # Errors
    /// What the file system reports.
    pub(super) fn create(
        namespace: &Namespace,
        file_name: &str,
        name: &[u16],
        terms: Terms,
        security: &SecurityDescriptor,
        others_may_serve: bool,
    ) -> Result<Option<Self>> {
        let mode = mode_for(others_may_serve);
        let flags = OPEN | OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
        let file = match openat(namespace.pipes()?, file_name, flags, mode) {
            Err(Errno::EXIST) => return Ok(None),
            other => Self::of(other?)?,
        };
        // The umask may have taken bits away.
        fchmod(&file.file, mode)?;
        // Not waited for: who has it already thinks that it is a dead server's, and removes it.
        if !record_lock::try_lock(&file.file, Kind::Exclusive, &(0..1))? {
            return Ok(None);
        }
        let security = security.to_self_relative()?;
        let header = [
            MAGIC,
            u64::from(terms.direction) | u64::from(terms.messages) << 8,
            terms.most_instances.into(),
            terms.default_timeout_ms.into(),
            name.len() as u64,
            security.len() as u64,
            0,
            u64::from(terms.out_quota) | u64::from(terms.in_quota) << 32,
        ];
        let mut rest: Vec<u8> = name.iter().flat_map(|unit| unit.to_ne_bytes()).collect();
        rest.extend(security);
        file.write(NAME, &rest)?;
        // Last, so that a file with a header is whole.
        file.write(0, &bytes_of(&header))?;
        if fstat(&file.file)?.st_nlink == 0 { Ok(None) } else { Ok(Some(file)) }
    }

    /// Which file it is.
    pub(crate) const fn identity(&self) -> FileIdentity {
        self.identity
    }

    /// The user who made it.
    pub(super) fn owner(&self) -> Result<u32> {
        Ok(fstat(&self.file)?.st_uid)
    }

    /// Whether it is still the file of its name.
    pub(super) fn is_linked(&self) -> bool {
        fstat(&self.file).is_ok_and(|stat| stat.st_nlink != 0)
    }

    /// Waits for the turn to change how many instances there are.
    ///
    /// # Errors
    /// `ERROR_TIMEOUT` when somebody has it for seconds (who is stopped, or malicious).
    pub(super) fn turn(&self) -> Result<Turn<'_>> {
        for attempt in 0..PATIENCE {
            if record_lock::try_lock(&self.file, Kind::Exclusive, &(0..1))? {
                return Ok(Turn { file: self });
            }
            wait_a_moment(attempt);
        }
        Err(Win32Error::TIMEOUT)
    }

    /// The turn that [`create`](Self::create) has taken.
    pub(super) const fn own_turn(&self) -> Turn<'_> {
        Turn { file: self }
    }

    fn write(&self, place: u64, bytes: &[u8]) -> Result<()> {
        match pwrite(&self.file, bytes, place)? {
            count if count == bytes.len() => Ok(()),
            _ => Err(Win32Error::NO_SYSTEM_RESOURCES),
        }
    }

    /// Reads what it says. Each word may be anything, if somebody has spoilt the file.
    ///
    /// # Errors
    /// `ERROR_FILE_CORRUPT` when it is no name's file (or is not written yet).
    pub(crate) fn listing(&self) -> Result<Listing> {
        const FIRST: usize = LINES as usize + LINES_AT_ONCE * LINE_BYTES;
        let mut first = [0; FIRST];
        if pread(&self.file, &mut first, 0)? != FIRST {
            return Err(Win32Error::FILE_CORRUPT);
        }
        let header: [u64; HEADER_WORDS] = words_of(&first);
        let [magic, kind, most, timeout, name_units, security_word, used, quotas] = header;
        let is_too_long = security_word & 0xFFFF_FFFF > LONGEST_SECURITY;
        if magic != MAGIC || name_units > LONGEST_NAME || is_too_long {
            return Err(Win32Error::FILE_CORRUPT);
        }
        let lines_used = used.min(MOST_LINES as u64) as usize;
        let terms = Terms {
            direction: (kind & 0xFF) as u32,
            messages: kind >> 8 & 1 != 0,
            most_instances: most as u32,
            default_timeout_ms: timeout as u32,
            out_quota: quotas as u32,
            in_quota: (quotas >> 32) as u32,
        };
        let mut servers = Vec::with_capacity(lines_used.min(LINES_AT_ONCE));
        let mut add = |bytes: &[u8], from: usize| {
            for (line, bytes) in (from..lines_used).zip(bytes.chunks_exact(LINE_BYTES)) {
                let [pid, start_time, instances, listening_since] = words_of(bytes);
                if pid != 0 && instances != 0 {
                    let (pid, instances) = (pid as u32, instances as u32);
                    servers.push(Server { line, pid, start_time, instances, listening_since });
                }
            }
        };
        add(&first[LINES as usize..], 0);
        if lines_used > LINES_AT_ONCE {
            let mut rest = vec![0; (lines_used - LINES_AT_ONCE) * LINE_BYTES];
            let count = pread(&self.file, &mut rest, line_at(LINES_AT_ONCE))?;
            add(&rest[..count], LINES_AT_ONCE);
        }
        Ok(Listing { terms, servers, lines_used, name_units, security_word })
    }

    /// The name, as the first instance spelled it.
    pub(crate) fn name(&self, listing: &Listing) -> Result<Vec<u16>> {
        let mut bytes = vec![0; listing.name_units as usize * 2];
        if pread(&self.file, &mut bytes, NAME)? != bytes.len() {
            return Err(Win32Error::FILE_CORRUPT);
        }
        Ok(bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect())
    }

    /// Who may use the pipe.
    pub(super) fn security(&self, listing: &Listing) -> Result<SecurityDescriptor> {
        let mut bytes = vec![0; (listing.security_word & 0xFFFF_FFFF) as usize];
        if pread(&self.file, &mut bytes, listing.security_at(listing.security_word))? != bytes.len()
        {
            return Err(Win32Error::FILE_CORRUPT);
        }
        SecurityDescriptor::from_self_relative(&bytes).map_err(|_| Win32Error::FILE_CORRUPT)
    }

    /// Who may use the pipe, and what the file says of it, without a turn.
    ///
    /// # Errors
    /// `ERROR_FILE_CORRUPT` when it is none.
    pub(super) fn newest_security(&self) -> Result<(u64, SecurityDescriptor)> {
        for attempt in 0..PATIENCE {
            let listing = self.listing()?;
            let word = listing.security_word;
            let security = self.security(&listing);
            if self.security_word()? == word {
                return Ok((word, security?));
            }
            wait_a_moment(attempt);
        }
        Err(Win32Error::FILE_CORRUPT)
    }

    /// What the file says of the descriptor: another word, another descriptor.
    pub(super) fn security_word(&self) -> Result<u64> {
        let mut bytes = [0; 8];
        if pread(&self.file, &mut bytes, SECURITY_WORD)? != bytes.len() {
            return Err(Win32Error::FILE_CORRUPT);
        }
        Ok(u64::from_ne_bytes(bytes))
    }

    /// Changes who may use the pipe.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` where the file's mode would have to change and it is another user's.
    pub(super) fn set_security(
        &self,
        _turn: &Turn<'_>,
        listing: &Listing,
        security: &SecurityDescriptor,
        others_may_serve: bool,
    ) -> Result<()> {
        let security = security.to_self_relative()?;
        let mode = mode_for(others_may_serve);
        if Mode::from_raw_mode(fstat(&self.file)?.st_mode) != mode {
            fchmod(&self.file, mode)?;
        }
        let changes = (listing.security_word >> 32).wrapping_add(1);
        let word = security.len() as u64 | changes << 32;
        // Who is killed in between has changed nothing.
        self.write(listing.security_at(word), &security)?;
        self.write(SECURITY_WORD, &word.to_ne_bytes())
    }

    /// Enters this process, with one instance; its line.
    ///
    /// # Errors
    /// `ERROR_NO_SYSTEM_RESOURCES` when 256 processes serve the name.
    pub(super) fn enter(&self, _turn: &Turn<'_>, listing: &Listing) -> Result<usize> {
        let taken = |line: usize| listing.servers.iter().any(|server| server.line == line);
        let line = (0..MOST_LINES).find(|&line| !taken(line));
        let line = line.ok_or(Win32Error::NO_SYSTEM_RESOURCES)?;
        let words = [std::process::id().into(), current().start_time(), 1, 0];
        self.write(line_at(line), &bytes_of(&words))?;
        if line >= listing.lines_used {
            self.write(48, &(line as u64 + 1).to_ne_bytes())?;
        }
        Ok(line)
    }

    /// Changes how many instances a process has; how many there are then.
    pub(super) fn change_instances(&self, _turn: &Turn<'_>, line: usize, by: i32) -> Result<u32> {
        let place = line_at(line) + 16;
        let mut bytes = [0; 8];
        if pread(&self.file, &mut bytes, place)? != bytes.len() {
            return Err(Win32Error::FILE_CORRUPT);
        }
        let count = (u64::from_ne_bytes(bytes) as u32).saturating_add_signed(by);
        self.write(place, &u64::from(count).to_ne_bytes())?;
        Ok(count)
    }

    /// Says since when this process has an instance that listens; 0 for none.
    pub(super) fn set_listening(&self, line: usize, since: u64) -> Result<()> {
        self.write(line_at(line) + 24, &since.to_ne_bytes())
    }

    /// Clears the line of a process that is gone.
    pub(super) fn clear(&self, _turn: &Turn<'_>, line: usize) -> Result<()> {
        self.write(line_at(line), &[0; LINE_BYTES])
    }

    /// Clears the lines of all processes that are gone.
    pub(super) fn forget_dead(&self) {
        let (Ok(turn), Ok(listing)) = (self.turn(), self.listing()) else { return };
        for server in listing.servers.iter().filter(|server| !server.is_alive()) {
            // What stays is looked at again by the next.
            let _ = self.clear(&turn, server.line);
        }
    }

    /// Takes the name away.
    pub(super) fn remove(&self, _turn: &Turn<'_>, namespace: &Namespace, name: &str) {
        let Ok(directory) = namespace.pipes() else { return };
        let found = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
        let is_this = found.is_ok_and(|stat| {
            FileIdentity { device: stat.st_dev, inode: stat.st_ino } == self.identity
        });
        if is_this {
            let _ = unlinkat(directory, name, AtFlags::empty());
        }
    }

    /// Removes the name if no process that runs has an instance, also of those that a process has
    /// inherited and not taken over yet; whether that is so.
    pub(super) fn remove_if_dead(&self, namespace: &Namespace, name: &str) -> bool {
        let Ok(turn) = self.turn() else { return false };
        let dead = match self.listing() {
            Ok(listing) => {
                !listing.servers.iter().any(Server::is_alive)
                    && !super::list::is_held(namespace, self.identity, None)
            }
            // Whoever makes a file writes it under the lock that we have.
            Err(error) => error == Win32Error::FILE_CORRUPT,
        };
        if dead {
            self.remove(&turn, namespace, name);
        }
        dead
    }
}
