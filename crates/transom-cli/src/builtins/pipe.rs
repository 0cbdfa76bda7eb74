//! `pipe`: joins a named pipe to the standard input and output.
//!
//! It needs threads of its own, one of which may be reading the input when the other side has gone.
//! So the prompt starts this program once more for it; what still reads then ends with that.

use super::arguments::{self, Arguments};
use super::{Builtin, Call, Outcome};
use crate::language::words;
use crate::prompt::{Failure, Shell, Started};
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use transom::pipe::named::{NamedPipeClient, NamedPipeEnd, NamedPipeServer};
use transom::{AsHandle, Command, OwnedHandle, Process, Result, Win32Error, file};

pub(super) const PIPE: Builtin = Builtin {
    name: "pipe",
    aliases: &[],
    outside: true,
    define: |language| {
        let text = |english, korean| words(english, korean).of(language);
        let flag = |name, help| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
        arguments::command(
            language,
            "pipe",
            text(
                "Joins a named pipe to the standard input and output",
                "명명된 파이프를 표준 입력과 출력에 잇는다",
            ),
        )
        .arg(Arg::new("ACTION").required(true).value_parser(["connect", "serve"]).help(text(
            "connect: as a client; serve: makes an instance, for one client after another",
            "connect: 클라이언트로 연결한다. serve: 인스턴스를 만들어 클라이언트를 차례로 받는다",
        )))
        .arg(Arg::new("NAME").required(true).help(text(
            r"The name; \\.\pipe\ in front of it may be left out",
            r"이름. 앞의 \\.\pipe\는 생략할 수 있다",
        )))
        .arg(flag(
            "messages",
            text(
                "A line is a message, and a message a line; otherwise bytes go as they are",
                "한 줄이 한 메시지이다. 없으면 바이트를 그대로 옮긴다",
            ),
        ))
        .arg(flag(
            "wait",
            text(
                "connect: waits until an instance is there and free",
                "connect: 비어 있는 인스턴스가 생길 때까지 기다린다",
            ),
        ))
        .arg(flag(
            "once",
            text("serve: ends when the first client has gone", "serve: 첫 클라이언트가 가면 끝난다"),
        ))
        .arg(flag(
            "send",
            text(
                "Ends when the input has ended and the other side has read it",
                "입력이 끝나고 상대가 다 읽으면 끝난다",
            ),
        ))
        .arg(
            Arg::new("count")
                .long("count")
                .value_name("N")
                .value_parser(value_parser!(u64).range(1..))
                .help(text(
                    "Ends when so many messages (or pieces) have come",
                    "메시지(또는 조각)가 이만큼 오면 끝난다",
                )),
        )
        .after_help(text(
            "Without --send or --count it goes on after the end of the input, until the other side closes the pipe.",
            "--send나 --count가 없으면 입력이 끝나도 상대가 파이프를 닫을 때까지 계속한다.",
        ))
    },
    run: join,
};

fn join(shell: &mut Shell, call: &Call<'_>) -> Outcome {
    let Arguments::Given(matches) = arguments::read(shell, &PIPE, call)? else {
        return Ok(Some(0));
    };
    let language = shell.language;
    let typed = matches.get_one::<String>("NAME").map_or("", String::as_str);
    let name = match typed {
        name if name.starts_with(r"\\") || name.starts_with("//") => name.to_owned(),
        name => format!(r"\\.\pipe\{name}"),
    };
    let failure = |error| Failure::of(language, &format!("pipe: {name}"), error);
    if shell.is_prompt {
        return elsewhere(shell, call).map_err(failure);
    }
    let plan = Plan::of(call, &matches).map_err(failure)?;
    let joined = match matches.get_one::<String>("ACTION").map(String::as_str) {
        Some("serve") => serve(&name, matches.get_flag("once"), plan),
        _ => connect(&name, matches.get_flag("wait"), plan),
    };
    joined.map_err(failure)?;
    Ok(Some(0))
}

