//! One connection type over two databases, which builds the text of a statement once.
//!
//! Diesel asks a statement three times for its text (to find it in the cache, to see whether it may be kept, to bind
//! its values), and over two databases each answer would be built anew. [`Conn`] builds it once for each run, and where
//! it depends on nothing but the statement's type, once for each thread.

use std::any::TypeId;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use diesel::backend::Backend;
use diesel::connection::{
    CacheSize, Connection, Instrumentation, LoadConnection, SimpleConnection, TransactionManager,
    TransactionManagerStatus,
};
use diesel::expression::QueryMetadata;
use diesel::internal::derives::multiconnection::ConnectionSealed;
use diesel::pg::{PgConnection, PgQueryBuilder};
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::sqlite::SqliteConnection;
use diesel::sqlite::query_builder::SqliteQueryBuilder;
use diesel::{ConnectionResult, QueryResult};

/// Either database.
#[derive(diesel::MultiConnection)]
pub enum Engine {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// A connection to either database.
pub struct Conn {
    engine: Engine,
    statements: u64,
    beside: u64,
}

impl Conn {
    pub(super) fn new(engine: Engine) -> Self {
        Self { engine, statements: 0, beside: 0 }
    }

    /// The connection of the database that it is; see [`on_backend!`](crate::on_backend).
    pub fn engine(&mut self) -> &mut Engine {
        self.statements += 1;
        &mut self.engine
    }

    /// The same for what need not fit together with what else is read: a name beside an id.
    pub fn beside(&mut self) -> &mut Engine {
        self.beside += 1;
        &mut self.engine
    }

    /// Statements so far whose findings must fit together; those that open, mark and end transactions and that set
    /// options are none.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements
    }

    /// All statements so far, with what is read beside the others.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.statements + self.beside
    }
}

/// Runs one of two arms, for the few statements that the shared query language cannot say.
#[macro_export]
macro_rules! on_backend {
    ($conn:expr, postgres: |$pg:ident| $in_pg:expr, sqlite: |$lite:ident| $in_lite:expr $(,)?) => {
        match $crate::db::Conn::engine($conn) {
            $crate::db::Engine::Postgres($pg) => $in_pg,
            $crate::db::Engine::Sqlite($lite) => $in_lite,
        }
    };
}

/// Rows of one statement.
pub const ROWS_AT_ONCE: usize = 500;

/// Enters many rows of a table in as few statements as can be: `insert_many!(tx, pupil_moves, rows)`.
#[macro_export]
macro_rules! insert_many {
    ($tx:expr, $table:ident, $rows:expr) => {
        $rows.chunks($crate::db::ROWS_AT_ONCE).try_for_each(|some| {
            $crate::on_backend!($tx.conn,
                postgres: |pg| diesel::insert_into($table::table).values(some).execute(pg),
                sqlite: |lite| diesel::insert_into($table::table).values(some).execute(lite),
            )?;
            Ok::<(), $crate::refusal::Refusal>(())
        })
    };
}

impl SimpleConnection for Conn {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.engine.batch_execute(query)
    }
}

impl ConnectionSealed for Conn {}

impl Connection for Conn {
    type Backend = MultiBackend;
    type TransactionManager = Transactions;

    fn establish(database_url: &str) -> ConnectionResult<Self> {
        Engine::establish(database_url).map(Self::new)
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<MultiBackend> + QueryId,
    {
        self.statements += 1;
        self.engine.execute_returning_count(&Remembered::new(source))
    }

    fn transaction_state(&mut self) -> &mut Engine {
        &mut self.engine
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.engine.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.engine.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.engine.set_prepared_statement_cache_size(size);
    }
}

impl LoadConnection for Conn {
    type Cursor<'conn, 'query> = <Engine as LoadConnection>::Cursor<'conn, 'query>;
    type Row<'conn, 'query> = MultiRow<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<MultiBackend> + QueryId + 'query,
        MultiBackend: QueryMetadata<T::SqlType>,
    {
        self.statements += 1;
        self.engine.load(Remembered::new(source))
    }
}

/// The transactions of the database behind a [`Conn`].
pub struct Transactions;

impl TransactionManager<Conn> for Transactions {
    type TransactionStateData = Engine;

