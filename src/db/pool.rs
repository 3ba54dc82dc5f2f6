//! Database threads with a bounded queue: one connection each, no more work in flight than connections.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use diesel::connection::{Connection, Instrumentation, InstrumentationEvent, SimpleConnection, TransactionManager};
use diesel::sql_types::Text;
use diesel::{ConnectionError, PgConnection, RunQueryDsl, SqliteConnection};
use tokio::sync::oneshot;

use super::tx::is_disconnect;
use super::{Backend, Conn, Engine, LOCK_WAIT_MAX, Limits};
use crate::refusal::Refusal;

type Task = Box<dyn FnOnce(&r2d2::Pool<ConnectionSource>) + Send>;

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
}

impl ConnectionSource {
    pub(super) fn new(url: &str, role: Role) -> Result<Self, String> {
        let backend = Backend::of_url(url)?;
        let target = match backend {
            Backend::Postgres => url.to_owned(),
            Backend::Sqlite => url.trim_start_matches("sqlite://").to_owned(),
        };
        Ok(Self { backend, target, role })
    }

    fn open(&self) -> Result<Conn, ConnectionError> {
        let mut conn = Conn::new(match self.backend {
            Backend::Postgres => {
                let mut pg = PgConnection::establish(&self.target)?;
                let wait = LOCK_WAIT_MAX.as_millis();
                pg.batch_execute(&format!(
                    "SET TIME ZONE 'UTC'; SET client_min_messages = warning; SET lock_timeout = {wait}"
                ))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                speak_english(&mut pg)?;
                Engine::Postgres(pg)
            }
            Backend::Sqlite => {
                let mut lite = SqliteConnection::establish(&self.target)?;
                let only = if self.role == Role::Reader { "ON" } else { "OFF" };
                lite.batch_execute(&format!(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA query_only = {only}"
                ))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Engine::Sqlite(lite)
            }
        });
        conn.set_instrumentation(LogsStatements);
        Ok(conn)
    }
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
        self.open().map(|conn| Pooled { conn, dead: false })
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

/// A connection, and whether a statement found its other end gone.
pub(super) struct Pooled {
    conn: Conn,
    dead: bool,
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

/// A queue and the threads that empty it.
pub(super) struct Lane {
    queue: Sender<Task>,
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
        let (queue, tasks) = crossbeam_channel::bounded::<Task>(limits.queue);
        for number in 0..threads {
            let (tasks, pool) = (tasks.clone(), pool.clone());
            std::thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || work_off(&tasks, &pool))
                .map_err(|error| format!("cannot start a database thread: {error}"))?;
        }
        Ok(Self { queue })
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Queues `work` and waits for it. If the caller goes away before its turn, the work never starts.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Refusal> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |pool| {
            if !reply.is_closed() {
                let _ = reply.send(on_a_live_connection(pool, &work)); // the caller may have left
            }
        });
        self.queue.try_send(task).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::unavailable("the database queue is full"),
            TrySendError::Disconnected(_) => Refusal::internal("the database threads are gone"),
        })?;
        answer.await.unwrap_or_else(|_| Err(Refusal::internal("a database closure panicked")))
    }
}

fn work_off(tasks: &Receiver<Task>, pool: &r2d2::Pool<ConnectionSource>) {
    while let Ok(task) = tasks.recv() {
        if catch_unwind(AssertUnwindSafe(|| task(pool))).is_err() {
            log::error!("a database closure panicked");
        }
    }
}

/// Runs `work`; when the connection turns out dead before a commit was asked for, tries the next until one is fresh.
/// After a restart of the database every idle connection of the pool is dead, so there are as many tries as
/// connections.
fn on_a_live_connection<T>(
    pool: &r2d2::Pool<ConnectionSource>,
    work: &dyn Fn(&mut Conn) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut tries = pool.max_size() + 1;
    loop {
        tries -= 1;
        let mut conn = pool.get().map_err(|error| Refusal::unavailable(format!("no connection: {error}")))?;
        match work(&mut conn.conn) {
            Err(refusal) if is_disconnect(&refusal) => {
                conn.dead = true;
                if tries == 0 {
                    return Err(Refusal::unavailable(refusal));
                }
            }
            outcome => return outcome,
        }
    }
}

#[derive(Debug)]
struct LogsFailures;

impl r2d2::HandleError<ConnectionError> for LogsFailures {
    fn handle_error(&self, error: ConnectionError) {
        log::warn!("cannot connect to the database: {error}");
    }
}
