//! Leaving a school: what the pupil has there is given up in the same transaction.

mod api;

pub use self::api::routes;

use time::Date;

use crate::auth::By;
use crate::auth::permission::ManageStudents;
use crate::db::{Id, Tx};
use crate::enrollments::enrollments;
use crate::fees::charges;
use crate::http::IfMatchVersion;
use crate::refusal::Refusal;
use crate::students::students::{self, Student};

/// Lets a pupil leave its school on a day that has come; its seats go to who waits, and a charge of which nothing is
/// paid is void.
///
/// # Errors
/// 404, 412, 409 when it has left, 422 for a day before it entered or after today.
pub fn leave(
    tx: &mut Tx<'_>,
    by: &By<ManageStudents>,
    id: Id,
    seen: &IfMatchVersion,
    left_on: Date,
) -> Result<Student, Refusal> {
    let before = students::leaving(tx, by, id, seen, left_on)?;
    Ok(let_go(tx, &before, left_on)?.0)
}

/// The same of a pupil that attends the school; and whether something that it had there was ended by it.
///
/// # Errors
/// When somebody else changes it too.
pub fn let_go(tx: &mut Tx<'_>, before: &Student, left_on: Date) -> Result<(Student, bool), Refusal> {
    let left = students::let_go(tx, before, left_on)?;
    let ended = enrollments::left(tx, &left)? + charges::left(tx, &left)?;
    Ok((left, ended > 0))
}
