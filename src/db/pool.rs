//! Database threads with a bounded queue: one connection each, no more work in flight than connections. Waiting has an
//! end: for a turn, for a connection, for an answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use diesel::connection::{Connection, Instrumentation, InstrumentationEvent, SimpleConnection, TransactionManager};
use diesel::sql_types::{Bool, Text};
use diesel::{ConnectionError, PgConnection, RunQueryDsl, SqliteConnection};
use tokio::sync::oneshot;

use super::file::DatabaseFile;
use super::trouble::{Trouble, is_unknown, read_only, trouble};
use super::tx::Pace;
use super::{Backend, Conn, Engine, LOCK_WAIT_MAX, Limits};
use crate::on_backend;
use crate::refusal::Refusal;

/// How long one statement of a request may take. Jobs, commands and migrations take their time.
pub(super) const STATEMENT_MAX: Duration = Duration::from_secs(8);

/// What a connection to PostgreSQL is told unless its URL says otherwise: how long a server that does not answer is
/// waited for, where the network only swallows what is sent.
const NETWORK_LIMITS: [(&str, u32); 5] = [
    ("connect_timeout", 2),
    ("keepalives_idle", 5),
    ("keepalives_interval", 2),
    ("keepalives_count", 3),
    ("tcp_user_timeout", 8_000),
];

/// Work that waits, and since when.
struct Task {
    queued: u64,
    run: Box<dyn FnOnce(Turn<'_>) + Send>,
}

/// What becomes of a task.
enum Turn<'a> {
    Now(&'a Lines),
    /// There was no connection for one that came later.
    Never,
}

/// What a SQLite connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Reader,
    Writer,
}

/// Opens connections by the URL's scheme. Diesel's own choice turns a mistyped PostgreSQL URL into an SQLite file.
#[derive(Debug)]
pub(super) struct ConnectionSource {
    backend: Backend,
    target: String,
    role: Role,
    file: Option<Arc<DatabaseFile>>,
}

impl ConnectionSource {
    pub(super) fn new(url: &str, role: Role, file: Option<Arc<DatabaseFile>>) -> Result<Self, String> {
        let backend = Backend::of_url(url)?;
        let target = match backend {
            Backend::Postgres => with_network_limits(url),
            Backend::Sqlite => url.trim_start_matches("sqlite://").to_owned(),
        };
        Ok(Self { backend, target, role, file })
    }

    fn open(&self) -> Result<Conn, ConnectionError> {
        let mut conn = Conn::new(match self.backend {
            Backend::Postgres => {
                let mut pg = PgConnection::establish(&self.target)?;
                let settings = "SELECT set_config('TimeZone', 'UTC', false), \
                     set_config('client_min_messages', 'warning', false), \
                     set_config('idle_in_transaction_session_timeout', '60s', false)";
                pg.batch_execute(settings).map_err(ConnectionError::CouldntSetupConfiguration)?;
                limit_statements(&mut pg).map_err(ConnectionError::CouldntSetupConfiguration)?;
                speak_english(&mut pg)?;
                Engine::Postgres(pg)
            }
            Backend::Sqlite => {
                let mut lite = SqliteConnection::establish(&self.target)?;
                let only = if self.role == Role::Reader { "ON" } else { "OFF" };
                let wait = LOCK_WAIT_MAX.as_millis();
                lite.batch_execute(&format!(
                    "PRAGMA busy_timeout = {wait}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA query_only = {only}"
                ))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                if let Some(file) = &self.file {
                    file.note();
                }
                Engine::Sqlite(lite)
            }
        });
        conn.set_instrumentation(LogsStatements);
        Ok(conn)
    }
}

/// The limits of every statement, as one statement: also servers that take no more at a time know it.
pub(super) fn limit_statements(pg: &mut PgConnection) -> diesel::QueryResult<()> {
    let (lock, statement) = (LOCK_WAIT_MAX.as_millis(), STATEMENT_MAX.as_millis());
    pg.batch_execute(&format!(
        "SELECT set_config('lock_timeout', '{lock}', false), set_config('statement_timeout', '{statement}', false)"
    ))
}

/// The URL with the limits that it does not set itself.
fn with_network_limits(url: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let is_set = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let limits = NETWORK_LIMITS.iter().filter(|(name, _)| !is_set(name)).map(|(name, value)| format!("{name}={value}"));
    let all: Vec<String> = Some(query.to_owned()).filter(|query| !query.is_empty()).into_iter().chain(limits).collect();
    format!("{base}?{}", all.join("&"))
}

