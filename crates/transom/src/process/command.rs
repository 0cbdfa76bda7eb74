//! `CreateProcess`.

use super::{Child, PriorityClass, Process};
use crate::error::Result;
use crate::handle::{AsHandle, BorrowedHandle, OwnedHandle};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use transom_kernel::environment::{self, Source, block};
use transom_kernel::executive::{STANDARD_STREAMS, current};
use transom_kernel::process::{Creation, command_line, create};
use transom_kernel::text;
use windows_sys::Win32::System::Threading as flags;

/// A program to be started.
///
/// It inherits the environment, the current directory and the standard streams of this process,
/// but no other handle, until said otherwise.
///
/// ```
/// use std::io::Read;
/// use transom::{Command, pipe::anonymous};
/// let (mut reader, writer) = anonymous::pipe()?;
/// let child = Command::new("sh")
///     .args(["-c", "echo $GREETING from $(pwd)"])
///     .env("GREETING", "hello")
///     .current_dir("/")
///     .stdout(&writer)
///     .spawn()?;
/// drop(writer); // the child has its own
/// let mut text = String::new();
/// reader.read_to_string(&mut text)?;
/// assert_eq!(text, "hello from /\n");
/// assert_eq!(child.wait()?, 0);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-createprocessw>
#[derive(Clone, Debug)]
pub struct Command<'a> {
    program: OsString,
    arguments: Vec<OsString>,
    raw: Option<(Option<OsString>, OsString)>,
    clear: bool,
    variables: Vec<(OsString, Option<OsString>)>,
    directory: Option<OsString>,
    inherit: bool,
    list: Option<Vec<&'a OwnedHandle>>,
    parent: Option<&'a Process>,
    standard: [Option<BorrowedHandle<'a>>; 3],
    flags: u32,
}

