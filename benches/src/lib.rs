//! Benchmarks: Transom against the floor, which is the same job done with raw Linux calls.
//!
//! Transom and floor alternate, round by round, in one run; the ratio is the median of the
//! rounds' ratios, so that what else the machine does meanwhile falls on both.
//!
//! `cargo bench -p transom-benches` runs all rows, `... -- NAME` those whose name contains NAME.
//! Without cargo's `--bench` (that is, under `cargo test`) each row runs once and briefly: it
//! shows that the row works, and judges nothing.

pub mod channel;
pub mod linux;
pub mod mailslots;
pub mod partner;
pub mod pipes;
pub mod placement;
pub mod win32;

use std::time::{Duration, Instant};

/// What a row must reach.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// At most so many microseconds.
    Micros(f64),
    /// At most so many times the floor.
    Ratio(f64),
    /// At least so many times the floor's speed.
    Speed(f64),
    /// At most so many microseconds more than the floor.
    ExtraMicros(f64),
}

/// How much of a row is measured.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How often Transom and floor take turns.
    pub rounds: usize,
    /// How often the operation is done in a turn.
    pub iterations: u32,
}

/// One side of a row: does its operation so many times, and says how long that took.
pub type Side<'a> = &'a mut dyn FnMut(u32) -> Duration;

/// Runs rows and judges them.
#[derive(Debug)]
pub struct Harness {
    filters: Vec<String>,
    brief: bool,
    over: usize,
}

impl Harness {
    /// As the command line says.
    #[must_use]
    pub fn from_arguments() -> Self {
        let (flags, filters): (Vec<String>, _) =
            std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
        let has = |flag: &str| flags.iter().any(|given| given == flag);
        let brief = has("--test") || !has("--bench");
        println!(
            "{:<42} {:>21} {:>21} {:>7}  limit",
            "median (fastest), microseconds", "Transom", "floor", "ratio"
        );
        Self { filters, brief, over: 0 }
    }

    /// Whether a row is asked for: one with dear preparations looks before it makes them.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| name.contains(&**filter))
    }

    /// How often an operation will be done in a turn of this size.
    #[must_use]
    pub fn iterations(&self, size: Size) -> u32 {
        if self.brief { size.iterations.min(3) } else { size.iterations }
    }

    /// Measures a row and prints its line.
    pub fn row(
        &mut self,
        name: &str,
        limit: Limit,
        size: Size,
        transom: Side<'_>,
        floor: Side<'_>,
    ) {
        if !self.wants(name) {
            return;
        }
        let iterations = self.iterations(size);
        let rounds = if self.brief { 1 } else { size.rounds };
        let mut measured = [Vec::new(), Vec::new()];
        // The first round warms up.
        for round in 0..=rounds {
            let turn = [transom(iterations), floor(iterations)];
            for (times, time) in measured.iter_mut().zip(turn) {
                if round > 0 {
                    times.push(time.as_secs_f64() * 1e6 / f64::from(iterations));
                }
            }
        }
        let [transom, floor] = measured;
        let ratio = median(transom.iter().zip(&floor).map(|(ours, raw)| ours / raw));
        let extra = median(transom.iter().zip(&floor).map(|(ours, raw)| ours - raw));
        let [ours, raw] = [&transom, &floor].map(|times| median(times.iter().copied()));
        let (kept, wanted) = match limit {
            Limit::Micros(most) => (ours <= most, format!("<= {most} us")),
            Limit::Ratio(most) => (ratio <= most, format!("<= {most} x floor")),
            Limit::Speed(least) => (1.0 / ratio >= least, format!("speed >= {least} x floor")),
            Limit::ExtraMicros(most) => (extra <= most, format!("<= floor + {most} us")),
        };
        let verdict = match (self.brief, kept) {
            (true, _) => "(not judged)",
            (false, true) => "ok",
            (false, false) => "OVER",
        };
        self.over += usize::from(!self.brief && !kept);
        let [ours, raw] = [(ours, &transom), (raw, &floor)].map(|(median, times)| {
            let fastest = times.iter().copied().fold(f64::INFINITY, f64::min);
            format!("{median:.3} ({fastest:.3})")
        });
        println!("{name:<42} {ours:>21} {raw:>21} {ratio:>7.3}  {wanted} {verdict}");
    }

    /// Says how many rows were over their limit.
    pub fn finish(&self) {
        if !self.brief {
            println!("{} rows over their limit", self.over);
        }
    }
}

/// Does an operation so many times.
#[inline]
pub fn each(iterations: u32, mut operation: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..iterations {
        operation();
    }
    start.elapsed()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
