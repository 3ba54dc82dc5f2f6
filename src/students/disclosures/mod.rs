//! What of a pupil was disclosed to whom: its whole numbers, revealed for a purpose, and the log of everybody who saw
//! it.

mod api;

pub use self::api::routes;

use crate::auth::By;
use crate::auth::access_log::{self, ReadLine};
use crate::auth::permission::{ReadAccessLog, RevealStudents};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::record;
use crate::refusal::Refusal;
use crate::students::students::Student;

/// Gives a pupil whose numbers may be shown whole, and logs that they are, both or neither.
///
/// # Errors
/// 404, 412.
pub fn reveal(
    tx: &mut Tx<'_>,
    by: &By<RevealStudents>,
    id: Id,
    seen: &IfMatchVersion,
    purpose: &str,
) -> Result<Student, Refusal> {
    let student: Student = by.find(tx, id)?;
    seen.expect(student.version)?;
    let request_id = tx.origin.request_id.clone();
    let line =
        access_log::line(tx, (by.user_id, by.role), &request_id, "reveal_student", purpose, vec![student.seen_at()]);
    access_log::write(tx, line)?;
    record(tx, "revealed", Some(&student), Some(&student))?;
    Ok(student)
}

/// Who saw a pupil that the caller sees, the latest first.
///
/// # Errors
/// 404.
pub fn list(
    tx: &mut Tx<'_>,
    by: &By<ReadAccessLog>,
    id: Id,
    before: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<ReadLine>, Refusal> {
    let student: Student = by.find(tx, id)?;
    access_log::of_person(tx, &by.scope(), student.person_id, before, limit)
}
