//! The Win32 ABI of Transom: the exported functions, under their exact names.
//!
//! A module holds the functions of one Microsoft header. Each function converts and checks what
//! the caller handed over, calls the kernel, and turns the result into what Win32 returns, with
//! the error in `GetLastError`. There is no logic here.
//!
//! Programs that use `windows-sys` link against these symbols when they say
//! `use transom_win32 as _;`.
//!
//! # Pointers
//! Pointers come from the caller, as on Windows: where Windows answers a bad one with an error
//! code (a NULL, a misaligned one), so does Transom; what crashes there may crash here.
#![allow(
    clippy::missing_safety_doc,
    non_snake_case,
    reason = "the safety contract of every function is the Microsoft page it links to, and the names are Microsoft's"
)]

mod abi;
pub mod aclapi;
pub mod aclapi_effective;
pub mod aclapi_objects;
pub mod consoleapi;
pub mod debugapi;
pub mod descriptors;
pub mod errhandlingapi;
pub mod fibersapi;
pub mod fileapi;
pub mod fileapi_find;
pub mod fileapi_information;
pub mod fileapi_io;
pub mod fileapi_more;
pub mod fileapi_names;
pub mod handleapi;
pub mod heapapi;
pub mod interlockedapi;
pub mod ioapiset;
pub mod jobapi;
pub mod libloaderapi;
pub mod memoryapi;
pub mod memoryapi_remote;
pub mod memoryapi_sections;
mod named_objects;
pub mod namedpipeapi;
pub mod namedpipeapi_named;
mod overlapped;
pub mod process_creation;
pub mod process_creation_user;
pub mod processenv;
pub mod processenv_process;
pub mod processthreadsapi;
pub mod processthreadsapi_apc;
pub mod processthreadsapi_local;
pub mod processthreadsapi_more;
pub mod processthreadsapi_thread;
pub mod psapi;
pub mod psapi_mapped;
pub mod sddl;
mod security;
pub mod securitybaseapi;
pub mod securitybaseapi_check;
pub mod securitybaseapi_more;
pub mod securitybaseapi_objects;
pub mod securitybaseapi_sid;
pub mod securitybaseapi_token;
pub mod shellapi;
mod strings;
pub mod synchapi;
pub mod synchapi_events;
pub mod synchapi_mutexes;
pub mod synchapi_once;
pub mod synchapi_section;
pub mod synchapi_semaphores;
pub mod synchapi_slim;
pub mod synchapi_timers;
pub mod sysinfoapi;
pub mod thread_attributes;
pub mod threadpoolapiset;
pub mod threadpoollegacyapiset;
pub mod threadpoollegacyapiset_timers;
pub mod timezoneapi;
pub mod tlhelp32;
pub mod winbase;
pub mod winbase_heap;
pub mod winbase_io;
pub mod winbase_mailslots;
pub mod winbase_message;
pub mod winbase_more;
pub mod winbase_profile;
pub mod winbase_strings;
pub mod winnls;
pub mod winternl;
pub mod winternl_lists;
pub mod winternl_pipes;
pub mod winuser;
pub mod winuser_oem;
