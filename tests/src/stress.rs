//! Random waits and signals on a few objects that several processes share, with rules that break
//! when a signal is lost, taken twice, or not seen.

use crate::objects::{ALL_ACCESS, Kind, release_mutex, release_semaphore};
use crate::win32;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

/// `WAIT_TIMEOUT`.
const TIMED_OUT: u32 = 258;

/// The names of the objects, of one test run: two mutexes, two semaphores that hold
/// [`TOKENS`] together, and two auto-reset events that are signalled when nobody has them.
#[derive(Clone, Debug)]
pub struct Names {
    /// What all names begin with.
    pub prefix: String,
    /// A file of two numbers, each of which is changed under one of the mutexes only.
    pub file: String,
}

/// What both semaphores hold together.
pub const TOKENS: u32 = 5;

/// The objects, opened by this process.
#[derive(Debug)]
pub struct Objects {
    mutexes: [isize; 2],
    semaphores: [isize; 2],
    events: [isize; 2],
    file: std::fs::File,
}

impl Objects {
    /// Makes or opens them.
    #[must_use]
    pub fn open(names: &Names) -> Self {
        let name = |label: &str| format!("{}-{label}", names.prefix);
        let create = |kind: Kind, label: &str| {
            let (handle, error) = match kind {
                Kind::Semaphore => crate::objects::create_semaphore(
                    Some(&name(label)),
                    if label == "s0" { TOKENS as i32 } else { 0 },
                    TOKENS as i32,
                ),
                Kind::Event => crate::objects::create_event(Some(&name(label)), false, true),
                kind => kind.create(&name(label)),
            };
            assert_ne!(handle, 0, "{label}: error {error}");
            let (opened, error) = kind.open(ALL_ACCESS, &name(label));
            assert_ne!(opened, 0, "{label}: error {error}");
            win32::close(handle);
            opened
        };
        let file = std::fs::File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&names.file)
            .expect("a file");
        Self {
            mutexes: [create(Kind::Mutex, "m0"), create(Kind::Mutex, "m1")],
            semaphores: [create(Kind::Semaphore, "s0"), create(Kind::Semaphore, "s1")],
            events: [create(Kind::Event, "e0"), create(Kind::Event, "e1")],
            file,
        }
    }

    /// Makes them without names, for the threads of this process.
    #[must_use]
    pub fn unnamed(file: &str) -> Self {
        let made = |(handle, error): win32::Outcome<isize>| {
            assert_ne!(handle, 0, "error {error}");
            handle
        };
        let semaphore = |count| made(crate::objects::create_semaphore(None, count, TOKENS as i32));
        Self {
            mutexes: [(); 2].map(|()| made(crate::objects::create_mutex(None, false))),
            semaphores: [semaphore(TOKENS as i32), semaphore(0)],
            events: [(); 2].map(|()| win32::create_event(false, true, false)),
            file: std::fs::File::options()
                .read(true)
                .write(true)
                .create_new(true)
                .open(file)
                .expect("a file"),
        }
    }

    /// Several threads do random things for so long; how many things they did.
    #[must_use]
    pub fn work(&self, threads: u64, time: Duration) -> u64 {
        let end = Instant::now() + time;
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|number| {
                    let seed = u64::from(std::process::id()) << 8 | number;
                    scope.spawn(move || {
                        let mut worker = Worker { objects: self, random: seed, done: 0 };
                        while Instant::now() < end {
                            worker.act();
                        }
                        worker.done
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().expect("no rule was broken")).sum()
        })
    }

    /// Checks that nothing was lost and nothing came from nowhere.
    pub fn check_at_rest(&self) {
        let drain = |semaphore: isize| {
            (0..2 * TOKENS).take_while(|_| win32::wait(semaphore, 0).0 == 0).count()
        };
        let left: usize = self.semaphores.into_iter().map(drain).sum();
        assert_eq!(left, TOKENS as usize);
        for event in self.events {
            assert_eq!([win32::wait(event, 0).0, win32::wait(event, 0).0], [0, TIMED_OUT]);
        }
        for mutex in self.mutexes {
            assert_eq!(win32::wait(mutex, 0).0, 0);
            assert_eq!(release_mutex(mutex).0, 1);
        }
    }
}

struct Worker<'a> {
    objects: &'a Objects,
    random: u64,
    done: u64,
}

