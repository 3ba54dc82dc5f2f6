//! What a plan is judged by of the partners that run its projects.

use super::{partner_agreements, partner_bans, partner_reviews, partners};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::rules::partners::PartnerFact;

/// What is on file of the partners with these credit codes that the authorities above a school keep, and of its
/// agreements with them. A code that is not there is known to none of them. Whether pupils want a partner is for the
/// survey to say.
///
/// # Errors
/// When the database fails.
pub fn facts_for(tx: &mut Tx<'_>, school: Id, path: &str, codes: &[String]) -> Result<Vec<PartnerFact>, Refusal> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let mut facts = Vec::new();
    for partner in partners::above(tx, path, codes)? {
        let id = partner.row.id;
        facts.push(PartnerFact {
            kind: partner.row.kind.provider_kind(),
            credit_code: partner.credit_code,
            name: partner.name,
            licence_number: partner.row.licence_number,
            licence_starts_on: partner.row.licence_starts_on,
            licence_ends_on: partner.row.licence_ends_on,
            bans: partner_bans::not_lifted(tx, id)?,
            review: partner_reviews::latest(tx, id)?,
            agreements: partner_agreements::signed(tx, school, id)?,
            wanted_by: None,
        });
    }
    Ok(facts)
}
