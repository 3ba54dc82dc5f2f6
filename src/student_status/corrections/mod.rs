//! Correcting what a school knows of its pupil: what the pupil has chosen is looked at again in the same transaction.

mod api;

pub use self::api::routes;

use crate::auth::By;
use crate::auth::permission::ManageStudents;
use crate::db::{Id, Tx};
use crate::enrollments::enrollments;
use crate::http::IfMatchVersion;
use crate::refusal::Refusal;
use crate::students::students::{self, Student, StudentIn};

/// Replaces what a school knows of its pupil. Nobody is dropped by that: where a project is not for the new grade, the
/// answer and the enrollment say so, and it is settled by those whom it concerns.
///
/// # Errors
/// 404, 412, 409 for another school, a pupil that has left, or a number of somebody else, 422 with everything that does
/// not go together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageStudents>,
    id: Id,
    seen: &IfMatchVersion,
    to: &StudentIn,
) -> Result<Student, Refusal> {
    let corrected = students::update(tx, by, id, seen, to)?;
    enrollments::looked_at_again(tx, &corrected)?;
    Ok(corrected)
}
