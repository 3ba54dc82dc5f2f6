//! What a caller may see, as a filter that every query of a list and of a single row takes alike.
//!
//! This is the one place that may name tables of higher floors.

use diesel::dsl::LeftJoinQuerySource;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::caller::Actor;
use super::permission::{Permission, Reach};
use crate::db::schema::{organisations, users};
use crate::db::{Id, MultiBackend};

/// How far a caller sees under one permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Everything,
    /// The organisation with this path, and all below it.
    Subtree(String),
    /// What belongs to this account.
    Own(Id),
}

impl Scope {
    /// The scope of `actor` under `P`; nothing visible where the role does not have it.
    #[must_use]
    pub fn of<P: Permission>(actor: &Actor) -> Self {
        match P::reach(actor.role) {
            Some(Reach::Everything) => Self::Everything,
            Some(Reach::Subtree) => Self::Subtree(actor.path.clone()),
            Some(Reach::Own) | None => Self::Own(actor.user_id),
        }
    }

    /// Whether something at `path` lies in the scope; what has no organisation (`""`) lies in `Everything` alone.
    #[must_use]
    pub fn holds_path(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Subtree(root) => !root.is_empty() && path.starts_with(root.as_str()),
            Self::Own(_) => false,
        }
    }
}

/// Users joined with their organisations, which may be none.
pub type UsersSource = LeftJoinQuerySource<users::table, organisations::table>;

/// A condition on [`UsersSource`].
pub type UsersFilter = Box<dyn BoxableExpression<UsersSource, MultiBackend, SqlType = Nullable<Bool>>>;

/// The accounts in a scope.
#[must_use]
pub fn users_in(scope: &Scope) -> UsersFilter {
    match scope {
        Scope::Everything => Box::new(true.into_sql::<Nullable<Bool>>()),
        Scope::Subtree(root) => {
            let path = organisations::path.nullable();
            Box::new(path.ge(root.clone()).and(path.lt(end_of(root))))
        }
        Scope::Own(id) => Box::new(users::id.eq(*id).nullable()),
    }
}

/// The first path behind a subtree: paths end in `/`, and `0` follows `/` in byte order.
fn end_of(root: &str) -> String {
    match root.strip_suffix('/') {
        Some(stem) if !stem.is_empty() => format!("{stem}0"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_is_the_range_of_its_paths() {
        let scope = Scope::Subtree("/a/b/".to_owned());
        for (path, inside) in [("/a/b/", true), ("/a/b/c/", true), ("/a/", false), ("/a/bb/", false), ("", false)] {
            assert_eq!(scope.holds_path(path), inside, "{path}");
            let in_range = path >= "/a/b/" && path < end_of("/a/b/").as_str();
            assert_eq!(in_range, inside, "{path}");
        }
    }

    #[test]
    fn a_scope_without_a_path_sees_nothing() {
        assert!(!Scope::Subtree(String::new()).holds_path("/a/"));
        assert_eq!(end_of(""), "");
    }
}
