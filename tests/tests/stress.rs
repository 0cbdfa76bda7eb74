//! Sixteen threads of four processes wait for and signal the same objects at random.

use std::time::Duration;
use transom_tests::assistant::Assistant;
use transom_tests::files::Directory;
use transom_tests::stress::{Names, Objects, come_and_go};

/// How long: `TRANSOM_STRESS_SECONDS`, else two seconds.
fn time() -> Duration {
    let given = std::env::var("TRANSOM_STRESS_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(given.unwrap_or(2))
}

#[test]
fn sixteen_threads_of_four_processes_break_no_rule() {
    let _alone = transom_tests::alone();
    let directory = Directory::new();
    let names = Names {
        prefix: format!("transom-stress-{}", std::process::id()),
        file: directory.name("numbers"),
    };
    let objects = Objects::open(&names);
    let mut others: Vec<Assistant> = (0..3).map(|_| Assistant::unrelated()).collect();
    for other in &mut others {
        let Names { prefix, file } = &names;
        other.tell(&format!("stress {prefix} {file} 4 {}", time().as_millis()));
    }
    let mut done = vec![objects.work(4, time())];
    done.extend(others.iter_mut().map(|other| {
        let answer = other.hear();
        answer.parse::<u64>().unwrap_or_else(|_| panic!("{answer}"))
    }));
    drop(others);
    objects.check_at_rest();
    println!("{done:?} things done");
    assert!(done.iter().all(|&done| done > 100), "{done:?}");
}

#[test]
fn sixteen_threads_of_one_process_break_no_rule() {
    let _alone = transom_tests::alone();
    let directory = Directory::new();
    let objects = Objects::unnamed(&directory.name("numbers"));
    let done = objects.work(16, time());
    objects.check_at_rest();
    println!("{done} things done");
    assert!(done > 100);
}

#[test]
fn a_name_that_comes_and_goes_has_one_object_at_a_time() {
    let _alone = transom_tests::alone();
    let directory = Directory::new();
    let (name, file) =
        (format!("transom-comes-{}", std::process::id()), directory.file("owner", "01234567"));
    let start = || {
        let mut other = Assistant::unrelated();
        other.tell(&format!("come-and-go {name} {file} {}", time().as_millis()));
        other
    };
    let mut others = [start(), start()];
    // One after the other of these is killed in the middle of it.
    let killer = std::thread::spawn({
        let (name, file) = (name.clone(), file.clone());
        move || {
            let end = std::time::Instant::now() + time();
            let mut kills = 0;
            while std::time::Instant::now() < end {
                let mut victim = Assistant::unrelated();
                victim.tell(&format!("come-and-go {name} {file} 60000"));
                std::thread::sleep(Duration::from_micros(kills * 137 % 5000));
                victim.kill();
                kills += 1;
            }
            kills
        }
    });
    let mut done = vec![come_and_go(&name, &file, time())];
    let kills = killer.join().unwrap();
    done.extend(others.iter_mut().map(|other| {
        let answer = other.hear();
        answer.parse::<u64>().unwrap_or_else(|_| panic!("{answer}"))
    }));
    println!("{done:?} times, {kills} killed");
    assert!(done.iter().all(|&done| done > 10) && kills > 1);
    let opened = transom_tests::objects::Kind::Mutex.open(0, &name);
    assert_eq!(opened, (0, 2), "the last one took the name with it");
}
