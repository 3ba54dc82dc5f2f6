//! SQL of partners, with their nodes of the tree; the scope comes first.

use diesel::prelude::*;

use super::model::{Partner, PartnerFilter, PartnerRow};
use super::open_phone;
use crate::auth::Scope;
use crate::auth::scope::in_chain;
use crate::db::schema::{organisations, partners};
use crate::db::{Id, Tx};
use crate::http::{Key, Listing};
use crate::refusal::Refusal;
use crate::{in_order, named_like, stored};

stored!(partners, PartnerRow);

type Loaded = (PartnerRow, String, String, Option<Id>, String);

fn partner(tx: &Tx<'_>, (row, credit_code, name, authority_id, path): Loaded) -> Result<Partner, Refusal> {
    let contact_phone = open_phone(tx, &row)?;
    Ok(Partner { row, contact_phone, credit_code, name, authority_id, path })
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

/// By credit code, if nothing else is asked for. It stands in the node, and so not with `page!`.
pub(super) fn list(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PartnerFilter, Key>) -> Result<Vec<Partner>, Refusal> {
    let bounds = scope.bounds();
    let query = with_nodes!().filter(in_chain!(bounds));
    let mut query = query.limit(at.limit.rows()).into_boxed();
    if let Some(authority) = at.filter.authority_id {
        query = query.filter(organisations::parent_id.eq(authority));
    }
    if let Some(kind) = at.filter.kind {
        query = query.filter(partners::kind.eq(kind));
    }
    if let Some(code) = &at.filter.credit_code {
        query = query.filter(organisations::code.eq(code.as_str()));
    }
    query = named_like!(query, organisations, name, at.filter.q);
    query = in_order!(query, organisations, at, { name name, code code });
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
