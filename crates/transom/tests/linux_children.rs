//! Children that know nothing of Transom: what reaches them, and what comes back.

use std::io::{Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use transom::error::code_of;
use transom::pipe::{PipeReader, anonymous};
use transom::process::{Access, PriorityClass};
use transom::{
    AsHandle, Child, Command, Event, OwnedHandle, Process, RemoteHandle, Result, Win32Error, env,
    snapshot, table, wait,
};

type Test = std::result::Result<(), Box<dyn std::error::Error>>;

/// One test at a time: a child that another thread starts inherits what is inheritable, and holds
/// copies of all descriptors for the moment before its program runs.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a shell script; what it printed, and its exit code.
fn shell(script: &str, prepare: impl FnOnce(&mut Command<'_>)) -> Result<(String, u32)> {
    let (reader, writer) = anonymous::pipe()?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).stdout(&writer);
    prepare(&mut command);
    let child = command.spawn()?;
    drop(command);
    drop(writer);
    let text = read_all(reader);
    Ok((text, child.wait()?))
}

fn read_all(mut reader: PipeReader) -> String {
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("the pipe's end");
    text
}

fn sleeper() -> Result<Child> {
    Command::new("sleep").arg("600").spawn()
}

#[test]
fn arguments_arrive_as_they_were_given() -> Test {
    let _alone = alone();
    let odd =
        ["", "a b", "quote\"inside", "back\\slash\\", "\\\"both\\\\", "tab\there", "한글", "*"];
    let (text, code) = shell("printf '[%s]' \"$@\"", |command| {
        command.arg("sh").args(odd);
    })?;
    let expected: String = odd.iter().map(|argument| format!("[{argument}]")).collect();
    assert_eq!((text, code), (expected, 0));
    let raw = Command::raw_command_line("/bin/sh -c \"exit 9\"").spawn()?;
    assert_eq!(raw.wait()?, 9);
    let more = Command::raw_command_line("/bin/sh -c \"exit $1\" sh").arg("8").spawn()?;
    assert_eq!(more.wait()?, 8);
    let named = Command::application("/bin/sh", "another-name -c \"exit 7\"").spawn()?;
    assert_eq!(named.wait()?, 7);
    Ok(())
}

#[test]
fn fact_15_what_cannot_be_started_says_why() -> Test {
    let _alone = alone();
    let error = |program: &str| Command::new(program).spawn().unwrap_err();
    assert_eq!(error("no-such-program-here"), Win32Error::FILE_NOT_FOUND);
    assert_eq!(error("/no/such/directory/program"), Win32Error::FILE_NOT_FOUND);
    assert_eq!(error("/etc/passwd"), Win32Error::BAD_EXE_FORMAT);
    let mut elsewhere = Command::new("true");
    elsewhere.current_dir("/no/such/directory");
    assert_eq!(elsewhere.spawn().unwrap_err(), Win32Error::DIRECTORY);
    let private = Event::manual()?.into_handle();
    let mut listed = Command::new("true");
    listed.inherit_only(&[&private]);
    assert_eq!(listed.spawn().unwrap_err(), Win32Error::INVALID_PARAMETER);
    Ok(())
}

#[test]
fn fact_16_exit_codes_come_back() -> Test {
    let _alone = alone();
    for code in [0, 1, 127, 255] {
        let (_, found) = shell(&format!("exit {code}"), |_| ())?;
        assert_eq!(found, code);
    }
    for code in [0, 1, 255, 256, 259, 300, 0x8000_0000, u32::MAX] {
        let child = sleeper()?;
        assert_eq!(child.try_wait()?, None);
        assert_eq!(child.process().exit_code()?, None);
        child.terminate(code)?;
        assert_eq!(child.wait()?, code);
        assert_eq!(child.process().exit_code()?, Some(code));
        assert_eq!(child.terminate(1).unwrap_err(), Win32Error::ACCESS_DENIED);
        assert_eq!(child.wait()?, code);
    }
    Ok(())
}

#[test]
fn a_signal_s_code_is_what_windows_programs_know() -> Test {
    let _alone = alone();
    let (_, code) = shell("kill -SEGV $$", |_| ())?;
    assert_eq!(code, 0xC000_0005);
    let (_, code) = shell("kill -TERM $$", |_| ())?;
    assert_eq!(code, 128 + 15);
    Ok(())
}

#[test]
fn the_environment_is_ours_changed_or_nothing() -> Test {
    let _alone = alone();
    env::set_var("Idiom_Ours", "1")?;
    let (text, _) = shell("echo $Idiom_Ours-$Idiom_Given", |command| {
        command.env("Idiom_Given", "2 3");
    })?;
    assert_eq!(text, "1-2 3\n");
    let (text, _) = shell("echo $Idiom_Ours-$Idiom_Given", |command| {
        command.env("Idiom_Given", "2").env("IDIOM_GIVEN", "4").env_remove("IDIOM_OURS");
    })?;
    assert_eq!(text, "-4\n", "the name keeps the case it was set with first");
    let (text, _) = shell("/usr/bin/env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD=", |it| {
        it.env_clear().env("Only", "this");
    })?;
    let mut shown: Vec<&str> =
        text.lines().filter(|line| !line.starts_with("TRANSOM_INHERIT=")).collect();
    shown.sort_unstable();
    assert_eq!(shown, ["Only=this"]);
    let mut wrong = Command::new("true");
    assert_eq!(wrong.env("a=b", "c").spawn().unwrap_err(), Win32Error::INVALID_PARAMETER);
    Ok(())
}

#[test]
fn the_current_directory_is_the_one_given() -> Test {
    let _alone = alone();
    let (text, _) = shell("pwd", |command| {
        command.current_dir("/usr");
    })?;
    assert_eq!(text, "/usr\n");
    let (text, _) = shell("pwd", |command| {
        command.current_dir(r"C:\usr\bin\..");
    })?;
    assert_eq!(text, "/usr\n");
    Ok(())
}

#[test]
fn the_three_streams_are_told_apart() -> Test {
    let _alone = alone();
    let (stdin, mut words) = anonymous::pipe()?;
    let (out, stdout) = anonymous::pipe()?;
    let (err, stderr) = anonymous::pipe()?;
    let child = Command::new("sh")
        .args(["-c", "read line; echo out-$line; echo err-$line >&2"])
        .stdin(&stdin)
        .stdout(&stdout)
        .stderr(&stderr)
        .spawn()?;
    drop((stdin, stdout, stderr));
    words.write_all(b"hello\n")?;
    assert_eq!((read_all(out), read_all(err)), ("out-hello\n".into(), "err-hello\n".into()));
    assert_eq!(child.wait()?, 0);
    Ok(())
}

#[test]
fn one_handle_can_be_two_streams() -> Test {
    let _alone = alone();
    for inherit in [false, true] {
        let (reader, writer) = anonymous::pipe()?;
        writer.set_inheritable(true)?;
        let child = Command::new("sh")
            .args(["-c", "echo one; echo two >&2"])
            .inherit_handles(inherit)
            .stdout(&writer)
            .stderr(&writer)
            .spawn()?;
        drop(writer);
        assert_eq!(read_all(reader), "one\ntwo\n");
        assert_eq!(child.wait()?, 0);
    }
    Ok(())
}

#[test]
fn fact_20_a_pipeline_of_three_moves_megabytes() -> Test {
    let _alone = alone();
    const BYTES: usize = 3_000_000;
    let (first, mut input) = anonymous::pipe()?;
    let (second, middle) = anonymous::pipe()?;
    let (mut output, last) = anonymous::builder().size(1 << 20).create()?;
    let cat = Command::new("cat").stdin(&first).stdout(&middle).spawn()?;
    let wc = Command::new("tr").args(["a", "b"]).stdin(&second).stdout(&last).spawn()?;
    drop((first, second, middle, last));
    let writer = std::thread::spawn(move || input.write_all(&vec![b'a'; BYTES]));
    let mut bytes = Vec::new();
    output.read_to_end(&mut bytes)?;
    writer.join().expect("no panic")?;
    assert_eq!(bytes.len(), BYTES);
    assert!(bytes.iter().all(|&byte| byte == b'b'));
    assert_eq!((cat.wait()?, wc.wait()?), (0, 0));
    Ok(())
}

#[test]
fn fact_20_a_reader_that_went_is_an_error_not_a_signal() -> Test {
    let _alone = alone();
    let (stdin, mut words) = anonymous::pipe()?;
    let child = Command::new("true").stdin(&stdin).spawn()?;
    drop(stdin);
    child.wait()?;
    let error = words.write_all(b"anybody there?").unwrap_err();
    assert_eq!(code_of(&error), Some(Win32Error::NO_DATA));
    // A child has the signal as a fresh program expects it: `yes` ends by it.
    let (reader, stdout) = anonymous::pipe()?;
    let yes = Command::new("yes").stdout(&stdout).spawn()?;
    drop((reader, stdout));
    assert_eq!(yes.wait()?, 128 + 13);
    Ok(())
}

#[test]
fn a_suspended_child_waits_and_can_be_ended_before_it_ran() -> Test {
    let _alone = alone();
    let (reader, stdout) = anonymous::pipe()?;
    let child = Command::new("echo").arg("ran").suspended(true).stdout(&stdout).spawn()?;
    drop(stdout);
    assert_eq!(child.wait_timeout(Duration::from_millis(20))?, None);
    assert_eq!(reader.available()?, 0);
    assert_eq!(child.resume()?, 1);
    assert_eq!(read_all(reader), "ran\n");
    assert_eq!(child.wait()?, 0);
    assert_eq!(child.resume()?, 0);

    let (reader, stdout) = anonymous::pipe()?;
    let child = Command::new("echo").arg("ran").suspended(true).stdout(&stdout).spawn()?;
    drop(stdout);
    child.terminate(0x1234_5678)?;
    assert_eq!(child.wait()?, 0x1234_5678);
    assert_eq!(read_all(reader), "");
    Ok(())
}

#[test]
fn a_child_s_priority_and_group_are_its_own() -> Test {
    let _alone = alone();
    let child =
        Command::new("sleep").arg("600").priority(PriorityClass::Idle).new_group(true).spawn()?;
    assert_eq!(child.process().priority()?, PriorityClass::Idle);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id()))?;
    let group = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(2));
    assert_eq!(group, Some(child.id().to_string().as_str()));
    child.terminate(0)?;
    child.wait()?;
    Ok(())
}

