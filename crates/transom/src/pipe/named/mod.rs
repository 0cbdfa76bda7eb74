//! Named pipes: a server makes instances of a name, each of which serves one client after another.
//!
//! ```
//! use transom::pipe::named::{NamedPipeClient, NamedPipeEnd, NamedPipeServer};
//! let name = format!(r"\\.\pipe\transom-doc-{}", std::process::id());
//! let server = NamedPipeServer::messages(&name).create()?;
//! // Any process may do this, of another user too if the security descriptor says so:
//! let client = NamedPipeClient::messages(&name).open()?;
//! server.connect()?; // it is there already
//! client.send(b"how are you?")?;
//! assert_eq!(server.receive()?, b"how are you?");
//! server.send(b"fine")?;
//! assert_eq!(client.receive()?, b"fine");
//! drop(client);
//! assert_eq!(server.receive().unwrap_err().code(), 109); // ERROR_BROKEN_PIPE
//! server.disconnect()?; // ready for the next
//! # Ok::<(), transom::Win32Error>(())
//! ```
//!
//! An end of bytes is read and written as any stream is, and an end of either kind can be a
//! child's standard stream, whatever program that is:
//!
//! ```
//! use std::io::{Read, Write};
//! use transom::pipe::named::{NamedPipeClient, NamedPipeServer};
//! use transom::{AsHandle, Command};
//! let name = format!(r"\\.\pipe\transom-doc-tr-{}", std::process::id());
//! let mut server = NamedPipeServer::bytes(&name).create()?;
//! let client = NamedPipeClient::bytes(&name).open()?;
//! let child = Command::new("tr").arg("a-z").arg("A-Z").stdin(&client).stdout(&client).spawn()?;
//! drop(client); // the child has it
//! server.write_all(b"hello")?;
//! # let _ = &child;
//! server.flush()?; // the child was given everything
//! child.terminate(0)?;
//! let mut rest = String::new();
//! server.read_to_string(&mut rest)?;
//! assert!(rest == "" || rest == "HELLO"); // as far as it came
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Reference: <https://learn.microsoft.com/windows/win32/ipc/named-pipes>

mod client;
mod end;
mod server;

pub use client::{ClientBuilder, NamedPipeClient, call, wait};
pub use end::{NamedPipeEnd, Peeked};
pub use server::{Direction, NamedPipeServer, ServerBuilder};
pub use transom_kernel::pipe::channel::{Side, State};
pub use transom_kernel::pipe::named::{Instance, Listed, PipeState, instances, pipes as list};
pub use transom_kernel::pipe::state::Information;

use std::time::Duration;

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// A time in whole milliseconds, at least one unless it is none; without end is `u32::MAX`.
fn milliseconds(timeout: Option<Duration>) -> u32 {
    let whole = timeout.map(|timeout| timeout.as_nanos().div_ceil(1_000_000));
    whole.map_or(u32::MAX, |whole| u32::try_from(whole).unwrap_or(u32::MAX - 1))
}
