//! `lp` beside what Linux says, and `kp` against whom it may meet.

use crate::ground::{self, Ground};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// A process of the ground's sleeper.
fn sleeper(ground: &Ground) -> Command {
    let mut command = Command::new(ground.work().join(ground.sleeper()));
    command.arg("1000").stdin(Stdio::null());
    command
}

fn end(mut children: Vec<Child>) {
    for child in &mut children {
        let _ = child.kill();
    }
    for mut child in children {
        child.wait().expect("it is our child");
    }
}

/// Process ids and names, from a list of which these are two columns.
fn columns(text: &str, id: usize, name: usize) -> BTreeMap<u32, String> {
    text.lines()
        .skip(1)
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words[id].parse().expect("an id"), words[name..].join(" "))
        })
        .collect()
}

#[test]
fn lp_shows_500_processes_as_proc_and_ps_do() {
    let ground = Ground::new("lp");
    let children: Vec<Child> =
        (0..500).map(|_| sleeper(&ground).spawn().expect("a process")).collect();
    let ours: BTreeSet<u32> = children.iter().map(Child::id).collect();

    let (code, text) = ground.line("lp");
    assert_eq!(code, Some(0));
    let listed = columns(&text, 0, 4);
    for id in &ours {
        assert_eq!(listed.get(id).map(String::as_str), Some(ground.sleeper()), "{id}");
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).expect("it runs");
        assert!(stat.contains(&format!("({})", ground.sleeper())));
    }
    // What runs before and after is in the list; what is in the list ran before or after.
    let proc: BTreeSet<u32> = std::fs::read_dir("/proc")
        .expect("the processes")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    assert_eq!(proc.intersection(&ours).count(), 500);
    let of_ours = |text: &str, id, name| {
        let mut found = columns(text, id, name);
        found.retain(|id, _| ours.contains(id));
        found
    };
    let ps = Command::new("ps").args(["-e", "-o", "pid,comm"]).output();
    if let Ok(ps) = ps {
        let ps = String::from_utf8_lossy(&ps.stdout).into_owned();
        assert_eq!(of_ours(&ps, 0, 1), of_ours(&text, 0, 4));
    }
    let (_, json) = ground.line("lp --json");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let parents: BTreeSet<u64> = json
        .as_array()
        .expect("a list")
        .iter()
        .filter(|process| ours.contains(&(process["pid"].as_u64().expect("an id") as u32)))
        .map(|process| process["parent"].as_u64().expect("an id"))
        .collect();
    assert_eq!(parents, [u64::from(std::process::id())].into());

    // All of them by their one name.
    let (code, text) = ground.line(&format!("kp {}", ground.sleeper()));
    assert_eq!(code, Some(0));
    assert!(text.ends_with("500 processes ended\n"), "{}", &text[text.len().saturating_sub(200)..]);
    end(children);
}

#[test]
fn a_name_that_nobody_has() {
    let ground = Ground::new("nobody");
    let (code, text) = ground.line("kp there-is-no-such");
    assert_eq!((code, &*text), (Some(128), "there-is-no-such: no process has this name\n"));
}

/// Makes a command run as a user who is not this one, if we may; else it is not changed.
fn as_another_user(command: &mut Command) -> bool {
    let root = rustix::process::geteuid().is_root();
    if root {
        command.uid(65534).gid(65534);
    }
    root
}

#[test]
fn a_process_of_another_user_is_error_5() {
    let ground = Ground::new("user");
    let mut prompt = ground.transom(&["-c", "kp 1"]);
    if as_another_user(&mut prompt) {
        // The other user can neither read our build directory nor write into our namespace.
        let program = std::env::temp_dir().join(format!("transom-{}", std::process::id()));
        std::fs::copy(ground::TRANSOM, &program).expect("a copy of the prompt");
        let mut copy = Command::new(&program);
        copy.args(["-c", "kp 1"]).env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
        as_another_user(&mut copy);
        let (code, text) = ground.run(&mut copy);
        std::fs::remove_file(&program).expect("our file");
        assert_eq!((code, &*text), (Some(5), "1: access is denied (ERROR_ACCESS_DENIED, 5)\n"));
        return;
    }
    let (code, text) = ground.run(&mut prompt);
    assert_eq!((code, &*text), (Some(5), "1: access is denied (ERROR_ACCESS_DENIED, 5)\n"));
}

#[test]
fn a_zombie_has_ended_already() {
    let ground = Ground::new("zombie");
    let mut child = sleeper(&ground).spawn().expect("a process");
    child.kill().expect("it ends");
    // It stays a zombie until we collect it.
    let stat = format!("/proc/{}/stat", child.id());
    while !std::fs::read_to_string(&stat).expect("a zombie").contains(") Z ") {
        std::thread::yield_now();
    }
    let id = child.id();
    let (code, text) = ground.line(&format!("kp {id}"));
    let zombie = (code, text);
    // Its name is nobody's.
    let (code, text) = ground.line(&format!("kp {}", ground.sleeper()));
    child.wait().expect("it is our child");
    assert_eq!(code, Some(128), "{text}");
    let (code, text) = zombie;
    assert!(matches!(code, Some(5 | 87)), "{text}");
    assert!(text.starts_with(&format!("{id}: ")), "{text}");
}

#[test]
fn a_prompt_ends_itself_by_its_id_and_not_by_its_name() {
    let ground = Ground::new("itself");
    // A name of its own, or it would end the prompts of other tests.
    let name = format!("{}p", ground.sleeper());
    let program = ground.work().join(&name);
    std::fs::copy(ground::TRANSOM, &program).expect("a copy of the prompt");
    let prompt = |line: &str| {
        let mut command = Command::new(&program);
        let configured = ground.transom(&[]);
        for (name, value) in configured.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        command.args(["-c", line]).current_dir(ground.work()).stdin(Stdio::null());
        ground.run(&mut command)
    };
    let (code, text) = prompt(&format!("kp {name} & echo still here"));
    assert_eq!(code, Some(0));
    assert!(text.contains("this prompt itself, left out"), "{text}");
    assert!(text.contains(&format!("{name}: no process has this name")), "{text}");
    assert!(text.ends_with("still here\n"), "{text}");

    let mut child = ground.transom(&[]);
    child.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = child.spawn().expect("a prompt");
    use std::io::Write;
    let line = format!("kp --code 77 {}\necho never\n", child.id());
    child.stdin.take().expect("its input").write_all(line.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(") ended\n") && !text.contains("never"), "{text}");
}
