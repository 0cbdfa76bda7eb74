//! Jobs: who is in them, what they allow, and that they end what they are to end.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};
use transom_tests::alone;
use transom_tests::assistant::Assistant;
use transom_tests::jobs::{
    Basic, Extended, IDLE, assign, contains, create, ids, limits, open, query, set, set_class,
    terminate,
};
use transom_tests::win32::{SELF, Start, Started, UNTOUCHED, close, exit_code, open_process, wait};
use windows_sys::Win32::System::JobObjects as job;
use windows_sys::Win32::System::Threading::{
    CREATE_BREAKAWAY_FROM_JOB, IDLE_PRIORITY_CLASS, PROCESS_TERMINATE,
};

const DONE: (i32, u32) = (1, UNTOUCHED);
const KILL: u32 = job::JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
/// `SYNCHRONIZE`, to ask, and to end.
const LOOK: u32 = 0x0010_1001;

fn name(topic: &str) -> String {
    format!("{topic}-{}", std::process::id())
}

fn new_job() -> isize {
    let (job, error) = create(None);
    assert!(job != 0 && error == 0, "{error}");
    job
}

fn idle() -> Started {
    Start::default().run(IDLE).unwrap()
}

/// A handle to a process that runs.
fn watch(pid: &str) -> isize {
    let (process, error) = open_process(LOOK, false, pid.parse().unwrap());
    assert_ne!(process, 0, "{pid}: {error}");
    assert_eq!(wait(process, 0).0, 258);
    process
}

/// Ends what is to run no longer than the test.
fn end(process: isize) {
    assert_eq!(transom_tests::win32::terminate(process, 0), DONE);
    ends(process);
}

fn ends(process: isize) {
    assert_eq!(wait(process, 60_000).0, 0);
    close(process);
}

/// Whether a process is in a job; 0 is any.
fn is_in(job: isize, process: isize) -> bool {
    let ((result, found), _) = contains(job, process);
    assert_eq!(result, 1);
    found == 1
}

#[test]
fn children_and_grandchildren_are_in_it_and_end_with_it() {
    let _alone = alone();
    let job = new_job();
    let mut child = Assistant::child();
    let before = watch(&child.ask("job-spawn 0"));
    assert_eq!(assign(job, child.started().process), DONE);
    assert_eq!(assign(job, child.started().process), DONE);
    assert_eq!(child.ask("job-own"), "1");
    let grandchild = child.ask("job-spawn 0");
    let process = watch(&grandchild);
    assert!(is_in(job, process) && is_in(0, process));
    assert!(!is_in(job, before) && !is_in(job, SELF));
    // Started by a grandchild that is a Transom program itself.
    let spawned = child.ask("spawn 0 0 0");
    let (spawned, _) = spawned.split_once(' ').unwrap();
    let mut expected: Vec<usize> = [&*grandchild, spawned]
        .into_iter()
        .map(|pid| pid.parse().unwrap())
        .chain([child.number("pid") as usize])
        .collect();
    expected.sort_unstable();
    // One of them may end by itself: its input is no pipe.
    let (outcome, found) = ids(job, 10);
    assert_eq!(outcome, DONE);
    assert!(found.iter().all(|pid| expected.contains(pid)) && found.len() >= 2, "{found:?}");
    let (outcome, few) = ids(job, 1);
    assert_eq!((outcome, few.len()), ((0, 234), 1));
    let (outcome, told) = query::<job::JOBOBJECT_BASIC_ACCOUNTING_INFORMATION>(job, 1);
    assert_eq!((outcome, told.TotalProcesses), (DONE, 3));
    assert!(told.ActiveProcesses >= 2);

    assert_eq!(terminate(job, 0x1234_5678), DONE);
    ends(process);
    assert_eq!(wait(child.started().process, 60_000).0, 0);
    assert_eq!(exit_code(child.started().process).0, (1, 0x1234_5678));
    assert_eq!(ids(job, 10), (DONE, Vec::new()));
    // What was started before the child was in the job runs on.
    assert_eq!(wait(before, 0).0, 258);
    end(before);
    close(job);
}

