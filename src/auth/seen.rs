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
    /// Where one stands in a list: its id, or a [`Key`](crate::http::Key) where a list comes in several orders.
    type Key;

    /// One of them.
    ///
    /// # Errors
    /// When the database fails.
    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal>;

    /// A page of them, and one more where there is another page.
    ///
    /// # Errors
    /// When the database fails.
    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<Self::Filter, Self::Key>) -> Result<Vec<Self>, Refusal>;
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

    /// The things that this caller sees under `P`, in the order that was asked for, else as they were entered.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list<T: Seen>(&self, tx: &mut Tx<'_>, at: &Listing<T::Filter, T::Key>) -> Result<Vec<T>, Refusal> {
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

/// Narrows a boxed query of a table to a page: `page!(query, table, at, { project_id, [state] })`. A filter is a column
/// of its own name; one in brackets takes several values. What apps poll is `page!(…, polled)`: it comes in the orders
/// of time, and `polled by name` also in that of a name, by which it is found.
#[macro_export]
macro_rules! page {
    ($query:expr, $table:ident, $at:expr, { $($field:tt),* $(,)? }) => {{
        let mut query = $query.order($table::id).limit($at.limit.rows());
        $( query = $crate::page!(@narrow query, $table, $at, $field); )*
        if let Some(after) = $at.after {
            query = query.filter($table::id.gt(after));
        }
        query
    }};
    ($query:expr, $table:ident, $at:expr, { $($field:tt),* $(,)? }, polled $(by $name:ident)?) => {{
        let mut query = $query.limit($at.limit.rows());
        $( query = $crate::page!(@narrow query, $table, $at, $field); )*
        if let Some(since) = $at.filter.updated_since {
            query = query.filter($table::updated_at.ge(since));
        }
        $( query = $crate::named_like!(query, $table, $name, $at.filter.q); )?
        $crate::in_order!(query, $table, $at, { $(name $name)? })
    }};
    (@narrow $query:ident, $table:ident, $at:expr, [$field:ident]) => {
        match $at.filter.$field.clone() {
            Some(wanted) => $query.filter($table::$field.eq_any(wanted.values())),
            None => $query,
        }
    };
    (@narrow $query:ident, $table:ident, $at:expr, $field:ident) => {
        match $at.filter.$field.clone() {
            Some(wanted) => $query.filter($table::$field.eq(wanted)),
            None => $query,
        }
    };
}

/// Narrows a boxed query to names that begin as somebody typed, or whose pinyin does by its initials. What is typed is
/// compared as it is: no character of it stands for others.
#[macro_export]
macro_rules! named_like {
    ($query:expr, $table:ident, $name:ident, $typed:expr) => {
        match &$typed {
            None => $query,
            Some(typed) => {
                let behind = |prefix: &str| format!("{prefix}{}", char::MAX);
                let from = typed.as_str().to_owned();
                let begins = $table::$name.ge(from.clone()).and($table::$name.lt(behind(&from)));
                match $crate::values::name_key::typed(&from) {
                    None => $query.filter(begins),
                    Some(key) => {
                        let keyed = $table::name_key.lt(behind(&key)).and($table::name_key.ge(key));
                        $query.filter(begins.or(keyed))
                    }
                }
            }
        }
    };
}

/// Orders a boxed query of a table as it was asked for, from behind the place where the page before ended:
/// `in_order!(query, users, at, { name display_name, code username })`.
#[macro_export]
macro_rules! in_order {
    ($query:expr, $table:ident, $at:expr, { $(name $name:ident)? $(,)? $(code $code:ident)? }) => {{
        use $crate::http::{SortBy, Sorted as _};
        let (sort, after) = ($at.filter.sort(), $at.after.as_ref());
        match sort.by {
            SortBy::Updated => {
                // The first condition is the one at which an index begins; the second leaves out what was shown.
                let query = match (after.and_then($crate::http::Key::updated), sort.descending) {
                    (Some((at, id)), true) => $query
                        .filter($table::updated_at.le(at))
                        .filter($table::updated_at.lt(at).or($table::id.lt(id))),
                    (Some((at, id)), false) => $query
                        .filter($table::updated_at.ge(at))
                        .filter($table::updated_at.gt(at).or($table::id.gt(id))),
                    (None, _) => $query,
                };
                if sort.descending {
                    query.order(($table::updated_at.desc(), $table::id.desc()))
                } else {
                    query.order(($table::updated_at.asc(), $table::id.asc()))
                }
            }
            $(
                SortBy::Name => {
                    let _ = stringify!($name);
                    let key = $table::name_key.nullable();
                    let query = match (after.and_then($crate::http::Key::row), sort.descending) {
                        (Some(id), true) => $query
                            .filter(key.le($crate::in_order!(@name_of $table, id)))
                            .filter(key.lt($crate::in_order!(@name_of $table, id)).or($table::id.lt(id).nullable())),
                        (Some(id), false) => $query
                            .filter(key.ge($crate::in_order!(@name_of $table, id)))
                            .filter(key.gt($crate::in_order!(@name_of $table, id)).or($table::id.gt(id).nullable())),
                        (None, _) => $query,
                    };
                    if sort.descending {
                        query.order(($table::name_key.desc(), $table::id.desc()))
                    } else {
                        query.order(($table::name_key.asc(), $table::id.asc()))
                    }
                }
            )?
            $(
                SortBy::Code => {
                    let query = match (after.and_then($crate::http::Key::code), sort.descending) {
                        (Some(code), true) => $query.filter($table::$code.lt(code)),
                        (Some(code), false) => $query.filter($table::$code.gt(code)),
                        (None, _) => $query,
                    };
                    if sort.descending { query.order($table::$code.desc()) } else { query.order($table::$code.asc()) }
                }
            )?
            _ => {
                let query = match (after.and_then($crate::http::Key::row), sort.descending) {
                    (Some(id), true) => $query.filter($table::id.lt(id)),
                    (Some(id), false) => $query.filter($table::id.gt(id)),
                    (None, _) => $query,
                };
                if sort.descending { query.order($table::id.desc()) } else { query.order($table::id.asc()) }
            }
        }
    }};
    // The row tells its name, which stands in no cursor.
    (@name_of $table:ident, $id:expr) => {
        diesel::dsl::sql::<diesel::sql_types::Nullable<diesel::sql_types::Text>>(concat!(
            "(SELECT place.name_key FROM ",
            stringify!($table),
            " AS place WHERE place.id = "
        ))
        .bind::<$crate::db::IdSql, _>($id)
        .sql(")")
    };
}

/// Finds rows of a table by the path of the organisation that they belong to:
/// `seen!(quality_courses, QualityCourseRow, QualityCourseFilter { project_id, state })`.
#[macro_export]
macro_rules! seen {
    ($table:ident, $row:ty, $filter:ident { $($field:tt),* $(,)? }) => {
        impl $crate::auth::Seen for $crate::db::Placed<$row> {
            type Filter = $filter;
            type Key = $crate::db::Id;

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
