//! SQL of reviews; seen when their partner is seen, written once.

use diesel::prelude::*;

use super::model::{PartnerReview, PartnerReviewFilter, PartnerReviewRow};
use crate::auth::scope::in_chain;
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations, partner_reviews};
use crate::db::{Id, Stored, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{kept, page};

kept!(partner_reviews, PartnerReviewRow);

/// Has no columns that count changes: a review never changes.
impl Stored for PartnerReviewRow {
    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        1
    }

    fn insert(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        diesel::insert_into(partner_reviews::table).values(self).execute(tx.conn)?;
        Ok(())
    }
}

/// Reviews of the partners within a scope's bounds.
macro_rules! of_partners {
    ($bounds:expr) => {
        partner_reviews::table
            .inner_join(organisations::table)
            .filter(in_chain!($bounds))
            .select((PartnerReviewRow::as_select(), organisations::path))
    };
}

impl Seen for PartnerReview {
    type Filter = PartnerReviewFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        Ok(of_partners!(bounds).filter(partner_reviews::id.eq(id)).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PartnerReviewFilter>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let found = of_partners!(bounds).into_boxed();
        Ok(page!(found, partner_reviews, at, { partner_id }).load(tx.conn)?)
    }
}

/// The latest review of a partner; of one day the one that was entered last.
pub(super) fn latest(tx: &mut Tx<'_>, partner: Id) -> Result<Option<PartnerReviewRow>, Refusal> {
    let query = partner_reviews::table
        .filter(partner_reviews::partner_id.eq(partner))
        .order((partner_reviews::reviewed_on.desc(), partner_reviews::id.desc()))
        .select(PartnerReviewRow::as_select());
    Ok(query.first(tx.conn).optional()?)
}
