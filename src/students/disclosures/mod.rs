//! What of a pupil was disclosed to whom: its whole numbers, revealed for a purpose, and the log of everybody who saw
//! it.

mod api;

pub use self::api::routes;

use crate::auth::access_log::{self, ReadLine};
use crate::auth::permission::{ReadAccessLog, RevealStudents};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::record;
use crate::refusal::Refusal;
use crate::students::students::{self, Student};

/// Gives a pupil whose numbers may be shown whole, and logs that they are, both or neither.
///
/// # Errors
/// 404, 412.
pub fn reveal(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    purpose: &str,
) -> Result<Student, Refusal> {
    let student = students::find(tx, &Scope::of::<RevealStudents>(actor), id)?;
    seen.expect(student.row.version)?;
    let request_id = tx.origin.request_id.clone();
    let line = access_log::line(tx, actor, &request_id, ("reveal_student", purpose), vec![student.seen_at()]);
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
    actor: &Actor,
    id: Id,
    before: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<ReadLine>, Refusal> {
    let scope = Scope::of::<ReadAccessLog>(actor);
    let student = students::find(tx, &scope, id)?;
    access_log::of_person(tx, &scope, student.row.person_id, before, limit)
}
