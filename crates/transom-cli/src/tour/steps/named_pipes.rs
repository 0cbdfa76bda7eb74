//! Named pipes: messages, an instance that is taken, and a client that dies.

use super::child;
use crate::tour::Outcome;
use crate::tour::actor::Actor;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use std::time::Duration;
use transom::Win32Error;
use transom::pipe::named::{NamedPipeClient, NamedPipeEnd, NamedPipeServer, wait};

fn name_of(topic: &str) -> String {
    format!(r"\\.\pipe\transom-tour\{topic}-{}", std::process::id())
}

/// A child that is the server's client.
fn joined(stage: &Stage, name: &str) -> Outcome<(Actor, bool)> {
    let mut client = child(stage, false)?;
    let server = client.ask(&format!("join {name}"))?;
    Ok((client, server == std::process::id().to_string()))
}

pub(super) fn conversation(screen: &mut Screen, stage: &Stage) -> Outcome {
    let name = name_of("talk");
    let server = NamedPipeServer::messages(&name).create()?;
    let (mut client, knows_server) = joined(stage, &name)?;
    server.connect()?;
    screen.fact(text::NAMED_NAME, &name)?;
    screen.check(text::NAMED_PEER, knows_server && server.client_process_id()? == client.id())?;
    for said in ["say 첫째", "say ", "say second"] {
        client.ask(said)?;
    }
    let heard = [server.receive()?, server.receive()?, server.receive()?];
    screen.check(text::NAMED_APART, heard == ["첫째".as_bytes(), b"", b"second"])?;
    server.send(b"a long message")?;
    let answer = client.ask("short")?;
    screen.check(text::NAMED_SHORT, answer == "234 a long message")?;
    let answer = std::thread::scope(|scope| {
        let answering = scope.spawn(|| client.ask("answer").map_err(|error| error.to_string()));
        let answer = server.transact(b"handle");
        // The child has answered, or never will.
        let told = answering.join().unwrap_or_else(|_| Err("the child's answer".into()));
        (answer, told)
    });
    let (answer, told) = (answer.0?, answer.1?);
    screen.fact(text::NAMED_CALL, format!("handle -> {}", String::from_utf8_lossy(&answer)))?;
    screen.check(text::NAMED_ANSWERED, answer == b"HANDLE" && told == "HANDLE")?;
    client.end()?;
    Ok(())
}

pub(super) fn busy(screen: &mut Screen, stage: &Stage) -> Outcome {
    let name = name_of("busy");
    let server = NamedPipeServer::messages(&name).most_instances(1).create()?;
    let (mut first, _) = joined(stage, &name)?;
    let refused = NamedPipeClient::messages(&name).open().err();
    screen.check(text::BUSY_REFUSED, refused == Some(Win32Error::PIPE_BUSY))?;
    let late = wait(&name, Duration::from_millis(20));
    screen.check(text::BUSY_TIMEOUT, late == Err(Win32Error::SEM_TIMEOUT))?;
    let mut second = child(stage, false)?;
    let got = std::thread::scope(|scope| -> Outcome<bool> {
        // It waits, and gets the pipe when that is free.
        let joining =
            scope.spawn(|| second.ask(&format!("join {name}")).map_err(|error| error.to_string()));
        first.ask("leave")?;
        server.disconnect()?;
        server.connect()?;
        let joined = joining.join().unwrap_or_else(|_| Err("the child's answer".into()))?;
        Ok(joined == std::process::id().to_string())
    })?;
    let theirs = server.client_process_id()? == second.id();
    screen.check(text::BUSY_FREE, got && theirs)?;
    first.end()?;
    second.end()?;
    Ok(())
}

pub(super) fn killed_client(screen: &mut Screen, stage: &Stage) -> Outcome {
    let name = name_of("killed");
    let server = NamedPipeServer::messages(&name).create()?;
    let (mut client, _) = joined(stage, &name)?;
    client.ask("say last words")?;
    client.process().terminate(9)?;
    client.exit_code()?;
    let last = server.receive()?;
    let told = server.receive().err();
    screen.check(text::KILLED_LAST, last == b"last words")?;
    screen.check(text::KILLED_TOLD, told == Some(Win32Error::BROKEN_PIPE))?;
    server.disconnect()?;
    // As a server does that is ready for the next.
    let next = std::thread::scope(|scope| -> Outcome<bool> {
        let serving = scope.spawn(|| server.connect().and_then(|()| server.receive()));
        let (mut next, _) = joined(stage, &name)?;
        next.ask("say hello")?;
        let heard = serving.join().unwrap_or(Err(Win32Error::BROKEN_PIPE))?;
        next.end()?;
        Ok(heard == b"hello")
    })?;
    screen.check(text::KILLED_NEXT, next)?;
    Ok(())
}
