//! The machine: memory, processors, names.

use crate::environment;
use crate::error::{Result, Win32Error};
use crate::text;
use rustix::system::uname;

/// Memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// All there is.
    pub total: u64,
    /// What new programs could have.
    pub available: u64,
    /// Memory and swap.
    pub commit_total: u64,
    /// What of both is free.
    pub commit_available: u64,
}

/// How much memory there is.
#[must_use]
pub fn memory() -> Memory {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        number.unwrap_or(0) * 1024
    };
    let (total, available) = (field("MemTotal"), field("MemAvailable"));
    Memory {
        total,
        available,
        commit_total: total + field("SwapTotal"),
        commit_available: available + field("SwapFree"),
    }
}

/// How many processors this process may run on.
#[must_use]
pub fn processors() -> u32 {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(count).unwrap_or(1)
}

/// The processors' times since the machine was started, in tenths of a microsecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Without anything to do.
    pub idle: u64,
    /// In the kernel, idle time included.
    pub kernel: u64,
    /// In programs.
    pub user: u64,
}

/// What the processors did.
///
/// # Errors
/// `ERROR_NOT_SUPPORTED` where `/proc/stat` does not tell.
pub fn times() -> Result<Times> {
    let text = std::fs::read_to_string("/proc/stat").map_err(|_| Win32Error::NOT_SUPPORTED)?;
    parse_times(&text).ok_or(Win32Error::NOT_SUPPORTED)
}

fn parse_times(text: &str) -> Option<Times> {
    /// Tenths of a microsecond in a tick of `/proc`.
    const TICK: u64 = 100_000;
    let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let numbers: Vec<u64> = line.split_whitespace().map_while(|word| word.parse().ok()).collect();
    let &[user, nice, system, idle, wait, interrupts, soft, ..] = numbers.as_slice() else {
        return None;
    };
    let idle = idle + wait;
    Some(Times {
        idle: idle * TICK,
        kernel: (system + interrupts + soft + idle) * TICK,
        user: (user + nice) * TICK,
    })
}

/// What the machine is called, in the network: all of it, and its first part.
#[must_use]
pub fn computer_name() -> (Vec<u16>, Vec<u16>) {
    let name = text::to_wide(uname().nodename().to_bytes());
    let first = name.split(|&unit| unit == u16::from(b'.')).next().unwrap_or_default();
    (name.clone(), first.to_vec())
}

/// Which Windows this is like: 10, build 19045.
#[must_use]
pub const fn version() -> (u32, u32, u32) {
    (10, 0, 19045)
}

/// The Win32 path of the directory for temporary files, with a separator at its end: that of the
/// variables `TMP`, `TEMP` or `TMPDIR`, or `/tmp`.
#[must_use]
pub fn temporary_directory() -> Vec<u16> {
    let variable = |name: &str| {
        let name: Vec<u16> = name.encode_utf16().collect();
        environment::get(&name).ok().filter(|value| !value.is_empty())
    };
    let named = ["TMP", "TEMP", "TMPDIR"].into_iter().find_map(variable);
    let named = named.unwrap_or_else(|| text::to_wide(b"/tmp"));
    let mut path = crate::file::names::full(&named).unwrap_or(named);
    if path.last() != Some(&u16::from(b'\\')) {
        path.push(b'\\'.into());
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{Times, memory, parse_times, times};

    #[test]
    fn the_machine_tells() {
        let memory = memory();
        assert!(memory.total > memory.available && memory.commit_total >= memory.total);
        assert!(times().is_ok_and(|times| times.kernel >= times.idle && times.user > 0));
        let expected = Times { idle: 900_000, kernel: 2_700_000, user: 300_000 };
        assert_eq!(parse_times("cpu  1 2 5 4 5 6 7 8 9 0\ncpu0 1"), Some(expected));
        assert_eq!(parse_times("cpu 1 2"), None);
    }
}
