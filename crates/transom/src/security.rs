//! Security descriptors: who may open an object by its name.
//!
//! Users and groups of Linux are `S-1-22-1-uid` and `S-1-22-2-gid`, as with Samba; root is an
//! administrator too.
//!
//! ```
//! use transom::security::{SecurityDescriptor, Subject, access_check};
//! let descriptor = SecurityDescriptor::from_sddl("D:(A;;0x1f0003;;;S-1-22-2-100)")?;
//! let member = Subject { uid: 1000, gids: vec![100] };
//! assert_eq!(access_check(&descriptor, 0, &member), 0x1F_0003);
//! assert_eq!(descriptor.to_sddl(), "D:(A;;0x1f0003;;;S-1-22-2-100)");
//! # Ok::<(), transom::Win32Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format>

pub use transom_kernel::security::{
    Ace, AceKind, Acl, Dacl, SecurityDescriptor, Sid, Subject, access_check,
};
