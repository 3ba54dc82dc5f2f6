//! What a caller may see of one kind of thing: one row or a page of them, always within a scope.

use super::caller::By;
use super::permission::Permission;
use super::scope::Scope;
use crate::db::{Id, Resource, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};

/// A thing that is found by its id under a scope. What is listed by another key than its id implements this alone.
pub trait Found: Resource {
    /// One of them.
    ///
    /// # Errors
    /// When the database fails.
    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal>;
}

impl<T: Seen> Found for T {
    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        <T as Seen>::find_in(tx, scope, id)
    }
}

/// A thing that is found under a scope. Its store says how; [`By::find`] and [`By::list`] are the only ways to ask.
pub trait Seen: Resource {
    /// What a list of them may be narrowed to.
    type Filter;

    /// One of them.
    ///
    /// # Errors
    /// When the database fails.
    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal>;

    /// A page of them, and one more where there is another page.
    ///
    /// # Errors
    /// When the database fails.
    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<Self::Filter>) -> Result<Vec<Self>, Refusal>;
}

impl<P: Permission> By<P> {
    /// One thing that this caller sees under `P`.
    ///
    /// # Errors
    /// 404.
    pub fn find<T: Found>(&self, tx: &mut Tx<'_>, id: Id) -> Result<T, Refusal> {
        T::find_in(tx, &self.scope(), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
    }

    /// What a body names at `pointer`, as far as this caller sees it under `P`.
    ///
    /// # Errors
    /// 422 where it is not found.
    pub fn named<T: Found>(&self, tx: &mut Tx<'_>, id: Id, pointer: &str) -> Result<T, Refusal> {
        self.find(tx, id).map_err(|refusal| refusal.named_at(pointer))
    }

    /// The things that this caller sees under `P`, in the order in which they were entered.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list<T: Seen>(&self, tx: &mut Tx<'_>, at: &Listing<T::Filter>) -> Result<Vec<T>, Refusal> {
        T::list_in(tx, &self.scope(), at)
    }
}

/// A thing of any scope, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn known<T: Found>(tx: &mut Tx<'_>, id: Id) -> Result<T, Refusal> {
    T::find_in(tx, &Scope::Everything, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Narrows a boxed query of a table to a page: `page!(query, table, at, { project_id, state })`. A filter is a column
/// of its own name.
#[macro_export]
macro_rules! page {
    ($query:expr, $table:ident, $at:expr, { $($field:ident),* $(,)? }) => {{
        let mut query = $query.order($table::id).limit($at.limit.rows());
        $(
            if let Some(wanted) = $at.filter.$field.clone() {
                query = query.filter($table::$field.eq(wanted));
            }
        )*
        if let Some(after) = $at.after {
            query = query.filter($table::id.gt(after));
        }
        query
    }};
}

/// Finds rows of a table by the path of the organisation that they belong to:
/// `seen!(quality_courses, QualityCourseRow, QualityCourseFilter { project_id, state })`.
#[macro_export]
macro_rules! seen {
    ($table:ident, $row:ty, $filter:ident { $($field:ident),* $(,)? }) => {
        impl $crate::auth::Seen for $crate::db::Placed<$row> {
            type Filter = $filter;

            fn find_in(
                tx: &mut $crate::db::Tx<'_>,
                scope: &$crate::auth::Scope,
                id: $crate::db::Id,
            ) -> Result<Option<Self>, $crate::refusal::Refusal> {
                let found = $crate::auth::scope::placed!($table, $row, scope.bounds()).filter($table::id.eq(id));
                Ok(found.first::<Self>(tx.conn).optional()?)
            }

            fn list_in(
                tx: &mut $crate::db::Tx<'_>,
                scope: &$crate::auth::Scope,
                at: &$crate::http::Listing<$filter>,
            ) -> Result<Vec<Self>, $crate::refusal::Refusal> {
                let found = $crate::auth::scope::placed!($table, $row, scope.bounds()).into_boxed();
                Ok($crate::page!(found, $table, at, { $($field),* }).load::<Self>(tx.conn)?)
            }
        }
    };
}
