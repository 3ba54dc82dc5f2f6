//! SQL of bans; seen when their partner is seen.

use diesel::prelude::*;

use super::model::{PartnerBan, PartnerBanRow};
use crate::auth::Scope;
use crate::auth::scope::in_chain;
use crate::db::schema::{organisations, partner_bans};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal};

fn ban((row, path): (PartnerBanRow, String)) -> PartnerBan {
    PartnerBan { row, path }
}

/// Bans of the partners within a scope's bounds.
macro_rules! seen {
    ($bounds:expr) => {
        partner_bans::table
            .inner_join(organisations::table)
            .filter(in_chain!($bounds))
            .select((PartnerBanRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<PartnerBan>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(partner_bans::id.eq(id)).first(tx.conn).optional()?.map(ban))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    partner: Option<Id>,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<PartnerBan>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(partner_bans::id).limit(limit.rows()).into_boxed();
    if let Some(partner) = partner {
        query = query.filter(partner_bans::partner_id.eq(partner));
    }
    if let Some(after) = after {
        query = query.filter(partner_bans::id.gt(after));
    }
    Ok(query.load::<(PartnerBanRow, String)>(tx.conn)?.into_iter().map(ban).collect())
}

/// Bans of a partner that nobody has lifted, by their first day.
pub(super) fn not_lifted(tx: &mut Tx<'_>, partner: Id) -> Result<Vec<PartnerBanRow>, Refusal> {
    let query = partner_bans::table
        .filter(partner_bans::partner_id.eq(partner).and(partner_bans::lifted_on.is_null()))
        .order((partner_bans::starts_on, partner_bans::id))
        .select(PartnerBanRow::as_select());
    Ok(query.load(tx.conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &PartnerBanRow) -> Result<(), Refusal> {
    diesel::insert_into(partner_bans::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Writes the lifting over the version that was read.
pub(super) fn lift(tx: &mut Tx<'_>, row: &PartnerBanRow) -> Result<(), Refusal> {
    let changed = diesel::update(partner_bans::table.find(row.id).filter(partner_bans::version.eq(row.version - 1)))
        .set((
            partner_bans::lifted_on.eq(row.lifted_on),
            partner_bans::lift_reason.eq(&row.lift_reason),
            partner_bans::lift_document.eq(&row.lift_document),
            partner_bans::version.eq(row.version),
            partner_bans::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