    fn begin_transaction(conn: &mut Conn) -> QueryResult<()> {
        <Engine as Connection>::TransactionManager::begin_transaction(&mut conn.engine)
    }

    fn rollback_transaction(conn: &mut Conn) -> QueryResult<()> {
        <Engine as Connection>::TransactionManager::rollback_transaction(&mut conn.engine)
    }

    fn commit_transaction(conn: &mut Conn) -> QueryResult<()> {
        <Engine as Connection>::TransactionManager::commit_transaction(&mut conn.engine)
    }

    fn transaction_manager_status_mut(conn: &mut Conn) -> &mut TransactionManagerStatus {
        <Engine as Connection>::TransactionManager::transaction_manager_status_mut(&mut conn.engine)
    }

    fn is_broken_transaction_manager(conn: &mut Conn) -> bool {
        <Engine as Connection>::TransactionManager::is_broken_transaction_manager(&mut conn.engine)
    }
}

type Builder = <MultiBackend as Backend>::QueryBuilder;

/// What diesel asks of a statement again and again.
#[derive(Clone)]
struct Statement {
    text: Rc<str>,
    may_be_kept: bool,
}

thread_local! {
    /// By type, and whether for PostgreSQL.
    static STATEMENTS: RefCell<HashMap<(TypeId, bool), Statement>> = RefCell::default();
}

/// A query that builds its statement once.
struct Remembered<Q> {
    query: Q,
    statement: OnceCell<Statement>,
}

impl<Q: QueryFragment<MultiBackend> + QueryId> Remembered<Q> {
    fn new(query: Q) -> Self {
        Self { query, statement: OnceCell::new() }
    }

    fn statement(&self, backend: &MultiBackend) -> QueryResult<&Statement> {
        if let Some(statement) = self.statement.get() {
            return Ok(statement);
        }
        let statement = match Q::query_id() {
            Some(id) => self.of_type(id, backend)?,
            None => self.built(backend)?,
        };
        Ok(self.statement.get_or_init(|| statement))
    }

    fn of_type(&self, id: TypeId, backend: &MultiBackend) -> QueryResult<Statement> {
        let key = (id, matches!(backend, MultiBackend::Postgres(_)));
        let known = STATEMENTS.with_borrow(|statements| statements.get(&key).cloned());
        if let Some(known) = known {
            debug_assert_eq!(known.text, self.built(backend)?.text, "one type, one text");
            return Ok(known);
        }
        let built = self.built(backend)?;
        STATEMENTS.with_borrow_mut(|statements| statements.insert(key, built.clone()));
        Ok(built)
    }

    fn built(&self, backend: &MultiBackend) -> QueryResult<Statement> {
        let mut builder = match backend {
            MultiBackend::Postgres(_) => Builder::Postgres(PgQueryBuilder::default()),
            MultiBackend::Sqlite(_) => Builder::Sqlite(SqliteQueryBuilder::default()),
        };
        self.query.to_sql(&mut builder, backend)?;
        let may_be_kept = self.query.is_safe_to_cache_prepared(backend)?;
        Ok(Statement { text: builder.finish().into(), may_be_kept })
    }
}

impl<Q: QueryFragment<MultiBackend> + QueryId> QueryFragment<MultiBackend> for Remembered<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.query.walk_ast(pass)
    }

    fn to_sql(&self, out: &mut Builder, backend: &MultiBackend) -> QueryResult<()> {
        out.push_sql(&self.statement(backend)?.text);
        Ok(())
    }

    fn is_safe_to_cache_prepared(&self, backend: &MultiBackend) -> QueryResult<bool> {
        Ok(self.statement(backend)?.may_be_kept)
    }
}

impl<Q: QueryId> QueryId for Remembered<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Remembered<Q> {
    type SqlType = Q::SqlType;
}
