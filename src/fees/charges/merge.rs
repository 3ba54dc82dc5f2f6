//! What becomes of charges when two records of one person are joined. Two live charges of one term would be one too
//! many: one of them is voided first.

use super::{second_charge, store};
use crate::db::{Id, Tx};
use crate::filings::filings;
use crate::journal::change;
use crate::refusal::Refusal;

/// Moves the charges of a person that was merged.
///
/// # Errors
/// 422 when both have a live charge of one term.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<(), Refusal> {
    for before in store::of_person(tx, from)? {
        let row = &before.row;
        let filed = filings::filed(tx, row.filing_id)?;
        let second = || Refusal::by_rules(vec![second_charge(&filed.profile_document, &row.school_year, row.season)]);
        store::move_guard(tx, row.id, into, second)?;
        change(tx, "moved", &before, |charge| charge.person_id = into)?;
    }
    Ok(())
}
