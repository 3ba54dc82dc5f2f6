//! Updates that keep their plan: diesel has the database parse every UPDATE anew each time, although the text of most
//! never changes.

use std::any::TypeId;

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::LoadQuery;
use diesel::{QueryResult, RunQueryDsl};

use super::Conn;

/// A statement that a connection prepares once.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<Q>(Q);

/// [`Prepare::prepared`] for statements with `RETURNING` whose text depends on nothing but the code: no list of values,
/// nothing optional.
pub trait Prepare: Sized {
    /// The same, prepared once by each connection.
    fn prepared(self) -> Prepared<Self> {
        Prepared(self)
    }
}

impl<Q> Prepare for Q {}

impl<Q> Prepared<Q> {
    /// Runs it, and gives how many rows it returned. (Its `execute` would be parsed each time after all.)
    ///
    /// # Errors
    /// When the database fails.
    pub fn count<'q, T>(self, conn: &mut Conn) -> QueryResult<usize>
    where
        Self: LoadQuery<'q, Conn, T>,
    {
        Ok(self.get_results::<T>(conn)?.len())
    }
}

impl<Q, DB> QueryFragment<DB> for Prepared<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

/// Diesel knows it by its text, [`Conn`] by its type.
impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;

    fn query_id() -> Option<TypeId> {
        Some(typeid::of::<Q>()) // also of types with lifetimes
    }
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<Conn> for Prepared<Q> {}
