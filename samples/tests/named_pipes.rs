//! The sample of named pipes, as it is run.

use std::process::Command;

#[test]
fn every_client_has_its_answers() {
    let output = Command::new(env!("CARGO_BIN_EXE_named_pipes")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let mut lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.pop(), Some("5 clients were served by 3 instances"));
    lines.sort_unstable();
    let expected: Vec<String> = (1..=5)
        .flat_map(|number| ["HANDLE", "PIPE"].map(|word| format!("client {number}: {word}")))
        .collect();
    assert_eq!(lines, expected);
}
