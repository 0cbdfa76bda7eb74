//! A mailslot: many writers, one reader, and the reading end that passes on to a child.

use super::child;
use crate::tour::Outcome;
use crate::tour::screen::Screen;
use crate::tour::stage::Stage;
use crate::tour::text;
use transom::AsHandle;
use transom::mailslot::{Mailslot, MailslotWriter};

const MESSAGES: [&str; 3] = ["첫 메시지", "", "the third"];

pub(super) fn many_writers_one_reader(screen: &mut Screen, stage: &Stage) -> Outcome {
    let name = format!(r"\\.\mailslot\transom-tour\{}", std::process::id());
    let slot = Mailslot::builder().inheritable(true).create(&name)?;
    let mut writers = [child(stage, false)?, child(stage, false)?];
    for (number, message) in MESSAGES.iter().enumerate() {
        writers[number % 2].ask(&format!("mail {name} {message}"))?;
    }
    let waiting = slot.information()?.waiting;
    screen.fact(text::MAIL_NAME, &name)?;
    screen.check(text::MAIL_WAITS, waiting.messages == MESSAGES.len() as u64)?;
    let mut received = Vec::new();
    while slot.information()?.waiting.messages > 0 {
        received.push(String::from_utf8_lossy(&slot.receive()?).into_owned());
    }
    screen.fact(text::MAIL_READ, format!("{received:?}"))?;
    screen.check(text::MAIL_WHOLE, received == MESSAGES)?;
    for writer in writers {
        writer.end()?;
    }
    // From here on a child reads, which has inherited the handle.
    let mut reader = child(stage, true)?;
    let number = slot.as_raw();
    drop(slot);
    let writer = MailslotWriter::open(&name)?;
    writer.send(b"inherited")?;
    let answer = reader.ask(&format!("receive {number}"))?;
    screen.check(text::MAIL_INHERITED, answer == "inherited")?;
    reader.end()?;
    // 38 is ERROR_HANDLE_EOF.
    let refused = writer.send(b"late").map_err(|error| error.code());
    screen.check(text::MAIL_CLOSED, refused == Err(38))?;
    Ok(())
}
