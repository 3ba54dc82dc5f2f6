//! What becomes of charges when two records of one person are joined. Two live charges of one term would be one too
//! many: one of them is voided first.

use super::{Charge, second_charge, store};
use crate::db::{Id, Tx};
use crate::filings::filings;
use crate::journal::change;
use crate::refusal::Refusal;

/// Moves the charges of a person that was merged.
///
/// # Errors
/// 422 when both have a live charge of one term.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<Vec<Id>, Refusal> {
    let mut moved = Vec::new();
    for before in store::of_person(tx, from)? {
        let row = &before.row;
        let filed = filings::filed(tx, row.filing_id)?;
        let second = || Refusal::by_rules(vec![second_charge(&filed.profile_document, &row.school_year, row.season)]);
        store::move_guard(tx, row.id, into, second)?;
        change(tx, "moved", &before, |charge| charge.person_id = into)?;
        moved.push(before.row.id);
    }
    Ok(moved)
}

/// Gives charges back to a person who was joined with another by mistake.
///
/// # Errors
/// 422 when it has a live charge of one term since.
pub fn given_back(tx: &mut Tx<'_>, ids: &[Id], from: Id, to: Id) -> Result<(), Refusal> {
    for before in store::of_person(tx, from)?.into_iter().filter(|row| ids.contains(&row.row.id)) {
        let row = &before.row;
        let filed = filings::filed(tx, row.filing_id)?;
        let second = || Refusal::by_rules(vec![second_charge(&filed.profile_document, &row.school_year, row.season)]);
        store::move_guard(tx, row.id, to, second)?;
        change(tx, "given-back", &before, |charge| charge.person_id = to)?;
    }
    Ok(())
}

/// All charges of a person, whoever asks.
///
/// # Errors
/// When the database fails.
pub fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Charge>, Refusal> {
    store::of_person(tx, person)
}
