//! Taking two children apart who were joined by mistake: each has its numbers again, and what was the other's is given
//! back by `student_status::separations`.

use super::merge::{Joined, Moved, joined_place};
use super::model::{Numbers, Person};
use super::{numbers, put_numbers, store};
use crate::auth::By;
use crate::auth::permission::MergePersons;
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::change;
use crate::refusal::{Code, FieldError, Refusal};
use crate::values::identifiers::{IdNumber, StudentNumber};

/// Two persons who were one.
#[derive(Debug, Clone)]
pub struct Separated {
    /// The one that was the tombstone.
    pub own: Person,
    /// The one with which it was joined.
    pub other: Id,
    /// What is to be given back.
    pub moved: Moved,
}

/// A tombstone whose person the caller sees.
///
/// # Errors
/// 404.
pub fn tombstone(tx: &mut Tx<'_>, by: &By<MergePersons>, id: Id) -> Result<Person, Refusal> {
    let row = store::tombstone_in(tx, &by.scope(), id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    Ok(Person { row, path: by.path.clone() })
}

/// Makes a person of a tombstone again. Both, and every school that either has attended, lie in the caller's scope.
///
/// # Errors
/// 404, 412, 409 when one has attended beyond the scope, or was joined before it was kept what came together.
pub fn separate(
    tx: &mut Tx<'_>,
    by: &By<MergePersons>,
    id: Id,
    seen: &IfMatchVersion,
    document: &str,
) -> Result<Separated, Refusal> {
    let before = tombstone(tx, by, id)?;
    seen.expect(before.version)?;
    let other = before.row.merged_into_id.ok_or_else(|| Refusal::of(Code::NotFound))?;
    if store::any_outside(tx, &by.scope(), other, other)? {
        return Err(Refusal::of(Code::BeyondScope));
    }
    let Some(sealed) = &before.row.joined_sealed else { return Err(Refusal::state("merged", &[])) };
    let joined = tx.sealing.open(&joined_place(id), sealed).map_err(Refusal::internal)?;
    let Joined { leaving, staying, led_on, moved } = serde_json::from_slice(&joined).map_err(Refusal::internal)?;
    store::claim(tx, other)?;
    let kept = store::get(tx, other)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    let kept = Person { row: kept, path: before.path.clone() };
    let mut now = numbers(tx, &kept.row)?;
    // What it had from the other goes; what was entered since stays.
    let had = |number: Option<&str>, of_other: &Option<String>, own: &Option<String>| {
        own.is_none() && number.is_some() && number == of_other.as_deref()
    };
    if had(now.id_number.as_ref().map(IdNumber::reveal), &leaving.id_number, &staying.id_number) {
        now.id_number = None;
    }
    if had(now.student_number.as_ref().map(StudentNumber::reveal), &leaving.student_number, &staying.student_number) {
        now.student_number = None;
    }
    let mut alone = kept.clone();
    put_numbers(tx, &mut alone.row, &now)?;
    change(tx, "separated", &kept, |person| *person = alone)?;
    for row in store::tombstones(tx, other)?.into_iter().filter(|row| led_on.contains(&row.id)) {
        let earlier = Person { row, path: kept.path.clone() };
        change(tx, "led-back", &earlier, |person| person.row.merged_into_id = Some(id))?;
    }
    let defect = |_: FieldError| Refusal::internal("a sealed number of the wrong form");
    let own_numbers = Numbers {
        id_number: leaving.id_number.map(|text| IdNumber::new(&text)).transpose().map_err(defect)?,
        student_number: leaving.student_number.map(|text| StudentNumber::new(&text)).transpose().map_err(defect)?,
    };
    let mut own = before.clone();
    put_numbers(tx, &mut own.row, &own_numbers)?;
    own.row.merged_into_id = None;
    own.row.merge_document = None;
    own.row.joined_sealed = None;
    own.row.separation_document = Some(document.to_owned());
    let own = change(tx, "separated", &before, |person| *person = own)?;
    Ok(Separated { own, other, moved })
}