#[test]
fn fact_13_a_list_limits_what_is_inherited_and_a_shell_passes_it_on() -> Test {
    let _alone = alone();
    let given = Event::builder().inheritable(true).create()?.into_handle();
    let other = Event::builder().inheritable(true).create()?.into_handle();
    let child =
        Command::new("sh").args(["-c", "exec sleep 600"]).inherit_only(&[&given]).spawn()?;
    let lines = table::of(child.id())?;
    let shown: Vec<isize> = lines.lines.iter().map(|line| line.handle).collect();
    assert_eq!(shown, [given.as_raw()]);
    assert_eq!(other.usage_count()?, 1);
    // The handle can be fetched back from a program that knows nothing of it.
    let there = RemoteHandle::from_raw(given.as_raw())?;
    let back = OwnedHandle::take_from(child.process(), there)?;
    assert!(back.same_object_as(&given)?);
    assert_eq!(given.usage_count()?, 3);
    let absent = RemoteHandle::from_raw(other.as_raw())?;
    let error = OwnedHandle::take_from(child.process(), absent).unwrap_err();
    assert_eq!(error, Win32Error::INVALID_HANDLE);
    child.terminate(0)?;
    child.wait()?;
    assert_eq!(given.usage_count()?, 2);
    let error = OwnedHandle::take_from(child.process(), there).unwrap_err();
    assert_eq!(error, Win32Error::ACCESS_DENIED);
    Ok(())
}

