//! A job, its states and its kinds.

use time::Duration;

use super::outside::Errand;
use crate::db::{Id, Instant, Json, Resource, Tx};
use crate::http::AnyOf;
use crate::refusal::Refusal;
use crate::values::text::Line;
use crate::{filter, life, row, text_enum};

text_enum! {
    /// Where a job stands. Other states may come.
    pub enum JobState {
        /// To be taken when its time comes.
        Waiting = "waiting",
        /// Taken, until its lease ends.
        Running = "running",
        /// Finished.
        Done = "done",
        /// Out of tries; somebody must look.
        Dead = "dead",
    }
}

life! {
    /// What is called on a job.
    pub JobVerb of JobState, "jobs" for Job {
        Retry = "retry" by ManageJobs { Dead => Waiting }
    }
}

text_enum! {
    /// Who works jobs off: a pool runs one after the other at its own pace.
    pub enum Pool {
        /// Chains the journal.
        Journal = "journal",
        /// Forgets what is kept for a time only.
        Housekeeping = "housekeeping",
        /// Everything that users wait for.
        Work = "work",
    }
}

row! {
    /// A job as it stands.
    pub struct Job of jobs {
        id: Id,
        kind: String,
        pool: String,
        unique_key: String,
        #[serde(skip)]
        payload: Json,
        state: JobState,
        not_before: Instant,
        tries: i32,
        tries_max: i32,
        #[serde(skip)]
        lease_id: Option<Id>,
        lease_until: Option<Instant>,
        last_error: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A job is its own row, and belongs to the platform.
impl Resource for Job {
    type Row = Self;
    const NOUN: &'static str = "job";
    const PLURAL: &'static str = "jobs";

    fn row(&self) -> &Self {
        self
    }

    fn row_mut(&mut self) -> &mut Self {
        self
    }

    fn path(&self) -> &'static str {
        ""
    }
}

filter! {
    /// Which jobs a list holds.
    pub struct JobFilter {
        /// Only jobs in one of these states.
        state: AnyOf<JobState>,
        /// Only jobs of this kind.
        kind: Line<1, 64>,
    }
}

/// Key of jobs that are planned once and stay.
pub const STANDING_KEY: &str = "standing";

/// What a handler leaves for its job.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Finished.
    Done,
    /// A standing job: to be taken again after this long, with fresh tries.
    Again(Duration),
    /// The same with another payload, such as the place where a part of the work ended.
    AgainFrom(Json, Duration),
}

/// Whether a standing job has anything to do now.
pub type HasWork = fn(&mut Tx<'_>) -> Result<bool, Refusal>;

/// Does a job's work in the transaction that marks it.
pub type Run = fn(&mut Tx<'_>, &Job) -> Result<Outcome, Refusal>;

/// What a job does.
#[derive(Clone, Copy)]
pub enum Work {
    /// All in one transaction, together with the mark "done".
    Inside(Run),
    /// Something outside the database, between a transaction that plans it and one that settles it.
    Outside(&'static dyn Errand),
}

/// A kind of job: who works it off, how often, and how.
#[derive(Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    pub pool: Pool,
    /// Tries before a job is dead.
    pub tries_max: i32,
    /// Delay after the first failure; doubled after each, up to an hour, with jitter.
    pub first_delay: Duration,
    /// How long a taken job belongs to its taker.
    pub lease: Duration,
    /// Asked before a standing job is taken, so that an idle service writes nothing.
    pub has_work: Option<HasWork>,
    pub work: Work,
}

/// Longest delay between tries.
const DELAY_MAX: Duration = Duration::HOUR;

impl Kind {
    /// The delay after `tries` failures: doubled each time, up to an hour, ± a quarter taken from `jitter` (0–255).
    #[must_use]
    pub fn delay(&self, tries: i32, jitter: u8) -> Duration {
        let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or(0);
        let delay = self.first_delay.saturating_mul(1 << doublings).min(DELAY_MAX);
        let share = 0.75 + f64::from(jitter) / 510.0;
        delay * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> Kind {
        Kind {
            name: "test",
            pool: Pool::Work,
            tries_max: 3,
            first_delay: Duration::seconds(4),
            lease: Duration::minutes(1),
            has_work: None,
            work: Work::Inside(|_, _| Ok(Outcome::Done)),
        }
    }

    #[test]
    fn delays_double_up_to_an_hour_and_jitter_by_a_quarter() {
        assert_eq!(kind().delay(1, 0), Duration::seconds(3));
        assert_eq!(kind().delay(1, 255), Duration::seconds(5));
        assert_eq!(kind().delay(3, 0), Duration::seconds(12));
        assert_eq!(kind().delay(1_000, 255), Duration::minutes(75));
    }
}
