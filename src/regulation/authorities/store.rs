//! SQL of authorities, with their nodes of the tree.

use diesel::prelude::*;

use super::model::{Authority, AuthorityFilter, AuthorityRow};
use crate::auth::{Found, Scope};
use crate::db::schema::{authorities, organisations};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::stored;

stored!(authorities, AuthorityRow);

macro_rules! with_nodes {
    () => {
        authorities::table.inner_join(organisations::table).select((
            AuthorityRow::as_select(),
            organisations::code,
            organisations::name,
            organisations::parent_id,
            organisations::path,
        ))
    };
}

impl Found for Authority {
    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        let within = organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to));
        Ok(with_nodes!().filter(authorities::id.eq(id)).filter(within).first(tx.conn).optional()?)
    }
}

/// By code, which is the key.
pub(super) fn list(tx: &mut Tx<'_>, at: &Listing<AuthorityFilter, String>) -> Result<Vec<Authority>, Refusal> {
    let mut query = with_nodes!().order(organisations::code).limit(at.limit.rows()).into_boxed();
    if let Some(level) = at.filter.level {
        query = query.filter(authorities::level.eq(level));
    }
    if let Some(parent) = at.filter.parent_id {
        query = query.filter(organisations::parent_id.eq(parent));
    }
    if let Some(code) = &at.filter.code {
        query = query.filter(organisations::code.eq(code.as_str().to_owned()));
    }
    if let Some(after) = at.after.clone() {
        query = query.filter(organisations::code.gt(after));
    }
    Ok(query.load(tx.conn)?)
}

pub(super) fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Authority>, Refusal> {
    Ok(with_nodes!().filter(organisations::code.eq(code)).first(tx.conn).optional()?)
}

/// The lowest of some authorities, one below the other, that says who takes complaints.
pub(super) fn nearest_with_complaints(tx: &mut Tx<'_>, of: &[Id]) -> Result<Option<Authority>, Refusal> {
    let says = authorities::complaint_phone.is_not_null().or(authorities::complaint_office.is_not_null());
    let query = with_nodes!().filter(authorities::id.eq_any(of)).filter(says).order(organisations::path.desc());
    Ok(query.first(tx.conn).optional()?)
}

/// Whether there is any authority.
pub(super) fn any(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    let first = authorities::table.select(authorities::id).limit(1).first::<Id>(tx.conn).optional()?;
    Ok(first.is_some())
}

/// Waits for and holds the authority's row until the end of the transaction.
pub(super) fn claim(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::update(authorities::table.find(id))
        .set(authorities::updated_at.eq(authorities::updated_at))
        .execute(tx.conn)?;
    Ok(())
}
