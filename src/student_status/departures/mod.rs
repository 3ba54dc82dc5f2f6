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
    let left = students::leave(tx, by, id, seen, left_on)?;
    enrollments::left(tx, &left)?;
    charges::left(tx, &left)?;
    Ok(left)
}
