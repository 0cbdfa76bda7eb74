//! Several users in one namespace: what only root can arrange.

use crate::assistant::{Assistant, copy_program};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// Users whom no machine knows.
pub const FIRST: u32 = 61_001;
/// Another one.
pub const SECOND: u32 = 61_002;
/// And another.
pub const THIRD: u32 = 61_003;

/// A namespace that users share, and the assistant where they can run it.
#[derive(Debug)]
pub struct Shared(PathBuf);

impl Shared {
    /// An empty one, with a name of its own.
    #[must_use]
    pub fn new(label: &str) -> Self {
        let path = std::env::temp_dir().join(format!("transom-{label}-{}", std::process::id()));
        for directory in ["", "process", "object", "pipe"] {
            let directory = path.join(directory);
            std::fs::create_dir(&directory).expect("a directory of our own");
            let mode = std::fs::Permissions::from_mode(0o1777);
            std::fs::set_permissions(&directory, mode).expect("it is ours");
        }
        copy_program("assistant", &path.join("assistant"));
        Self(path)
    }

    /// An assistant of a user.
    #[must_use]
    pub fn assistant(&self, user: u32) -> Assistant {
        let mut command = Command::new(self.0.join("assistant"));
        command.env("TRANSOM_NAMESPACE", &self.0).current_dir("/").uid(user).gid(user);
        Assistant::unrelated_as(&mut command)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
