//! What the cross-process tests share: the Win32 calls, and the assistant, one program of many
//! roles that the tests start as child, grandchild or stranger.

pub mod assistant;
pub mod files;
pub mod win32;

use transom_win32 as _;
