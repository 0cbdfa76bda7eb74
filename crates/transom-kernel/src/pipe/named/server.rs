//! The server's side: making instances, waiting for clients, and getting rid of them.

use super::access::security_of;
use super::connection::Connection;
use super::door;
use super::listening::NewServer;
use super::object::{NamedPipe, Traits};
use super::registry::Terms;
use super::served::{self, NewInstance};
use crate::error::{Result, Win32Error};
use crate::executive::current;
use crate::handle::HandleValue;
use crate::io::synchronous::in_system_call;
use crate::namespace::device_name::{Device, DeviceName};
use crate::pipe::channel::{Patience, Settings, Side, State};
use crate::security::SecurityDescriptor;
use std::sync::Arc;
use windows_sys::Win32::Storage::FileSystem as win;
use windows_sys::Win32::System::Pipes as pipes;

/// What `nDefaultTimeOut` is when it says nothing.
const DEFAULT_TIMEOUT_MS: u32 = 50;
const ACCESS_SYSTEM_SECURITY: u32 = 0x0100_0000;
const OPEN_MODES: u32 = win::PIPE_ACCESS_DUPLEX
    | win::FILE_FLAG_FIRST_PIPE_INSTANCE
    | win::FILE_FLAG_WRITE_THROUGH
    | win::FILE_FLAG_OVERLAPPED
    | win::WRITE_DAC
    | ACCESS_SYSTEM_SECURITY;
const PIPE_MODES: u32 = pipes::PIPE_NOWAIT
    | pipes::PIPE_READMODE_MESSAGE
    | pipes::PIPE_TYPE_MESSAGE
    | pipes::PIPE_REJECT_REMOTE_CLIENTS;

/// What `CreateNamedPipe` takes besides the name.
#[derive(Clone, Copy, Debug)]
pub struct NewPipe<'a> {
    /// `dwOpenMode`.
    pub open_mode: u32,
    /// `dwPipeMode`.
    pub pipe_mode: u32,
    /// `nMaxInstances`.
    pub most_instances: u32,
    /// `nOutBufferSize`: how many bytes the server may write before the client reads; with 0
    /// each write waits until it was read. As the type and `nMaxInstances`, what the first instance
    /// says counts for all.
    pub out_quota: u32,
    /// `nInBufferSize`: the same for the client.
    pub in_quota: u32,
    /// `nDefaultTimeOut`, in milliseconds; 0 is 50.
    pub default_timeout_ms: u32,
    /// Who may use it; otherwise as on Windows: its user and administrators everything, everyone
    /// read.
    pub security: Option<&'a SecurityDescriptor>,
    /// Whether children inherit the handle.
    pub inherit: bool,
}

