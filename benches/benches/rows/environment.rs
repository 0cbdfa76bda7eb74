//! Environment variables, few and many.

use std::ffi::{CStr, CString};
use transom_benches::{Harness, Limit, Size, each, linux, win32};
use transom_kernel::environment;

const QUICK: Size = Size { rounds: 51, iterations: 10_000 };

pub(crate) fn rows(harness: &mut Harness) {
    for count in [10, 1000] {
        let forms = ["wide", "ansi"].map(|form| format!("environment-{form}-{count}"));
        if !forms.iter().any(|name| harness.wants(name)) {
            continue;
        }
        linux::clear_variables();
        environment::replace(Vec::new()).expect("an empty environment is one");
        let names: Vec<CString> = (0..count)
            .map(|number| CString::new(format!("BENCH_VARIABLE_{number}")).expect("no NUL"))
            .collect();
        for name in &names {
            linux::set_variable(name, c"some value");
            win32::set_variable_a(name, c"some value");
        }
        measure(harness, count, &names[names.len() / 2]);
    }
}

fn measure(harness: &mut Harness, count: usize, name: &CStr) {
    // The values change, as they do when somebody sets a variable.
    let values = [c"/usr/local/bin:/bin", c"/usr/local/bin:/etc"];
    let mut raw = |n| {
        let mut turn = values.iter().cycle();
        each(n, || {
            linux::set_variable(name, turn.next().expect("it goes round"));
            assert_eq!(linux::variable(name), 19);
        })
    };
    let text = name.to_str().expect("it was made of text");
    let wide_name = win32::wide(text);
    let wide_values = values.map(|value| win32::wide(value.to_str().expect("ASCII")));
    harness.row(
        &format!("environment-wide-{count}"),
        Limit::Micros(0.15),
        QUICK,
        &mut |n| {
            let mut turn = wide_values.iter().cycle();
            let mut buffer = [0; 64];
            each(n, || {
                win32::set_variable(&wide_name, turn.next().expect("it goes round"));
                assert_eq!(win32::variable(&wide_name, &mut buffer), 19);
            })
        },
        &mut raw,
    );
    harness.row(
        &format!("environment-ansi-{count}"),
        Limit::Micros(0.15),
        QUICK,
        &mut |n| {
            let mut turn = values.iter().cycle();
            let mut buffer = [0; 64];
            each(n, || {
                win32::set_variable_a(name, turn.next().expect("it goes round"));
                assert_eq!(win32::variable_a(name, &mut buffer), 19);
            })
        },
        &mut raw,
    );
}
