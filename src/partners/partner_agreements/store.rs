//! SQL of agreements; a school and its authorities see those of the school, a partner its own.

use diesel::prelude::*;

use super::model::{PartnerAgreement, PartnerAgreementFilter, PartnerAgreementRow};
use crate::auth::scope::schools_in;
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations, partner_agreements};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;
use crate::{page, stored};

stored!(partner_agreements, PartnerAgreementRow);

/// Agreements whose school or partner lies within a scope's bounds, with the paths of the schools.
macro_rules! of_parties {
    ($bounds:expr) => {
        partner_agreements::table
            .filter(
                partner_agreements::school_id
                    .eq_any(schools_in!($bounds))
                    .or(partner_agreements::partner_id.eq_any(schools_in!($bounds))),
            )
            .select((
                PartnerAgreementRow::as_select(),
                organisations::table
                    .filter(organisations::id.eq(partner_agreements::school_id))
                    .select(organisations::path)
                    .single_value()
                    .assume_not_null(),
            ))
    };
}

impl Seen for PartnerAgreement {
    type Filter = PartnerAgreementFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        Ok(of_parties!(bounds).filter(partner_agreements::id.eq(id)).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PartnerAgreementFilter>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let found = of_parties!(bounds).into_boxed();
        Ok(page!(found, partner_agreements, at, { school_id, partner_id, [state] }).load(tx.conn)?)
    }
}

/// What a school and a partner have signed, also what has ended since, by the first day.
pub(super) fn signed(tx: &mut Tx<'_>, school: Id, partner: Id) -> Result<Vec<PartnerAgreementRow>, Refusal> {
    let query = partner_agreements::table
        .filter(partner_agreements::school_id.eq(school).and(partner_agreements::partner_id.eq(partner)))
        .filter(partner_agreements::signed_on.is_not_null())
        .order((partner_agreements::starts_on, partner_agreements::id))
        .select(PartnerAgreementRow::as_select());
    Ok(query.load(tx.conn)?)
}
