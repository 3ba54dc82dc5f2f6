//! Partners: credit code, licence, contact, and the authority that keeps them. A partner that works in several counties
//! is kept by their city: each credit code is entered once, and a school finds the partners of all authorities above
//! it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{EarlierLicence, Partner, PartnerFilter, PartnerIn, PartnerKind, PartnerVerb};

use self::model::PartnerRow;
use crate::auth::By;
use crate::auth::organisations::{self, NewOrganisation, OrganisationKind, ids_on};
use crate::auth::permission::{ManagePartners, Permission};
use crate::db::{Id, Json, Stored as _, Tx};
use crate::http::{IfMatchVersion, Key, Listing};
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::authorities;
use crate::values::identifiers::Phone;

/// A seal opens in its own row alone.
fn place(id: Id) -> String {
    format!("partners.contact_phone:{id}")
}

fn open_phone(tx: &Tx<'_>, row: &PartnerRow) -> Result<Phone, Refusal> {
    let bytes = tx.sealing.open(&place(row.id), &row.contact_phone_sealed).map_err(Refusal::internal)?;
    let phone = std::str::from_utf8(&bytes).ok().and_then(|text| Phone::new(text).ok());
    phone.ok_or_else(|| Refusal::internal("a sealed telephone of the wrong form"))
}

/// Enters a partner below the authority that keeps it, which lies in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the credit code is taken.
pub fn create(tx: &mut Tx<'_>, by: &By<ManagePartners>, new: &PartnerIn) -> Result<Partner, Refusal> {
    let mut faults = new.faults();
    if let Err(fault) = authorities::named_in_body(tx, &by.scope(), new.authority_id)? {
        faults.push(fault);
    }
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let node = NewOrganisation {
        kind: OrganisationKind::Partner,
        code: new.credit_code.as_str().to_owned(),
        name: new.name.as_str().to_owned(),
        parent_id: Some(new.authority_id),
    };
    let node = organisations::register(tx, &node)?;
    let made = Partner {
        row: row_of(tx, node.id, new)?,
        contact_phone: new.contact_phone.clone(),
        credit_code: node.code,
        name: node.name,
        authority_id: node.parent_id,
        path: node.path,
    };
    made.row.insert(tx)?;
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// A row as it is new.
fn row_of(tx: &Tx<'_>, id: Id, new: &PartnerIn) -> Result<PartnerRow, Refusal> {
    let sealed = tx.sealing.seal(&place(id), new.contact_phone.reveal().as_bytes()).map_err(Refusal::internal)?;
    Ok(PartnerRow {
        id,
        kind: new.kind,
        licence_number: new.licence_number.as_str().to_owned(),
        licence_document: new.licence_document.as_str().to_owned(),
        licence_starts_on: new.licence_starts_on,
        licence_ends_on: new.licence_ends_on,
        contact_name: new.contact_name.as_str().to_owned(),
        contact_phone_sealed: sealed,
        earlier_licences: Json(Vec::new()),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

/// Replaces a partner's facts; its credit code and authority stay, and a licence that is renewed is remembered.
///
/// # Errors
/// 404 outside the caller's scope, 412, 409 for a field that stays as it was created, 422 with what does not go
/// together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManagePartners>,
    id: Id,
    seen: &IfMatchVersion,
    to: &PartnerIn,
) -> Result<Partner, Refusal> {
    let before = find(tx, by, id)?;
    seen.expect(before.version)?;
    for (field, kept) in [
        ("/credit_code", before.credit_code == to.credit_code.as_str()),
        ("/authority_id", before.authority_id == Some(to.authority_id)),
    ] {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    let faults = to.faults();
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let row = PartnerRow { earlier_licences: Json(before.row.replaced_by(to)), ..row_of(tx, id, to)? };
    let after = change(tx, "updated", &before, |partner| {
        partner.row = PartnerRow { version: partner.version, created_at: partner.created_at, ..row };
        partner.contact_phone = to.contact_phone.clone();
        to.name.as_str().clone_into(&mut partner.name);
    })?;
    if after.name != before.name {
        organisations::rename(tx, id, &after.name)?;
    }
    Ok(after)
}

/// One partner that the caller may see.
///
/// # Errors
/// 404.
pub fn find<P: Permission>(tx: &mut Tx<'_>, by: &By<P>, id: Id) -> Result<Partner, Refusal> {
    store::find(tx, &by.scope(), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// What a body names at `/partner_id`, as far as the caller sees it.
///
/// # Errors
/// 422 where there is none.
pub fn named_in_body<P: Permission>(tx: &mut Tx<'_>, by: &By<P>, id: Id) -> Result<Partner, Refusal> {
    find(tx, by, id).map_err(|refusal| refusal.named_at("/partner_id"))
}

/// Partners that the caller may see, by credit code.
///
/// # Errors
/// When the database fails.
pub fn list<P: Permission>(
    tx: &mut Tx<'_>,
    by: &By<P>,
    at: &Listing<PartnerFilter, Key>,
) -> Result<Vec<Partner>, Refusal> {
    store::list(tx, &by.scope(), at)
}

/// Partners of these credit codes that the authorities on an organisation's path keep.
///
/// # Errors
/// When the database fails.
pub fn above(tx: &mut Tx<'_>, path: &str, codes: &[String]) -> Result<Vec<Partner>, Refusal> {
    store::kept_by(tx, ids_on(path), codes)
}
