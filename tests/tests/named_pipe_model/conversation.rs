//! Holds a conversation: makes the calls, and compares each answer with the model's.

use crate::actions::{Action, Terms};
use crate::queue::Number;
use crate::world::{Answer, CLIENT, Outcome, World};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use transom_tests::assistant::Assistant;
use transom_tests::pipes::hex;
use transom_tests::requests::{described, pattern};
use transom_tests::win32::UNTOUCHED;

/// `FILE_FLAG_OVERLAPPED`.
const OVERLAPPED: u32 = 0x4000_0000;
/// `FILE_FLAG_FIRST_PIPE_INSTANCE`.
const FIRST: u32 = 0x0008_0000;
/// After so long what should have happened has not.
const PATIENCE_MS: u32 = 10_000;

/// Who has the client's ends.
pub(crate) enum Party {
    Here,
    There(Box<Assistant>),
}

impl Party {
    pub(crate) fn there() -> Self {
        Self::There(Box::new(Assistant::unrelated()))
    }

    fn ask(&mut self, question: &str) -> String {
        match self {
            Self::Here => transom_tests::requests::answer(question)
                .or_else(|| transom_tests::pipes::answer(question))
                .unwrap_or_else(|| panic!("unknown: {question}")),
            Self::There(assistant) => assistant.ask(question),
        }
    }
}

/// A call's result and last error.
fn said(error: u32) -> String {
    if error == 0 { format!("1 {UNTOUCHED}") } else { format!("0 {error}") }
}

fn outcome(Outcome { error, count, bytes }: &Outcome) -> String {
    format!("{} {count} {}", said(*error), described(bytes))
}

/// What a request that is over tells; `error` may be another than the model's.
fn ending(error: u32, Outcome { count, bytes, .. }: &Outcome) -> String {
    format!("{} {count} 1 {}", said(error), described(bytes))
}

pub(crate) struct Conversation<'a> {
    world: World,
    terms: Terms,
    client: &'a mut Party,
    name: String,
    /// By the model's numbers.
    handles: Vec<isize>,
    /// Whose requests they are.
    requests: BTreeMap<Number, usize>,
    last: Number,
}

/// One that fails leaves no request in flight, since the next is about to be tried.
impl Drop for Conversation<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let ends = self.world.ends.iter().zip(&self.handles);
        for (end, handle) in ends.filter(|(end, _)| end.is_open) {
            let party = if end.side == CLIENT { &mut *self.client } else { &mut Party::Here };
            party.ask(&format!("pipe-close {handle}"));
        }
    }
}

impl<'a> Conversation<'a> {
    pub(crate) fn new(terms: Terms, client: &'a mut Party) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // 0 stands for this.
        let quota = if terms.quota == 0 { 4096 } else { terms.quota };
        Self {
            world: World::default(),
            terms: Terms { quota, ..terms },
            client,
            name: format!("model-{}-{number}", std::process::id()),
            handles: Vec::new(),
            requests: BTreeMap::new(),
            last: number << 10,
        }
    }

    /// All of it, and the end.
    pub(crate) fn hold(mut self, actions: &[Action]) {
        for action in actions {
            self.act(action);
            self.settle();
        }
        for end in 0..self.world.ends.len() {
            if self.world.ends[end].is_open {
                self.close(end);
                self.settle();
            }
        }
        assert!(self.requests.is_empty());
        assert_eq!(self.world.wait(), 2);
        assert_eq!(self.client.ask(&format!("pipe-wait 1 {}", self.name)), said(2));
    }

    fn ask_client(&mut self, question: &str) -> String {
        self.client.ask(question)
    }

    /// Has the process that has an end make a call.
    fn ask(&mut self, end: usize, question: &str) -> String {
        match self.world.ends[end].side {
            CLIENT => self.client.ask(question),
            _ => Party::Here.ask(question),
        }
    }

    /// An end that is open.
    fn choose(&self, which: usize) -> Option<usize> {
        let open: Vec<usize> =
            (0..self.world.ends.len()).filter(|&end| self.world.ends[end].is_open).collect();
        (!open.is_empty()).then(|| open[which % open.len()])
    }

