//! What a plan is judged by of the partners that run its projects.

use super::partners::{self, EarlierLicence, Partner};
use super::{partner_agreements, partner_bans, partner_reviews};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::rules::partners::{LicenceFact, PartnerFact};

fn licence(earlier: EarlierLicence) -> LicenceFact {
    LicenceFact {
        number: earlier.licence_number,
        starts_on: earlier.licence_starts_on,
        ends_on: earlier.licence_ends_on,
    }
}

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
    for Partner { row, credit_code, name, .. } in partners::above(tx, path, codes)? {
        facts.push(PartnerFact {
            kind: row.kind.provider_kind(),
            credit_code,
            name,
            licence_number: row.licence_number,
            licence_starts_on: row.licence_starts_on,
            licence_ends_on: row.licence_ends_on,
            earlier_licences: row.earlier_licences.0.into_iter().map(licence).collect(),
            bans: partner_bans::not_lifted(tx, row.id)?,
            review: partner_reviews::latest(tx, row.id)?,
            agreements: partner_agreements::signed(tx, school, row.id)?,
            wanted_by: None,
        });
    }
    Ok(facts)
}
