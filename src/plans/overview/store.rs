//! SQL of the overview: schools with their plans of a term; the scope comes first.

use diesel::prelude::*;

use super::model::{OverviewQuery, SchoolRow};
use crate::auth::Scope;
use crate::auth::counted::{GROUPS_FETCHED, too_many};
use crate::auth::scope::Bounds;
use crate::db::Tx;
use crate::db::schema::{filings, organisations, plans, schools};
use crate::plans::life::PlanState;
use crate::refusal::Refusal;

diesel::alias!(organisations as authorities: Authorities, plans as own: OwnPlans);

/// Schools of which only numbers are told.
const COUNTED_MAX: i64 = 20_000;

/// The plan of a school that stands in the term, else the last one that was withdrawn.
macro_rules! plan_of {
    ($asked:expr) => {
        own.filter(own.field(plans::school_id).eq(schools::id))
            .filter(own.field(plans::school_year).eq($asked.school_year.as_str().to_owned()))
            .filter(own.field(plans::season).eq($asked.season))
            .order((own.field(plans::state).eq(PlanState::Withdrawn).asc(), own.field(plans::id).desc()))
            .select(own.field(plans::id))
            .limit(1)
            .single_value()
    };
}

/// The schools within a scope, by authority and code; each has one plan of the term at most.
pub(super) fn schools_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    within: &Bounds,
    asked: &OverviewQuery,
    are_told: bool,
) -> Result<Vec<SchoolRow>, Refusal> {
    let bounds = scope.bounds();
    let most = if are_told { GROUPS_FETCHED } else { COUNTED_MAX };
    let query = schools::table
        .inner_join(organisations::table)
        .inner_join(authorities.on(authorities.field(organisations::id).nullable().eq(organisations::parent_id)))
        .left_join(plans::table.on(plans::id.nullable().eq(plan_of!(asked))))
        .left_join(filings::table.on(filings::plan_id.eq(plans::id).and(filings::ordinal.eq(plans::filing_ordinal))))
        .filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
        .filter(organisations::path.ge(within.from.clone()).and(organisations::path.lt(within.to.clone())))
        .order((authorities.field(organisations::code), organisations::code))
        .limit(most)
        .select((
            organisations::id,
            organisations::code,
            organisations::name,
            organisations::path,
            authorities.field(organisations::id),
            authorities.field(organisations::name),
            (plans::id, plans::state, plans::first_submitted_on, plans::filing_deadline_on).nullable(),
            (filings::id, filings::case_number, filings::state, filings::due_on, filings::escalated_on).nullable(),
        ));
    let found: Vec<SchoolRow> = query.load(tx.conn)?;
    if i64::try_from(found.len()).is_ok_and(|count| count >= most) { Err(too_many()) } else { Ok(found) }
}
