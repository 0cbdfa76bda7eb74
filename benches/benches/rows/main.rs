//! One row for each line of the table of speeds that exists so far.

mod channel;
mod environment;
mod events;
mod handles;
mod io;
mod locks;
mod mailslots;
mod named_pipes;
mod pipes;
mod processes;
mod snapshot;
mod threads;
mod waits;

use transom_benches::Harness;

/// The other process of a conversation.
const PARTNER: &str = env!("CARGO_BIN_EXE_partner");

fn main() {
    // A test runner that asks which tests there are: none that it could run one by one.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let mut harness = Harness::from_arguments();
    handles::rows(&mut harness);
    events::rows(&mut harness);
    threads::rows(&mut harness);
    locks::rows(&mut harness);
    waits::rows(&mut harness);
    pipes::rows(&mut harness);
    channel::rows(&mut harness);
    named_pipes::rows(&mut harness);
    mailslots::rows(&mut harness);
    io::rows(&mut harness);
    processes::rows(&mut harness);
    snapshot::rows(&mut harness);
    // Last, for it leaves no environment as it was.
    environment::rows(&mut harness);
    harness.finish();
}
