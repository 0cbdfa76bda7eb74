//! Who may do what: security identifiers, access control lists and security descriptors.
//!
//! Linux' users and groups have the identifiers that Samba gives them: `S-1-22-1-uid` and
//! `S-1-22-2-gid`; root is also Windows' administrator and system.
//!
//! ```
//! use transom_kernel::security::{SecurityDescriptor, Subject, access_check};
//! let descriptor = SecurityDescriptor::from_sddl("D:(D;;0x2;;;S-1-22-2-100)(A;;0x3;;;WD)")?;
//! let owner = 0;
//! let member = Subject { uid: 1000, gids: vec![1000, 100] };
//! assert_eq!(access_check(&descriptor, owner, &member), 0x1);
//! let other = Subject { uid: 1001, gids: vec![1001] };
//! assert_eq!(access_check(&descriptor, owner, &other), 0x3);
//! # Ok::<(), transom_kernel::Win32Error>(())
//! ```
//!
//! References:
//! <https://learn.microsoft.com/windows/win32/secauthz/access-control-lists>,
//! <https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format>

mod access_check;
mod acl;
mod descriptor;
pub mod effective;
pub mod entries;
pub mod names;
pub mod of_objects;
pub mod privileges;
mod sddl;
mod sid;
pub mod token;

pub use access_check::{Subject, access_check};
pub use acl::{ACL_REVISION, ACL_REVISION_DS, Ace, AceKind, Acl};
pub use descriptor::{Dacl, SecurityDescriptor};
pub use sid::{Sid, WellKnown};
