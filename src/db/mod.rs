//! One connection type over two databases, and the two ways in: [`Db::read`] and [`Db::write`].
//!
//! A closure is one transaction. It may run again after a deadlock, a busy database or a serialisation failure, so it
//! is `Fn` and leaves nothing outside the transaction.

mod check;
mod clock;
mod conn;
mod file;
pub mod kept;
pub mod migrate;
mod names;
mod order;
mod pool;
mod prepared;
mod resource;
pub mod schema;
mod trouble;
mod tx;
mod types;
mod words;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

pub use self::check::{Sentences, check_references};
pub use self::clock::{Clock, ClockSetting, local_date, local_moment, local_time};
pub use self::conn::{Conn, Engine, MultiBackend, ROWS_AT_ONCE};
pub use self::kept::{Column, Columns, Kept};
pub use self::names::{Asked, NameField, NameOf, Names};
pub use self::order::Rung;
pub use self::prepared::Prepare;
pub use self::resource::{Changing, Named, Placed, Resource, Stored};
pub use self::trouble::{Trouble, is_lock_timeout, run_again, trouble};
pub use self::tx::{LOCK_WAIT_MAX, Mode, Origin, Tx};
pub use self::types::{Id, IdSql, Instant, InstantSql, Json, JsonSql, as_hashed};

use self::file::DatabaseFile;
use self::pool::{ConnectionSource, Lane, Role, Ticket};
use self::tx::{How, Pace};
use crate::refusal::Refusal;
use crate::sealing::Sealing;

/// Which database a URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Postgres,
    Sqlite,
}

impl Backend {
    /// Chooses by the URL's scheme; a mistyped URL is an error, never a new file.
    ///
    /// # Errors
    /// A sentence for the person who set the URL.
    pub fn of_url(url: &str) -> Result<Self, String> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres)
        } else if url.starts_with("sqlite://") && url.len() > "sqlite://".len() {
            Ok(Self::Sqlite)
        } else {
            Err("expected sqlite://PATH or postgres://USER@HOST/NAME".to_owned())
        }
    }
}

/// How much the database may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Database threads, each with its own connection (1–64).
    pub threads: u32,
    /// Requests that may wait for a thread; one more is refused with 503.
    pub queue: usize,
    /// How long to wait for a connection before answering 503.
    pub connect_timeout: Duration,
    /// How long a request waits for its turn before it is answered 503; its work never starts then.
    pub turn: Duration,
    /// How long a request waits altogether before it is answered 503, whatever became of its work.
    pub answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            threads: 8,
            queue: 512,
            connect_timeout: Duration::from_secs(2),
            turn: Duration::from_secs(4),
            answer: Duration::from_secs(9),
        }
    }
}

/// The database as the rest of the house sees it. Clones share one pool.
#[derive(Clone)]
pub struct Db {
    readers: Arc<Lane>,
    writers: Arc<Lane>,
    context: Arc<Context>,
    backend: Backend,
    file: Option<Arc<DatabaseFile>>,
    pace: Pace,
    /// Statements that requests have run since the start.
    asked: Arc<AtomicU64>,
}

/// What every transaction carries beside its connection.
pub(crate) struct Context {
    pub clock: Clock,
    sealing: RwLock<Arc<Sealing>>,
}

