//! SQL of bans; seen when their partner is seen.

use diesel::prelude::*;

use super::model::{PartnerBan, PartnerBanFilter, PartnerBanRow};
use crate::auth::scope::in_chain;
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations, partner_bans};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{page, stored};

stored!(partner_bans, PartnerBanRow);

/// Bans of the partners within a scope's bounds.
macro_rules! of_partners {
    ($bounds:expr) => {
        partner_bans::table
            .inner_join(organisations::table)
            .filter(in_chain!($bounds))
            .select((PartnerBanRow::as_select(), organisations::path))
    };
}

impl Seen for PartnerBan {
    type Filter = PartnerBanFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        let found = of_partners!(bounds).filter(partner_bans::id.eq(id)).first(tx.conn).optional()?;
        Ok(found.map(|(row, path)| Self { row, today: tx.today, path }))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PartnerBanFilter>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let found = of_partners!(bounds).into_boxed();
        let found = page!(found, partner_bans, at, { partner_id }).load(tx.conn)?.into_iter();
        Ok(found.map(|(row, path)| Self { row, today: tx.today, path }).collect())
    }
}

/// Bans of a partner that nobody has lifted, by their first day.
pub(super) fn not_lifted(tx: &mut Tx<'_>, partner: Id) -> Result<Vec<PartnerBanRow>, Refusal> {
    let query = partner_bans::table
        .filter(partner_bans::partner_id.eq(partner).and(partner_bans::lifted_on.is_null()))
        .order((partner_bans::starts_on, partner_bans::id))
        .select(PartnerBanRow::as_select());
    Ok(query.load(tx.conn)?)
}
