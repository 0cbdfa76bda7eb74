//! The child's side: reads what to do from its standard input, line by line, and answers each
//! line with one.
//!
//! Handles come as the numbers they have in this process, as they do in any Win32 program that is
//! told of a handle on its command line or through a pipe.

use super::Outcome;
use super::actor::Actor;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use transom::handle::{ObjectType, pseudo};
use transom::mailslot::{Mailslot, MailslotWriter};
use transom::pipe::{NamedPipeClient, NamedPipeEnd, PipeWriter};
use transom::{Event, Mutex, OwnedHandle, Process, Win32Error, env};

/// How long to wait for a pipe.
const PATIENCE: Duration = Duration::from_secs(20);

/// Plays until the input ends.
pub(crate) fn play() -> bool {
    let mut role = Role { grandchild: None, mutex: None, client: None };
    for line in std::io::stdin().lines() {
        let Ok(line) = line else { return false };
        let answer = match role.act(&line) {
            Ok(answer) => answer,
            Err(error) => match error.downcast_ref::<Win32Error>() {
                Some(error) => format!("error {}", error.code()),
                None => format!("failed: {error}"),
            },
        };
        let mut output = std::io::stdout().lock();
        // Nobody reads any more: the tour is gone.
        if writeln!(output, "{answer}").and_then(|()| output.flush()).is_err() {
            return false;
        }
    }
    true
}

struct Role {
    grandchild: Option<Actor>,
    mutex: Option<Mutex>,
    client: Option<NamedPipeClient>,
}

impl Role {
    fn act(&mut self, line: &str) -> Outcome<String> {
        let (order, rest) = line.split_once(' ').unwrap_or((line, ""));
        match order {
            "hello" => Ok(std::process::id().to_string()),
            "set" => with(rest, ObjectType::Event, |handle| {
                let event = Event::from_handle(handle)?;
                event.set()?;
                Ok(event.into_handle())
            }),
            "write" => {
                let (number, text) = rest.split_once(' ').unwrap_or((rest, ""));
                with(number, ObjectType::File, |handle| {
                    let mut writer = PipeWriter::from_handle(handle)?;
                    writer.write_all(text.as_bytes())?;
                    Ok(writer.into_handle())
                })
            }
            "mail" => {
                let (name, text) = rest.split_once(' ').unwrap_or((rest, ""));
                MailslotWriter::open(name)?.send(text.as_bytes())?;
                Ok("ok".into())
            }
            "join" => {
                let client = NamedPipeClient::messages(rest).wait(PATIENCE).open()?;
                let server = client.server_process_id()?;
                self.client = Some(client);
                Ok(server.to_string())
            }
            "say" => {
                self.client.as_ref().ok_or("no client")?.send(rest.as_bytes())?;
                Ok("ok".into())
            }
            // Says a message back, in capitals.
            "answer" => {
                let client = self.client.as_ref().ok_or("no client")?;
                let message = String::from_utf8_lossy(&client.receive()?).to_uppercase();
                client.send(message.as_bytes())?;
                Ok(message)
            }
            "short" => {
                let client = self.client.as_ref().ok_or("no client")?;
                let short = client.receive_into(&mut [0; 4]).map_err(|error| error.code());
                let whole = String::from_utf8_lossy(&client.receive()?).into_owned();
                Ok(format!("{} {whole}", short.err().unwrap_or(0)))
            }
            "leave" => {
                self.client.take().ok_or("no client")?;
                Ok("ok".into())
            }
            "receive" => {
                let slot = Mailslot::from_handle(OwnedHandle::from_raw(rest.parse()?)?)?;
                let message = slot.receive()?;
                let _ = slot.into_handle().into_raw();
                Ok(String::from_utf8_lossy(&message).into_owned())
            }
            "close" => match OwnedHandle::from_raw(rest.parse()?)?.close() {
                Ok(()) => Ok("ok".into()),
                Err((_, error)) => Err(error)?,
            },
            "identify" => identify(rest.parse()?),
            "env" => Ok(env::var(rest)?.to_string_lossy().into_owned()),
            "setenv" => {
                let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
                env::set_var(name, value)?;
                Ok("ok".into())
            }
            "own" => {
                let mutex = self.mutex.insert(Mutex::builder().name(rest).create()?);
                let guard = mutex.try_lock(Duration::ZERO)?;
                let answer = match &guard {
                    None => "busy",
                    Some(guard) if guard.was_abandoned() => "abandoned",
                    Some(_) => "owned",
                };
                // Owned until it is told otherwise, or ends.
                std::mem::forget(guard);
                Ok(answer.into())
            }
            "disown" => {
                self.mutex.take().ok_or("no mutex")?.release()?;
                Ok("ok".into())
            }
            "rename" => {
                // The process list shows this name, as if the program's file were called so.
                std::fs::write("/proc/self/comm", rest)?;
                Ok("ok".into())
            }
            "spawn" => {
                let start = &|command: &transom::Command<'_>| Ok(Arc::new(command.spawn()?));
                let grandchild = Actor::start(start, true, |_| ())?;
                let id = grandchild.id();
                self.grandchild = Some(grandchild);
                Ok(id.to_string())
            }
            "tell" => self.grandchild.as_mut().ok_or("no grandchild")?.ask(rest),
            "dismiss" => {
                self.grandchild.take().ok_or("no grandchild")?.end()?;
                Ok("ok".into())
            }
            _ => Err(format!("unknown order {order:?}"))?,
        }
    }
}

/// Does something with a handle of this process and leaves it open.
fn with(
    number: &str,
    kind: ObjectType,
    act: impl FnOnce(OwnedHandle) -> Outcome<OwnedHandle>,
) -> Outcome<String> {
    use transom::AsHandle;
    let handle = OwnedHandle::from_raw(number.parse()?)?;
    if handle.kind()? != kind {
        let _ = handle.into_raw();
        return Err(Win32Error::INVALID_HANDLE.into());
    }
    let _ = act(handle)?.into_raw();
    Ok("ok".into())
}

/// The id of the process that a number means to this one.
fn identify(number: isize) -> Outcome<String> {
    use transom::AsHandle;
    if number == pseudo::current_process().as_raw() {
        let process = Process::from_handle(pseudo::current_process().duplicate()?)?;
        return Ok(process.id()?.to_string());
    }
    let process = Process::from_handle(OwnedHandle::from_raw(number)?)?;
    let id = process.id()?;
    let _ = process.into_handle().into_raw();
    Ok(id.to_string())
}