/// `CreateNamedPipe`: makes an instance of a pipe, which listens from now on; the server's handle.
///
/// # Errors
/// - `ERROR_INVALID_PARAMETER`: no direction or an unknown bit in the open mode, an unknown bit or
///   reading of messages from bytes in the pipe mode, or not 1 to 255 instances.
/// - `ERROR_ACCESS_DENIED`: there are instances and this must be the first, or their direction is
///   another, or their security descriptor does not let this user make more.
/// - `ERROR_PIPE_BUSY`: there are as many instances as the first one allows.
/// - `ERROR_PATH_NOT_FOUND`, `ERROR_INVALID_NAME`: no name, or none that begins with `\\.\pipe\`.
/// - `ERROR_PRIVILEGE_NOT_HELD`: `ACCESS_SYSTEM_SECURITY`.
/// - `ERROR_TOO_MANY_OPEN_FILES`, `ERROR_NOT_ENOUGH_MEMORY`, `ERROR_NO_SYSTEM_RESOURCES`: no room.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-createnamedpipea>
pub fn create(path: Option<&[u16]>, new: &NewPipe<'_>) -> Result<HandleValue> {
    let name = &DeviceName::of_server(Device::Pipe, path)?;
    let direction = new.open_mode & win::PIPE_ACCESS_DUPLEX;
    let messages = new.pipe_mode & pipes::PIPE_TYPE_MESSAGE != 0;
    let reads_messages = new.pipe_mode & pipes::PIPE_READMODE_MESSAGE != 0;
    if direction == 0
        || new.open_mode & !OPEN_MODES != 0
        || new.pipe_mode & !PIPE_MODES != 0
        || reads_messages && !messages
        || !(1..=served::UNLIMITED_INSTANCES).contains(&new.most_instances)
    {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if new.open_mode & ACCESS_SYSTEM_SECURITY != 0 {
        return Err(Win32Error::PRIVILEGE_NOT_HELD);
    }
    let timeout = match new.default_timeout_ms {
        0 => DEFAULT_TIMEOUT_MS,
        ms => ms,
    };
    let security = security_of(new.security);
    let instance = NewInstance {
        name,
        terms: Terms {
            direction,
            messages,
            most_instances: new.most_instances,
            default_timeout_ms: timeout,
            out_quota: new.out_quota,
            in_quota: new.in_quota,
        },
        security: &security,
        must_be_first: new.open_mode & win::FILE_FLAG_FIRST_PIPE_INSTANCE != 0,
    };
    door::open()?;
    let served = served::enter(&instance)?;
    let mut traits = Traits::empty();
    traits.set(Traits::OVERLAPPED, new.open_mode & win::FILE_FLAG_OVERLAPPED != 0);
    traits.set(Traits::WRITE_THROUGH, new.open_mode & win::FILE_FLAG_WRITE_THROUGH != 0);
    // What the first instance is, all are; and of bytes nobody reads messages.
    let Terms { messages, out_quota, in_quota, .. } = served.terms();
    let mut mode = mode_bits(new.pipe_mode);
    if !messages {
        mode.remove(Traits::READ_MESSAGES);
    }
    let made = NamedPipe::serve(NewServer {
        served: Arc::clone(&served),
        settings: Settings { messages, to_client_quota: out_quota, to_server_quota: in_quota },
        traits,
        mode,
    });
    let pipe = match made {
        Ok(pipe) => pipe,
        Err(error) => {
            served.leave();
            return Err(error);
        }
    };
    // FILE_FLAG_FIRST_PIPE_INSTANCE is WRITE_OWNER, and gives it.
    let access = access_of_server(direction) | new.open_mode & (win::WRITE_DAC | win::WRITE_OWNER);
    match current().table().create(Arc::clone(&pipe) as _, access, new.inherit) {
        Ok(value) => {
            pipe.note_handle(value);
            Ok(value)
        }
        Err(error) => {
            pipe.stop_serving(true);
            Err(error)
        }
    }
}

/// The bits of `PIPE_READMODE_MESSAGE` and `PIPE_NOWAIT`.
pub(super) fn mode_bits(mode: u32) -> Traits {
    let mut bits = Traits::empty();
    bits.set(Traits::READ_MESSAGES, mode & pipes::PIPE_READMODE_MESSAGE != 0);
    bits.set(Traits::NO_WAIT, mode & pipes::PIPE_NOWAIT != 0);
    bits
}

/// The access of a server's handle.
const fn access_of_server(direction: u32) -> u32 {
    match direction {
        win::PIPE_ACCESS_INBOUND => win::FILE_GENERIC_READ,
        win::PIPE_ACCESS_OUTBOUND => win::FILE_GENERIC_WRITE,
        _ => win::FILE_GENERIC_READ | win::FILE_GENERIC_WRITE,
    }
}

/// Where `ConnectNamedPipe` begins.
pub(super) enum Connecting {
    /// It listens since this call; the end does not wait, so this is all there is to be done.
    Listens,
    /// It listens since this call.
    Anew(Arc<Connection>),
    /// It listened already.
    Still(Arc<Connection>),
}

impl NamedPipe {
    /// What `ConnectNamedPipe` finds.
    ///
    /// # Errors
    /// - `ERROR_PIPE_LISTENING`: no client has come yet, and the end does not wait.
    /// - `ERROR_INVALID_FUNCTION`: a client's end.
    /// - `ERROR_PIPE_CONNECTED`: a client is there already.
    /// - `ERROR_NO_DATA`: the client has gone, and was not yet disconnected.
    pub(super) fn begin_connecting(&self) -> Result<Connecting> {
        if self.side() == Side::Client {
            return Err(Win32Error::INVALID_FUNCTION);
        }
        let (_, no_wait) = self.mode();
        let mut anew = false;
        for _ in 0..16 {
            if self.borrow().end().state() == State::Listening {
                self.hand_out()?;
            }
            let connection = self.connection();
            match connection.state_now() {
                State::Disconnected => {
                    // Who is alone with it can use it again.
                    drop(connection);
                    self.listen_anew()?;
                    anew = true;
                }
                _ if anew && no_wait => return Ok(Connecting::Listens),
                // A client may have come since.
                _ if anew => return Ok(Connecting::Anew(connection)),
                State::Listening if no_wait => return Err(Win32Error::PIPE_LISTENING),
                State::Listening => return Ok(Connecting::Still(connection)),
                State::Connected => {
                    self.note_claim();
                    return Err(Win32Error::PIPE_CONNECTED);
                }
                State::Closing | State::Broken => {
                    self.note_claim();
                    return Err(Win32Error::NO_DATA);
                }
            }
        }
        Err(Win32Error::PIPE_NOT_CONNECTED)
    }

    /// Whether the client that was waited for has come; `None` while not. Where the instance has gone
    /// on to another connection, that is waited for from now on.
    pub(super) fn look_connected(&self, connection: &mut Arc<Connection>) -> Option<Result<()>> {
        loop {
            let looked = match connection.end().state() {
                State::Listening => return None,
                // It may have come, written, and gone, or spoilt the connection.
                State::Connected | State::Closing | State::Broken => Ok(()),
                State::Disconnected => match self.gone_on(connection) {
                    Some(next) => {
                        *connection = next;
                        continue;
                    }
                    None => Err(Win32Error::PIPE_NOT_CONNECTED),
                },
            };
            self.note_claim();
            return Some(looked);
        }
    }

    /// `ConnectNamedPipe`, waiting.
    pub(in crate::pipe) fn connect(&self) -> Result<()> {
        let mut connection = match self.begin_connecting()? {
            Connecting::Listens => return Ok(()),
            Connecting::Anew(connection) | Connecting::Still(connection) => connection,
        };
        self.requests().call_waits();
        loop {
            in_system_call(|cancel| {
                connection.end().await_client(Patience::FOREVER.or_until_interrupted(cancel))
            })?;
            if let Some(looked) = self.look_connected(&mut connection) {
                self.requests().call_ended(looked.is_ok());
                return looked;
            }
        }
    }

    /// `DisconnectNamedPipe`.
    ///
    /// # Errors
    /// `ERROR_INVALID_FUNCTION` for a client's end, `ERROR_PIPE_LISTENING` before a client came,
    /// `ERROR_PIPE_NOT_CONNECTED` the second time.
    pub(in crate::pipe) fn disconnect(&self) -> Result<()> {
        if self.side() == Side::Client {
            return Err(Win32Error::INVALID_FUNCTION);
        }
        self.note_claim();
        self.borrow().end().disconnect()?;
        self.pump();
        Ok(())
    }
}
