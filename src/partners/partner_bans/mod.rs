//! Bans of partners (六.5): from one day on, to a day or until they are lifted. Several may run at once, each lifted by
//! itself; what was lifted counts for nothing.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{PartnerBan, PartnerBanVerb};

use self::model::{PartnerBanIn, PartnerBanLiftIn, PartnerBanRow};
use super::partners;
use crate::auth::By;
use crate::auth::permission::SupervisePartners;
use crate::db::{Id, Stored as _, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Fault, Refusal};
use crate::rules::partners::PartnerBanFact;

/// Bans a partner in the caller's scope.
///
/// # Errors
/// 422 for an unknown partner, or when it would end before it starts.
pub fn impose(tx: &mut Tx<'_>, by: &By<SupervisePartners>, new: &PartnerBanIn) -> Result<PartnerBan, Refusal> {
    let partner = partners::named_in_body(tx, by, new.partner_id)?;
    if new.ends_on.is_some_and(|last| last < new.starts_on) {
        return Err(Refusal::field("/ends_on", Fault::EndsBeforeStart));
    }
    let row = PartnerBanRow {
        id: Id::fresh(),
        partner_id: new.partner_id,
        authority_id: by.organisation_id.ok_or_else(|| Refusal::internal("a supervisor without an authority"))?,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        reason: new.reason.as_str().to_owned(),
        document: new.document.as_str().to_owned(),
        lifted_on: None,
        lift_reason: None,
        lift_document: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = PartnerBan { row, today: tx.today, path: partner.path };
    record(tx, "imposed", None, Some(&made))?;
    Ok(made)
}

/// Lifts a ban today.
///
/// # Errors
/// 404, 412, 409 when it was lifted.
pub fn lift(
    tx: &mut Tx<'_>,
    by: &By<SupervisePartners>,
    id: Id,
    seen: &IfMatchVersion,
    lifting: &PartnerBanLiftIn,
) -> Result<PartnerBan, Refusal> {
    let before: PartnerBan = by.find(tx, id)?;
    seen.expect(before.version)?;
    PartnerBanVerb::Lift.from(before.state())?;
    change(tx, "lifted", &before, |ban| {
        ban.lifted_on = Some(before.today);
        ban.lift_reason = Some(lifting.reason.as_str().to_owned());
        ban.lift_document = Some(lifting.document.as_str().to_owned());
    })
}

/// Bans of a partner that nobody has lifted, for the rules.
///
/// # Errors
/// When the database fails.
pub fn not_lifted(tx: &mut Tx<'_>, partner: Id) -> Result<Vec<PartnerBanFact>, Refusal> {
    let standing = store::not_lifted(tx, partner)?.into_iter();
    let fact =
        |row: PartnerBanRow| PartnerBanFact { starts_on: row.starts_on, ends_on: row.ends_on, document: row.document };
    Ok(standing.map(fact).collect())
}
