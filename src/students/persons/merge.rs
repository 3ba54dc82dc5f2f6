//! Joining two records of one person. The record that goes stays as a tombstone, so that its student number still
//! leads to the person; `student_status::merges` moves what refers to it.

use serde::{Deserialize, Serialize};

use super::model::{Person, PersonRow};
use super::{Numbers, numbers, put_numbers, store};
use crate::auth::permission::MergePersons;
use crate::auth::{Actor, By};
use crate::db::{Changing, Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, Refusal};

/// What a merge is asked for.
#[derive(Debug, Clone)]
pub struct Merge {
    pub into: Id,
    /// Names what shows that the ID number of the record that goes is wrong, where both have one.
    pub document: Option<String>,
}

/// Joins the person `id` into another. Both, and every school that either has attended, lie in the caller's scope.
///
/// # Errors
/// 404, 412, 422 for an unknown other person, 409 when they are no duplicates, both attend a school, or one has
/// attended beyond the scope.
pub fn merge(
    tx: &mut Tx<'_>,
    by: &By<MergePersons>,
    id: Id,
    seen: &IfMatchVersion,
    asked: &Merge,
) -> Result<Merged, Refusal> {
    let scope = by.scope();
    let from = store::seen(tx, &scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    seen.expect(from.version)?;
    let into = store::seen(tx, &scope, asked.into)?;
    let into = into.ok_or_else(|| Refusal::field("/into_person_id", Fault::NotFound))?;
    if from.id == into.id {
        return Err(Refusal::field("/into_person_id", Fault::NotForThis));
    }
    if store::any_outside(tx, &scope, from.id, into.id)? {
        return Err(Refusal::of(Code::BeyondScope));
    }
    let (leaving, staying) = (numbers(tx, &from)?, numbers(tx, &into)?);
    let is_erased = from.erased_on.is_some() || into.erased_on.is_some();
    if is_erased {
        return Err(Refusal::of(Code::NotDuplicates));
    }
    if leaving.id_number.is_some() && staying.id_number.is_some() && asked.document.is_none() {
        return Err(Refusal::of(Code::NotDuplicates));
    }
    join(tx, by, from, into, &leaving, &staying, asked)
}

/// The numbers that a tombstone keeps: a student number that the person who stays does not have. Its ID number is
/// either that person's now, or was wrong, and then belongs to somebody else.
fn left_behind(leaving: &Numbers, staying: &Numbers) -> Numbers {
    Numbers {
        id_number: None,
        student_number: leaving.student_number.clone().filter(|_| staying.student_number.is_some()),
    }
}

fn join(
    tx: &mut Tx<'_>,
    actor: &Actor,
    from: PersonRow,
    into: PersonRow,
    leaving: &Numbers,
    staying: &Numbers,
    asked: &Merge,
) -> Result<Merged, Refusal> {
    let path = actor.path.clone();
    let (before, kept) = (Person { row: from, path: path.clone() }, Person { row: into, path });
    let mut after = before.clone();
    put_numbers(tx, &mut after.row, &left_behind(leaving, staying))?;
    after.row.merged_into_id = Some(kept.row.id);
    after.row.merge_document = asked.document.clone();
    after.row.step(tx.now);
    after.row.update(tx)?;
    let mut led_on = Vec::new();
    for row in store::tombstones(tx, after.row.id)? {
        led_on.push(row.id);
        let earlier = Person { row, path: kept.path.clone() };
        change(tx, "led-on", &earlier, |person| person.row.merged_into_id = Some(kept.row.id))?;
    }
    let mut grown = kept.clone();
    put_numbers(tx, &mut grown.row, &staying.or(leaving))?;
    grown.row.step(tx.now);
    grown.row.update(tx)?;
    record(tx, "merged", Some(&before), Some(&after))?;
    record(tx, "enlarged", Some(&kept), Some(&grown))?;
    Ok(Merged { gone: after, leaving: Plain::of(leaving), staying: Plain::of(staying), led_on })
}

/// Numbers as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plain {
    pub id_number: Option<String>,
    pub student_number: Option<String>,
}

impl Plain {
    fn of(numbers: &Numbers) -> Self {
        Self {
            id_number: numbers.id_number.as_ref().map(|number| number.reveal().to_owned()),
            student_number: numbers.student_number.as_ref().map(|number| number.reveal().to_owned()),
        }
    }
}

/// A record that was joined with another, before what refers to it was moved.
#[derive(Debug, Clone)]
pub struct Merged {
    pub gone: Person,
    leaving: Plain,
    staying: Plain,
    led_on: Vec<Id>,
}

/// What a merge has moved, room by room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub students: Vec<Id>,
    pub guardianships: Vec<Id>,
    pub consents: Vec<Id>,
    pub enrollments: Vec<Id>,
    pub charges: Vec<Id>,
    pub survey_answers: Vec<Id>,
    /// Lines of the access log …
    pub lines: Vec<Id>,
    /// … and those that were about both.
    pub lines_of_both: Vec<Id>,
}

/// What came together, so that it can be taken apart again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    pub leaving: Plain,
    pub staying: Plain,
    /// Earlier tombstones that lead to the person who stays since.
    pub led_on: Vec<Id>,
    pub moved: Moved,
}

/// A seal opens in its own row alone.
pub(super) fn joined_place(id: Id) -> String {
    format!("persons.joined:{id}")
}

/// Keeps with the tombstone what came together, sealed.
///
/// # Errors
/// When somebody else changes it too, all is run again.
pub fn remember(tx: &mut Tx<'_>, merged: Merged, moved: Moved) -> Result<Person, Refusal> {
    let Merged { gone, leaving, staying, led_on } = merged;
    let joined = serde_json::to_vec(&Joined { leaving, staying, led_on, moved }).map_err(Refusal::internal)?;
    let sealed = tx.sealing.seal(&joined_place(gone.row.id), &joined).map_err(Refusal::internal)?;
    change(tx, "remembered", &gone, |person| person.row.joined_sealed = Some(sealed))
}
