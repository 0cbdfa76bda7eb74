//! The threads.

use crate::error::{Result, Win32Error};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

/// The most threads of a pool that says nothing about it.
const USUAL_MOST: usize = 500;
/// How long a thread waits for work before it ends.
const PATIENCE: Duration = Duration::from_secs(10);

/// A pool.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    work: Condvar,
}

struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    least: usize,
    most: usize,
    closed: bool,
    /// The process whose threads these are.
    process: u32,
}

static DEFAULT: LazyLock<Pool> = LazyLock::new(Pool::new);

/// The pool of who names none.
#[must_use]
pub fn default_pool() -> Pool {
    DEFAULT.clone()
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

impl Pool {
    /// A pool without threads yet.
    #[must_use]
    pub fn new() -> Self {
        let state = State {
            jobs: VecDeque::new(),
            threads: 0,
            idle: 0,
            least: 0,
            most: USUAL_MOST,
            closed: false,
            process: std::process::id(),
        };
        Self(Arc::new(Inner { state: Mutex::new(state), work: Condvar::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        if state.process != process {
            // The process was forked, and the threads are the other's.
            (state.process, state.threads, state.idle) = (process, 0, 0);
            state.jobs.clear();
        }
        state
    }

    /// Has a job done by one of its threads, as soon as one is free.
    ///
    /// # Errors
    /// `ERROR_NO_SYSTEM_RESOURCES` when it has no thread and can have none.
    pub fn submit(&self, job: Job) -> Result<()> {
        let mut state = self.state();
        state.jobs.push_back(job);
        if state.idle >= state.jobs.len() || state.threads >= state.most.max(1) {
            self.0.work.notify_one();
            return Ok(());
        }
        match self.start(&mut state) {
            Ok(()) => Ok(()),
            // Those there are will come to it.
            Err(_) if state.threads > 0 => Ok(()),
            Err(error) => {
                state.jobs.pop_back();
                Err(error)
            }
        }
    }

    fn start(&self, state: &mut State) -> Result<()> {
        let pool = self.clone();
        let started = thread::Builder::new().name("transom-pool".into()).spawn(move || pool.work());
        started.map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
        state.threads += 1;
        Ok(())
    }

    fn work(&self) {
        loop {
            let job = {
                let mut state = self.state();
                loop {
                    let too_many = state.threads > state.most.max(1);
                    match state.jobs.pop_front() {
                        Some(job) if !too_many => break job,
                        Some(job) => state.jobs.push_front(job),
                        None => {}
                    }
                    if too_many || state.closed && state.jobs.is_empty() {
                        state.threads -= 1;
                        return;
                    }
                    state.idle += 1;
                    let (woken, timed_out) = self
                        .0
                        .work
                        .wait_timeout(state, PATIENCE)
                        .unwrap_or_else(PoisonError::into_inner);
                    state = woken;
                    state.idle -= 1;
                    if timed_out.timed_out() && state.jobs.is_empty() && state.threads > state.least
                    {
                        state.threads -= 1;
                        return;
                    }
                }
            };
            job();
        }
    }

    /// The most threads it may have.
    pub fn set_most(&self, most: usize) {
        self.state().most = most;
        self.0.work.notify_all();
    }

    /// The fewest threads it has, which are started now.
    ///
    /// # Errors
    /// `ERROR_NO_SYSTEM_RESOURCES` when it cannot have so many.
    pub fn set_least(&self, least: usize) -> Result<()> {
        let mut state = self.state();
        while state.threads < least {
            self.start(&mut state)?;
        }
        state.least = least;
        Ok(())
    }

    /// Ends its threads when there is nothing to do any more.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.least = 0;
        self.0.work.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Pool;
    use std::sync::mpsc::channel;

    #[test]
    fn jobs_are_done_by_as_many_threads_as_may_be() {
        let pool = Pool::new();
        pool.set_most(1);
        let (sender, receiver) = channel();
        for number in 0..100 {
            let sender = sender.clone();
            pool.submit(Box::new(move || sender.send(number).expect("it is waited for"))).unwrap();
        }
        let order: Vec<i32> = receiver.iter().take(100).collect();
        assert!(order.is_sorted(), "one thread takes them in turn");
        pool.set_most(4);
        pool.set_least(2).unwrap();
        assert!(pool.state().threads >= 2);
        pool.close();
    }
}
