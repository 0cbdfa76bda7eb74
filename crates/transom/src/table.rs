//! Handle tables, as the system shows them: this process's, any other's, and who holds an object.
//!
//! Every process of Transom's publishes its table, and reading one asks nobody's help: the
//! process may be stopped, or hang.
//!
//! ```
//! use transom::{AsHandle, Event, table};
//! let event = Event::builder().inheritable(true).create()?;
//! let table = table::of_current()?;
//! let line = table.line(event.as_raw()).expect("the event's line");
//! assert_eq!(line.object, event.object_id()?);
//! assert!(line.is_inheritable());
//! println!("{table}");
//! # Ok::<(), transom::Win32Error>(())
//! ```

use crate::error::Result;
use crate::handle::{ObjectId, ObjectType};
use std::ffi::OsString;
use std::fmt;
use transom_kernel::handle::names;
use transom_kernel::handle::published::{self, PublishedHandle};

pub use transom_kernel::handle::published::ObjectState;
pub use transom_kernel::handle::{HandleFlags, Origin};

/// One line of a handle table.
///
/// Its `Display` is the picture's: handle, address, and whether it is inherited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The handle.
    pub handle: isize,
    /// The object's address.
    pub object: ObjectId,
    /// The object's type.
    pub kind: ObjectType,
    /// The access that was granted, as specific rights.
    pub access: u32,
    /// Inherit and protect.
    pub flags: HandleFlags,
    /// How the handle came into the table.
    pub origin: Origin,
    /// Another process has put it here and the owner has not looked yet.
    pub arriving: bool,
    published: PublishedHandle,
}

impl Line {
    fn of(handle: &PublishedHandle) -> Self {
        Self {
            handle: handle.value.get() as isize,
            object: handle.object,
            kind: handle.kind,
            access: handle.access,
            flags: handle.flags,
            origin: handle.origin,
            arriving: handle.arriving,
            published: *handle,
        }
    }

    /// Whether children inherit it.
    #[must_use]
    pub const fn is_inheritable(&self) -> bool {
        self.flags.contains(HandleFlags::INHERIT)
    }
}

impl Table {
    /// What the object of a line is called: of a file its Linux path, of a pipe `pipe:[number]`,
    /// of a process its program and id. `None` for an object without a name.
    ///
    /// ```
    /// use transom::{AsHandle, File, table};
    /// let file = File::open("/etc/passwd")?;
    /// let table = table::of_current()?;
    /// let line = table.line(file.as_raw()).expect("the file's line");
    /// assert_eq!(table.name_of(line).unwrap(), "/etc/passwd");
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    #[must_use]
    pub fn name_of(&self, line: &Line) -> Option<OsString> {
        names::name_of(self.process_id, &line.published)
    }

    /// The state of the object of a line: whether an event is signalled, who owns a mutex. The
    /// process is not asked, and need not run. `None` for a type that has no such state, and where
    /// this user may not look.
    ///
    /// ```
    /// use transom::table::{self, ObjectState};
    /// use transom::{AsHandle, Event};
    /// let event = Event::manual()?;
    /// event.set()?;
    /// let table = table::of_current()?;
    /// let line = table.line(event.as_raw()).expect("the event's line");
    /// let state = ObjectState::Event { manual_reset: true, signalled: true };
    /// assert_eq!(table.state_of(line), Some(state));
    /// assert_eq!(state.to_string(), "signalled");
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    #[must_use]
    pub fn state_of(&self, line: &Line) -> Option<ObjectState> {
        published::state_of(self.process_id, &line.published)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inherit = if self.is_inheritable() { 'Y' } else { 'N' };
        // `ObjectId` pads; the picture does not.
        let address = format!("{:#x}", self.object.get());
        write!(f, "{:>9} {address:<18} {inherit}", self.handle)
    }
}

/// The handle table of a process, as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The process's id.
    pub process_id: u32,
    /// The lines, in the order of their handles.
    pub lines: Vec<Line>,
}

impl Table {
    /// The line of a handle, by its number.
    #[must_use]
    pub fn line(&self, handle: isize) -> Option<&Line> {
        self.lines.iter().find(|line| line.handle == handle & !3)
    }

    /// The lines that refer to an object.
    pub fn lines_of(&self, object: ObjectId) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.object == object)
    }

    /// This table next to another one.
    ///
    /// ```
    /// use transom::{AsHandle, Command, Event, table};
    /// let shared = Event::builder().inheritable(true).create()?;
    /// let private = Event::manual()?;
    /// let child = Command::new("sleep").arg("60").inherit_handles(true).spawn()?;
    /// let picture = table::of_current()?.beside(&table::of(child.id())?).to_string();
    /// println!("{picture}");
    /// let row_of = |event: &Event| {
    ///     let handle = event.as_raw().to_string();
    ///     picture.lines().find(|row| row.split_whitespace().next() == Some(&handle)).unwrap()
    /// };
    /// assert!(row_of(&shared).contains("Y ~~~~~~~~~ "));
    /// assert!(!row_of(&private).contains("~~~"));
    /// child.terminate(0)?;
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    #[must_use]
    pub const fn beside<'a>(&'a self, right: &'a Self) -> SideBySide<'a> {
        SideBySide { left: self, right, titles: ["Parent", "Child"] }
    }
}

