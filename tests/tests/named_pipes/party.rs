//! A process that takes part in a conversation: this one, or an assistant. Each fact is tested with
//! both ends in this process, and with either of them in another.

use std::thread::JoinHandle;
use transom_tests::assistant::Assistant;
use transom_tests::pipes::{answer, hex, unhex};
use transom_tests::win32::UNTOUCHED;

/// A process with an end of a pipe.
pub(crate) enum Party {
    Here,
    There(Box<Assistant>),
}

/// A call that may take its time.
#[must_use]
pub(crate) enum Pending<'a> {
    Here(JoinHandle<String>),
    There(&'a mut Assistant),
}

/// What a call gave: bytes, or the error and the bytes that came with it.
pub(crate) type Read = Result<Vec<u8>, (u32, Vec<u8>)>;

/// Runs a test with the two ends in every arrangement.
pub(crate) fn arrangements(mut test: impl FnMut(&mut Party, &mut Party)) {
    test(&mut Party::Here, &mut Party::Here);
    test(&mut Party::Here, &mut Party::there());
    test(&mut Party::there(), &mut Party::Here);
}

fn words(answer: &str) -> Vec<String> {
    answer.split(' ').map(str::to_owned).collect()
}

fn number(word: &str) -> i64 {
    word.parse().unwrap_or_else(|_| panic!("not a number: {word}"))
}

/// The answer of a read, a transaction or the like: result, bytes, error.
pub(crate) fn as_read(answer: &str) -> Read {
    let words = words(answer);
    let (result, error) = (number(&words[0]), number(&words[2]) as u32);
    let bytes = unhex(&words[1]);
    if result == 0 {
        return Err((error, bytes));
    }
    assert_eq!(error, UNTOUCHED);
    Ok(bytes)
}

/// The answer of a write: result, count, error.
pub(crate) fn as_write(answer: &str) -> Result<usize, u32> {
    let words = words(answer);
    let error = number(&words[2]) as u32;
    if number(&words[0]) == 0 {
        assert_eq!(number(&words[1]), 0);
        return Err(error);
    }
    assert_eq!(error, UNTOUCHED);
    Ok(number(&words[1]) as usize)
}

/// The answer of a call that does, or does not: result, error.
pub(crate) fn as_done(answer: &str) -> Result<(), u32> {
    let words = words(answer);
    let error = number(&words[1]) as u32;
    if number(&words[0]) == 0 {
        return Err(error);
    }
    assert_eq!(error, UNTOUCHED);
    Ok(())
}

fn as_handle(answer: &str) -> Result<isize, u32> {
    let words = words(answer);
    match number(&words[0]) {
        -1 => Err(number(&words[1]) as u32),
        handle => Ok(handle as isize),
    }
}

impl Pending<'_> {
    /// Waits until it is done.
    pub(crate) fn end(self) -> String {
        match self {
            Self::Here(thread) => thread.join().expect("the call returns"),
            Self::There(assistant) => assistant.hear(),
        }
    }
}

impl Party {
    /// Another process, which is nobody's child in Win32's sense.
    pub(crate) fn there() -> Self {
        Self::There(Box::new(Assistant::unrelated()))
    }

    pub(crate) fn ask(&mut self, question: &str) -> String {
        self.begin(question).end()
    }