#[test]
fn the_last_handle_ends_the_processes_if_that_is_wanted() {
    let _alone = alone();
    let job = new_job();
    assert_eq!(set(job, &limits(KILL)), DONE);
    let first = idle();
    let second = idle();
    assert_eq!((assign(job, first.process), assign(job, second.process)), (DONE, DONE));
    close(job);
    ends(first.process);
    ends(second.process);
    // Without that they run on.
    let job = new_job();
    let third = idle();
    assert_eq!(assign(job, third.process), DONE);
    close(job);
    assert!(is_in(0, third.process));
    assert_eq!(wait(third.process, 0).0, 258);
    transom_tests::win32::terminate(third.process, 0);
    ends(third.process);
}

#[test]
fn a_holder_that_is_killed_ends_them_too() {
    let _alone = alone();
    let name = name("killed");
    let mut holder = Assistant::unrelated();
    let answer = holder.ask(&format!("job-create {KILL} {name}"));
    let (handle, _) = answer.split_once(' ').unwrap();
    let (job, _) = open(&name);
    assert_ne!(job, 0);
    let mut member = Assistant::child();
    let idle = idle();
    for pid in [member.number("pid"), idle.pid.into()] {
        assert_eq!(holder.ask(&format!("job-assign {handle} {pid}")), format!("1 {UNTOUCHED}"));
    }
    let grandchild = watch(&member.ask("job-spawn 0"));
    assert!(is_in(job, grandchild));
    close(job);
    // The holder has the last handle now.
    assert_eq!(wait(idle.process, 0).0, 258);
    holder.kill();
    ends(idle.process);
    ends(grandchild);
    assert_eq!(wait(member.started().process, 60_000).0, 0);
    assert_eq!(open(&name), (0, 2));
}

#[test]
fn jobs_have_names() {
    let _alone = alone();
    let name = name("named");
    let (job, error) = create(Some(&name));
    assert!(job != 0 && error == 0);
    let (again, error) = create(Some(&name));
    assert!(again != 0 && error == 183);
    let (opened, _) = open(&name);
    let idle = idle();
    assert_eq!(assign(opened, idle.process), DONE);
    assert!(is_in(job, idle.process) && is_in(again, idle.process));
    assert_eq!(terminate(again, 7), DONE);
    ends(idle.process);
    for handle in [job, again, opened] {
        assert_eq!(close(handle), DONE);
    }
    assert_eq!(open(&name), (0, 2));
    assert_eq!(assign(SELF, SELF).1, 6);
}

#[test]
fn limits_are_kept() {
    let _alone = alone();
    let job = new_job();
    let mut wanted = limits(
        job::JOB_OBJECT_LIMIT_ACTIVE_PROCESS
            | job::JOB_OBJECT_LIMIT_PRIORITY_CLASS
            | job::JOB_OBJECT_LIMIT_PROCESS_MEMORY
            | job::JOB_OBJECT_LIMIT_PROCESS_TIME,
    );
    wanted.BasicLimitInformation.ActiveProcessLimit = 2;
    wanted.BasicLimitInformation.PriorityClass = IDLE_PRIORITY_CLASS;
    wanted.BasicLimitInformation.PerProcessUserTimeLimit = 1_000_000_000;
    wanted.ProcessMemoryLimit = 1 << 30;
    assert_eq!(set(job, &wanted), DONE);
    let (outcome, found) = query::<Extended>(job, job::JobObjectExtendedLimitInformation);
    assert_eq!((outcome, found.ProcessMemoryLimit), (DONE, 1 << 30));
    assert_eq!(found.BasicLimitInformation.ActiveProcessLimit, 2);
    let mut child = Assistant::child();
    assert_eq!(assign(job, child.started().process), DONE);
    let limits_of = std::fs::read_to_string(format!("/proc/{}/limits", child.number("pid")));
    let limits_of = limits_of.unwrap();
    let has = |name: &str, number: &str| {
        limits_of.lines().any(|line| line.starts_with(name) && line.contains(number))
    };
    assert!(has("Max cpu time", " 100 ") && has("Max data size", "1073741824"), "{limits_of}");
    let first = watch(&child.ask("job-spawn 0"));
    assert_eq!(child.ask("job-spawn 0"), "error 1816");
    let third = idle();
    assert_eq!(assign(job, third.process), (0, 1816));
    ends(third.process);
    let (_, told) = query::<job::JOBOBJECT_BASIC_ACCOUNTING_INFORMATION>(job, 1);
    assert_eq!((told.ActiveProcesses, told.TotalTerminatedProcesses), (2, 1));
    assert_eq!(terminate(job, 0), DONE);
    ends(first);
    close(job);

    let job = new_job();
    assert_eq!(set(job, &limits(job::JOB_OBJECT_LIMIT_JOB_MEMORY)), (0, 50));
    assert_eq!(set(job, &limits(1 << 30)), (0, 87));
    let basic = Basic { LimitFlags: KILL, ..Basic::default() };
    assert_eq!(set_class(job, job::JobObjectBasicLimitInformation, &basic), (0, 87));
    assert_eq!(set_class(job, job::JobObjectBasicLimitInformation, &0_u32), (0, 24));
    assert_eq!(set_class(job, job::JobObjectBasicUIRestrictions, &0_u32), (0, 50));
    assert_eq!(set_class(job, 1000, &0_u32), (0, 87));
    assert_eq!(query::<u32>(job, 1).0, (0, 24));
    assert_eq!(query::<u32>(0, 1).0, (0, 5));
    close(job);
}

