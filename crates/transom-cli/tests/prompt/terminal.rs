//! The prompt as somebody at a terminal uses it: editing, history, completion, Ctrl-C.

use crate::ground::{self, Ground};
use expectrl::session::OsSession as Session;
use expectrl::{Eof, Expect};
use std::process::Command;
use std::time::Duration;

/// A prompt at a terminal of its own.
struct Typist {
    session: Session,
    ground: Ground,
}

const CTRL_A: &str = "\x01";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const TAB: &str = "\t";
const UP: &str = "\x1b[A";
const LEFT: &str = "\x1b[D";
const BACKSPACE: &str = "\x7f";

impl Typist {
    fn new(test: &str) -> Self {
        Self::in_language(test, "C.UTF-8")
    }

    fn in_language(test: &str, language: &str) -> Self {
        let ground = Ground::new(test);
        let session = Self::open(&ground, language);
        let mut typist = Self { session, ground };
        typist.expect("work>");
        typist
    }

    fn open(ground: &Ground, language: &str) -> Session {
        let mut prompt = Command::new(ground::TRANSOM);
        let configured = ground.transom(&[]);
        prompt.current_dir(ground.work());
        for (name, value) in configured.get_envs() {
            if let Some(value) = value {
                prompt.env(name, value);
            }
        }
        prompt.env("LC_ALL", language).env("TERM", "xterm");
        let mut session = Session::spawn(prompt).expect("a terminal");
        session.set_expect_timeout(Some(Duration::from_secs(20)));
        session
    }

    fn keys(&mut self, keys: &str) {
        self.session.send(keys).expect("the prompt reads");
    }

    fn enter(&mut self, line: &str) {
        self.keys(line);
        self.keys("\r");
    }

