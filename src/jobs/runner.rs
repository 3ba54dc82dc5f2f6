//! Takes jobs and works them off: one loop per pool.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::model::{Job, JobState, Kind, Outcome, Pool, Work};
use super::store::{self, Move};
use crate::db::{Db, Id, Mode, Origin, Tx};
use crate::refusal::{Code, Refusal};

/// How a runner looks for work.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Pause when there is nothing to do.
    pub idle: Duration,
    /// Jobs that are looked for at once, at most.
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
            let worked = match self.work_off_while(pool, || !*stop.borrow()).await {
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

    /// Works off what is due, one job after the other; says how many jobs were taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work_off(&self, pool: Pool) -> Result<usize, Refusal> {
        self.work_off_while(pool, || true).await
    }

    async fn work_off_while(&self, pool: Pool, goes_on: impl Fn() -> bool) -> Result<usize, Refusal> {
        let mut worked = 0;
        for (job, kind) in self.due(pool).await? {
            if !goes_on() {
                break; // what nobody has begun waits for whoever comes next
            }
            if let Some(job) = self.take(job, kind).await? {
                self.run_one(kind, job).await?;
                worked += 1;
            }
        }
        Ok(worked)
    }

    /// Jobs that may be taken now. Nothing is taken yet: a job that waits for the ones before it must not lose its
    /// lease to them.
    async fn due(&self, pool: Pool) -> Result<Vec<(Job, Kind)>, Refusal> {
        let (kinds, batch) = (Arc::clone(&self.kinds), self.pace.batch);
        let candidates = self.db.read(move |tx| {
            let mut jobs = Vec::new();
            for job in store::takeable(tx, pool, &kinds.keys().copied().collect::<Vec<_>>(), batch)? {
                let Some(kind) = kinds.get(job.kind.as_str()) else { continue };
                if kind.has_work.map_or(Ok(true), |has_work| has_work(tx))? {
                    jobs.push((job, *kind));
                }
            }
            Ok(jobs)
        });
        candidates.await
    }

    /// Takes a job that nobody else took meanwhile; its lease starts now.
    async fn take(&self, job: Job, kind: Kind) -> Result<Option<Job>, Refusal> {
        self.db.write(Origin::service("jobs"), Mode::Commit, move |tx| take(tx, &kind, &job)).await
    }

    async fn run_one(&self, kind: Kind, job: Job) -> Result<(), Refusal> {
        let taken = Taken { db: &self.db, kind, job };
        let ran = match kind.work {
            Work::Inside(run) => taken.finish(run).await,
            Work::Outside(errand) => errand.run(&taken).await,
        };
        let Err(refusal) = ran else { return Ok(()) };
        if refusal.code() == Some(Code::VersionMismatch) {
            return Ok(()); // the lease ran out and somebody else has it
        }
        let job = &taken.job;
        log::warn!(kind = kind.name, job = job.id.to_string().as_str(), tries = job.tries; "job failed: {refusal}");
        let error = reason(&refusal);
        taken.write(move |tx, job| mark_failed(tx, &kind, job, &error)).await
    }
}

/// A job that this process has until its lease ends.
pub struct Taken<'a> {
    db: &'a Db,
    kind: Kind,
    job: Job,
}

impl Taken<'_> {
    /// Runs `work` in one transaction.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Job) -> Result<T, Refusal> + Send + 'static,
    {
        let origin =
            Origin { role: self.kind.name.to_owned(), request_id: self.job.id.to_string(), ..Origin::default() };
        let job = self.job.clone();
        self.db.write(origin, Mode::Commit, move |tx| work(tx, &job)).await
    }

    /// Runs the last step and marks the job in the same transaction: one that somebody else took meanwhile leaves no
    /// trace here.
    pub(super) async fn finish<F>(&self, last: F) -> Result<(), Refusal>
    where
        F: Fn(&mut Tx<'_>, &Job) -> Result<Outcome, Refusal> + Send + 'static,
    {
        self.write(move |tx, job| {
            let outcome = last(tx, job)?;
            mark(tx, job, outcome)
        })
        .await
    }

    /// Waits for `work` as long as the lease lasts: after it somebody else may begin.
    pub(super) async fn within_lease<T>(&self, work: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
        let left = self.job.lease_until.map_or(self.kind.lease, |until| until.at() - self.db.clock().now().at());
        let left = Duration::try_from(left).unwrap_or_default(); // nothing is left of a lease that has ended
        let late = |_| Err(Refusal::internal("it took longer than its lease"));
        tokio::time::timeout(left, work).await.unwrap_or_else(late)
    }
}

/// Takes a job unless somebody else has. One that died with its last try is marked dead instead.
fn take(tx: &mut Tx<'_>, kind: &Kind, job: &Job) -> Result<Option<Job>, Refusal> {
    if job.state == JobState::Running && job.tries >= job.tries_max {
        mark_failed(tx, kind, job, "the process ended while it ran the job")?;
        return Ok(None);
    }
    let (lease_id, until) = (Id::fresh(), tx.now.plus(kind.lease));
    let to = Move {
        state: JobState::Running,
        not_before: job.not_before,
        tries: job.tries + 1,
        lease: Some((lease_id, until)),
        last_error: job.last_error.clone(),
    };
    let taken = store::advance(tx, job, &to)?;
    Ok(taken.then(|| Job {
        state: to.state,
        tries: to.tries,
        version: job.version + 1,
        lease_id: Some(lease_id),
        lease_until: Some(until),
        ..job.clone()
    }))
}

fn mark(tx: &mut Tx<'_>, job: &Job, outcome: Outcome) -> Result<(), Refusal> {
    let (state, delay) = match &outcome {
        Outcome::Done => (JobState::Done, None),
        Outcome::Again(delay) | Outcome::AgainFrom(_, delay) => (JobState::Waiting, Some(*delay)),
    };
    let not_before = delay.map_or(job.not_before, |delay| tx.now.plus(delay));
    let tries = if delay.is_some() { 0 } else { job.tries };
    if !store::advance(tx, job, &Move { state, not_before, tries, lease: None, last_error: None })? {
        return Err(Refusal::of(Code::VersionMismatch));
    }
    match outcome {
        Outcome::AgainFrom(payload, _) => store::set_payload(tx, job.id, &payload),
        Outcome::Done | Outcome::Again(_) => Ok(()),
    }
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