/// Starts this program for it, and waits.
fn elsewhere(shell: &mut Shell, call: &Call<'_>) -> Result<Option<u32>> {
    let program = std::env::current_exe().map_err(|_| Win32Error::FILE_NOT_FOUND)?;
    let mut command = Command::new(program);
    let language = words("en", "ko").of(shell.language);
    command.env("LC_ALL", language).arg(PIPE.name);
    for word in call.words() {
        command.arg(word.text());
    }
    let private: Vec<_> = (0..3)
        .filter_map(|number| call.streams.get(number))
        .filter(|stream| stream.is_inheritable() == Ok(false))
        .collect();
    for stream in &private {
        stream.set_inheritable(true)?;
    }
    if let Some(stream) = call.streams.get(0) {
        command.stdin(&**stream);
    }
    if let Some(stream) = call.streams.get(1) {
        command.stdout(&**stream);
    }
    if let Some(stream) = call.streams.get(2) {
        command.stderr(&**stream);
    }
    let started = command.spawn();
    for stream in &private {
        stream.set_inheritable(false)?;
    }
    let child = started?;
    let process = Process::from_handle(child.process().duplicate()?)?;
    Ok(Some(shell.wait_for(&[Started { id: child.id(), process }])))
}

/// What goes where.
struct Plan {
    input: Option<OwnedHandle>,
    output: Option<OwnedHandle>,
    messages: bool,
    only_send: bool,
    count: Option<u64>,
}

impl Plan {
    fn of(call: &Call<'_>, matches: &ArgMatches) -> Result<Self> {
        let copy = |number| call.streams.get(number).map(|stream| stream.duplicate()).transpose();
        Ok(Self {
            input: copy(0)?,
            output: copy(1)?,
            messages: matches.get_flag("messages"),
            only_send: matches.get_flag("send"),
            count: matches.get_one::<u64>("count").copied(),
        })
    }
}

/// What the main thread is told.
enum News {
    /// Everything was sent, and read by the other side.
    InputEnded,
    /// The other side is gone, or enough has come.
    PipeEnded,
    Failed(Win32Error),
}

fn connect(name: &str, wait: bool, plan: Plan) -> Result<()> {
    let (client, both) = open(name, wait, plan.messages)?;
    let gate = Arc::new(Gate::open());
    let (tell, news) = channel();
    let end: Arc<dyn NamedPipeEnd + Send + Sync> = Arc::new(client);
    let Plan { input, output, messages, only_send, count } = plan;
    if both != Ways::Read {
        let (end, tell) = (Arc::clone(&end), tell.clone());
        std::thread::spawn(move || tell_outcome(&tell, send(&*end, input, messages, &gate)));
    }
    if both != Ways::Write {
        std::thread::spawn(move || {
            let mut left = count;
            let outcome = receive(&*end, output.as_ref(), messages, &mut left);
            let _ = tell.send(outcome.map_or_else(News::Failed, |_| News::PipeEnded));
        });
    } else {
        drop(tell);
    }
    for news in news {
        match news {
            News::InputEnded if only_send || both == Ways::Write => return Ok(()),
            News::InputEnded => {}
            News::PipeEnded => return Ok(()),
            News::Failed(error) => return Err(error),
        }
    }
    Ok(())
}

fn tell_outcome(tell: &Sender<News>, outcome: Result<()>) {
    let news = match outcome {
        Ok(()) => News::InputEnded,
        // Whoever reads finds out.
        Err(Win32Error::NO_DATA | Win32Error::PIPE_NOT_CONNECTED) => News::PipeEnded,
        Err(error) => News::Failed(error),
    };
    let _ = tell.send(news);
}

/// Which ways the connection goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ways {
    Both,
    Read,
    Write,
}

