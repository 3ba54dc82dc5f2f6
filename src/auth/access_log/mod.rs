//! Who saw which pupil, when, in which role, what for. Reads leave a line in a queue; a reveal writes its line in its
//! own transaction, before it answers.

mod api;
mod model;
mod queue;
mod store;
mod verify;

pub use self::api::Trace;
pub use self::model::{Line, LineRow, ReadLine, SeenPerson};
pub use self::queue::AccessLog;
pub use self::verify::verify;

use crate::auth::{Role, Scope};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::Refusal;

/// The purpose of every read that gives no other.
pub const READ: &str = "read";

/// The purpose of a write that was only tried: it shows what it would have written.
pub const REHEARSAL: &str = "rehearsal";

/// A line about a request of an account in a role.
#[must_use]
pub fn line(
    tx: &Tx<'_>,
    (user_id, role): (Id, Role),
    request_id: &str,
    operation: &str,
    purpose: &str,
    persons: Vec<SeenPerson>,
) -> Line {
    let row = LineRow {
        id: Id::fresh(),
        at: tx.now,
        user_id,
        role,
        operation: operation.to_owned(),
        purpose: purpose.to_owned(),
        request_id: request_id.to_owned(),
        batch_id: None,
    };
    Line { row, persons }
}

/// Writes a line in the transaction of what it is about.
///
/// # Errors
/// When the database fails.
pub fn write(tx: &mut Tx<'_>, line: Line) -> Result<(), Refusal> {
    store::insert(tx, &[line])
}

/// Lines about a person whom the caller sees under `scope`, the latest first.
///
/// # Errors
/// When the database fails.
pub fn of_person(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: Id,
    before: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<ReadLine>, Refusal> {
    store::of_person(tx, scope, person, before, limit)
}

/// Gives the lines about a person that was merged to the one it became.
///
/// # Errors
/// When the database fails.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<MovedLines, Refusal> {
    let moved = store::of_both(tx, from, into)?;
    store::repoint(tx, from, into)?;
    Ok(moved)
}

/// Lines that a merge has moved, and those that were about both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovedLines {
    pub lines: Vec<Id>,
    pub of_both: Vec<Id>,
}

/// Gives lines back to a person who was joined with another by mistake.
///
/// # Errors
/// When the database fails.
pub fn given_back(tx: &mut Tx<'_>, lines: &MovedLines, from: Id, to: Id) -> Result<(), Refusal> {
    store::give_back(tx, lines, from, to)
}

/// How many requests have shown a person.
///
/// # Errors
/// When the database fails.
pub fn count_of(tx: &mut Tx<'_>, person: Id) -> Result<i64, Refusal> {
    store::count_of(tx, person)
}
