//! Partners: credit code, licence, contact, and the authority that keeps them. A partner that works in several counties
//! is kept by their city: each credit code is entered once, and a school finds the partners of all authorities above
//! it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewPartner, Partner, PartnerKind};
pub use self::store::PartnerFilter;

use self::model::PartnerRow;
use crate::auth::organisations::{self, NewOrganisation, OrganisationKind, ids_on};
use crate::auth::permission::{ManagePartners, ReadPartners};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::authorities;
use crate::values::identifiers::Phone;

impl Recorded for Partner {
    const RESOURCE: &'static str = "partner";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

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
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewPartner) -> Result<Partner, Refusal> {
    let mut faults = new.faults();
    if let Err(fault) = authorities::named_in_body(tx, &Scope::of::<ManagePartners>(actor), new.authority_id)? {
        faults.push(fault);
    }
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let node = NewOrganisation {
        kind: OrganisationKind::Partner,
        code: new.credit_code.as_str().to_owned(),
        name: new.name.clone(),
        parent_id: Some(new.authority_id),
    };
    let node = organisations::register(tx, &node)?;
    let made = Partner {
        row: PartnerRow { version: 1, created_at: tx.now, ..row_of(tx, node.id, new)? },
        contact_phone: new.contact_phone.clone(),
        credit_code: node.code,
        name: node.name,
        authority_id: node.parent_id,
        path: node.path,
    };
    store::insert(tx, &made.row)?;
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn row_of(tx: &Tx<'_>, id: Id, new: &NewPartner) -> Result<PartnerRow, Refusal> {
    let sealed = tx.sealing.seal(&place(id), new.contact_phone.reveal().as_bytes()).map_err(Refusal::internal)?;
    Ok(PartnerRow {
        id,
        kind: new.kind,
        licence_number: new.licence_number.clone(),
        licence_document: new.licence_document.clone(),
        licence_starts_on: new.licence_starts_on,
        licence_ends_on: new.licence_ends_on,
        contact_name: new.contact_name.clone(),
        contact_phone_sealed: sealed,
        version: 0,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

/// Replaces a partner's facts; its credit code and authority stay.
///
/// # Errors
/// 404 outside the caller's scope, 412, 409 for a field that stays as it was created, 422 with what does not go
/// together.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    to: &NewPartner,
) -> Result<Partner, Refusal> {
    let before = find_in(tx, &Scope::of::<ManagePartners>(actor), id)?;
    seen.expect(before.row.version)?;
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
    let row = row_of(tx, id, to)?;
    let row = PartnerRow { version: before.row.version + 1, created_at: before.row.created_at, ..row };
    let (contact_phone, name) = (to.contact_phone.clone(), to.name.clone());
    let after = Partner { row, contact_phone, name, ..before.clone() };
    store::update(tx, &after.row)?;
    if after.name != before.name {
        organisations::rename(tx, id, &after.name)?;
    }
    record(tx, "updated", Some(&before), Some(&after))?;
    Ok(after)
}

/// One partner that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Partner, Refusal> {
    find_in(tx, &Scope::of::<ReadPartners>(actor), id)
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Partner, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// What a body names at `/partner_id`, within a scope.
///
/// # Errors
/// 422 where there is none.
pub fn named_in_body(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Partner, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::field("/partner_id", Fault::NotFound))
}

/// Partners that the caller may see, by credit code.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &PartnerFilter,
    after: Option<String>,
    limit: PageLimit,
) -> Result<Vec<Partner>, Refusal> {
    store::list(tx, &Scope::of::<ReadPartners>(actor), filter, after, limit)
}

/// Partners of these credit codes that the authorities on an organisation's path keep.
///
/// # Errors
/// When the database fails.
pub fn above(tx: &mut Tx<'_>, path: &str, codes: &[String]) -> Result<Vec<Partner>, Refusal> {
    store::kept_by(tx, ids_on(path), codes)
}
