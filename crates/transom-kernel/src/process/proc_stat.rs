//! One line of `/proc/<pid>/stat`, which says most of what a process list shows.
//!
//! The line is `id (comm) state parent ...`. The command name may hold any byte but NUL,
//! also `)`, spaces and line feeds, so it ends at the *last* closing parenthesis: what follows
//! are numbers and one letter.
//!
//! Reference: proc_pid_stat(5)

use crate::process::priority::PriorityClass;

/// `PF_KTHREAD` of the kernel's `flags` field: a thread of the kernel, without a program.
const KERNEL_THREAD: u64 = 0x0020_0000;

/// More than the longest line: fifty numbers of at most twenty digits and a name of 64 bytes.
pub const LONGEST_LINE: usize = 1536;

/// What one `stat` line says, of a process or of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcStat<'line> {
    /// The process or thread id.
    pub id: u32,
    /// The command name: at most 15 bytes for a program, more for some threads of the kernel.
    pub comm: &'line [u8],
    /// The state letter: `R`, `S`, `D`, `T`, `t`, `Z`, `X`, `I`.
    pub state: u8,
    /// The parent's process id; 0 if there is none that can be seen.
    pub parent: u32,
    /// The kernel's own flags (`PF_...`).
    pub flags: u64,
    /// The kernel's priority: below zero for the real-time policies.
    pub priority: i64,
    /// The nice value, -20 to 19.
    pub nice: i32,
    /// How many threads the process has, an ended first thread included.
    pub threads: u32,
    /// When it started, in clock ticks (`_SC_CLK_TCK`) since the machine did.
    pub start_ticks: u64,
}

impl<'line> ProcStat<'line> {
    /// Reads a line; `None` if it is not one.
    #[must_use]
    pub fn parse(line: &'line [u8]) -> Option<Self> {
        let open = line.iter().position(|&byte| byte == b'(')?;
        let close = line.iter().rposition(|&byte| byte == b')')?;
        let comm = line.get(open + 1..close)?;
        let id = u32::try_from(number(line.get(..open)?.trim_ascii())?).ok()?;
        let mut fields = Fields { rest: line.get(close + 1..)? };
        let [state] = *fields.skip_to(0)? else { return None };
        let parent = u32::try_from(fields.number_after(0)?).ok()?;
        // pgrp, session, tty_nr and tpgid lie between.
        let flags = fields.number_after(4)?.cast_unsigned();
        // minflt, cminflt, majflt, cmajflt, utime, stime, cutime and cstime lie between.
        let priority = fields.number_after(8)?;
        let nice = i32::try_from(fields.number_after(0)?).ok()?;
        let threads = u32::try_from(fields.number_after(0)?).ok()?;
        // itrealvalue lies between.
        let start_ticks = u64::try_from(fields.number_after(1)?).ok()?;
        Some(Self { id, comm, state, parent, flags, priority, nice, threads, start_ticks })
    }

    /// Whether this is a thread of the kernel, which has no program file.
    #[must_use]
    pub fn is_kernel_thread(&self) -> bool {
        self.flags & KERNEL_THREAD != 0
    }

    /// Whether this thread has ended and only waits to be forgotten.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }

    /// Whether the whole process is gone. Its first thread may end before the others: that is
    /// a process that still runs.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.has_ended() && self.threads <= 1
    }

    /// How many threads run.
    #[must_use]
    pub fn running_threads(&self) -> u32 {
        self.threads - u32::from(self.has_ended() && self.threads > 0)
    }

    /// The base priority Windows would show.
    #[must_use]
    pub fn base_priority(&self) -> i32 {
        if self.priority < 0 {
            return PriorityClass::Realtime.base_priority();
        }
        PriorityClass::of_nice(self.nice).base_priority()
    }
}

/// The space-separated fields after the command name.
struct Fields<'line> {
    rest: &'line [u8],
}

