//! The process list against what the machine says itself: `/proc`, `ps`, and processes of
//! known shape.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
};
use transom_kernel::{
    Win32Error,
    process::{
        priority::{PriorityClass, class_of_nice, nice_of_class},
        snapshot::{ProcessEntry, Snapshot},
    },
};
use windows_sys::Win32::System::{
    Diagnostics::ToolHelp::{TH32CS_SNAPMODULE, TH32CS_SNAPPROCESS, TH32CS_SNAPTHREAD},
    Threading::{BELOW_NORMAL_PRIORITY_CLASS, IDLE_PRIORITY_CLASS},
};

/// A child that waits for its standard input to end, and is gone when this is.
struct Waiting(Child);

impl Waiting {
    fn start(program: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        Self(command.spawn().expect("the program starts"))
    }

    /// A shell that waits, and runs already: a child has its name and its modules only some
    /// time after the vfork that started it has returned to the parent.
    fn shell(program: &Path) -> Self {
        let mut child = Self::start(program, &["-c", "echo ready: shell; read line"]);
        assert_eq!(child.says(), "shell");
        child
    }

    /// A role of this test program; returns what it says when it is ready.
    fn role(name: &str) -> (Self, String) {
        let own = std::env::current_exe().expect("/proc is mounted");
        let arguments = ["--exact", name, "--ignored", "--nocapture", "--test-threads=1"];
        let mut child = Self::start(&own, &arguments);
        let said = child.says();
        (child, said)
    }

    /// Waits until the child says that it is ready.
    fn says(&mut self) -> String {
        let output = BufReader::new(self.0.stdout.take().expect("it is piped"));
        let said = output
            .lines()
            .map(|line| line.expect("the child writes text"))
            .find_map(|line| line.split_once("ready: ").map(|(_, rest)| rest.to_owned()));
        said.expect("the child says that it is ready")
    }

    fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A directory of this test's own, removed afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("transom-list-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("the temporary directory is writable");
        Self(path)
    }

    /// A copy of the shell under another name.
    fn shell_named(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        // Copied by another process: a descriptor open for writing here, inherited by a child
        // that another test is just starting, would make the copy "text busy".
        let status = Command::new("cp").arg("-L").arg("/bin/sh").arg(&path).status();
        assert!(status.expect("cp runs").success());
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn processes() -> BTreeMap<u32, ProcessEntry> {
    let snapshot = Snapshot::take(TH32CS_SNAPPROCESS, 0).expect("/proc is mounted");
    snapshot.processes().iter().map(|entry| (entry.id, entry.clone())).collect()
}

fn entry_of(id: u32) -> ProcessEntry {
    processes().remove(&id).unwrap_or_else(|| panic!("process {id} is in the list"))
}

fn name_of(id: u32) -> String {
    String::from_utf8_lossy(entry_of(id).name.as_bytes()).into_owned()
}

/// The processes that `/proc` shows and that have not ended.
fn running() -> BTreeSet<u32> {
    fs::read_dir("/proc")
        .expect("/proc is mounted")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|id| {
            let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            !status.is_empty() && !status.contains("\nState:\tZ") && !status.contains("\nState:\tX")
        })
        .collect()
}

#[test]
fn the_list_is_what_proc_shows() {
    let before = running();
    let list: BTreeSet<u32> = processes().into_keys().collect();
    let after = running();
    let missing: Vec<_> = before.intersection(&after).filter(|id| !list.contains(id)).collect();
    assert!(missing.is_empty(), "run all the time but are not in the list: {missing:?}");
    assert!(list.contains(&std::process::id()));
}

#[test]
fn the_list_agrees_with_ps() {
    let children: Vec<_> = (0..5).map(|_| Waiting::shell(Path::new("/bin/sh"))).collect();
    let Ok(ps) = Command::new("ps").args(["-e", "-o", "pid=,ppid=,nlwp=,ni=,comm="]).output()
    else {
        eprintln!("ps is not installed: nothing to compare with");
        return;
    };
    let text = String::from_utf8_lossy(&ps.stdout);
    let list = processes();
    for child in &children {
        let row: Vec<&str> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .find(|row| row.first().is_some_and(|id| *id == child.id().to_string()))
            .expect("ps knows the child");
        let entry = &list[&child.id()];
        assert_eq!(row[1], entry.parent_id.to_string());
        assert_eq!(row[2], entry.threads.to_string());
        let nice = row[3].parse().expect("a number");
        assert_eq!(PriorityClass::of_nice(nice).base_priority(), entry.base_priority);
        assert_eq!(row[4].as_bytes(), entry.name.as_bytes());
        assert_eq!(entry.parent_id, std::process::id());
    }
}