#[test]
fn processes_leave_only_where_that_is_allowed() {
    let _alone = alone();
    let job = new_job();
    let mut child = Assistant::child();
    assert_eq!(assign(job, child.started().process), DONE);
    let leave = format!("job-spawn {CREATE_BREAKAWAY_FROM_JOB}");
    assert_eq!(child.ask(&leave), "error 5");
    assert_eq!(set(job, &limits(job::JOB_OBJECT_LIMIT_BREAKAWAY_OK)), DONE);
    let outside = watch(&child.ask(&leave));
    let inside = watch(&child.ask("job-spawn 0"));
    assert_eq!((is_in(0, outside), is_in(job, inside)), (false, true));
    assert_eq!(set(job, &limits(job::JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK)), DONE);
    let silent = watch(&child.ask("job-spawn 0"));
    assert!(!is_in(0, silent));
    // Another job does not get it.
    let other = new_job();
    assert_eq!(assign(other, child.started().process), (0, 5));
    let (weak, _) = open_process(PROCESS_TERMINATE, false, child.number("pid") as u32);
    assert_eq!(assign(other, weak), (0, 5));
    assert_eq!(terminate(job, 0), DONE);
    ends(inside);
    for process in [outside, silent] {
        assert_eq!(wait(process, 0).0, 258);
        end(process);
    }
    for handle in [weak, other, job] {
        close(handle);
    }
}

#[test]
fn nothing_is_left_of_a_job() {
    let _alone = alone();
    let job = new_job();
    let idle = idle();
    assert_eq!(assign(job, idle.process), DONE);
    // The job's memory, as this process and its keeper have it open.
    let memory =
        open_files("/proc/self").into_iter().find(|(name, _)| name.contains("transom-job"));
    let (_, memory) = memory.expect("this process has it open");
    let is_kept = || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let mut others = processes.filter(|entry| {
            let own = std::process::id().to_string();
            entry.file_name().as_bytes().first().is_some_and(u8::is_ascii_digit)
                && entry.file_name() != *own
        });
        others.any(|entry| {
            let path = entry.path();
            open_files(path.to_str().unwrap()).iter().any(|(_, inode)| *inode == memory)
        })
    };
    assert!(is_kept());
    close(job);
    // As long as there are members.
    assert!(is_kept() && is_in(0, idle.process));
    transom_tests::win32::terminate(idle.process, 0);
    ends(idle.process);
    let deadline = Instant::now() + Duration::from_secs(60);
    while is_kept() {
        assert!(Instant::now() < deadline, "the keeper stays");
        std::thread::yield_now();
    }
}

/// What a process has open: names and inodes. Of what may not be looked at, nothing.
fn open_files(process: &str) -> Vec<(String, u64)> {
    let entries = std::fs::read_dir(format!("{process}/fd")).into_iter().flatten().flatten();
    let file = |entry: std::fs::DirEntry| {
        let name = std::fs::read_link(entry.path()).ok()?.to_str()?.to_owned();
        Some((name, std::fs::metadata(entry.path()).ok()?.ino()))
    };
    entries.filter_map(file).collect()
}
