//! A transaction as the slices see it: a connection, the time, and who is writing.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager};
use diesel::result::{DatabaseErrorKind, Error};
use time::Date;

use super::names::Names;
use super::order::Held;
use super::pool::Ticket;
use super::trouble::{Trouble, trouble};
use super::{Conn, Context, Id, Instant};
use crate::finding::{Finding, Severity};
use crate::on_backend;
use crate::refusal::Refusal;
use crate::sealing::Sealing;

/// How often a closure may run before the database's refusal to serialise it becomes a 503.
const RUNS_MAX: u32 = 8;

/// For how long a closure is run again: runs that wait for a lock each time would otherwise add up.
const RUNS_WITHIN: Duration = Duration::from_secs(4);

/// How long a statement waits for a lock that another request holds, on SQLite for one that another process holds.
pub const LOCK_WAIT_MAX: Duration = Duration::from_secs(2);

/// Whether somebody waits for the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// A request: it is answered in time, also where the database is not.
    Hurried,
    /// A job, a command, a start.
    Unhurried,
}

/// Who causes a write: goes into every journal row of it.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The account, or nobody for the service itself.
    pub user_id: Option<Id>,
    /// The role in which it acts, or the command or job kind.
    pub role: String,
    /// The request, command run or job.
    pub request_id: String,
    /// From where, as far as it is known; no row keeps it as it is.
    pub address: Option<IpAddr>,
}

impl Origin {
    /// The service itself: a command, a job, a start.
    #[must_use]
    pub fn service(part: &str) -> Self {
        Self { role: "service".to_owned(), request_id: part.to_owned(), ..Self::default() }
    }
}

/// Whether a successful write stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Commit,
    /// `validate_only=true`: everything runs, nothing stays.
    Rehearse,
}

/// How a write is run: whether it stays, and who waits for it.
pub(super) struct How<'a> {
    pub mode: Mode,
    pub pace: Pace,
    pub ticket: &'a Ticket,
}

/// One transaction.
pub struct Tx<'a> {
    /// Where statements run.
    pub conn: &'a mut Conn,
    /// System time, one value for the whole transaction.
    pub now: Instant,
    /// Business date in Asia/Shanghai.
    pub today: Date,
    /// Keys for seals and keyed hashes.
    pub sealing: Arc<Sealing>,
    /// Who writes.
    pub origin: Origin,
    /// Journal rows that this transaction has written.
    pub recorded: u32,
    /// Warnings that the rules gave on the way; shown in the answer.
    pub findings: Vec<Finding>,
    /// Names that it has read.
    pub names: Names,
    /// Rows that it holds, in debug builds.
    pub(super) held: Held,
}

impl<'a> Tx<'a> {
    fn new(conn: &'a mut Conn, context: &Context, origin: Origin) -> Self {
        Self {
            conn,
            now: context.clock.now(),
            today: context.clock.today(),
            sealing: context.sealing(),
            origin,
            recorded: 0,
            findings: Vec::new(),
            names: Names::default(),
            held: Held::default(),
        }
    }

    /// Refused where rules stop the step; what does not stop it is said with the answer.
    ///
    /// # Errors
    /// 422 by what stops it, with everything else that was found.
    pub fn hears(&mut self, findings: Vec<Finding>) -> Result<(), Refusal> {
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(Refusal::by_rules(findings));
        }
        self.findings.extend(findings);
        Ok(())
    }

    /// Runs `step` in a savepoint, so that a lost race inside it leaves the transaction usable.
    ///
    /// # Errors
    /// What the step refused; its effects are gone.
    pub fn savepoint<T>(&mut self, step: impl FnOnce(&mut Tx<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let (now, today, origin) = (self.now, self.today, self.origin.clone());
        let (sealing, held) = (Arc::clone(&self.sealing), self.held.clone());
        let (outcome, recorded, findings, names, held) = self.conn.transaction(|conn| {
            let (findings, names) = (Vec::new(), Names::default());
            let mut inner = Tx { conn, now, today, sealing, origin, recorded: 0, findings, names, held };
            step(&mut inner).map(|outcome| (outcome, inner.recorded, inner.findings, inner.names, inner.held))
        })?;
        self.recorded += recorded;
        self.findings.extend(findings);
        self.names.extend(names);
        self.held = held;
        Ok(outcome)
    }
}

