//! Bans of partners (六.5): from one day on, to a day or until they are lifted. Several may run at once, each lifted by
//! itself; what was lifted counts for nothing.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Lifting, NewPartnerBan, PartnerBan};

use self::model::PartnerBanRow;
use super::partners;
use crate::auth::permission::{ReadPartners, SupervisePartners};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::partners::PartnerBanFact;

impl Recorded for PartnerBan {
    const RESOURCE: &'static str = "partner-ban";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Bans a partner in the caller's scope.
///
/// # Errors
/// 422 for an unknown partner, or when it would end before it starts.
pub fn impose(tx: &mut Tx<'_>, actor: &Actor, new: &NewPartnerBan) -> Result<PartnerBan, Refusal> {
    let partner = partners::named_in_body(tx, &Scope::of::<SupervisePartners>(actor), new.partner_id)?;
    if new.ends_on.is_some_and(|last| last < new.starts_on) {
        return Err(Refusal::field("/ends_on", Fault::EndsBeforeStart));
    }
    let row = PartnerBanRow {
        id: Id::fresh(),
        partner_id: new.partner_id,
        authority_id: actor.organisation_id.ok_or_else(|| Refusal::internal("a supervisor without an authority"))?,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        reason: new.reason.clone(),
        document: new.document.clone(),
        lifted_on: None,
        lift_reason: None,
        lift_document: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = PartnerBan { row, path: partner.path };
    record(tx, "imposed", None, Some(&made))?;
    Ok(made)
}

/// Lifts a ban today.
///
/// # Errors
/// 404, 412, 409 when it was lifted.
pub fn lift(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    lifting: &Lifting,
) -> Result<PartnerBan, Refusal> {
    let before = find_in(tx, &Scope::of::<SupervisePartners>(actor), id)?;
    seen.expect(before.row.version)?;
    if before.row.lifted_on.is_some() {
        return Err(Refusal::state("lifted", before.possible()));
    }
    let mut after = before.clone();
    after.row.lifted_on = Some(tx.today);
    after.row.lift_reason = Some(lifting.reason.clone());
    after.row.lift_document = Some(lifting.document.clone());
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::lift(tx, &after.row)?;
    record(tx, "lifted", Some(&before), Some(&after))?;
    Ok(after)
}

/// One ban of a partner that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<PartnerBan, Refusal> {
    find_in(tx, &Scope::of::<ReadPartners>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<PartnerBan, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Bans of the partners that the caller may see, in the order in which they were imposed.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    partner: Option<Id>,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<PartnerBan>, Refusal> {
    store::list(tx, &Scope::of::<ReadPartners>(actor), partner, after, limit)
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
