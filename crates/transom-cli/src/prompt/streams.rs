//! What a command's standard handles are, and how redirections change them.

use super::failure::Failure;
use crate::grammar::{Redirection, Target, Word};
use crate::language::{Language, say};
use std::rc::Rc;
use transom::{AsHandle, File, Result, Win32Error, file, standard};

/// How many handles a redirection can name: 0 to 9.
const COUNT: usize = 10;

/// A handle that a command uses, and perhaps others with it.
pub type Stream = Rc<dyn AsHandle>;

/// The handles of a command: 0 is its input, 1 its output, 2 its error output. Programs are given
/// these three; 3 to 9 can be redirected and duplicated within a line.
#[derive(Clone, Default)]
pub struct Streams {
    slots: [Option<Stream>; COUNT],
}

impl Streams {
    /// Those the prompt itself was started with.
    #[must_use]
    pub fn own() -> Self {
        let mut streams = Self::default();
        let own = [standard::input(), standard::output(), standard::error()];
        for (slot, handle) in streams.slots.iter_mut().zip(own) {
            *slot = handle.map(|handle| Rc::new(handle) as Stream);
        }
        streams
    }

    /// The handle with this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Stream> {
        self.slots.get(number)?.as_ref()
    }

    /// Whether the handle with this number is the prompt's own standard handle.
    #[must_use]
    pub(super) fn is_own(&self, number: usize) -> bool {
        let own = [standard::input(), standard::output(), standard::error()];
        match (self.get(number), own.get(number)) {
            (Some(stream), Some(Some(own))) => stream.as_raw() == own.as_raw(),
            _ => false,
        }
    }

    /// The same with another handle at this number.
    #[must_use]
    pub fn with(mut self, number: usize, stream: Option<Stream>) -> Self {
        if let Some(slot) = self.slots.get_mut(number) {
            *slot = stream;
        }
        self
    }

    /// Applies redirections, from left to right.
    ///
    /// # Errors
    /// What opening a file reports, or that a handle that is to be duplicated is none.
    pub fn redirected(
        mut self,
        redirections: &[Redirection],
        language: Language,
    ) -> Result<Self, Failure> {
        for Redirection { handle, target } in redirections {
            let opened = |file: Result<File>, name: &Word| match file {
                Ok(file) => Ok(Some(Rc::new(file) as Stream)),
                Err(error) => Err(Failure::of(language, &name.text(), error)),
            };
            let stream = match target {
                Target::Read(name) => opened(File::open(name.text()), name)?,
                Target::Write(name) => opened(File::create(name.text()), name)?,
                Target::Append(name) => opened(File::append(name.text()), name)?,
                Target::Duplicate { handle, .. } => match self.get(usize::from(*handle)) {
                    Some(stream) => Some(Rc::clone(stream)),
                    None => {
                        let error = language.error(Win32Error::INVALID_HANDLE);
                        let text =
                            say!(language, "handle {handle}: {error}", "핸들 {handle}: {error}");
                        return Err(Failure::new(Win32Error::INVALID_HANDLE.code(), text));
                    }
                },
            };
            self = self.with(usize::from(*handle), stream);
        }
        Ok(self)
    }

    /// Writes to the standard output; nothing, if there is none.
    ///
    /// # Errors
    /// What writing reports.
    pub fn print(&self, text: &[u8]) -> Result<()> {
        self.write(1, text)
    }

    /// Writes to the standard error; that it cannot be written to is not told anybody.
    pub fn complain(&self, text: &str) {
        if !text.is_empty() {
            let _ = self.write(2, format!("{text}\n").as_bytes());
        }
    }

    fn write(&self, number: usize, text: &[u8]) -> Result<()> {
        self.get(number).map_or(Ok(()), |stream| file::write_all(&&**stream, text))
    }
}