pub(super) fn single<T>(
    conn: &mut Conn,
    context: &Context,
    work: &dyn Fn(&mut Tx<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    until_it_passes(|| {
        let before = conn.statements();
        let outcome = work(&mut Tx::new(conn, context, Origin::default()));
        let ran = conn.statements() - before;
        debug_assert!(
            ran <= 1,
            "{ran} statements without a snapshot around them: what they find need not fit together"
        );
        outcome
    })
}

pub(super) fn snapshot<T>(
    conn: &mut Conn,
    context: &Context,
    pace: Pace,
    work: &dyn Fn(&mut Tx<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    until_it_passes(|| {
        begin(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN DEFERRED", pace)?;
        let outcome = work(&mut Tx::new(conn, context, Origin::default()));
        roll_back(conn);
        match outcome {
            Err(Refusal::Database(error)) if trouble(&error) == Some(Trouble::ReadOnly) => {
                Err(Refusal::internal(format!("a write among reads: {error}")))
            }
            outcome => outcome,
        }
    })
}

pub(super) fn write<T>(
    conn: &mut Conn,
    context: &Context,
    origin: &Origin,
    how: &How<'_>,
    work: &dyn Fn(&mut Tx<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut looked_again = false;
    until_it_passes(|| {
        let outcome = write_once(conn, context, origin, how, work);
        match outcome {
            Err(Refusal::Database(error)) if is_broken_reference(&error) && !looked_again => {
                looked_again = true;
                write_once(conn, context, origin, how, work)
            }
            outcome => outcome,
        }
    })
}

/// Runs `once` again as long as others are in its way, but not for ever.
fn until_it_passes<T>(mut once: impl FnMut() -> Result<T, Refusal>) -> Result<T, Refusal> {
    let (began, mut run) = (std::time::Instant::now(), 0);
    loop {
        run += 1;
        match once() {
            Err(Refusal::Database(error)) if trouble(&error) == Some(Trouble::Race) => {
                if run == RUNS_MAX || began.elapsed() >= RUNS_WITHIN {
                    return Err(Refusal::unavailable(format!("still {error} after {run} runs")));
                }
                std::thread::sleep(pause_before(run));
            }
            outcome => return outcome,
        }
    }
}

/// Longer after each run, and never the same for two that met.
fn pause_before(run: u32) -> Duration {
    let jitter = getrandom::u32().unwrap_or(0) % (run * 8);
    Duration::from_millis(u64::from(run * run + jitter))
}

fn write_once<T>(
    conn: &mut Conn,
    context: &Context,
    origin: &Origin,
    how: &How<'_>,
    work: &dyn Fn(&mut Tx<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    begin(conn, "BEGIN", "BEGIN IMMEDIATE", how.pace)?;
    let outcome = work(&mut Tx::new(conn, context, origin.clone()));
    if outcome.is_err() || how.mode == Mode::Rehearse {
        roll_back(conn);
    } else if how.ticket.commits() {
        commit(conn).inspect_err(|_| how.ticket.runs_again())?;
    } else {
        roll_back(conn);
        return Err(Refusal::unavailable("nobody waits for it any more"));
    }
    outcome
}

/// A connection that is lost here leaves it open whether the commit happened, so the closure must not run again.
fn commit(conn: &mut Conn) -> Result<(), Refusal> {
    <Conn as Connection>::TransactionManager::commit_transaction(conn).map_err(|error| {
        let raced = trouble(&error) == Some(Trouble::Race);
        if raced { Refusal::Database(error) } else { Refusal::unavailable(format!("commit: {error}")) }
    })
}

/// For one transaction.
const NO_LIMITS: &str = "SELECT set_config('statement_timeout', '0', true), \
     set_config('idle_in_transaction_session_timeout', '0', true)";

/// Begins. What nobody waits for may take its time: the limit of a statement is for requests.
fn begin(conn: &mut Conn, postgres: &str, sqlite: &str, pace: Pace) -> Result<(), Refusal> {
    on_backend!(conn,
        postgres: |pg| {
            AnsiTransactionManager::begin_transaction_sql(pg, postgres)?;
            if pace == Pace::Unhurried {
                pg.batch_execute(NO_LIMITS).inspect_err(|_| {
                    let _ = AnsiTransactionManager::rollback_transaction(pg); // what failed first is what counts
                })?;
            }
        },
        sqlite: |lite| AnsiTransactionManager::begin_transaction_sql(lite, sqlite)?,
    );
    Ok(())
}

/// A rollback that fails leaves a broken connection, which the pool throws away.
fn roll_back(conn: &mut Conn) {
    if let Err(error) = <Conn as Connection>::TransactionManager::rollback_transaction(conn) {
        log::debug!("rollback: {error}");
    }
}

/// Whether a row went between the look at it and the statement that names it. A fresh look then gives the answer that
/// the slice has for what is not there; when it finds nothing amiss and the database refuses again, the refusal
/// stands.
fn is_broken_reference(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _))
}