impl Context {
    /// The keys of now.
    pub fn sealing(&self) -> Arc<Sealing> {
        Arc::clone(&self.sealing.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Db {
    /// Starts the database threads; connects when the first closure comes.
    ///
    /// On SQLite one thread writes and the others read: several writers cost thirty times the latency of one.
    ///
    /// # Errors
    /// When the URL names no database or threads cannot start.
    pub fn open(url: &str, limits: Limits, clock: Clock, sealing: Arc<Sealing>) -> Result<Self, String> {
        let backend = Backend::of_url(url)?;
        let file = DatabaseFile::of_url(url).map(Arc::new);
        let source = |role| ConnectionSource::new(url, role, file.clone());
        let (readers, writers) = match backend {
            Backend::Postgres => {
                let shared = Arc::new(Lane::start("kehou-db", source(Role::Writer)?, limits.threads, limits)?);
                (Arc::clone(&shared), shared)
            }
            Backend::Sqlite => (
                Arc::new(Lane::start("kehou-read", source(Role::Reader)?, limits.threads, limits)?),
                Arc::new(Lane::start("kehou-write", source(Role::Writer)?, 1, limits)?),
            ),
        };
        let context = Arc::new(Context { clock, sealing: RwLock::new(sealing) });
        Ok(Self { readers, writers, context, backend, file, pace: Pace::Unhurried, asked: Arc::default() })
    }

    /// The same for work that somebody waits for: it is answered within the limits, also where the database is not.
    #[must_use]
    pub fn for_requests(&self) -> Self {
        Self { pace: Pace::Hurried, ..self.clone() }
    }

    /// Whether requests can be served: the database answers, takes writes, and is the file that was opened.
    ///
    /// # Errors
    /// 503.
    pub async fn ready(&self) -> Result<(), Refusal> {
        self.stands()?;
        self.readers.run(self.pace, |conn, _| pool::takes_writes(conn)).await
    }

    /// A file that was removed takes writes until the process ends, and loses them all.
    fn stands(&self) -> Result<(), Refusal> {
        let gone = self.file.as_ref().is_some_and(|file| !file.stands());
        if gone { Err(Refusal::unavailable("the database file is not the one that was opened")) } else { Ok(()) }
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The clock that transactions take their time from.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.context.clock
    }

    /// The keys that transactions seal and hash with.
    #[must_use]
    pub fn sealing(&self) -> Arc<Sealing> {
        self.context.sealing()
    }

    /// Lets every transaction that begins from now on use other keys, for every clone.
    pub fn seal_with(&self, sealing: Sealing) {
        *self.context.sealing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(sealing);
    }

    /// Closures that wait for a thread now: readers, then writers.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        (self.readers.waiting(), self.writers.waiting())
    }

    /// Statements that requests have run since the start; what jobs and commands run counts for none.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Counts what a request runs.
    fn counting<T, R>(&self, run: R) -> impl Fn(&mut Conn, &Ticket) -> T + Send + use<T, R>
    where
        R: Fn(&mut Conn, &Ticket) -> T + Send,
    {
        let asked = (self.pace == Pace::Hurried).then(|| Arc::clone(&self.asked));
        move |conn, ticket| {
            let before = conn.asked();
            let outcome = run(conn, ticket);
            if let Some(asked) = &asked {
                asked.fetch_add(conn.asked() - before, Ordering::Relaxed);
            }
            outcome
        }
    }

    /// Reads in one snapshot.
    ///
    /// # Errors
    /// What the closure refused, or 503 when the database cannot answer.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    {
        let context = Arc::clone(&self.context);
        let pace = self.pace;
        let run = self.counting(move |conn, _| tx::snapshot(conn, &context, pace, &work));
        self.readers.run(pace, run).await
    }

    /// Runs exactly one statement, without a transaction around it: the way of hot reads, two round trips shorter.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_one<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    {
        let context = Arc::clone(&self.context);
        let run = self.counting(move |conn, _| tx::single(conn, &context, &work));
        self.readers.run(self.pace, run).await
    }

    /// Writes in one transaction, which commits only if the closure is `Ok` and the mode is [`Mode::Commit`].
    ///
    /// # Errors
    /// What the closure refused, or 503 when the database cannot answer.
    pub async fn write<T, F>(&self, origin: Origin, mode: Mode, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    {
        self.stands()?;
        let (context, pace) = (Arc::clone(&self.context), self.pace);
        let run =
            self.counting(move |conn, ticket| tx::write(conn, &context, &origin, &How { mode, pace, ticket }, &work));
        self.writers.run(pace, run).await
    }

    /// Hands a bare connection to migrations and checks of the schema.
    ///
    /// # Errors
    /// What the closure refused, or 503 when the database cannot answer.
    pub async fn with_connection<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T, Refusal> + Send + 'static,
    {
        self.writers.run(self.pace, move |conn, _| work(conn)).await
    }
}