impl Worker<'_> {
    fn below(&mut self, limit: u64) -> u64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % limit
    }

    /// Changes a number that only the mutex's owner may change.
    fn use_number(&mut self, index: usize) {
        let mine = self.random | 1;
        let place = index as u64 * 8;
        self.objects.file.write_all_at(&mine.to_ne_bytes(), place).expect("it can be written");
        if self.below(4) == 0 {
            std::thread::yield_now();
        }
        let mut found = [0; 8];
        self.objects.file.read_exact_at(&mut found, place).expect("it can be read");
        assert_eq!(u64::from_ne_bytes(found), mine, "two owners at once");
    }

    fn give_back(&self, object: isize) {
        if self.objects.semaphores.contains(&object) {
            let ((released, _), error) = release_semaphore(object, 1);
            assert_eq!(released, 1, "more tokens than there are: error {error}");
        } else if self.objects.events.contains(&object) {
            assert_eq!(win32::set_event(object).0, 1);
        } else {
            assert_eq!(release_mutex(object).0, 1, "it was ours");
        }
    }

    /// How long to wait: sometimes not at all, sometimes for ever where somebody will signal.
    fn patience(&mut self) -> u32 {
        [0, 1, 5, 20][self.below(4) as usize]
    }

    fn act(&mut self) {
        self.done += 1;
        match self.below(6) {
            0 => {
                let index = self.below(2) as usize;
                let mutex = self.objects.mutexes[index];
                // Nobody waits for anything while it owns one, so it comes.
                assert_eq!(win32::wait(mutex, u32::MAX).0, 0);
                self.use_number(index);
                if self.below(2) == 0 {
                    assert_eq!(win32::wait(mutex, 0).0, 0, "we own it already");
                    self.give_back(mutex);
                    self.use_number(index);
                }
                self.give_back(mutex);
            }
            1 => {
                let [s0, s1] = self.objects.semaphores;
                let [e0, e1] = self.objects.events;
                let any = [s0, e0, s1, e1];
                let first = self.below(4) as usize;
                let any: Vec<isize> = any.into_iter().cycle().skip(first).take(4).collect();
                let (taken, _) = win32::wait_many(&any, false, u32::MAX);
                assert!(taken < 4, "{taken}");
                self.give_back(any[taken as usize]);
            }
            2 => {
                let from = self.below(2) as usize;
                let patience = self.patience();
                if win32::wait(self.objects.semaphores[from], patience).0 == 0 {
                    self.give_back(self.objects.semaphores[1 - from]);
                }
            }
            3 => self.all(),
            4 => {
                let event = self.objects.events[self.below(2) as usize];
                // Who has it gives it back, whatever it does in between.
                assert_eq!(win32::wait(event, u32::MAX).0, 0);
                self.give_back(event);
            }
            _ => {
                let event = self.objects.events[self.below(2) as usize];
                let patience = self.patience();
                if win32::wait(event, patience).0 == 0 {
                    self.give_back(event);
                }
            }
        }
    }

    /// Takes some of the objects at once, at least two.
    fn all(&mut self) {
        let (mutexes, rest) =
            (self.objects.mutexes, [self.objects.semaphores, self.objects.events]);
        let candidates: Vec<isize> =
            mutexes.into_iter().chain(rest.into_iter().flatten()).collect();
        let chosen = self.below(64) | 0b11 << self.below(5);
        let mut list: Vec<isize> = (0..6)
            .filter(|bit| chosen >> bit & 1 != 0)
            .map(|bit| candidates[bit as usize])
            .collect();
        if self.below(2) == 0 {
            list.reverse();
        }
        let patience = self.patience();
        match win32::wait_many(&list, true, patience).0 {
            0 => {
                for (index, mutex) in mutexes.into_iter().enumerate() {
                    if list.contains(&mutex) {
                        self.use_number(index);
                    }
                }
                for object in list {
                    self.give_back(object);
                }
            }
            other => assert_eq!(other, TIMED_OUT),
        }
    }
}

/// Makes or opens a mutex by its name, owns it, and closes it, again and again; how often. If two
/// mutexes had the name at once, two would own it, and one would find what the other wrote.
#[must_use]
pub fn come_and_go(name: &str, file: &str, time: Duration) -> u64 {
    let file = std::fs::File::options().read(true).write(true).open(file).expect("the file");
    let end = Instant::now() + time;
    let mut done = 0;
    while Instant::now() < end {
        done += 1;
        let (mutex, error) = crate::objects::create_mutex(Some(name), false);
        assert!(mutex != 0 && matches!(error, 0 | 183), "error {error}");
        let (waited, _) = win32::wait(mutex, u32::MAX);
        assert!(matches!(waited, 0 | 0x80), "{waited}");
        let mine = u64::from(std::process::id()) << 32 | done;
        file.write_all_at(&mine.to_ne_bytes(), 0).expect("it can be written");
        std::thread::yield_now();
        let mut found = [0; 8];
        file.read_exact_at(&mut found, 0).expect("it can be read");
        assert_eq!(u64::from_ne_bytes(found), mine, "two mutexes of one name");
        assert_eq!(release_mutex(mutex).0, 1);
        win32::close(mutex);
    }
    done
}

/// The assistant's part: `stress PREFIX FILE THREADS MILLISECONDS`,
/// `come-and-go NAME FILE MILLISECONDS`.
#[must_use]
pub fn answer(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    if let ["come-and-go", name, file, milliseconds] = *words {
        let time = Duration::from_millis(milliseconds.parse().ok()?);
        return Some(come_and_go(name, file, time).to_string());
    }
    let ["stress", prefix, file, threads, milliseconds] = *words else { return None };
    let names = Names { prefix: prefix.into(), file: file.into() };
    let objects = Objects::open(&names);
    let time = Duration::from_millis(milliseconds.parse().ok()?);
    Some(objects.work(threads.parse().ok()?, time).to_string())
}
