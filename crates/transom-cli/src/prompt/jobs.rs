//! What runs in the background.

use super::start::Started;
use serde_json::{Value, json};
use transom::{Process, Result, process::Access};

/// A command in the background.
#[derive(Debug)]
pub struct Job {
    /// Its number, by which it is named at the prompt.
    pub number: u32,
    /// Its process.
    pub started: Started,
    /// What was typed.
    pub line: String,
}

impl Job {
    /// Its exit code, once it has ended.
    ///
    /// # Errors
    /// `ERROR_NOT_SUPPORTED`: nobody knows how it ended.
    pub fn exit_code(&self) -> Result<Option<u32>> {
        self.started.process.exit_code()
    }
}

/// The jobs of a prompt, until somebody was told of their end.
#[derive(Debug, Default)]
pub struct Jobs {
    jobs: Vec<Job>,
}

impl Jobs {
    /// Notes a job; its number, the lowest that is free.
    pub fn add(&mut self, started: Started, line: String) -> u32 {
        let taken = |number| self.jobs.iter().any(|job| job.number == number);
        let number = (1..).find(|&number| !taken(number)).unwrap_or(u32::MAX);
        self.jobs.push(Job { number, started, line });
        self.jobs.sort_by_key(|job| job.number);
        number
    }

    /// All jobs, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }

    /// The job with this number, or with a process of this id.
    #[must_use]
    pub fn find(&self, number_or_id: u32) -> Option<&Job> {
        let by_number = self.jobs.iter().find(|job| job.number == number_or_id);
        by_number.or_else(|| self.jobs.iter().find(|job| job.started.id == number_or_id))
    }

    /// Forgets a job.
    pub fn remove(&mut self, number: u32) {
        self.jobs.retain(|job| job.number != number);
    }

    /// Takes out the jobs that have ended.
    pub fn take_ended(&mut self) -> Vec<Job> {
        let has_ended = |job: &mut Job| !matches!(job.exit_code(), Ok(None));
        self.jobs.extract_if(.., has_ended).collect()
    }

    /// What a child prompt is told of the jobs.
    pub(super) fn to_json(&self) -> Value {
        let job = |job: &Job| json!([job.number, job.started.id, job.line]);
        self.jobs.iter().map(job).collect()
    }

    /// What a child prompt knows of the jobs of its parent: those that still run.
    pub(super) fn of_json(jobs: &Value) -> Self {
        let job = |job: &Value| {
            let number = |index: usize| u32::try_from(job[index].as_u64()?).ok();
            let (number, id) = (number(0)?, number(1)?);
            let process = Process::open(id, Access::QUERY | Access::SYNCHRONIZE).ok()?;
            let started = Started { id, process };
            Some(Job { number, started, line: job[2].as_str()?.to_owned() })
        };
        Self { jobs: jobs.as_array().into_iter().flatten().filter_map(job).collect() }
    }
}
