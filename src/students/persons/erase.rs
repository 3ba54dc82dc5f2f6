//! Erasing a person: the row stays for the ledger and the statistics, and says nothing any more.

use super::model::{Numbers, Person};
use super::{put_numbers, store};
use crate::auth::By;
use crate::auth::permission::EraseStudents;
use crate::db::{Id, Tx};
use crate::journal::change;
use crate::refusal::{Code, Fault, Refusal};

/// A person that the caller may erase, claimed: it lies wholly within the caller's scope, and is no tombstone.
///
/// # Errors
/// 422 at `pointer` for a person that is not seen, 409 when it has attended beyond the scope or is erased already.
pub fn erasable(tx: &mut Tx<'_>, by: &By<EraseStudents>, id: Id, pointer: &str) -> Result<Person, Refusal> {
    let scope = by.scope();
    let found = store::seen(tx, &scope, id)?.ok_or_else(|| Refusal::field(pointer, Fault::NotFound))?;
    if store::any_outside(tx, &scope, id, id)? {
        return Err(Refusal::of(Code::BeyondScope));
    }
    if found.erased_on.is_some() {
        return Err(Refusal::of(Code::AlreadyExists).with("field", "person_id"));
    }
    store::claim(tx, id)?;
    let row = store::get(tx, id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    Ok(Person { row, path: by.path.clone() })
}

/// Forgets a person's numbers, and those of the records that were joined with it.
///
/// # Errors
/// When somebody else changes it too, all is run again.
pub fn erase(tx: &mut Tx<'_>, person: &Person) -> Result<Person, Refusal> {
    for row in store::tombstones(tx, person.row.id)? {
        let joined = Person { row, path: person.path.clone() };
        bare(tx, &joined)?;
    }
    bare(tx, person)
}

fn bare(tx: &mut Tx<'_>, before: &Person) -> Result<Person, Refusal> {
    let mut after = before.clone();
    put_numbers(tx, &mut after.row, &Numbers::default())?;
    after.row.joined_sealed = None;
    after.row.merge_document = None;
    after.row.separation_document = None;
    after.row.erased_on = Some(tx.today);
    change(tx, "erased", before, |person| *person = after)
}
