//! The descriptors of objects: reading and changing them.
//!
//! | object | where its descriptor is |
//! |---|---|
//! | with a name, mailslots | the file of the name |
//! | named pipes | the file of the name, for all instances |
//! | files, directories, devices | owner, group and mode of the Linux file |
//! | processes, threads | whose they are; nobody can change it |
//! | all others | this process, as long as it has the object |
//!
//! An object whose maker gave no descriptor has none anywhere: it is made up when somebody asks.
//!
//! ```
//! use transom_kernel::object::creation::Creation;
//! use transom_kernel::security::of_objects::{self, Parts};
//! use transom_kernel::security::SecurityDescriptor;
//! use transom_kernel::sync::event;
//! let descriptor = SecurityDescriptor::from_sddl("D:(A;;0x100000;;;WD)")?;
//! let new = Creation { security: Some(&descriptor), ..Creation::unnamed(0x1F_0003) };
//! let event = event::create_ex(true, false, &new)?.handle;
//! assert_eq!(of_objects::get(event.into(), Parts::DACL)?.dacl, descriptor.dacl);
//! # Ok::<(), transom_kernel::Win32Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-operations>

mod defaults;
mod file_mode;
mod get_and_set;
mod kept;
mod named;
mod parts;
mod seat;

pub use get_and_set::{get, set};
pub(crate) use kept::{forget, keep};
pub use named::{get_of_file, get_of_name, set_of_file, set_of_name};
pub use parts::Parts;
pub use seat::mode_of_new;
