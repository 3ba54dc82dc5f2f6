//! SQL of agreements; a school and its authorities see those of the school, a partner its own.

use diesel::prelude::*;

use super::model::{PartnerAgreement, PartnerAgreementRow, PartnerAgreementState};
use crate::auth::Scope;
use crate::auth::scope::schools_in;
use crate::db::schema::{organisations, partner_agreements};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal};

type Loaded = (PartnerAgreementRow, Option<String>);

fn agreement((row, path): Loaded) -> PartnerAgreement {
    PartnerAgreement { row, path: path.unwrap_or_default() }
}

/// What a list of agreements may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PartnerAgreementFilter {
    pub school_id: Option<Id>,
    pub partner_id: Option<Id>,
    pub state: Option<PartnerAgreementState>,
}

/// Agreements whose school or partner lies within a scope's bounds, with the paths of the schools.
macro_rules! seen {
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
                    .single_value(),
            ))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<PartnerAgreement>, Refusal> {
    let bounds = scope.bounds();
    Ok(seen!(bounds).filter(partner_agreements::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(agreement))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &PartnerAgreementFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<PartnerAgreement>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(partner_agreements::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(partner_agreements::school_id.eq(school));
    }
    if let Some(partner) = filter.partner_id {
        query = query.filter(partner_agreements::partner_id.eq(partner));
    }
    if let Some(state) = filter.state {
        query = query.filter(partner_agreements::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(partner_agreements::id.gt(after));
    }
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(agreement).collect())
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

pub(super) fn insert(tx: &mut Tx<'_>, row: &PartnerAgreementRow) -> Result<(), Refusal> {
    diesel::insert_into(partner_agreements::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &PartnerAgreementRow) -> Result<(), Refusal> {
    let seen = partner_agreements::table.find(row.id).filter(partner_agreements::version.eq(row.version - 1));
    let changed = diesel::update(seen)
        .set((
            partner_agreements::title.eq(&row.title),
            partner_agreements::starts_on.eq(row.starts_on),
            partner_agreements::ends_on.eq(row.ends_on),
            partner_agreements::who_pays.eq(row.who_pays),
            partner_agreements::fee_terms.eq(&row.fee_terms),
            partner_agreements::necessity.eq(&row.necessity),
            partner_agreements::state.eq(row.state),
            partner_agreements::signed_on.eq(row.signed_on),
            partner_agreements::document.eq(&row.document),
            partner_agreements::ended_on.eq(row.ended_on),
            partner_agreements::end_reason.eq(&row.end_reason),
            partner_agreements::version.eq(row.version),
            partner_agreements::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