/// Connects both ways, or the way the pipe goes.
fn open(name: &str, wait: bool, messages: bool) -> Result<(NamedPipeClient, Ways)> {
    let builder =
        if messages { NamedPipeClient::messages(name) } else { NamedPipeClient::bytes(name) };
    let builder = if wait { builder.wait(None) } else { builder };
    loop {
        let mut opened = builder.open().map(|client| (client, Ways::Both));
        if opened.as_ref().err() == Some(&Win32Error::ACCESS_DENIED) {
            opened = builder.read_only().open().map(|client| (client, Ways::Read));
        }
        if opened.as_ref().err() == Some(&Win32Error::ACCESS_DENIED) {
            opened = builder.write_only().open().map(|client| (client, Ways::Write));
        }
        match opened {
            Err(Win32Error::FILE_NOT_FOUND) if wait => {
                // Nothing tells of a name that appears.
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            opened => return opened,
        }
    }
}

fn serve(name: &str, once: bool, plan: Plan) -> Result<()> {
    let builder =
        if plan.messages { NamedPipeServer::messages(name) } else { NamedPipeServer::bytes(name) };
    let server = Arc::new(builder.create()?);
    let gate = Arc::new(Gate::default());
    let (tell, news) = channel();
    let Plan { input, output, messages, only_send, count } = plan;
    {
        let (server, gate, tell) = (Arc::clone(&server), Arc::clone(&gate), tell.clone());
        std::thread::spawn(move || tell_outcome(&tell, send(&*server, input, messages, &gate)));
    }
    std::thread::spawn(move || {
        let mut left = count;
        let outcome = loop {
            if let Err(error) = server.connect() {
                break Err(error);
            }
            gate.set(true);
            let outcome = receive(&*server, output.as_ref(), messages, &mut left);
            if once || outcome.is_err() || left == Some(0) {
                break outcome;
            }
            gate.set(false);
            if let Err(error) = server.disconnect() {
                break Err(error);
            }
        };
        let _ = tell.send(outcome.map_or_else(News::Failed, |()| News::PipeEnded));
    });
    for news in news {
        match news {
            News::InputEnded if only_send => return Ok(()),
            News::InputEnded => {}
            News::PipeEnded => return Ok(()),
            News::Failed(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether somebody is at the other end to send to.
#[derive(Debug, Default)]
struct Gate {
    is_open: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    fn open() -> Self {
        Self { is_open: Mutex::new(true), changed: Condvar::new() }
    }

    fn set(&self, open: bool) {
        *self.is_open.lock().unwrap_or_else(PoisonError::into_inner) = open;
        self.changed.notify_all();
    }

    fn wait(&self) {
        let guard = self.is_open.lock().unwrap_or_else(PoisonError::into_inner);
        let _open = self.changed.wait_while(guard, |open| !*open);
    }
}

/// Sends the input, and waits until it was read.
fn send(
    end: &(impl NamedPipeEnd + ?Sized),
    input: Option<OwnedHandle>,
    messages: bool,
    gate: &Gate,
) -> Result<()> {
    let Some(input) = input else { return Ok(()) };
    let mut buffer = vec![0; 1 << 16];
    let mut line = Vec::new();
    loop {
        let count = match file::read(&input, &mut buffer) {
            Ok(0) | Err(Win32Error::BROKEN_PIPE) => break,
            count => count?,
        };
        if !messages {
            gate.wait();
            end.send(&buffer[..count])?;
            continue;
        }
        for piece in buffer[..count].split_inclusive(|&byte| byte == b'\n') {
            line.extend_from_slice(piece);
            if let Some(message) = line.strip_suffix(b"\n") {
                gate.wait();
                end.send(message)?;
                line.clear();
            }
        }
    }
    gate.wait();
    if !line.is_empty() {
        end.send(&line)?;
    }
    end.wait_until_read()
}

/// Prints what comes, until the other side is gone or so much has come.
fn receive(
    end: &(impl NamedPipeEnd + ?Sized),
    output: Option<&OwnedHandle>,
    messages: bool,
    left: &mut Option<u64>,
) -> Result<()> {
    let mut buffer = vec![0; 1 << 16];
    while *left != Some(0) {
        let received = if messages {
            end.receive().map(|mut message| {
                message.push(b'\n');
                message
            })
        } else {
            file::read(&end.as_handle(), &mut buffer).map(|count| buffer[..count].to_vec())
        };
        let piece = match received {
            Ok(piece) => piece,
            Err(Win32Error::BROKEN_PIPE | Win32Error::PIPE_NOT_CONNECTED) => return Ok(()),
            Err(error) => return Err(error),
        };
        if let Some(output) = output {
            file::write_all(output, &piece)?;
        }
        if !piece.is_empty() {
            *left = left.map(|left| left - 1);
        }
    }
    Ok(())
}