/// Whether the database takes writes: no standby, and nothing that was told to be read only.
pub(super) fn takes_writes(conn: &mut Conn) -> Result<(), Refusal> {
    let asked = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean";
    let refuses = on_backend!(conn,
        postgres: |pg| diesel::dsl::sql::<Bool>(asked).get_result::<bool>(pg)?,
        sqlite: |lite| diesel::dsl::sql::<Bool>("SELECT 0").get_result::<bool>(lite)?,
    );
    if refuses { Err(read_only("the database takes no writes")) } else { Ok(()) }
}

/// Asks for messages in English, because a message decides whether a closure runs again. The server lets a superuser
/// choose, or a role that was granted it; for any other its administrator chooses (`docs/OPERATIONS.md`).
fn speak_english(pg: &mut PgConnection) -> Result<(), ConnectionError> {
    if pg.batch_execute("SET lc_messages = 'C'").is_ok() {
        return Ok(());
    }
    let spoken = diesel::dsl::sql::<Text>("SELECT current_setting('lc_messages')").get_result::<String>(pg);
    let spoken = spoken.map_err(ConnectionError::CouldntSetupConfiguration)?;
    if !["", "C", "POSIX"].contains(&spoken.as_str()) && !spoken.starts_with("C.") && !spoken.starts_with("en") {
        log::warn!(lc_messages = spoken.as_str(); "the database speaks no English: deadlocks are not run again");
    }
    Ok(())
}

impl r2d2::ManageConnection for ConnectionSource {
    type Connection = Pooled;
    type Error = ConnectionError;

    fn connect(&self) -> Result<Pooled, ConnectionError> {
        self.open().map(|conn| Pooled { conn, dead: false, opened: Instant::now() })
    }

    fn is_valid(&self, _: &mut Pooled) -> Result<(), ConnectionError> {
        Ok(()) // not asked on check-out: a ping costs a fifth of a read
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.dead
            || std::thread::panicking()
            || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(&mut pooled.conn)
    }
}

/// A connection, and whether a statement found its other end gone, or of no use any more.
pub(super) struct Pooled {
    conn: Conn,
    dead: bool,
    opened: Instant,
}

/// Statements at `kehou::sql`, without their values: values may be personal data.
struct LogsStatements;

impl Instrumentation for LogsStatements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if !log::log_enabled!(target: "kehou::sql", log::Level::Trace) {
            return;
        }
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let statement = text.split_once("-- binds:").map_or(text.as_str(), |(sql, _)| sql);
            log::trace!(target: "kehou::sql", "{}", statement.trim());
        }
    }
}

/// The connections of a lane, and when one was last missing.
struct Lines {
    pool: r2d2::Pool<ConnectionSource>,
    began: Instant,
    /// Microseconds after the beginning; 0 for never.
    failed: AtomicU64,
}

impl Lines {
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    /// A connection. When there is none, whoever waits already need not find that out one after the other.
    fn connection(&self) -> Result<r2d2::PooledConnection<ConnectionSource>, Refusal> {
        self.pool.get().map_err(|error| {
            self.failed.fetch_max(self.now(), Ordering::Relaxed);
            Refusal::unavailable(format!("no connection: {error}"))
        })
    }
}

/// A queue and the threads that empty it.
pub(super) struct Lane {
    queue: Sender<Task>,
    lines: Arc<Lines>,
    limits: Limits,
}

/// Of one piece of work: how far it is, and whether anybody waits for it. Whoever moves first decides.
pub(super) struct Ticket(AtomicU8);

const WAITS: u8 = 0;
const BEGAN: u8 = 1;
const COMMITS: u8 = 2;
const GIVEN_UP: u8 = 3;