#[test]
fn waits_mix_processes_and_events() -> Test {
    let _alone = alone();
    let event = Event::manual()?;
    let (first, second) = (sleeper()?, sleeper()?);
    assert_eq!(wait::wait_any(&[&first, &event, &second], Duration::from_millis(5))?, None);
    event.set()?;
    assert_eq!(wait::wait_any(&[&first, &event, &second], None)?, Some(1));
    event.reset()?;
    second.terminate(2)?;
    assert_eq!(wait::wait_any(&[&first, &event, &second], None)?, Some(2));
    std::thread::scope(|scope| -> Result<()> {
        let all = scope.spawn(|| wait::wait_all(&[&first, &event, &second], None));
        first.terminate(1)?;
        event.set()?;
        assert!(all.join().expect("no panic")?);
        Ok(())
    })?;
    assert_eq!((first.wait()?, second.wait()?), (1, 2));
    Ok(())
}

#[test]
fn fact_17_a_process_is_opened_by_id_while_a_handle_is_open() -> Test {
    let _alone = alone();
    let child = sleeper()?;
    let id = child.id();
    let shy = Process::open(id, Access::QUERY)?;
    assert_eq!(shy.terminate(1).unwrap_err(), Win32Error::ACCESS_DENIED);
    assert_eq!(shy.wait(Duration::ZERO).unwrap_err(), Win32Error::ACCESS_DENIED);
    drop(shy);
    child.terminate(300)?;
    child.wait()?;
    assert!(snapshot::processes()?.iter().all(|process| process.id != id));
    let again = Process::open(id, Access::QUERY | Access::SYNCHRONIZE)?;
    assert_eq!(again.exit_code()?, Some(300));
    assert!(again.wait(None)?);
    drop((child, again));
    assert_eq!(Process::open(id, Access::QUERY).unwrap_err(), Win32Error::INVALID_PARAMETER);
    Ok(())
}

#[test]
fn many_children_at_once_leave_nothing() -> Test {
    let _alone = alone();
    let before = table::of_current()?.lines.len();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            std::thread::spawn(move || -> Result<Vec<u32>> {
                let mut ids = Vec::new();
                for round in 0..50_u32 {
                    let code = thread * 50 + round;
                    let (text, found) = shell(&format!("echo $$; exit {}", code % 256), |_| ())?;
                    assert_eq!(found, code % 256);
                    ids.push(text.trim().parse().expect("the shell's id"));
                }
                Ok(ids)
            })
        })
        .collect();
    for thread in threads {
        for id in thread.join().expect("no panic")? {
            assert!(!std::path::Path::new(&format!("/proc/{id}")).exists(), "a zombie stays");
            assert!(!table::processes()?.contains(&id), "a record stays");
        }
    }
    assert_eq!(table::of_current()?.lines.len(), before);
    Ok(())
}