impl<'a> Command<'a> {
    /// A program, by its path, or by a name that is looked for in this program's directory, the
    /// current one, and `PATH`. `.exe` may be left out, or added.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().into(),
            arguments: Vec::new(),
            raw: None,
            clear: false,
            variables: Vec::new(),
            directory: None,
            inherit: false,
            list: None,
            parent: None,
            standard: [None; 3],
            flags: 0,
        }
    }

    /// A program by its command line, exactly as the program is to see it.
    ///
    /// ```
    /// use transom::Command;
    /// let child = Command::raw_command_line("sh -c \"exit 3\"").spawn()?;
    /// assert_eq!(child.wait()?, 3);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    pub fn raw_command_line(line: impl AsRef<OsStr>) -> Self {
        Self { raw: Some((None, line.as_ref().into())), ..Self::new("") }
    }

    /// A program by its path (`lpApplicationName`, which is not looked for in `PATH`), and
    /// a command line that need not begin with its name.
    pub fn application(path: impl AsRef<OsStr>, line: impl AsRef<OsStr>) -> Self {
        Self { raw: Some((Some(path.as_ref().into()), line.as_ref().into())), ..Self::new("") }
    }

    /// Adds an argument, which is quoted if need be; also to a raw command line.
    pub fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.arguments.push(argument.as_ref().into());
        self
    }

    /// Adds arguments.
    pub fn args(&mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> &mut Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().into()));
        self
    }

    /// Sets a variable of the child's environment. Names fold case.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.variables.push((name.as_ref().into(), Some(value.as_ref().into())));
        self
    }

    /// Takes a variable out of the child's environment.
    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.variables.push((name.as_ref().into(), None));
        self
    }

    /// Starts the child's environment empty, also of what was set here before.
    pub fn env_clear(&mut self) -> &mut Self {
        self.clear = true;
        self.variables.clear();
        self
    }

    /// The child's current directory.
    pub fn current_dir(&mut self, directory: impl AsRef<OsStr>) -> &mut Self {
        self.directory = Some(directory.as_ref().into());
        self
    }

    /// `bInheritHandles`: whether the child gets all inheritable handles, under their values.
    pub fn inherit_handles(&mut self, inherit: bool) -> &mut Self {
        self.inherit = inherit;
        if !inherit {
            self.list = None;
        }
        self
    }

    /// `PROC_THREAD_ATTRIBUTE_HANDLE_LIST`: the child gets these handles, which must be
    /// inheritable, and no others.
    ///
    /// ```
    /// use transom::{AsHandle, Command, Event};
    /// let given = Event::builder().inheritable(true).create()?.into_handle();
    /// let other = Event::builder().inheritable(true).create()?;
    /// let child = Command::new("sleep").arg("60").inherit_only(&[&given]).spawn()?;
    /// assert_eq!(given.usage_count()?, 2);
    /// assert_eq!(other.usage_count()?, 1);
    /// child.terminate(0)?;
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    pub fn inherit_only(&mut self, handles: &[&'a OwnedHandle]) -> &mut Self {
        self.inherit = true;
        self.list = Some(handles.to_vec());
        self
    }

    /// `PROC_THREAD_ATTRIBUTE_PARENT_PROCESS`: the process whose handles the child inherits in
    /// place of ours. Needs [`CREATE_PROCESS`](super::Access::CREATE_PROCESS).
    pub fn parent(&mut self, parent: &'a Process) -> &mut Self {
        self.parent = Some(parent);
        self
    }

    /// `hStdInput`: what the child reads as its standard input.
    pub fn stdin(&mut self, handle: &'a dyn AsHandle) -> &mut Self {
        self.standard[0] = Some(handle.as_handle());
        self
    }

    /// `hStdOutput`: what the child writes its standard output to.
    pub fn stdout(&mut self, handle: &'a dyn AsHandle) -> &mut Self {
        self.standard[1] = Some(handle.as_handle());
        self
    }

    /// `hStdError`: what the child writes its error output to.
    pub fn stderr(&mut self, handle: &'a dyn AsHandle) -> &mut Self {
        self.standard[2] = Some(handle.as_handle());
        self
    }

    /// `dwCreationFlags`: adds flags as Win32 numbers them.
    pub fn creation_flags(&mut self, flags: u32) -> &mut Self {
        self.flags |= flags;
        self
    }

    fn flag(&mut self, flag: u32, set: bool) -> &mut Self {
        self.flags = if set { self.flags | flag } else { self.flags & !flag };
        self
    }

    /// `CREATE_SUSPENDED`: whether the child waits for [`Child::resume`] before it runs its first
    /// instruction.
    pub fn suspended(&mut self, suspended: bool) -> &mut Self {
        self.flag(flags::CREATE_SUSPENDED, suspended)
    }

    /// `CREATE_NEW_PROCESS_GROUP`: whether the child heads a process group of its own, so that
    /// Ctrl-C at our terminal does not reach it.
    pub fn new_group(&mut self, new_group: bool) -> &mut Self {
        self.flag(flags::CREATE_NEW_PROCESS_GROUP, new_group)
    }

    /// The child's priority class; otherwise it has ours.
    pub fn priority(&mut self, class: PriorityClass) -> &mut Self {
        self.creation_flags(class.flag())
    }

    /// `CreateProcess`: starts it.
    ///
    /// ```
    /// use transom::{Command, Win32Error};
    /// let error = Command::new("there-is-no-such-program").spawn().unwrap_err();
    /// assert_eq!(error, Win32Error::FILE_NOT_FOUND);
    /// ```
    ///
    /// # Errors
    /// `ERROR_FILE_NOT_FOUND`, `ERROR_PATH_NOT_FOUND`: there is no such program.
    /// `ERROR_BAD_EXE_FORMAT`: the file is no program. `ERROR_ACCESS_DENIED`: it may not be run.
    /// `ERROR_DIRECTORY`: the current directory to be is none. `ERROR_INVALID_PARAMETER`: a
    /// handle of the list is not inheritable, flags exclude each other, a name or value has a NUL
    /// or a `=` where none may be. `ERROR_FILENAME_EXCED_RANGE`: the command line is longer than
    /// 32,767 units. `ERROR_INVALID_HANDLE`: a standard handle was closed by its number.
    pub fn spawn(&self) -> Result<Child> {
        let application = self.raw.as_ref().and_then(|(path, _)| path.as_ref()).map(wide);
        let line = self.command_line()?;
        let environment = self.environment()?;
        let directory = self.directory.as_ref().map(wide);
        Child::of(create(&Creation {
            application: application.as_deref(),
            command_line: Some(&line),
            inherit_handles: self.inherit,
            flags: self.flags | flags::CREATE_UNICODE_ENVIRONMENT,
            environment: environment.as_deref().map_or(Source::Inherited, Source::Wide),
            directory: directory.as_deref(),
            standard: self.standard()?,
            handle_list: self.list.as_ref().map(|list| list.iter().map(AsHandle::as_raw).collect()),
            parent: self.parent.map(AsHandle::as_raw),
            ..Creation::default()
        })?)
    }

    fn command_line(&self) -> Result<Vec<u16>> {
        let mut line = match &self.raw {
            Some((_, raw)) => wide(raw),
            None => command_line::join(&[wide(&self.program)])?,
        };
        for argument in &self.arguments {
            line.push(u16::from(b' '));
            command_line::quote(&wide(argument), &mut line);
        }
        Ok(line)
    }

    /// The three standard handles, if one is given: ours where none is.
    fn standard(&self) -> Result<Option<[isize; 3]>> {
        if self.standard.iter().all(Option::is_none) {
            return Ok(None);
        }
        let mut raw = [0; 3];
        for ((raw, given), which) in raw.iter_mut().zip(&self.standard).zip(STANDARD_STREAMS) {
            *raw = match given {
                Some(handle) => {
                    // One that was closed would silently become no stream at all.
                    handle.kind()?;
                    handle.as_raw()
                }
                None => current().standard_handle(which),
            };
        }
        Ok(Some(raw))
    }

    /// The block of the child's environment; `None` where it is ours.
    fn environment(&self) -> Result<Option<Vec<u16>>> {
        if !self.clear && self.variables.is_empty() {
            return Ok(None);
        }
        let base = if self.clear { Vec::new() } else { environment::variables() };
        let changes =
            self.variables.iter().map(|(name, value)| (wide(name), value.as_ref().map(wide)));
        Ok(Some(block::wide(&environment::changed(base, changes)?)))
    }
}

fn wide(string: &OsString) -> Vec<u16> {
    text::to_wide(string.as_bytes())
}
