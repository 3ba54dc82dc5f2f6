//! Background work as rows, planned in the transaction that causes it.
//!
//! A job is taken by a conditional update under a lease. What it does inside the database and "done" are one
//! transaction, so a killed process loses nothing and repeats nothing; what it does outside may be repeated
//! ([`Outside`]). A job out of tries stays, with its error and a `retry`.

mod api;
mod model;
mod outside;
mod runner;
mod store;

pub use self::api::routes;
pub use self::model::{Job, JobState, JobVerb, Kind, Outcome, Pool, STANDING_KEY, Work};
pub use self::outside::{Errand, Outside};
pub use self::runner::{Pace, Runner};
pub use self::store::{Waiting, oldest_waiting};

use time::Duration;

use crate::auth::By;
use crate::auth::permission::ManageJobs;
use crate::db::{Id, Json, Stored, Tx};
use crate::http::IfMatchVersion;
use crate::journal::change;
use crate::refusal::{Code, Refusal};

/// Days that a finished job is kept.
const DONE_KEPT_DAYS: i64 = 7;

/// Plans a job. A second one of the same kind and key is the same job, and is left as it is.
///
/// # Errors
/// When the database fails.
pub fn plan(tx: &mut Tx<'_>, kind: &Kind, unique_key: &str, payload: Json, delay: Duration) -> Result<(), Refusal> {
    let job = Job {
        id: Id::fresh(),
        kind: kind.name.to_owned(),
        pool: kind.pool.as_str().to_owned(),
        unique_key: unique_key.to_owned(),
        payload,
        state: JobState::Waiting,
        not_before: tx.now.plus(delay),
        tries: 0,
        tries_max: kind.tries_max,
        lease_id: None,
        lease_until: None,
        last_error: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    tx.savepoint(|tx| job.insert(tx)).or_else(|refusal| match refusal.code() {
        Some(Code::AlreadyExists) => Ok(()),
        _ => Err(refusal),
    })
}

/// Puts a dead job back, with fresh tries.
///
/// # Errors
/// 404, 412, or 409 when it is not dead.
pub fn retry(tx: &mut Tx<'_>, by: &By<ManageJobs>, id: Id, seen: &IfMatchVersion) -> Result<Job, Refusal> {
    let before: Job = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = JobVerb::Retry.from(before.state)?;
    let now = tx.now;
    change(tx, "retried", &before, |job| {
        job.state = state;
        job.not_before = now;
        job.tries = 0;
        job.lease_id = None;
        job.lease_until = None;
    })
}

/// Forgets jobs that finished long ago.
///
/// # Errors
/// When the database fails.
pub fn forget_done(tx: &mut Tx<'_>) -> Result<usize, Refusal> {
    let before = tx.now.plus(-Duration::days(DONE_KEPT_DAYS));
    store::forget_done(tx, before)
}
