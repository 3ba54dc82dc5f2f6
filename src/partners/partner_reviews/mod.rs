//! Reviews of partners 资质审核 (六.5): an authority says whether a partner is qualified, and until when. They are added and
//! never changed; the latest one counts.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewPartnerReview, PartnerReview, ReviewOutcome};

use self::model::PartnerReviewRow;
use super::partners;
use crate::auth::permission::{ReadPartners, SupervisePartners};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Refusal};
use crate::rules::partners::PartnerReviewFact;

impl Recorded for PartnerReview {
    const RESOURCE: &'static str = "partner-review";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Adds a review of a partner in the caller's scope.
///
/// # Errors
/// 422 for an unknown partner, or with everything that does not go together.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, new: &NewPartnerReview) -> Result<PartnerReview, Refusal> {
    let partner = partners::named_in_body(tx, &Scope::of::<SupervisePartners>(actor), new.partner_id)?;
    let faults = new.faults(tx.today);
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let row = PartnerReviewRow {
        id: Id::fresh(),
        partner_id: new.partner_id,
        authority_id: actor.organisation_id.ok_or_else(|| Refusal::internal("a reviewer without an authority"))?,
        outcome: new.outcome,
        reviewed_on: new.reviewed_on,
        valid_until_on: new.valid_until,
        document: new.document.clone(),
        remark: new.remark.clone(),
        created_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = PartnerReview { row, path: partner.path };
    record(tx, "added", None, Some(&made))?;
    Ok(made)
}

/// One review of a partner that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<PartnerReview, Refusal> {
    store::find(tx, &Scope::of::<ReadPartners>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Reviews of the partners that the caller may see, in the order in which they were added.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    partner: Option<Id>,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<PartnerReview>, Refusal> {
    store::list(tx, &Scope::of::<ReadPartners>(actor), partner, after, limit)
}

/// The latest review of a partner, for the rules.
///
/// # Errors
/// When the database fails.
pub fn latest(tx: &mut Tx<'_>, partner: Id) -> Result<Option<PartnerReviewFact>, Refusal> {
    let latest = store::latest(tx, partner)?;
    Ok(latest.map(|row| PartnerReviewFact { reviewed_on: row.reviewed_on, qualified_until: row.valid_until_on }))
}