#[test]
fn odd_names_come_out_whole() {
    let scratch = Scratch::new();
    for name in [
        "a ) b",
        ") R 1 1 1 (",
        "line\nfeed",
        "문서 편집기",
        "exactly-15-long",
        "a-name-of-thirty-characters-xx",
        "아주아주아주아주 긴 이름의 프로그램",
    ] {
        let child = Waiting::shell(&scratch.shell_named(name));
        assert_eq!(name_of(child.id()), name);
    }
}

#[test]
fn a_scripts_long_name_and_a_removed_programs_are_found() {
    let scratch = Scratch::new();
    let script = scratch.0.join("a-script-with-a-long-name.sh");
    let target = scratch.0.join("text");
    fs::write(&target, "#!/bin/sh\necho ready: script\nread line\n").expect("writable");
    // As in `shell_named`: no descriptor of this process may be open on it for writing.
    let status = Command::new("install").arg("-m755").args([&target, &script]).status();
    assert!(status.expect("install runs").success());
    let mut child = Waiting::start(&script, &[]);
    assert_eq!(child.says(), "script");
    assert_eq!(name_of(child.id()), "a-script-with-a-long-name.sh");

    let program = scratch.shell_named("a-removed-program-with-a-long-name");
    let child = Waiting::shell(&program);
    fs::remove_file(&program).expect("it is ours");
    assert_eq!(name_of(child.id()), "a-removed-program-with-a-long-name");
    let snapshot = Snapshot::take(TH32CS_SNAPMODULE, child.id()).expect("it is ours");
    let first = snapshot.first_module().expect("a program has a module");
    assert_eq!(first.path, program.as_os_str().as_encoded_bytes());
}

#[test]
fn three_hundred_processes_appear_and_disappear() {
    let children: Vec<_> = (0..300).map(|_| Waiting::shell(Path::new("/bin/sh"))).collect();
    let ids: BTreeSet<u32> = children.iter().map(Waiting::id).collect();
    let list = processes();
    let found: Vec<_> = ids.iter().filter_map(|id| list.get(id)).collect();
    assert_eq!(found.len(), 300);
    assert!(found.iter().all(|entry| entry.parent_id == std::process::id() && entry.threads == 1));
    drop(children);
    // Their ids may be others' by now, but no others' with this parent and name.
    let left = processes();
    let gone = |id: &&u32| !list.get(id).is_some_and(|old| left.get(id) == Some(old));
    assert_eq!(ids.iter().filter(gone).count(), 300);
}

#[test]
fn fact_17_a_process_that_is_gone_is_not_in_a_snapshot() {
    let mut child = Waiting::shell(Path::new("/bin/sh"));
    let id = child.id();
    assert!(processes().contains_key(&id));
    drop(child.0.stdin.take());
    // Until it is a zombie, and leave it one.
    let pid = rustix::process::Pid::from_raw(id.cast_signed()).expect("a process id");
    let wait = rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
    rustix::process::waitid(rustix::process::WaitId::Pid(pid), wait).expect("it is our child");
    assert!(Path::new(&format!("/proc/{id}")).exists());
    let snapshot = Snapshot::take(TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD, 0).expect("as above");
    assert!(snapshot.processes().iter().all(|entry| entry.id != id));
    assert!(snapshot.threads().iter().all(|entry| entry.process_id != id));
    let modules = Snapshot::take(TH32CS_SNAPMODULE, id).err();
    assert_eq!(modules, Some(Win32Error::INVALID_PARAMETER));
}

#[test]
fn threads_are_counted_and_listed() {
    let (child, said) = Waiting::role("role_with_seven_threads");
    let ids: BTreeSet<u32> =
        said.split_whitespace().map(|id| id.parse().expect("a number")).collect();
    assert_eq!(ids.len(), 7);
    let snapshot = Snapshot::take(TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD, 0).expect("as above");
    let listed: BTreeSet<u32> = snapshot
        .threads()
        .iter()
        .filter(|thread| thread.process_id == child.id())
        .map(|thread| thread.id)
        .collect();
    assert_eq!(listed, ids);
    let entry = snapshot.processes().iter().find(|entry| entry.id == child.id());
    assert_eq!(entry.map(|entry| entry.threads), Some(7));
}

