//! Agreements between schools and partners 合作协议 (四.2, 四.3, 五.2): drafted, signed, ended. The rules read what was
//! signed.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewPartnerAgreement, PartnerAgreement, PartnerAgreementState, Signature, WhoPays};
pub use self::store::PartnerAgreementFilter;

use self::model::{PartnerAgreementRow, PartnerAgreementVerb};
use super::partners;
use crate::auth::permission::{ReadPartnerAgreements, ReadPartners, WritePartnerAgreements};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::partners::PartnerAgreementFact;
use crate::schools::schools;

impl Recorded for PartnerAgreement {
    const RESOURCE: &'static str = "partner-agreement";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Drafts an agreement of a school in the caller's scope with a partner that it sees.
///
/// # Errors
/// 422 for an unknown school or partner, or with everything that does not go together.
pub fn draft(tx: &mut Tx<'_>, actor: &Actor, new: &NewPartnerAgreement) -> Result<PartnerAgreement, Refusal> {
    let school = schools::seen(tx, &Scope::of::<WritePartnerAgreements>(actor), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    check(tx, actor, new)?;
    let row = PartnerAgreementRow {
        id: Id::fresh(),
        school_id: new.school_id,
        partner_id: new.partner_id,
        title: new.title.clone(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        who_pays: new.who_pays,
        fee_terms: new.fee_terms.clone(),
        necessity: new.necessity.clone(),
        state: PartnerAgreementState::Drafted,
        signed_on: None,
        document: None,
        ended_on: None,
        end_reason: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = PartnerAgreement { row, path: school.path };
    record(tx, "drafted", None, Some(&made))?;
    Ok(made)
}

fn check(tx: &mut Tx<'_>, actor: &Actor, new: &NewPartnerAgreement) -> Result<(), Refusal> {
    let partner = partners::named_in_body(tx, &Scope::of::<ReadPartners>(actor), new.partner_id)?;
    let faults = new.faults(partner.row.kind);
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}

/// Replaces a draft; its school and partner stay.
///
/// # Errors
/// 404, 412, 409 once it is signed or ended, or for a field that stays, 422 with everything that does not go together.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    to: &NewPartnerAgreement,
) -> Result<PartnerAgreement, Refusal> {
    let (before, mut after) = step(tx, actor, id, seen, PartnerAgreementVerb::Update)?;
    for (field, kept) in
        [("/school_id", before.row.school_id == to.school_id), ("/partner_id", before.row.partner_id == to.partner_id)]
    {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    check(tx, actor, to)?;
    after.row.title.clone_from(&to.title);
    after.row.starts_on = to.starts_on;
    after.row.ends_on = to.ends_on;
    after.row.who_pays = to.who_pays;
    after.row.fee_terms.clone_from(&to.fee_terms);
    after.row.necessity.clone_from(&to.necessity);
    save(tx, "updated", &before, &after)?;
    Ok(after)
}

/// Says that a draft was signed, and where its scan is.
///
/// # Errors
/// 404, 412, 409 in another state, 422 for a day that has not come.
pub fn sign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    signature: &Signature,
) -> Result<PartnerAgreement, Refusal> {
    let (before, mut after) = step(tx, actor, id, seen, PartnerAgreementVerb::Sign)?;
    if signature.signed_on > tx.today {
        return Err(Refusal::field("/signed_on", Fault::OutOfRange));
    }
    // A partner may have become of another kind since it was drafted.
    check(tx, actor, &terms_of(&before.row))?;
    after.row.signed_on = Some(signature.signed_on);
    after.row.document = Some(signature.document.clone());
    save(tx, "signed", &before, &after)?;
    Ok(after)
}

fn terms_of(row: &PartnerAgreementRow) -> NewPartnerAgreement {
    NewPartnerAgreement {
        school_id: row.school_id,
        partner_id: row.partner_id,
        title: row.title.clone(),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        who_pays: row.who_pays,
        fee_terms: row.fee_terms.clone(),
        necessity: row.necessity.clone(),
    }
}

/// Ends an agreement today, which is its last day; a draft is given up.
///
/// # Errors
/// 404, 412, 409 when it has ended.
pub fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    reason: &str,
) -> Result<PartnerAgreement, Refusal> {
    let (before, mut after) = step(tx, actor, id, seen, PartnerAgreementVerb::End)?;
    after.row.ended_on = Some(tx.today);
    after.row.end_reason = Some(reason.to_owned());
    save(tx, "ended", &before, &after)?;
    Ok(after)
}

/// An agreement as it is, and one version on in the state to which the verb leads.
fn step(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    verb: PartnerAgreementVerb,
) -> Result<(PartnerAgreement, PartnerAgreement), Refusal> {
    let before = find_in(tx, &Scope::of::<WritePartnerAgreements>(actor), id)?;
    seen.expect(before.row.version)?;
    let state = before.row.state;
    let leads = verb.leads(state).ok_or_else(|| Refusal::state(state.as_str(), state.possible()))?;
    let mut after = before.clone();
    after.row.state = leads;
    after.row.version += 1;
    after.row.updated_at = tx.now;
    Ok((before, after))
}

fn save(tx: &mut Tx<'_>, action: &str, before: &PartnerAgreement, after: &PartnerAgreement) -> Result<(), Refusal> {
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(after))
}

/// One agreement that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<PartnerAgreement, Refusal> {
    find_in(tx, &Scope::of::<ReadPartnerAgreements>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<PartnerAgreement, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Agreements that the caller may see, in the order in which they were drafted.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &PartnerAgreementFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<PartnerAgreement>, Refusal> {
    store::list(tx, &Scope::of::<ReadPartnerAgreements>(actor), filter, after, limit)
}

/// What a school and a partner have signed, for the rules.
///
/// # Errors
/// When the database fails.
pub fn signed(tx: &mut Tx<'_>, school: Id, partner: Id) -> Result<Vec<PartnerAgreementFact>, Refusal> {
    let signed = store::signed(tx, school, partner)?.into_iter();
    let fact = |row: PartnerAgreementRow| PartnerAgreementFact {
        starts_on: row.starts_on,
        ends_on: row.holds_to(),
        is_paid: row.who_pays != WhoPays::Nobody,
        title: row.title,
        necessity: row.necessity,
    };
    Ok(signed.map(fact).collect())
}
