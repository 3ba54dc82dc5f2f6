//! Persons: one each, whatever the schools. A person is known by its ID number, else by its student number, else by its
//! record; `merge` joins records of one person.

mod erase;
mod merge;
mod model;
mod separate;
mod store;
mod verify;

pub use self::erase::{erasable, erase};
pub use self::merge::{Joined, Merge, Merged, Moved, merge, remember};
pub use self::model::{Numbers, Person, PersonRow};
pub use self::separate::{Separated, separate, tombstone};
pub use self::store::{claim, claim_of, left_before};
pub use self::verify::verify;

use crate::db::{Id, Tx};
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::values::identifiers::{IdNumber, StudentNumber};

fn id_number_hash(tx: &Tx<'_>, number: &IdNumber) -> String {
    tx.sealing.keyed_hash("persons.id_number", number.reveal().as_bytes())
}

fn student_number_hash(tx: &Tx<'_>, number: &StudentNumber) -> String {
    tx.sealing.keyed_hash("persons.student_number", number.reveal().as_bytes())
}

/// A seal opens in its own row alone.
fn place(column: &str, id: Id) -> String {
    format!("persons.{column}:{id}")
}

/// Puts numbers into a row: sealed, with the hashes to find them by.
fn put_numbers(tx: &Tx<'_>, row: &mut PersonRow, numbers: &Numbers) -> Result<(), Refusal> {
    let seal = |column: &str, text: &str| tx.sealing.seal(&place(column, row.id), text.as_bytes());
    let id_number = numbers.id_number.as_ref();
    let student_number = numbers.student_number.as_ref();
    let sealed_id = id_number.map(|number| seal("id_number", number.reveal())).transpose();
    let sealed_student = student_number.map(|number| seal("student_number", number.reveal())).transpose();
    row.id_number_sealed = sealed_id.map_err(Refusal::internal)?;
    row.student_number_sealed = sealed_student.map_err(Refusal::internal)?;
    row.id_number_hash = id_number.map(|number| id_number_hash(tx, number));
    row.student_number_hash = student_number.map(|number| student_number_hash(tx, number));
    Ok(())
}

/// Opens the numbers of a row. Whoever shows them masks them.
///
/// # Errors
/// A defect: the row was sealed under another key.
pub fn numbers(tx: &Tx<'_>, row: &PersonRow) -> Result<Numbers, Refusal> {
    let open = |column: &str, sealed: &str| -> Result<String, Refusal> {
        let bytes = tx.sealing.open(&place(column, row.id), sealed).map_err(Refusal::internal)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let defect = |_: FieldError| Refusal::internal("a sealed number of the wrong form");
    let id_number = row.id_number_sealed.as_deref().map(|sealed| open("id_number", sealed)).transpose()?;
    let student_number =
        row.student_number_sealed.as_deref().map(|sealed| open("student_number", sealed)).transpose()?;
    Ok(Numbers {
        id_number: id_number.map(|text| IdNumber::new(&text)).transpose().map_err(defect)?,
        student_number: student_number.map(|text| StudentNumber::new(&text)).transpose().map_err(defect)?,
    })
}

/// The person of these numbers, found or added; `path` is the school that enters it.
///
/// # Errors
/// 422 when the numbers do not go together, 409 when they are of two persons.
pub fn resolve(tx: &mut Tx<'_>, given: &Numbers, path: &str) -> Result<Person, Refusal> {
    let given = given.completed().map_err(|fault| Refusal::invalid(vec![fault]))?;
    let by_id = match &given.id_number {
        Some(number) => store::by_id_number(tx, &id_number_hash(tx, number))?,
        None => None,
    };
    let by_student = match &given.student_number {
        Some(number) => store::by_student_number(tx, &student_number_hash(tx, number))?,
        None => None,
    };
    // The number of a tombstone is an old one: it leads to the person, and does not replace the newer one.
    let is_old = by_student.as_ref().is_some_and(|row| row.merged_into_id.is_some());
    let given = Numbers { student_number: given.student_number.filter(|_| !is_old), ..given };
    match (living(tx, by_id)?, living(tx, by_student)?) {
        (Some(one), Some(other)) if one.id != other.id => {
            Err(Refusal::of(Code::AlreadyExists).with("field", "student_number"))
        }
        (Some(row), _) | (None, Some(row)) => keep(tx, Person { row, path: path.to_owned() }, &given),
        (None, None) => add(tx, &given, path),
    }
}

/// Follows a tombstone to the person it became.
fn living(tx: &mut Tx<'_>, found: Option<PersonRow>) -> Result<Option<PersonRow>, Refusal> {
    match found.as_ref().and_then(|row| row.merged_into_id) {
        Some(into) => store::get(tx, into),
        None => Ok(found),
    }
}

fn add(tx: &mut Tx<'_>, numbers: &Numbers, path: &str) -> Result<Person, Refusal> {
    let mut row = PersonRow {
        id: Id::fresh(),
        id_number_sealed: None,
        id_number_hash: None,
        student_number_sealed: None,
        student_number_hash: None,
        merged_into_id: None,
        merge_document: None,
        joined_sealed: None,
        separation_document: None,
        erased_on: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    put_numbers(tx, &mut row, numbers)?;
    enter(tx, "created", row, path.to_owned())
}

/// Adds to a person what it lacks. A student number may be new; an ID number that differs is of somebody else.
fn keep(tx: &mut Tx<'_>, before: Person, given: &Numbers) -> Result<Person, Refusal> {
    let known = numbers(tx, &before.row)?;
    if known.id_number.is_some() && given.id_number.is_some() && known.id_number != given.id_number {
        return Err(Refusal::field("/id_number", Fault::Mismatch).said("id-number"));
    }
    change_numbers(tx, before, &known, given)
}

/// Corrects the numbers of a person; a number that is not given stays.
///
/// # Errors
/// 422 when the numbers do not go together, 409 when one is of somebody else.
pub fn correct(tx: &mut Tx<'_>, id: Id, given: &Numbers, path: &str) -> Result<Person, Refusal> {
    let row = store::get(tx, id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    let given = given.completed().map_err(|fault| Refusal::invalid(vec![fault]))?;
    let known = numbers(tx, &row)?;
    change_numbers(tx, Person { row, path: path.to_owned() }, &known, &given)
}

fn change_numbers(tx: &mut Tx<'_>, before: Person, known: &Numbers, given: &Numbers) -> Result<Person, Refusal> {
    let to = given.or(known);
    to.completed().map_err(|fault| Refusal::invalid(vec![fault]))?;
    if to == *known {
        return Ok(before);
    }
    let mut after = before.clone();
    put_numbers(tx, &mut after.row, &to)?;
    change(tx, "identified", &before, |person| *person = after)
}
