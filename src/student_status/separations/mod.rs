//! Taking two children apart who were joined by mistake: what was the other's is given back, room by room. What the
//! merge has ended, such as the second of two enrollments, stays ended.

mod api;

pub use self::api::routes;

use crate::auth::By;
use crate::auth::access_log::{self, MovedLines};
use crate::auth::permission::MergePersons;
use crate::db::{Id, Tx};
use crate::enrollments::enrollments;
use crate::fees::charges;
use crate::http::IfMatchVersion;
use crate::refusal::Refusal;
use crate::students::persons::{self, Person, Separated};
use crate::students::{consents, guardianships, students};
use crate::surveys::survey_answers;

/// Makes a person of a tombstone again, with what was its own.
///
/// # Errors
/// 404, 412, 409 when one has attended beyond the scope, or was joined before it was kept what came together; 422 when
/// a charge that is given back would be the second of a term.
pub fn separate(
    tx: &mut Tx<'_>,
    by: &By<MergePersons>,
    id: Id,
    seen: &IfMatchVersion,
    document: &str,
) -> Result<Person, Refusal> {
    let Separated { own, other, moved } = persons::separate(tx, by, id, seen, document)?;
    students::given_back(tx, &moved.students, other, id)?;
    guardianships::given_back(tx, &moved.guardianships, other, id)?;
    consents::given_back(tx, &moved.consents, other, id)?;
    let lines = MovedLines { lines: moved.lines, of_both: moved.lines_of_both };
    access_log::given_back(tx, &lines, other, id)?;
    enrollments::given_back(tx, &moved.enrollments, other, id)?;
    charges::given_back(tx, &moved.charges, other, id)?;
    survey_answers::given_back(tx, &moved.survey_answers, other, id)?;
    Ok(own)
}
