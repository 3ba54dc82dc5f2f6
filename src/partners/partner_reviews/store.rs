//! SQL of reviews; seen when their partner is seen, written once.

use diesel::prelude::*;

use super::model::{PartnerReview, PartnerReviewRow};
use crate::auth::Scope;
use crate::auth::scope::in_chain;
use crate::db::schema::{organisations, partner_reviews};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::Refusal;

fn review((row, path): (PartnerReviewRow, String)) -> PartnerReview {
    PartnerReview { row, path }
}

/// Reviews of the partners within a scope's bounds.
macro_rules! seen {
    ($bounds:expr) => {
        partner_reviews::table
            .inner_join(organisations::table)
            .filter(in_chain!($bounds))
            .select((PartnerReviewRow::as_select(), organisations::path))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<PartnerReview>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(partner_reviews::id.eq(id)).first(tx.conn).optional()?.map(review))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    partner: Option<Id>,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<PartnerReview>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(partner_reviews::id).limit(limit.rows()).into_boxed();
    if let Some(partner) = partner {
        query = query.filter(partner_reviews::partner_id.eq(partner));
    }
    if let Some(after) = after {
        query = query.filter(partner_reviews::id.gt(after));
    }
    Ok(query.load::<(PartnerReviewRow, String)>(tx.conn)?.into_iter().map(review).collect())
}

/// The latest review of a partner; of one day the one that was entered last.
pub(super) fn latest(tx: &mut Tx<'_>, partner: Id) -> Result<Option<PartnerReviewRow>, Refusal> {
    let query = partner_reviews::table
        .filter(partner_reviews::partner_id.eq(partner))
        .order((partner_reviews::reviewed_on.desc(), partner_reviews::id.desc()))
        .select(PartnerReviewRow::as_select());
    Ok(query.first(tx.conn).optional()?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &PartnerReviewRow) -> Result<(), Refusal> {
    diesel::insert_into(partner_reviews::table).values(row).execute(tx.conn)?;
    Ok(())
}
