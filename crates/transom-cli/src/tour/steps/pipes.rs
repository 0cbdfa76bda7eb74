//! Anonymous pipes, from a child and through a program that knows nothing of Transom.

use super::child;
use crate::tour::Outcome;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use std::io::{Read, Write};
use transom::pipe::anonymous;
use transom::{AsHandle, Command};

const SENTENCE: &str = "Transom, 파이프";
const WORDS: [&str; 4] = ["pipe", "handle", "table", "event"];

pub(super) fn between_parent_and_child(screen: &mut Screen, stage: &Stage) -> Outcome {
    from_a_child(screen, stage)?;
    through_sort(screen, stage)
}

fn from_a_child(screen: &mut Screen, stage: &Stage) -> Outcome {
    let (mut reader, writer) = anonymous::pipe()?;
    writer.set_inheritable(true)?;
    let mut child = child(stage, true)?;
    let number = writer.as_raw();
    let both = writer.usage_count()?;
    // While we hold it too, the pipe would never end.
    drop(writer);
    let written = child.ask(&format!("write {number} {SENTENCE}"))?;
    let closed = child.ask(&format!("close {number}"))?;
    let mut text = String::new();
    if written == "ok" && closed == "ok" {
        reader.read_to_string(&mut text)?;
    }
    screen.fact(text::PIPE_READ, format!("{text:?}"))?;
    screen.check(text::PIPE_BOTH, both == 2)?;
    screen.check(text::PIPE_ARRIVED, text == SENTENCE)?;
    child.end()?;
    // 109 is ERROR_BROKEN_PIPE.
    let ended = reader.available().map_err(|error| error.code());
    screen.check(text::PIPE_ENDED, ended == Err(109))?;
    Ok(())
}

fn through_sort(screen: &mut Screen, stage: &Stage) -> Outcome {
    let (input, mut words) = anonymous::pipe()?;
    let (mut sorted, output) = anonymous::pipe()?;
    input.set_inheritable(true)?;
    output.set_inheritable(true)?;
    let sort = stage.start(
        Command::new("sort").env("LC_ALL", "C").inherit_handles(true).stdin(&input).stdout(&output),
    )?;
    drop((input, output));
    for word in WORDS {
        words.write_all(format!("{word}\n").as_bytes())?;
    }
    drop(words);
    let mut text = String::new();
    sorted.read_to_string(&mut text)?;
    let code = sort.wait()?;
    let lines: Vec<&str> = text.lines().collect();
    screen.fact(text::SORT_READ, format!("{} -> {}", WORDS.join(" "), lines.join(" ")))?;
    let mut expected = WORDS;
    expected.sort_unstable();
    screen.check(text::SORT_SORTED, lines == expected && code == 0)?;
    Ok(())
}
