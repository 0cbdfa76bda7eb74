//! A thousand pipelines leave nothing.

use crate::ground::Ground;
use std::fmt::Write as _;
use std::process::Stdio;

#[test]
fn a_thousand_pipelines_leave_no_descriptor_no_process_and_no_file() {
    let ground = Ground::new("leaks");
    // The prompt's service thread collects a child a moment after the prompt knows of its end.
    let settled = "n=0\nwhile [ $n -lt 1000 ] && [ $(ls /proc/$1/fd | wc -l) -gt $2 ]; do\n\
                   sleep 0.01; n=$((n+1)); done\nls /proc/$1/fd | wc -l\n";
    std::fs::write(ground.work().join("settled.sh"), settled).expect("a program");
    // The number of the prompt itself: the parent of what it starts.
    let mut script = String::from("sh -c \"echo $PPID\">pid.txt\nset /p PID=<pid.txt\n");
    script.push_str(
        "true|true|true\nsh settled.sh %PID% 9999 >before.txt\nset /p BEFORE=<before.txt\n",
    );
    script.push_str("echo %BEFORE%\n");
    for number in 0..1000 {
        // Programs, built-in commands and failures in turn.
        let line = match number % 5 {
            0 => "true|true|true",
            1 => "echo x|cat>nul",
            2 => "true|false",
            3 => "nosuchcommand 2>nul|true",
            _ => "(echo a&echo b)|sort>out.txt",
        };
        writeln!(script, "{line}").expect("a string");
    }
    script.push_str("sh settled.sh %PID% %BEFORE%\n");
    script.push_str("handles %PID%>handles.txt\ngrep -c Process handles.txt\n");
    std::fs::write(ground.work().join("script.cmd"), script).expect("the script");
    let (_, text) = ground.run(ground.transom(&["script.cmd"]).stdin(Stdio::null()));
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let [before, after, handles] = lines[..] else { panic!("{text}") };
    let [before, after] = [before, after].map(|count| count.parse::<u32>().expect("a number"));
    assert!(after <= before, "{after} descriptors, {before} before");
    assert_eq!(handles, "0");
    let left = transom::snapshot::find_by_name(ground.sleeper()).expect("a snapshot");
    assert!(left.is_empty());
    assert_eq!(ground.left(), Vec::<std::path::PathBuf>::new());
}