#[test]
#[ignore = "a role that another test starts"]
fn role_with_seven_threads() {
    // The test harness has its first thread and the one that runs this.
    let barrier = Arc::new(Barrier::new(6));
    for _ in 0..5 {
        let barrier = Arc::clone(&barrier);
        thread::spawn(move || {
            barrier.wait();
            loop {
                thread::park();
            }
        });
    }
    barrier.wait();
    let ids: Vec<String> = fs::read_dir("/proc/self/task")
        .expect("/proc is mounted")
        .map(|entry| entry.expect("it is there").file_name().to_string_lossy().into_owned())
        .collect();
    say_ready_and_wait(&ids.join(" "));
}

#[test]
fn a_process_whose_first_thread_ended_is_still_in_the_list() {
    let (child, said) = Waiting::role("role_without_first_thread");
    let other: u32 = said.parse().expect("a number");
    let status = format!("/proc/{}/task/{}/status", child.id(), child.id());
    while !fs::read_to_string(&status).expect("the process runs").contains("State:\tZ") {
        thread::yield_now();
    }
    let snapshot = Snapshot::take(TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD, 0).expect("as above");
    let entry = snapshot.processes().iter().find(|entry| entry.id == child.id());
    assert_eq!(entry.map(|entry| entry.threads), Some(1));
    let threads: Vec<u32> = snapshot
        .threads()
        .iter()
        .filter(|thread| thread.process_id == child.id())
        .map(|thread| thread.id)
        .collect();
    assert_eq!(threads, [other]);
}

#[test]
#[ignore = "a role that another test starts"]
fn role_without_first_thread() {
    // The first thread is the test harness', which waits for this one: a signal ends it.
    extern "C" fn end_this_thread(_signal: libc::c_int) {
        // SAFETY: ends the calling thread alone, and may be called in a signal handler.
        unsafe { libc::syscall(libc::SYS_exit, 0) };
    }
    let process = rustix::process::getpid();
    let handler = end_this_thread as extern "C" fn(libc::c_int);
    // SAFETY: the handler makes one system call and touches no memory.
    unsafe { libc::signal(libc::SIGUSR1, handler as libc::sighandler_t) };
    let id = process.as_raw_nonzero().get();
    // SAFETY: sends a signal to a thread of this process.
    unsafe { libc::syscall(libc::SYS_tgkill, id, id, libc::SIGUSR1) };
    say_ready_and_wait(&rustix::thread::gettid().as_raw_nonzero().to_string());
    // SAFETY: ends the process without the clean-up that the lost thread may be needed for.
    unsafe { libc::_exit(0) };
}

fn say_ready_and_wait(what: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "\nready: {what}").expect("the test reads");
    output.flush().expect("the test reads");
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
}

#[test]
fn the_priority_class_is_read_from_the_nice_value() {
    let child = Waiting::shell(Path::new("/bin/sh"));
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed());
    for (class, base) in [(BELOW_NORMAL_PRIORITY_CLASS, 6), (IDLE_PRIORITY_CLASS, 4)] {
        let nice = nice_of_class(class).expect("a class");
        assert_eq!(class_of_nice(nice), class);
        rustix::process::setpriority_process(pid, nice).expect("one may always be nicer");
        assert_eq!(entry_of(child.id()).base_priority, base);
    }
}

#[test]
fn a_childs_modules_are_its_own() {
    let scratch = Scratch::new();
    let program = scratch.shell_named("zz last by name");
    let child = Waiting::shell(&program);
    let snapshot = Snapshot::take(TH32CS_SNAPMODULE, child.id()).expect("it is ours");
    let first = snapshot.first_module().expect("a program has a module");
    assert_eq!(first.path, program.as_os_str().as_encoded_bytes());
    assert_eq!(first.name(), b"zz last by name");
    assert_eq!(first.process_id, child.id());
    assert!(snapshot.modules().iter().all(|module| module.size > 0 && module.base % 4096 == 0));
    assert!(snapshot.processes().is_empty());
}

#[test]
fn processes_that_vanish_meanwhile_do_no_harm() {
    let stop = Arc::new(AtomicBool::new(false));
    let churn = {
        let stop = Arc::clone(&stop);
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let mut child = Command::new("/bin/true").spawn().expect("it starts");
                child.wait().expect("it ends");
            }
        })
    };
    let everything = TH32CS_SNAPPROCESS | TH32CS_SNAPTHREAD | TH32CS_SNAPMODULE;
    for _ in 0..300 {
        let snapshot = Snapshot::take(everything, 0).expect("no failure because of others");
        assert!(snapshot.processes().iter().any(|entry| entry.id == std::process::id()));
        assert!(snapshot.processes().is_sorted_by_key(|entry| entry.id));
    }
    stop.store(true, Ordering::Relaxed);
    churn.join().expect("the other thread ends");
}
