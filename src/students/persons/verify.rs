//! What must hold over all persons, for `kehou verify`.

use super::model::PersonRow;
use super::{id_number_hash, numbers, store, student_number_hash};
use crate::db::{Id, Kept, Tx};
use crate::refusal::Refusal;

/// Sentences about persons whose numbers cannot be opened or are not found by their hashes, and about records that were
/// joined with another and still have pupils.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>, batch: i64) -> Result<Vec<String>, Refusal> {
    let (mut wrong, mut after) = (Vec::new(), Id::NIL);
    loop {
        let ids = PersonRow::ids_after(tx, after, batch)?;
        let Some(last) = ids.last() else { return Ok(wrong) };
        after = *last;
        let rows = PersonRow::these(tx, &ids)?;
        wrong.extend(rows.iter().filter_map(|row| against(tx, row)));
        let tombstones: Vec<Id> = rows.iter().filter(|row| row.merged_into_id.is_some()).map(|row| row.id).collect();
        for id in store::with_pupils(tx, &tombstones)? {
            wrong.push(format!("person {id} was joined with another record and still has pupils"));
        }
    }
}

fn against(tx: &Tx<'_>, row: &PersonRow) -> Option<String> {
    let Ok(numbers) = numbers(tx, row) else {
        return Some(format!("the sealed numbers of person {} cannot be opened", row.id));
    };
    let id_number = numbers.id_number.as_ref().map(|number| id_number_hash(tx, number));
    let student_number = numbers.student_number.as_ref().map(|number| student_number_hash(tx, number));
    let found = id_number == row.id_number_hash && student_number == row.student_number_hash;
    (!found).then(|| format!("the numbers of person {} are not those by which it is found", row.id))
}
