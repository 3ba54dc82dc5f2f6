//! SQL of partners, with their nodes of the tree; the scope comes first.

use diesel::prelude::*;

use super::model::{Partner, PartnerKind, PartnerRow};
use super::open_phone;
use crate::auth::Scope;
use crate::auth::scope::in_chain;
use crate::db::schema::{organisations, partners};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal};

type Loaded = (PartnerRow, String, String, Option<Id>, String);

fn partner(tx: &Tx<'_>, (row, credit_code, name, authority_id, path): Loaded) -> Result<Partner, Refusal> {
    let contact_phone = open_phone(tx, &row)?;
    Ok(Partner { row, contact_phone, credit_code, name, authority_id, path })
}

/// What a list of partners may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PartnerFilter {
    pub authority_id: Option<Id>,
    pub kind: Option<PartnerKind>,
    pub credit_code: Option<String>,
}

/// Partners with their nodes.
macro_rules! with_nodes {
    () => {
        partners::table.inner_join(organisations::table).select((
            PartnerRow::as_select(),
            organisations::code,
            organisations::name,
            organisations::parent_id,
            organisations::path,
        ))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Partner>, Refusal> {
    let bounds = scope.bounds();
    let query = with_nodes!().filter(in_chain!(bounds)).filter(partners::id.eq(id));
    let found = query.first::<Loaded>(tx.conn).optional()?;
    found.map(|loaded| partner(tx, loaded)).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &PartnerFilter,
    after: Option<String>,
    limit: PageLimit,
) -> Result<Vec<Partner>, Refusal> {
    let bounds = scope.bounds();
    let query = with_nodes!().filter(in_chain!(bounds));
    let mut query = query.order(organisations::code).limit(limit.rows()).into_boxed();
    if let Some(authority) = filter.authority_id {
        query = query.filter(organisations::parent_id.eq(authority));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(partners::kind.eq(kind));
    }
    if let Some(code) = &filter.credit_code {
        query = query.filter(organisations::code.eq(code.clone()));
    }
    if let Some(after) = after {
        query = query.filter(organisations::code.gt(after));
    }
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| partner(tx, loaded)).collect()
}

/// Partners of these codes that these authorities keep, by code.
pub(super) fn kept_by(tx: &mut Tx<'_>, authorities: Vec<Id>, codes: &[String]) -> Result<Vec<Partner>, Refusal> {
    let query = with_nodes!()
        .filter(organisations::parent_id.eq_any(authorities))
        .filter(organisations::code.eq_any(codes.to_vec()))
        .order(organisations::code);
    let found = query.load::<Loaded>(tx.conn)?;
    found.into_iter().map(|loaded| partner(tx, loaded)).collect()
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &PartnerRow) -> Result<(), Refusal> {
    diesel::insert_into(partners::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Writes the row's new facts over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &PartnerRow) -> Result<(), Refusal> {
    let changed = diesel::update(partners::table.find(row.id).filter(partners::version.eq(row.version - 1)))
        .set((
            partners::kind.eq(row.kind),
            partners::licence_number.eq(&row.licence_number),
            partners::licence_document.eq(&row.licence_document),
            partners::licence_starts_on.eq(row.licence_starts_on),
            partners::licence_ends_on.eq(row.licence_ends_on),
            partners::contact_name.eq(&row.contact_name),
            partners::contact_phone_sealed.eq(&row.contact_phone_sealed),
            partners::version.eq(row.version),
            partners::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
