//! Joining two records of one person: what refers to the one that goes is given to the one that stays, room by room.
//! `students::person_columns` lists the columns.

mod api;

pub use self::api::routes;

use crate::auth::permission::MergePersons;
use crate::auth::{By, access_log};
use crate::db::{Id, Tx};
use crate::enrollments::enrollments;
use crate::fees::charges;
use crate::http::IfMatchVersion;
use crate::refusal::Refusal;
use crate::students::persons::{self, Merge, Person};
use crate::students::{consents, guardianships, students};
use crate::surveys::survey_answers;

/// Joins the person `id` into another. Both, and every school that either has attended, lie in the caller's scope.
///
/// # Errors
/// 404, 412, 422 for an unknown other person or two charges of one term, 409 when they are no duplicates, both attend a
/// school, or one has attended beyond the scope.
pub fn merge(
    tx: &mut Tx<'_>,
    by: &By<MergePersons>,
    id: Id,
    seen: &IfMatchVersion,
    asked: &Merge,
) -> Result<Person, Refusal> {
    let gone = persons::merge(tx, by, id, seen, asked)?;
    let (from, into) = (gone.row.id, asked.into);
    students::moved(tx, from, into)?;
    guardianships::moved(tx, from, into)?;
    consents::moved(tx, from, into)?;
    access_log::moved(tx, from, into)?;
    enrollments::moved(tx, from, into)?;
    charges::moved(tx, from, into)?;
    survey_answers::moved(tx, from, into)?;
    Ok(gone)
}
