//! Removing what dead processes left.

use super::Namespace;
use crate::process::task;
use rustix::fs::RawDir;
use std::mem::MaybeUninit;
use std::os::fd::AsFd;

/// More than this are left for a later sweep.
const MOST_ENTRIES: usize = 100;

/// What dead processes had left.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Swept {
    /// One of them served named pipes.
    pub(crate) served_pipes: bool,
}

/// Looks at the directory's newest entries (as many as one system call returns, about a hundred)
/// and removes those whose process is gone. The cost does not grow with the namespace; what one
/// sweep does not meet, a later one does. What was found of the dead is returned.
pub(crate) fn sweep(namespace: &Namespace) -> Swept {
    let mut swept = Swept::default();
    let Ok(directory) = rustix::fs::openat(
        namespace.processes(),
        c".",
        super::DIRECTORY,
        rustix::fs::Mode::empty(),
    ) else {
        return swept;
    };
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut entries = RawDir::new(directory.as_fd(), &mut buffer);
    let mut seen = 0;
    while seen < MOST_ENTRIES {
        let Some(Ok(entry)) = entries.next() else { break };
        seen += 1;
        let name = entry.file_name().to_bytes();
        let Some(pid) = owner_of(name) else { continue };
        if !task::exists(pid) {
            namespace.remove_file(name);
            swept.served_pipes |= name.ends_with(b".door");
        }
    }
    swept
}

/// The process a file of the directory belongs to: `<pid>`, `<pid>.mail`, `<pid>.door`,
/// `new-<pid>-<n>`.
pub(crate) fn owner_of(name: &[u8]) -> Option<u32> {
    let name = std::str::from_utf8(name).ok()?;
    let digits = match name.strip_prefix("new-") {
        Some(rest) => rest.split('-').next()?,
        None => [".mail", ".door"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name),
    };
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::owner_of;

    #[test]
    fn file_names_tell_their_process() {
        assert_eq!(owner_of(b"12"), Some(12));
        assert_eq!(owner_of(b"12.mail"), Some(12));
        assert_eq!(owner_of(b"12.door"), Some(12));
        assert_eq!(owner_of(b"new-34-1"), Some(34));
        for other in [&b"."[..], b"..", b"x", b"new-", b"\xFF"] {
            assert_eq!(owner_of(other), None);
        }
    }
}