    fn act(&mut self, action: &Action) {
        match *action {
            Action::Create { overlapped, first, mode, turned, other } => {
                // What the first one is counts for all.
                let other = other && self.world.has_instances();
                self.create(overlapped, first, mode, [turned, other]);
            }
            Action::Open { access, overlapped } => {
                let flags = if overlapped { OVERLAPPED } else { 0 };
                let opened = format!("request-open {access} {flags} {}", self.name);
                let opened = self.ask_client(&opened);
                let error = self.world.open(access, overlapped);
                self.made(&opened, error);
            }
            Action::Wait => {
                let expected = self.world.wait();
                // Somebody who listens has a moment to say so.
                let patience_ms = if expected == 0 { PATIENCE_MS } else { 1 };
                let waited = format!("pipe-wait {patience_ms} {}", self.name);
                assert_eq!(self.ask_client(&waited), said(expected));
            }
            Action::Cancel(which) => self.cancel(which),
            Action::Connect(which)
            | Action::Disconnect(which)
            | Action::Close(which)
            | Action::Read(which, _)
            | Action::Write(which, _)
            | Action::Transact(which, ..)
            | Action::Peek(which, _)
            | Action::Mode(which, _)
            | Action::Look(which)
            | Action::Flush(which) => {
                if let Some(end) = self.choose(which) {
                    self.act_on(end, action);
                }
            }
        }
    }

    fn act_on(&mut self, end: usize, action: &Action) {
        let (handle, quota) = (self.handles[end], self.terms.quota);
        self.last += 1;
        let number = self.last;
        let id = if self.world.ends[end].overlapped { number } else { 0 };
        match *action {
            Action::Connect(_) => {
                let answer = self.world.connect(end, number);
                self.compare(end, number, answer, &format!("request-connect {id} {handle}"));
            }
            Action::Read(_, size) => {
                let size = size.of(quota);
                let answer = self.world.read(end, number, size);
                self.compare(end, number, answer, &format!("request-read {id} {handle} {size}"));
            }
            Action::Write(_, size) => {
                let (seed, length) = (number as usize, size.of(quota));
                let answer = self.world.write(end, number, pattern(seed, length));
                let question = format!("request-write {id} {handle} {seed} {length}");
                self.compare(end, number, answer, &question);
            }
            Action::Transact(_, there, back) => {
                let (seed, length, size) = (number as usize, there.of(quota), back.of(quota));
                let answer = self.world.transact(end, number, pattern(seed, length), size);
                let question = format!("request-transact {id} {handle} {seed} {length} {size}");
                self.compare(end, number, answer, &question);
            }
            Action::Flush(_) => {
                if let Answer::Now(Outcome { error, .. }) = self.world.flush(end) {
                    assert_eq!(self.ask(end, &format!("pipe-flush {handle}")), said(error));
                }
            }
            Action::Disconnect(_) => {
                let error = self.world.disconnect(end);
                assert_eq!(self.ask(end, &format!("pipe-disconnect {handle}")), said(error));
            }
            Action::Mode(_, mode) => {
                // Of bytes, nobody says how many of those that are carried are there.
                let mode = if self.world.carries(end) { mode | 2 } else { mode };
                let error = self.world.set_mode(end, mode);
                assert_eq!(self.ask(end, &format!("pipe-mode {handle} {mode}")), said(error));
            }
            Action::Peek(_, size) => {
                let size = if self.world.carries(end) { 0 } else { size.of(quota) };
                self.peek(end, size);
            }
            Action::Look(_) => self.look(end),
            Action::Close(_) => self.close(end),
            _ => {}
        }
    }

    fn create(&mut self, overlapped: bool, first: bool, mode: u32, [turned, other]: [bool; 2]) {
        let Terms { direction, messages, most, quota } = self.terms;
        let direction = if turned { direction % 3 + 1 } else { direction };
        let open_mode =
            direction | if overlapped { OVERLAPPED } else { 0 } | if first { FIRST } else { 0 };
        let mode = if messages && !other { mode } else { mode & 1 };
        let pipe_mode = mode | if messages != other { 4 } else { 0 };
        let created = format!("pipe-create {open_mode} {pipe_mode} {most} {quota} 0 {}", self.name);
        let created = Party::Here.ask(&created);
        let terms = Terms { direction, ..self.terms };
        let error = self.world.create(terms, first, mode, overlapped);
        self.made(&created, error);
    }