impl Ticket {
    fn moves(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn begins(&self) -> bool {
        self.moves(WAITS, BEGAN)
    }

    /// Says that nobody waits any more. What is not being committed by now never will be.
    fn gives_up(&self) -> bool {
        self.moves(WAITS, GIVEN_UP) || self.moves(BEGAN, GIVEN_UP)
    }

    /// Whether somebody still waits for this commit.
    pub(super) fn commits(&self) -> bool {
        self.moves(BEGAN, COMMITS)
    }

    /// A commit that was refused may come to nothing again.
    pub(super) fn runs_again(&self) {
        self.moves(COMMITS, BEGAN);
    }
}

impl Lane {
    pub(super) fn start(name: &str, source: ConnectionSource, threads: u32, limits: Limits) -> Result<Self, String> {
        let pool = r2d2::Pool::builder()
            .max_size(threads)
            .min_idle(Some(0))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_on_check_out(false)
            .connection_timeout(limits.connect_timeout)
            .error_handler(Box::new(LogsFailures))
            .build_unchecked(source);
        let lines = Arc::new(Lines { pool, began: Instant::now(), failed: AtomicU64::new(0) });
        let (queue, tasks) = crossbeam_channel::bounded::<Task>(limits.queue);
        for number in 0..threads {
            let (tasks, lines) = (tasks.clone(), Arc::clone(&lines));
            std::thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || work_off(&tasks, &lines))
                .map_err(|error| format!("cannot start a database thread: {error}"))?;
        }
        Ok(Self { queue, lines, limits })
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Queues `work` and waits for it. If the caller goes away before its turn, the work never starts; if the caller
    /// was told that it took too long, it is not committed.
    pub(super) async fn run<T, F>(&self, pace: Pace, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &Ticket) -> Result<T, Refusal> + Send + 'static,
    {
        let (reply, mut answer) = oneshot::channel();
        let ticket = Arc::new(Ticket(AtomicU8::new(WAITS)));
        let own = Arc::clone(&ticket);
        let run = Box::new(move |turn: Turn<'_>| {
            if reply.is_closed() || !own.begins() {
                return;
            }
            let outcome = match turn {
                Turn::Now(lines) => on_a_live_connection(lines, &|conn| work(conn, &own)),
                Turn::Never => Err(Refusal::unavailable("no connection for those who came later")),
            };
            let _ = reply.send(outcome); // the caller may have left
        });
        self.queue.try_send(Task { queued: self.lines.now(), run }).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::unavailable("the database queue is full"),
            TrySendError::Disconnected(_) => Refusal::internal("the database threads are gone"),
        })?;
        let panicked = |_| Err(Refusal::internal("a database closure panicked"));
        if pace == Pace::Unhurried {
            return answer.await.unwrap_or_else(panicked);
        }
        if let Ok(answered) = tokio::time::timeout(self.limits.turn, &mut answer).await {
            return answered.unwrap_or_else(panicked);
        }
        if ticket.moves(WAITS, GIVEN_UP) {
            return Err(Refusal::unavailable("no turn in time"));
        }
        let rest = self.limits.answer.saturating_sub(self.limits.turn);
        match tokio::time::timeout(rest, answer).await {
            Ok(answered) => answered.unwrap_or_else(panicked),
            Err(_) if ticket.gives_up() => Err(Refusal::unavailable("the database does not answer")),
            Err(_) => Err(Refusal::unavailable("the database does not answer; whether it commits is not known")),
        }
    }
}

fn work_off(tasks: &Receiver<Task>, lines: &Lines) {
    while let Ok(Task { queued, run }) = tasks.recv() {
        let turn = if queued <= lines.failed.load(Ordering::Relaxed) { Turn::Never } else { Turn::Now(lines) };
        if catch_unwind(AssertUnwindSafe(|| run(turn))).is_err() {
            log::error!("a database closure panicked");
        }
    }
}

/// Runs `work`; when the connection turns out dead or read-only before a commit was asked for, tries the next until one
/// is fresh. After a restart of the database every idle connection of the pool is dead, and after a failover leads to
/// the wrong server, so there are as many tries as connections.
fn on_a_live_connection<T>(lines: &Lines, work: &dyn Fn(&mut Conn) -> Result<T, Refusal>) -> Result<T, Refusal> {
    let (began, mut tries) = (Instant::now(), lines.pool.max_size() + 1);
    loop {
        tries -= 1;
        let mut conn = lines.connection()?;
        let refusal = match work(&mut conn.conn) {
            Ok(outcome) => return Ok(outcome),
            Err(refusal) => refusal,
        };
        let of_no_use = match &refusal {
            Refusal::Database(error) => match trouble(error) {
                Some(Trouble::Lost | Trouble::ReadOnly) => true,
                _ => is_unknown(error) && !answers(&mut conn.conn),
            },
            Refusal::Refused(_) => false,
        };
        if !of_no_use {
            return Err(refusal);
        }
        conn.dead = true;
        let is_fresh = conn.opened >= began;
        if tries == 0 || is_fresh {
            return Err(Refusal::unavailable(refusal));
        }
    }
}

/// Whether the other end is still there.
fn answers(conn: &mut Conn) -> bool {
    conn.batch_execute("SELECT 1").is_ok()
}

#[derive(Debug)]
struct LogsFailures;

impl r2d2::HandleError<ConnectionError> for LogsFailures {
    fn handle_error(&self, error: ConnectionError) {
        log::warn!("cannot connect to the database: {error}");
    }
}
