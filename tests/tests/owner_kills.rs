//! Owners and waiters killed at random moments: what they owned is abandoned, and nobody hangs.

use transom_tests::assistant::Assistant;
use transom_tests::objects::{create_mutex, release_mutex};
use transom_tests::random::Numbers;
use transom_tests::win32::{self, Start};

const FOREVER: u32 = u32::MAX;

/// How many are killed: `TRANSOM_KILLS`, else five hundred.
fn kills() -> u64 {
    std::env::var("TRANSOM_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(500)
}

fn start(inherited: &[isize]) -> Assistant {
    for &handle in inherited {
        assert_eq!(win32::set_handle_flags(handle, 1, 1).0, 1);
    }
    let start = Start { inherit: true, ..Start::default() };
    let mut assistant = Assistant::started_silently(&start, "");
    let words: Vec<String> = inherited.iter().map(ToString::to_string).collect();
    assistant.tell(&format!("churn {}", words.join(" ")));
    assistant
}

/// Two processes at a time take three mutexes one by one, any of them, and all of them, and are
/// killed in the middle of it. Meanwhile a thread of ours does the same: if anything were lost,
/// it would wait for ever.
#[test]
fn five_hundred_owners_and_waiters_are_killed_and_nobody_hangs() {
    let _alone = transom_tests::alone();
    let mutexes: Vec<isize> = (0..3).map(|_| create_mutex(None, false).0).collect();
    let mut numbers = Numbers(std::process::id().into());
    let list = mutexes.clone();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let abandoned = std::thread::scope(|scope| {
        let ours = scope.spawn(|| {
            let mut abandoned = 0_u64;
            let mut rounds = 0_u64;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) || rounds < 10 {
                rounds += 1;
                for &mutex in &list {
                    let (waited, error) = win32::wait(mutex, FOREVER);
                    assert!(matches!(waited, 0 | 0x80), "{waited} {error}");
                    abandoned += u64::from(waited == 0x80);
                    assert_eq!(release_mutex(mutex).0, 1);
                }
                let (waited, error) = win32::wait_many(&list, true, FOREVER);
                assert!(matches!(waited, 0 | 0x80), "{waited} {error}");
                abandoned += u64::from(waited == 0x80);
                for &mutex in &list {
                    assert_eq!(release_mutex(mutex).0, 1, "all are ours, or none");
                }
                std::thread::sleep(std::time::Duration::from_micros(50));
            }
            abandoned
        });
        let mut children: Vec<Assistant> = (0..2).map(|_| start(&mutexes)).collect();
        for _ in 0..kills() {
            let victim = numbers.below(2) as usize;
            std::thread::sleep(std::time::Duration::from_micros(numbers.below(6000)));
            children[victim].kill();
            children[victim] = start(&mutexes);
        }
        drop(children);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        ours.join().unwrap()
    });
    println!("{abandoned} waits found something abandoned");
    assert!(abandoned > 0 || kills() < 100, "none was killed while it owned one");
    for mutex in mutexes {
        let (waited, _) = win32::wait(mutex, 10_000);
        assert!(matches!(waited, 0 | 0x80));
        assert_eq!(release_mutex(mutex).0, 1);
        assert_eq!(release_mutex(mutex), (0, 288), "owned once");
        win32::close(mutex);
    }
}
