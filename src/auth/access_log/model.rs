//! A line of the access log: one request that gave data of pupils to somebody.

use crate::auth::Role;
use crate::db::{Id, Instant};

/// A person whose data was given, and the school where it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenPerson {
    pub person_id: Id,
    /// None for a child that attends no school.
    pub school_id: Option<Id>,
}

/// The row of a line.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::access_log_lines, check_for_backend(crate::db::MultiBackend))]
pub struct LineRow {
    pub id: Id,
    pub at: Instant,
    pub user_id: Id,
    pub role: Role,
    pub operation: String,
    pub purpose: String,
    pub request_id: String,
    /// The batch with which it was written; the lines of before have none.
    pub batch_id: Option<Id>,
}

/// A line with the persons of its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub row: LineRow,
    pub persons: Vec<SeenPerson>,
}

/// A line as it is read, with the name of who saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLine {
    pub row: LineRow,
    pub user_name: String,
}

/// The row of a person within a line.
#[expect(clippy::struct_field_names, reason = "its columns are ids, and named so")]
#[derive(Debug, Clone, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::access_log_persons)]
pub struct LinePersonRow {
    pub line_id: Id,
    pub person_id: Id,
    pub school_id: Id,
}

impl Line {
    /// The rows of its persons, each once: a list may show a person at two schools.
    #[must_use]
    pub fn person_rows(&self) -> Vec<LinePersonRow> {
        let mut rows: Vec<LinePersonRow> = Vec::with_capacity(self.persons.len());
        for seen in &self.persons {
            if rows.iter().all(|row| row.person_id != seen.person_id) {
                let school_id = seen.school_id.unwrap_or(Id::NIL);
                rows.push(LinePersonRow { line_id: self.row.id, person_id: seen.person_id, school_id });
            }
        }
        rows
    }
}
