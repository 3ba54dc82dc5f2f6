//! SQL of jobs.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::{Job, JobFilter, JobState, Pool, STANDING_KEY};
use crate::auth::{Scope, Seen};
use crate::db::schema::jobs;
use crate::db::{Id, Instant, Json, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

stored!(jobs, Job, taken => Refusal::of(Code::AlreadyExists));

/// The oldest job of a pool that could run and does not.
#[derive(Debug)]
pub struct Waiting {
    pub pool: Pool,
    pub since: Option<Instant>,
    pub dead: i64,
}

/// Jobs belong to the platform: whoever may see one may see all.
impl Seen for Job {
    type Filter = JobFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, _: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(jobs::table.find(id).select(Job::as_select()).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, _: &Scope, at: &Listing<JobFilter>) -> Result<Vec<Self>, Refusal> {
        let all = jobs::table.select(Job::as_select()).into_boxed();
        Ok(page!(all, jobs, at, { [state], kind }).load(tx.conn)?)
    }
}

/// Jobs of a pool that may be taken now: due ones, then those whose taker has vanished.
pub(super) fn takeable(tx: &mut Tx<'_>, pool: Pool, kinds: &[&str], limit: i64) -> Result<Vec<Job>, Refusal> {
    let mut due = jobs::table
        .filter(jobs::pool.eq(pool.as_str()).and(jobs::state.eq(JobState::Waiting)).and(jobs::not_before.le(tx.now)))
        .filter(jobs::kind.eq_any(kinds))
        .order(jobs::not_before)
        .limit(limit)
        .select(Job::as_select())
        .load(tx.conn)?;
    let left = jobs::table
        .filter(jobs::pool.eq(pool.as_str()).and(jobs::state.eq(JobState::Running)).and(jobs::lease_until.lt(tx.now)))
        .filter(jobs::kind.eq_any(kinds))
        .order(jobs::lease_until)
        .limit(limit)
        .select(Job::as_select())
        .load(tx.conn)?;
    due.extend(left);
    Ok(due)
}

/// What changes when a job moves on.
pub(super) struct Move {
    pub state: JobState,
    pub not_before: Instant,
    pub tries: i32,
    pub lease: Option<(Id, Instant)>,
    pub last_error: Option<String>,
}

/// Moves a job on if nobody else has; `false` when somebody has.
pub(super) fn advance(tx: &mut Tx<'_>, job: &Job, to: &Move) -> Result<bool, Refusal> {
    let moved = diesel::update(jobs::table.find(job.id).filter(jobs::version.eq(job.version)))
        .set((
            jobs::state.eq(to.state),
            jobs::not_before.eq(to.not_before),
            jobs::tries.eq(to.tries),
            jobs::lease_id.eq(to.lease.map(|(id, _)| id)),
            jobs::lease_until.eq(to.lease.map(|(_, until)| until)),
            jobs::last_error.eq(to.last_error.as_deref()),
            jobs::version.eq(job.version + 1),
            jobs::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(moved == 1)
}

/// Changes what a job is about; only within the transaction that has moved it on.
pub(super) fn set_payload(tx: &mut Tx<'_>, id: Id, payload: &Json) -> Result<(), Refusal> {
    diesel::update(jobs::table.find(id)).set(jobs::payload.eq(payload)).execute(tx.conn)?;
    Ok(())
}

pub(super) fn forget_done(tx: &mut Tx<'_>, before: Instant) -> Result<usize, Refusal> {
    let old = jobs::table.filter(jobs::state.eq(JobState::Done).and(jobs::updated_at.lt(before)));
    Ok(diesel::delete(old).execute(tx.conn)?)
}

/// The oldest due job, standing ones left out, which wait for work and not for a turn, and the number of dead ones, per
/// pool, for metrics.
///
/// # Errors
/// When the database fails.
pub fn oldest_waiting(tx: &mut Tx<'_>) -> Result<Vec<Waiting>, Refusal> {
    let mut found = Vec::new();
    for pool in Pool::ALL {
        let since = jobs::table
            .filter(jobs::pool.eq(pool.as_str()).and(jobs::state.eq(JobState::Waiting)))
            .filter(jobs::not_before.le(tx.now).and(jobs::unique_key.ne(STANDING_KEY)))
            .order(jobs::not_before)
            .select(jobs::not_before)
            .first(tx.conn)
            .optional()?;
        let dead = jobs::table
            .filter(jobs::pool.eq(pool.as_str()).and(jobs::state.eq(JobState::Dead)))
            .select(diesel::dsl::sql::<BigInt>("count(*)"))
            .first(tx.conn)?;
        found.push(Waiting { pool: *pool, since, dead });
    }
    Ok(found)
}
