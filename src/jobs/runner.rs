//! Takes jobs and works them off: one loop per pool.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::model::{Job, JobState, Kind, Outcome, Pool};
use super::store::{self, Move};
use crate::db::{Db, Id, Mode, Origin, Tx};
use crate::refusal::{Code, Refusal};

/// How a runner looks for work.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Pause when there is nothing to do.
    pub idle: Duration,
    /// Jobs taken at once, at most.
    pub batch: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { idle: Duration::from_millis(500), batch: 16 }
    }
}

/// Works off every pool until it is told to stop.
pub struct Runner {
    db: Db,
    kinds: Arc<HashMap<&'static str, Kind>>,
    pace: Pace,
}

impl Runner {
    /// A runner that knows `kinds`; jobs of other kinds stay for a newer replica.
    #[must_use]
    pub fn new(db: Db, kinds: &[Kind], pace: Pace) -> Self {
        let kinds = kinds.iter().map(|kind| (kind.name, *kind)).collect();
        Self { db, kinds: Arc::new(kinds), pace }
    }

    /// Runs all pools until `stop` is set; what is under way is finished.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let pools = Pool::ALL.iter().map(|pool| self.run_pool(*pool, stop.clone()));
        futures_util::future::join_all(pools).await;
    }

    async fn run_pool(&self, pool: Pool, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let worked = match self.work_off(pool).await {
                Ok(worked) => worked,
                Err(refusal) => {
                    log::warn!(pool = pool.as_str(); "jobs: {refusal}");
                    0
                }
            };
            if worked == 0 {
                let _ = tokio::time::timeout(self.pace.idle, stop.changed()).await; // either ends the pause
            }
        }
    }

    /// Takes what is due and works it off; says how many jobs were taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work_off(&self, pool: Pool) -> Result<usize, Refusal> {
        let jobs = self.take(pool).await?;
        for job in &jobs {
            self.run_one(job).await?;
        }
        Ok(jobs.len())
    }

    async fn take(&self, pool: Pool) -> Result<Vec<Job>, Refusal> {
        let (kinds, batch) = (Arc::clone(&self.kinds), self.pace.batch);
        let candidates = self
            .db
            .read(move |tx| {
                let mut jobs = Vec::new();
                for job in store::takeable(tx, pool, &kinds.keys().copied().collect::<Vec<_>>(), batch)? {
                    let Some(kind) = kinds.get(job.kind.as_str()) else { continue };
                    if kind.has_work.map_or(Ok(true), |has_work| has_work(tx))? {
                        jobs.push((job, *kind));
                    }
                }
                Ok(jobs)
            })
            .await?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        self.db.write(Origin::service("jobs"), Mode::Commit, move |tx| take_each(tx, &candidates)).await
    }

    async fn run_one(&self, job: &Job) -> Result<(), Refusal> {
        let Some(kind) = self.kinds.get(job.kind.as_str()).copied() else { return Ok(()) };
        let origin = || Origin { user_id: None, role: kind.name.to_owned(), request_id: job.id.to_string() };
        let taken = job.clone();
        let ran = self.db.write(origin(), Mode::Commit, move |tx| run_and_mark(tx, &kind, &taken)).await;
        let Err(refusal) = ran else { return Ok(()) };
        if refusal.code() == Some(Code::VersionMismatch) {
            return Ok(()); // the lease ran out and somebody else has it
        }
        log::warn!(kind = kind.name, job = job.id.to_string().as_str(), tries = job.tries; "job failed: {refusal}");
        let (failed, error) = (job.clone(), reason(&refusal));
        self.db.write(origin(), Mode::Commit, move |tx| mark_failed(tx, &kind, &failed, &error)).await
    }
}

/// Takes candidates that nobody else took meanwhile. One that died with its last try is marked dead instead.
fn take_each(tx: &mut Tx<'_>, candidates: &[(Job, Kind)]) -> Result<Vec<Job>, Refusal> {
    let mut taken = Vec::new();
    for (job, kind) in candidates {
        if job.state == JobState::Running && job.tries >= job.tries_max {
            mark_failed(tx, kind, job, "the process ended while it ran the job")?;
            continue;
        }
        let (lease_id, until) = (Id::fresh(), tx.now.plus(kind.lease));
        let to = Move {
            state: JobState::Running,
            not_before: job.not_before,
            tries: job.tries + 1,
            lease: Some((lease_id, until)),
            last_error: job.last_error.clone(),
        };
        if store::advance(tx, job, &to)? {
            let tries = job.tries + 1;
            let version = job.version + 1;
            taken.push(Job { state: JobState::Running, tries, version, lease_id: Some(lease_id), ..job.clone() });
        }
    }
    Ok(taken)
}

/// The work and its mark in one transaction: a job that somebody else took meanwhile leaves no trace here.
fn run_and_mark(tx: &mut Tx<'_>, kind: &Kind, job: &Job) -> Result<(), Refusal> {
    let to = match (kind.run)(tx, job)? {
        Outcome::Done => {
            Move { state: JobState::Done, not_before: job.not_before, tries: job.tries, lease: None, last_error: None }
        }
        Outcome::Again(delay) => {
            Move { state: JobState::Waiting, not_before: tx.now.plus(delay), tries: 0, lease: None, last_error: None }
        }
    };
    if store::advance(tx, job, &to)? { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}

fn mark_failed(tx: &mut Tx<'_>, kind: &Kind, job: &Job, error: &str) -> Result<(), Refusal> {
    let state = if job.tries >= job.tries_max { JobState::Dead } else { JobState::Waiting };
    let jitter = getrandom::u32().map_or(0, |random| random.to_le_bytes()[0]);
    let not_before = tx.now.plus(kind.delay(job.tries, jitter));
    let to = Move { state, not_before, tries: job.tries, lease: None, last_error: Some(error.to_owned()) };
    store::advance(tx, job, &to)?; // lost only when somebody else took it, and then it is theirs
    Ok(())
}

/// What is kept of a failure: the code and its cause, never values of the database's own messages.
fn reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Database(_) => "the database refused".to_owned(),
        Refusal::Refused(refused) => match &refused.cause {
            Some(cause) => format!("{}: {cause}", refused.code.slug()),
            None => refused.code.slug().to_owned(),
        },
    }
}
