//! SQL of jobs.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::model::{Job, JobState, Pool, STANDING_KEY};
use crate::db::schema::jobs;
use crate::db::{Id, Instant, Json, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};

/// What a list of jobs may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    pub state: Option<JobState>,
    pub kind: Option<String>,
}

/// The oldest job of a pool that could run and does not.
#[derive(Debug)]
pub struct Waiting {
    pub pool: Pool,
    pub since: Option<Instant>,
    pub dead: i64,
}

pub(super) fn insert(tx: &mut Tx<'_>, job: &Job) -> Result<(), Refusal> {
    diesel::insert_into(jobs::table)
        .values(job)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists)))?;
    Ok(())
}

pub(super) fn find(tx: &mut Tx<'_>, id: Id) -> Result<Option<Job>, Refusal> {
    Ok(jobs::table.find(id).select(Job::as_select()).first(tx.conn).optional()?)
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    filter: &JobFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Job>, Refusal> {
    let mut query = jobs::table.select(Job::as_select()).order(jobs::id).limit(limit.rows()).into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(jobs::state.eq(state));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(jobs::kind.eq(kind.clone()));
    }
    if let Some(after) = after {
        query = query.filter(jobs::id.gt(after));
    }
    Ok(query.load(tx.conn)?)
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

pub(super) fn revive(tx: &mut Tx<'_>, job: &Job) -> Result<Job, Refusal> {
    let to = Move {
        state: JobState::Waiting,
        not_before: tx.now,
        tries: 0,
        lease: None,
        last_error: job.last_error.clone(),
    };
    if !advance(tx, job, &to)? {
        return Err(Refusal::of(Code::VersionMismatch));
    }
    super::find(tx, job.id)
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