    pub(crate) fn begin(&mut self, question: &str) -> Pending<'_> {
        match self {
            Self::Here => {
                let question = question.to_owned();
                Pending::Here(std::thread::spawn(move || {
                    answer(&question).unwrap_or_else(|| panic!("unknown: {question}"))
                }))
            }
            Self::There(assistant) => {
                assistant.tell(question);
                Pending::There(assistant)
            }
        }
    }

    /// `CreateNamedPipe`: open mode, pipe mode, most instances, quota.
    pub(crate) fn create(&mut self, name: &str, numbers: [u32; 4]) -> Result<isize, u32> {
        let [open_mode, pipe_mode, most, quota] = numbers;
        as_handle(
            &self.ask(&format!("pipe-create {open_mode} {pipe_mode} {most} {quota} 0 {name}")),
        )
    }

    pub(crate) fn open(&mut self, name: &str, access: u32) -> Result<isize, u32> {
        as_handle(&self.ask(&format!("pipe-open {access} {name}")))
    }

    pub(crate) fn read(&mut self, pipe: isize, most: usize) -> Read {
        as_read(&self.ask(&format!("pipe-read {pipe} {most}")))
    }

    pub(crate) fn write(&mut self, pipe: isize, bytes: &[u8]) -> Result<usize, u32> {
        as_write(&self.ask(&format!("pipe-write {pipe} {}", hex(bytes))))
    }

    pub(crate) fn begin_writing(&mut self, pipe: isize, bytes: &[u8]) -> Pending<'_> {
        self.begin(&format!("pipe-write {pipe} {}", hex(bytes)))
    }

    pub(crate) fn begin_reading(&mut self, pipe: isize, most: usize) -> Pending<'_> {
        self.begin(&format!("pipe-read {pipe} {most}"))
    }

    /// What was copied, what there is, what is left of the message.
    pub(crate) fn peek(&mut self, pipe: isize, most: usize) -> Result<(Vec<u8>, u32, u32), u32> {
        let words = words(&self.ask(&format!("pipe-peek {pipe} {most}")));
        let numbers = [2, 3, 4].map(|index| number(&words[index]) as u32);
        if number(&words[0]) == 0 {
            assert_eq!(&words[1..4], ["-", "0", "0"], "the out-parameters are left alone");
            return Err(numbers[2]);
        }
        assert_eq!(numbers[2], UNTOUCHED);
        Ok((unhex(&words[1]), numbers[0], numbers[1]))
    }

    /// Waits until so much is to be read.
    pub(crate) fn until_there(&mut self, pipe: isize, bytes: u32) {
        while self.peek(pipe, 0).expect("it is connected").1 < bytes {
            std::thread::yield_now();
        }
    }

    pub(crate) fn connect(&mut self, pipe: isize) -> Result<(), u32> {
        as_done(&self.ask(&format!("pipe-connect {pipe}")))
    }

    pub(crate) fn disconnect(&mut self, pipe: isize) -> Result<(), u32> {
        as_done(&self.ask(&format!("pipe-disconnect {pipe}")))
    }

    pub(crate) fn mode(&mut self, pipe: isize, mode: u32) -> Result<(), u32> {
        as_done(&self.ask(&format!("pipe-mode {pipe} {mode}")))
    }

    pub(crate) fn wait(&mut self, name: &str, timeout_ms: u32) -> Result<(), u32> {
        as_done(&self.ask(&format!("pipe-wait {timeout_ms} {name}")))
    }

    pub(crate) fn flush(&mut self, pipe: isize) -> Result<(), u32> {
        as_done(&self.ask(&format!("pipe-flush {pipe}")))
    }

    /// Mode and instances.
    pub(crate) fn state(&mut self, pipe: isize) -> Result<(u32, u32), u32> {
        let words = words(&self.ask(&format!("pipe-state {pipe}")));
        let [result, mode, instances, error] = [0, 1, 2, 3].map(|at| number(&words[at]) as u32);
        if result == 0 { Err(error) } else { Ok((mode, instances)) }
    }

    pub(crate) fn transact(&mut self, pipe: isize, request: &[u8], most: usize) -> Read {
        as_read(&self.ask(&format!("pipe-transact {pipe} {most} {}", hex(request))))
    }

    pub(crate) fn close(&mut self, pipe: isize) {
        assert_eq!(as_done(&self.ask(&format!("pipe-close {pipe}"))), Ok(()));
    }

    /// Kills it.
    pub(crate) fn kill(&mut self) {
        match self {
            Self::Here => panic!("this process is still needed"),
            Self::There(assistant) => assistant.kill(),
        }
    }
}

/// A server's end and a client's, connected.
pub(crate) fn connected(
    server: &mut Party,
    client: &mut Party,
    name: &str,
    numbers: [u32; 4],
) -> (isize, isize) {
    let end = server.create(name, numbers).expect("an instance");
    let other = client.open(name, transom_tests::pipes::BOTH).expect("a connection");
    assert_eq!(server.connect(end), Err(535));
    (end, other)
}