impl<'line> Fields<'line> {
    /// Passes over `skipped` fields and gives the one after them.
    fn skip_to(&mut self, skipped: usize) -> Option<&'line [u8]> {
        for left in (0..=skipped).rev() {
            self.rest = self.rest.strip_prefix(b" ")?;
            let length = self
                .rest
                .iter()
                .position(|&byte| byte == b' ' || byte == b'\n')
                .unwrap_or(self.rest.len());
            let (field, rest) = self.rest.split_at(length);
            self.rest = rest;
            if left == 0 {
                return Some(field);
            }
        }
        None
    }

    fn number_after(&mut self, skipped: usize) -> Option<i64> {
        number(self.skip_to(skipped)?)
    }
}

/// A decimal number; numbers past `i64` (some 64-bit counters are unsigned) wrap.
fn number(digits: &[u8]) -> Option<i64> {
    let (negative, digits) = match digits.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, digits),
    };
    if digits.is_empty() || digits.len() > 20 {
        return None;
    }
    let mut value: u64 = 0;
    for &digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(digit.into())?;
    }
    let value = value.cast_signed();
    Some(if negative { value.wrapping_neg() } else { value })
}

#[cfg(test)]
mod tests {
    use super::ProcStat;
    use proptest::prelude::*;

    fn line(comm: &[u8], state: char, nice: i32, priority: i32, threads: u32) -> Vec<u8> {
        let mut line = b"4711 (".to_vec();
        line.extend_from_slice(comm);
        line.extend_from_slice(
            format!(
                ") {state} 12 4711 4711 34816 -1 4194304 1 2 3 4 5 6 7 8 {priority} {nice} \
                 {threads} 0 987654 18446744073709551615 1 18446744073709551615\n"
            )
            .as_bytes(),
        );
        line
    }

    #[test]
    fn a_line_says_what_it_says() {
        let line = line(b"sleep", 'S', 10, 30, 1);
        let stat = ProcStat::parse(&line).expect("a valid line");
        assert_eq!((stat.id, stat.parent, stat.comm), (4711, 12, b"sleep".as_slice()));
        assert_eq!((stat.state, stat.nice, stat.threads), (b'S', 10, 1));
        assert_eq!((stat.flags, stat.start_ticks), (4_194_304, 987_654));
        assert_eq!(stat.base_priority(), 6);
        assert!(!stat.is_kernel_thread() && !stat.is_gone());
    }

    #[test]
    fn a_real_time_policy_is_the_real_time_class() {
        assert_eq!(
            ProcStat::parse(&line(b"rt", 'S', 0, -51, 1)).map(|stat| stat.base_priority()),
            Some(24)
        );
    }

    #[test]
    fn a_process_whose_first_thread_ended_still_runs() {
        let (several, one) = (line(b"x", 'Z', 0, 20, 3), line(b"x", 'Z', 0, 20, 1));
        let stat = ProcStat::parse(&several).expect("a valid line");
        assert!(!stat.is_gone());
        assert_eq!(stat.running_threads(), 2);
        assert!(ProcStat::parse(&one).expect("a valid line").is_gone());
    }

    #[test]
    fn the_own_line_is_read() {
        let line = std::fs::read("/proc/self/stat").expect("/proc is mounted");
        let stat = ProcStat::parse(&line).expect("the kernel writes valid lines");
        assert_eq!(stat.id, std::process::id());
        assert_eq!(stat.parent, std::os::unix::process::parent_id());
    }

    proptest! {
        #[test]
        fn any_command_name_is_found(comm in proptest::collection::vec(1_u8.., 0..16)) {
            let line = line(&comm, 'R', 0, 20, 2);
            let stat = ProcStat::parse(&line).expect("a valid line");
            prop_assert_eq!(stat.comm, comm.as_slice());
            prop_assert_eq!(stat.parent, 12);
        }

        #[test]
        fn nonsense_is_refused_and_never_panics(
            bytes in proptest::collection::vec(prop_oneof![Just(b'('), Just(b')'), Just(b' '),
                Just(b'-'), Just(b'9'), any::<u8>()], 0..200),
            cut in 0_usize..100,
        ) {
            let _ = ProcStat::parse(&bytes);
            let whole = line(b"a ) b", 'S', 0, 20, 1);
            let _ = ProcStat::parse(&whole[..cut.min(whole.len())]);
        }
    }
}
