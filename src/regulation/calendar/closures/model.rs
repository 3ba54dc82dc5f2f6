//! A day on which an authority closes its schools.

use serde::Serialize;
use time::Date;

use crate::auth::permission::ManageClosures;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};

/// The row of a closure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::calendar_closures, check_for_backend(crate::db::MultiBackend))]
pub struct ClosureRow {
    pub id: Id,
    pub authority_id: Id,
    pub closed_on: Date,
    pub reason: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A closure with the path of its authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closure {
    #[serde(flatten)]
    pub row: ClosureRow,
    pub path: String,
}

impl Closure {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if Scope::of::<ManageClosures>(actor).holds_path(&self.path) { vec!["delete"] } else { Vec::new() }
    }
}

/// What a closure is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClosure {
    pub authority_id: Id,
    pub closed_on: Date,
    pub reason: String,
}
