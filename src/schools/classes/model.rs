//! An administrative class of a school in a school year.

use serde::Serialize;

use crate::auth::permission::ManageClasses;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::values::identifiers::SchoolYear;

/// The row of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::classes, check_for_backend(crate::db::MultiBackend))]
pub struct ClassRow {
    pub id: Id,
    pub school_id: Id,
    pub school_year: String,
    pub grade: i32,
    pub name: String,
    /// Counts the changes of who is in the class; not part of the version.
    #[serde(skip)]
    pub roll_version: i64,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A class with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Class {
    #[serde(flatten)]
    pub row: ClassRow,
    pub path: String,
}

impl Class {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if Scope::of::<ManageClasses>(actor).holds_path(&self.path) { vec!["update"] } else { Vec::new() }
    }
}

/// What a class is made from.
#[derive(Debug, Clone)]
pub struct NewClass {
    pub school_id: Id,
    pub school_year: SchoolYear,
    pub grade: u8,
    pub name: String,
}
