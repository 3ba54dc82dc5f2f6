//! Agreements between schools and partners 合作协议 (四.2, 四.3, 五.2): drafted, signed, ended. The rules read what was
//! signed.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{PartnerAgreement, PartnerAgreementVerb};

use self::model::{
    PartnerAgreementEndIn, PartnerAgreementIn, PartnerAgreementRow, PartnerAgreementSignIn, PartnerAgreementState,
    WhoPays,
};
use super::partners;
use crate::auth::By;
use crate::auth::permission::{ReadPartners, WritePartnerAgreements};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::partners::PartnerAgreementFact;
use crate::schools::schools;

/// Drafts an agreement of a school in the caller's scope with a partner that it sees.
///
/// # Errors
/// 422 for an unknown school or partner, or with everything that does not go together.
pub fn draft(
    tx: &mut Tx<'_>,
    by: &By<WritePartnerAgreements>,
    new: &PartnerAgreementIn,
) -> Result<PartnerAgreement, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    let row = PartnerAgreementRow::draft(new, tx.now);
    check(tx, by, &row)?;
    enter(tx, "drafted", row, school.path)
}

fn check(tx: &mut Tx<'_>, by: &By<WritePartnerAgreements>, row: &PartnerAgreementRow) -> Result<(), Refusal> {
    let reader = By::<ReadPartners>::of(by.actor.clone())?;
    let partner = partners::named_in_body(tx, &reader, row.partner_id)?;
    let faults = row.faults(partner.kind);
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}

/// Replaces a draft; its school and partner stay.
///
/// # Errors
/// 404, 412, 409 once it is signed or ended, or for a field that stays, 422 with everything that does not go together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<WritePartnerAgreements>,
    id: Id,
    seen: &IfMatchVersion,
    to: &PartnerAgreementIn,
) -> Result<PartnerAgreement, Refusal> {
    let (before, _) = step(tx, by, id, seen, PartnerAgreementVerb::Update)?;
    for (field, kept) in
        [("/school_id", before.school_id == to.school_id), ("/partner_id", before.partner_id == to.partner_id)]
    {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    let row = PartnerAgreementRow::draft(to, tx.now);
    check(tx, by, &row)?;
    change(tx, "updated", &before, |draft| {
        draft.row = PartnerAgreementRow { id, version: draft.version, created_at: draft.created_at, ..row };
    })
}

/// Says that a draft was signed, and where its scan is.
///
/// # Errors
/// 404, 412, 409 in another state, 422 for a day that has not come.
pub fn sign(
    tx: &mut Tx<'_>,
    by: &By<WritePartnerAgreements>,
    id: Id,
    seen: &IfMatchVersion,
    signature: &PartnerAgreementSignIn,
) -> Result<PartnerAgreement, Refusal> {
    let (before, state) = step(tx, by, id, seen, PartnerAgreementVerb::Sign)?;
    if signature.signed_on > tx.today {
        return Err(Refusal::field("/signed_on", Fault::OutOfRange).said("after-today"));
    }
    // A partner may have become of another kind since it was drafted.
    check(tx, by, &before)?;
    change(tx, "signed", &before, |agreement| {
        agreement.state = state;
        agreement.signed_on = Some(signature.signed_on);
        agreement.document = Some(signature.document.as_str().to_owned());
    })
}

/// Ends an agreement today, which is its last day; a draft is given up.
///
/// # Errors
/// 404, 412, 409 when it has ended.
pub fn end(
    tx: &mut Tx<'_>,
    by: &By<WritePartnerAgreements>,
    id: Id,
    seen: &IfMatchVersion,
    why: &PartnerAgreementEndIn,
) -> Result<PartnerAgreement, Refusal> {
    let (before, state) = step(tx, by, id, seen, PartnerAgreementVerb::End)?;
    let today = tx.today;
    change(tx, "ended", &before, |agreement| {
        agreement.state = state;
        agreement.ended_on = Some(today);
        agreement.end_reason = Some(why.reason.as_str().to_owned());
    })
}

/// An agreement as it was seen, and the state to which the verb leads.
fn step(
    tx: &mut Tx<'_>,
    by: &By<WritePartnerAgreements>,
    id: Id,
    seen: &IfMatchVersion,
    verb: PartnerAgreementVerb,
) -> Result<(PartnerAgreement, PartnerAgreementState), Refusal> {
    let before: PartnerAgreement = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = verb.from(before.state)?;
    Ok((before, state))
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
