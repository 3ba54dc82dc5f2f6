//! Reviews of partners 资质审核 (六.5): an authority says whether a partner is qualified, and until when. They are added and
//! never changed; the latest one counts.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::PartnerReview;

use self::model::{PartnerReviewIn, PartnerReviewRow};
use super::partners;
use crate::auth::By;
use crate::auth::permission::SupervisePartners;
use crate::db::{Id, Tx};
use crate::journal::enter;
use crate::refusal::Refusal;
use crate::rules::partners::PartnerReviewFact;

/// Adds a review of a partner in the caller's scope.
///
/// # Errors
/// 422 for an unknown partner, or with everything that does not go together.
pub fn add(tx: &mut Tx<'_>, by: &By<SupervisePartners>, new: &PartnerReviewIn) -> Result<PartnerReview, Refusal> {
    let partner = partners::named_in_body(tx, by, new.partner_id)?;
    let faults = new.faults(tx.today);
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let row = PartnerReviewRow {
        id: Id::fresh(),
        partner_id: new.partner_id,
        authority_id: by.organisation_id.ok_or_else(|| Refusal::internal("a reviewer without an authority"))?,
        outcome: new.outcome,
        reviewed_on: new.reviewed_on,
        valid_until_on: new.valid_until,
        document: new.document.as_str().to_owned(),
        remark: new.remark.as_ref().map(|remark| remark.as_str().to_owned()),
        created_at: tx.now,
    };
    enter(tx, "added", row, partner.path)
}

/// The latest review of a partner, for the rules.
///
/// # Errors
/// When the database fails.
pub fn latest(tx: &mut Tx<'_>, partner: Id) -> Result<Option<PartnerReviewFact>, Refusal> {
    let latest = store::latest(tx, partner)?;
    Ok(latest.map(|row| PartnerReviewFact { reviewed_on: row.reviewed_on, qualified_until: row.valid_until_on }))
}