    /// A handle was made, or not.
    fn made(&mut self, answer: &str, error: u32) {
        if error != 0 {
            assert_eq!(answer, format!("-1 {error}"));
            return;
        }
        // `CreateFile` and `CreateNamedPipe` leave the last error alone, or set it to 0.
        let (handle, error) = answer.split_once(' ').expect("two numbers");
        assert_ne!(handle, "-1", "{error}");
        self.handles.push(handle.parse().expect("a handle"));
    }

    /// Makes a call and compares.
    fn compare(&mut self, end: usize, number: Number, answer: Answer, question: &str) {
        if answer == Answer::Unasked {
            return;
        }
        let told = self.ask(end, question);
        let pending = format!("0 997 0 {}", hex(&[]));
        match answer {
            Answer::Now(expected) => assert_eq!(told, outcome(&expected), "{question}"),
            Answer::Soon(expected) if told == pending => {
                let ended = self.ask(end, &format!("request-result {number} {PATIENCE_MS}"));
                assert_eq!(ended, ending(expected.error, &expected), "{question}");
            }
            Answer::Soon(expected) => assert_eq!(told, outcome(&expected), "{question}"),
            Answer::Later => {
                assert_eq!(told, pending, "{question}");
                self.requests.insert(number, end);
            }
            Answer::Unasked => {}
        }
    }

    fn peek(&mut self, end: usize, size: usize) {
        if self.world.hides(end) {
            return;
        }
        let handle = self.handles[end];
        let expected = match self.world.peek(end, size) {
            Ok((bytes, there, left)) => format!("{} {there} {left} {}", said(0), described(&bytes)),
            Err(error) => format!("{} 0 0 -", said(error)),
        };
        let question = format!("request-peek {handle} {size}");
        let mut told = self.ask(end, &question);
        let deadline = Instant::now() + Duration::from_millis(PATIENCE_MS.into());
        while told != expected && self.world.carries(end) && Instant::now() < deadline {
            std::thread::yield_now();
            told = self.ask(end, &question);
        }
        assert_eq!(told, expected, "peek {size}");
    }

    fn look(&mut self, end: usize) {
        let handle = self.handles[end];
        if let Some(expected) = self.world.state(end) {
            let told = self.ask(end, &format!("pipe-state {handle}"));
            let expected = match expected {
                Ok([mode, instances]) => format!("1 {mode} {instances} {UNTOUCHED}"),
                Err(error) => format!("0 0 0 {error}"),
            };
            assert_eq!(told, expected);
        }
        let told = self.ask(end, &format!("pipe-info {handle}"));
        let expected = match self.world.information(end) {
            Ok([flags, out, input, most]) => format!("1 {flags} {out} {input} {most} {UNTOUCHED}"),
            Err(error) => format!("0 0 0 0 0 {error}"),
        };
        assert_eq!(told, expected);
    }

    fn close(&mut self, end: usize) {
        self.world.close(end);
        let handle = self.handles[end];
        assert_eq!(self.ask(end, &format!("pipe-close {handle}")), said(0));
    }

    fn cancel(&mut self, which: usize) {
        let waiting: Vec<(Number, usize)> =
            self.requests.iter().map(|(&number, &end)| (number, end)).collect();
        if waiting.is_empty() {
            return;
        }
        let (number, end) = waiting[which % waiting.len()];
        if self.world.carries(end) && self.world.is_write(number) {
            // What is taken back needs its room until somebody reads again.
            return;
        }
        self.world.cancel(number);
        let handle = self.handles[end];
        assert_eq!(self.ask(end, &format!("request-cancel {number} {handle}")), said(0));
    }

    /// What has ended in the model ends, and what has not does not; what was written is there.
    fn settle(&mut self) {
        for ended in std::mem::take(&mut self.world.ended) {
            let number = ended.number;
            let end = self.requests.remove(&number).expect("it waited");
            let told = self.ask(end, &format!("request-result {number} {PATIENCE_MS}"));
            let expected = ending(ended.outcome.error, &ended.outcome);
            if ended.by_own_close && told == ending(995, &ended.outcome) {
                continue;
            }
            assert_eq!(told, expected, "request {number}");
        }
        for number in self.world.waiting() {
            let end = self.requests[&number];
            let told = self.ask(end, &format!("request-result {number} 0"));
            assert_eq!(told, "0 996 0 0 -", "request {number}");
        }
        for end in 0..self.world.ends.len() {
            if self.world.ends[end].is_open {
                self.peek(end, 0);
            }
        }
    }
}
