//! The console, which is a terminal.
//!
//! | Win32 | Linux |
//! |---|---|
//! | a console handle | a file that is a terminal; otherwise `ERROR_INVALID_HANDLE` |
//! | modes | those of the terminal driver |
//! | attributes, the cursor, filling | control sequences |
//! | input records | keys, read while the terminal hands out single characters |
//! | `CTRL_C_EVENT`, `CTRL_BREAK_EVENT` | `SIGINT`, `SIGQUIT` |
//! | `CTRL_CLOSE_EVENT` | `SIGHUP`, `SIGTERM` |

pub mod control;
mod input;
mod keys;
mod output;
mod terminal;

pub use input::{events, flush, number_of_events, peek, read_text};
pub use keys::Key;
pub use output::{
    Screen, beep, fill, fill_attribute, screen, set_attribute, set_cursor_position,
    set_cursor_visible, set_title, title, write_at, write_text,
};
pub use terminal::{has_console, mode, set_mode};