    /// Waits until this is on the screen; what came before it.
    fn expect(&mut self, text: &str) -> String {
        let found = self.session.expect(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        String::from_utf8_lossy(found.before()).into_owned()
    }

    /// Waits until a line of output and the next prompt are there.
    fn answer(&mut self, text: &str) {
        self.expect(&format!("\r\n{text}"));
        self.expect("work>");
    }

    fn leave(mut self) {
        self.enter("exit");
        self.session.expect(Eof).expect("the prompt ends");
    }
}

#[test]
fn a_line_is_edited() {
    let mut typist = Typist::new("editing");
    typist.keys("cho helXlo");
    typist.keys(&LEFT.repeat(2));
    typist.keys(BACKSPACE);
    typist.keys(CTRL_A);
    typist.enter("e");
    typist.answer("hello");
    typist.leave();
}

#[test]
fn the_history_is_there_again_and_the_next_time_too() {
    let mut typist = Typist::new("history");
    typist.enter("echo first");
    typist.answer("first");
    typist.enter("echo second");
    typist.answer("second");
    typist.keys(UP);
    typist.enter(UP);
    typist.answer("first");
    typist.enter("exit");
    typist.session.expect(Eof).expect("the prompt ends");

    typist.session = Typist::open(&typist.ground, "C.UTF-8");
    typist.expect("work>");
    typist.keys(UP); // exit
    typist.keys(UP); // echo first, again
    typist.enter(UP);
    typist.answer("second");
    typist.leave();
}

#[test]
fn commands_files_and_variables_are_completed() {
    let mut typist = Typist::new("completion");
    std::fs::write(typist.ground.work().join("a long name.txt"), "its text\n").expect("a file");
    typist.keys(&format!("expl{TAB}"));
    typist.enter(" 4000");
    typist.answer("In transom (");
    typist.keys(&format!("type a{TAB}"));
    typist.enter("");
    typist.answer("its text");
    typist.keys(&format!("echo %ERRORL{TAB}"));
    typist.enter("");
    typist.answer("0");
    typist.leave();
}

#[test]
fn ctrl_c_ends_the_foreground_job_and_not_the_prompt() {
    let mut typist = Typist::new("interrupt");
    let sleeper = typist.ground.sleeper().to_owned();
    typist.enter(&format!("start {sleeper} 1000"));
    typist.expect("work>");
    // All of a pipeline ends, the rest of the line is not run, and what is in the background
    // goes on.
    typist.enter(&format!("{sleeper} 1000 | {sleeper} 1000 & echo never"));
    wait_for(|| running(&sleeper) == 3);
    typist.keys(CTRL_C);
    let written = typist.expect("work>");
    assert!(!written.contains("\r\nnever"), "{written}");
    wait_for(|| running(&sleeper) == 1);
    typist.enter("echo %ERRORLEVEL%");
    typist.answer("-1073741510");
    // `wait` returns too.
    typist.enter("wait");
    typist.expect("wait");
    std::thread::sleep(Duration::from_millis(100));
    typist.keys(CTRL_C);
    typist.expect("work>");
    assert_eq!(running(&sleeper), 1);
    // A line that is being typed is left.
    typist.keys("echo lost");
    typist.keys(CTRL_C);
    typist.expect("work>");
    typist.enter("echo kept");
    typist.answer("kept");
    typist.enter(&format!("kp {sleeper}"));
    typist.answer(&sleeper);
    typist.leave();
}

#[test]
fn the_end_of_a_job_is_told() {
    let mut typist = Typist::new("jobs");
    typist.enter("start sh -c \"exit 5\"");
    typist.expect("[1] ");
    // Told before the next prompt, as soon as it has ended.
    let mut told = String::new();
    while !told.contains("[1] ended (5)  sh -c") {
        told.push_str(&typist.expect("work>"));
        typist.enter("echo");
    }
    typist.leave();
}

#[test]
fn what_is_typed_ahead_is_not_lost() {
    let mut typist = Typist::new("ahead");
    typist.keys("echo one\recho two\rsleep 0.1\recho three\r");
    typist.expect("\r\none");
    typist.expect("\r\ntwo");
    typist.expect("\r\nthree");
    typist.leave();
}

#[test]
fn a_line_can_go_on_in_the_next() {
    let mut typist = Typist::new("more");
    typist.enter("(echo one");
    typist.expect("More? ");
    typist.enter("echo two) | sort -r");
    typist.expect("\r\ntwo");
    typist.answer("one");
    typist.leave();
}

#[test]
fn a_program_finds_the_terminal_as_it_was() {
    let mut typist = Typist::new("terminal");
    typist.enter("stty raw -echo");
    typist.expect("work>");
    typist.enter("stty -a | grep -o \"[-]*icanon\"");
    typist.answer("icanon");
    // Ctrl-Z would stop a job for ever.
    typist.enter("stty -a | grep -o \"susp = [^;]*\"");
    typist.answer("susp = <undef>");
    // The input is the program's while it runs.
    typist.enter("sh -c \"echo ready; head -1\"");
    typist.expect("\r\nready");
    typist.enter("for the program");
    typist.answer("for the program");
    typist.leave();
}

#[test]
fn ctrl_d_leaves_with_the_last_exit_code() {
    let mut typist = Typist::new("leaving");
    typist.enter("sh -c \"exit 3\"");
    typist.expect("work>");
    typist.keys(CTRL_D);
    typist.session.expect(Eof).expect("the prompt ends");
    let status = typist.session.get_process().wait().expect("its exit code");
    assert!(format!("{status:?}").contains(", 3)"), "{status:?}");
}

#[test]
fn korean_is_spoken_where_it_is_asked_for() {
    let mut typist = Typist::in_language("korean", "ko_KR.UTF-8");
    typist.enter("nosuchcommand");
    typist.answer("'nosuchcommand'은(는) 내부 또는 외부 명령");
    typist.enter("echo 안녕 세상");
    typist.answer("안녕 세상");
    typist.leave();
}

/// How many processes of this name run.
fn running(name: &str) -> usize {
    transom::snapshot::find_by_name(name).expect("a snapshot").len()
}

fn wait_for(condition: impl Fn() -> bool) {
    while !condition() {
        std::thread::sleep(Duration::from_millis(5));
    }
}