/// Handle, address and inherit flag of each line, with the object's type.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADINGS} type")?;
        for line in &self.lines {
            write!(f, "\n{line}       {}", line.kind.name())?;
        }
        Ok(())
    }
}

/// The columns of a [`Line`]; the last one reaches six columns further than `Y`.
const HEADINGS: &str = "   handle address            inherit";
/// How wide a [`Line`] is.
const WIDTH: usize = 9 + 1 + 18 + 2;

/// Two tables next to each other: the lines with the same handle stand in one row, and where they
/// refer to the same object, `~~~` joins them.
///
/// ```text
/// Parent 4711                               Child 4712
///    handle address            I               handle address            I  type
///       127 0x1200             Y ~~~~~~~~~       127 0x1200             Y  Event
///       168 0x1680             N                                           Event
///       256 0x2400             Y ~~~~~~~~~       256 0x2400             Y  File
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SideBySide<'a> {
    left: &'a Table,
    right: &'a Table,
    titles: [&'a str; 2],
}

impl<'a> SideBySide<'a> {
    /// What to write above the two tables, before the process ids; otherwise "Parent" and
    /// "Child".
    #[must_use]
    pub const fn titled(self, left: &'a str, right: &'a str) -> Self {
        Self { titles: [left, right], ..self }
    }

    /// The rows: what each table has at a handle, in the order of the handles.
    pub fn rows(&self) -> impl Iterator<Item = (Option<&'a Line>, Option<&'a Line>)> {
        let mut handles: Vec<isize> =
            self.left.lines.iter().chain(&self.right.lines).map(|line| line.handle).collect();
        handles.sort_unstable();
        handles.dedup();
        let (left, right) = (self.left, self.right);
        handles.into_iter().map(move |handle| (left.line(handle), right.line(handle)))
    }
}

const JOINED: &str = " ~~~~~~~~~ ";
const APART: &str = "           ";

impl fmt::Display for SideBySide<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles = [
            format!("{} {}", self.titles[0], self.left.process_id),
            format!("{} {}", self.titles[1], self.right.process_id),
        ];
        let heading = "   handle address            I";
        let gap = (WIDTH + APART.len()).saturating_sub(columns(&titles[0])).max(1);
        writeln!(f, "{}{:gap$}{}", titles[0], "", titles[1])?;
        write!(f, "{heading}{APART}{heading}  type")?;
        for (left, right) in self.rows() {
            let same = left.map(|line| line.object) == right.map(|line| line.object);
            let text = |line: Option<&Line>| line.map_or(String::new(), Line::to_string);
            let kind = |line: Option<&Line>| line.map_or("", |line| line.kind.name());
            let kinds = match (kind(left), kind(right)) {
                (one, other) if one == other || other.is_empty() => one.to_owned(),
                ("", one) => one.to_owned(),
                (one, other) => format!("{one} / {other}"),
            };
            let between = if same { JOINED } else { APART };
            write!(f, "\n{:WIDTH$}{between}{:WIDTH$}  {kinds}", text(left), text(right))?;
        }
        Ok(())
    }
}

/// How many columns of a terminal a text takes: a Hangul syllable or an ideograph takes two.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|character| match character {
            '\u{1100}'..='\u{115F}'
            | '\u{2E80}'..='\u{A4CF}'
            | '\u{AC00}'..='\u{D7A3}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF00}'..='\u{FF60}' => 2,
            _ => 1,
        })
        .sum()
}

/// The handle table of this process, read back from where it is published.
///
/// # Errors
/// `ERROR_FILE_NOT_FOUND`: this process publishes none, since the namespace directory cannot be
/// used.
pub fn of_current() -> Result<Table> {
    of(std::process::id())
}

/// The handle table of a process. Of a program that is not Transom's and was started by one that
/// is, it shows what the program was given to pass on.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: there is no such process. `ERROR_FILE_NOT_FOUND`: it has no table.
/// `ERROR_ACCESS_DENIED`: it is another user's.
pub fn of(process_id: u32) -> Result<Table> {
    let lines = published::of_process(process_id)?.iter().map(Line::of).collect();
    Ok(Table { process_id, lines })
}

/// Who holds an object: the process ids and lines of all handles to it that this user may look
/// at. Their number is the object's usage count.
///
/// ```
/// use transom::{AsHandle, Event, table};
/// let event = Event::manual()?;
/// let object = event.object_id()?;
/// assert_eq!(table::holders(object)?[0].0, std::process::id());
/// drop(event);
/// assert!(table::holders(object)?.is_empty()); // the object is gone
/// # Ok::<(), transom::Win32Error>(())
/// ```
///
/// # Errors
/// What reading the namespace directory reports.
pub fn holders(object: ObjectId) -> Result<Vec<(u32, Line)>> {
    let holders = published::holders(object)?;
    Ok(holders.iter().map(|(process_id, handle)| (*process_id, Line::of(handle))).collect())
}

/// The ids of all processes that have a handle table, in ascending order.
///
/// # Errors
/// What reading the namespace directory reports.
pub fn processes() -> Result<Vec<u32>> {
    published::processes()
}
