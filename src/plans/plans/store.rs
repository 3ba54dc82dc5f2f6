//! SQL of plans, with their schools' nodes of the tree and the submissions that they stand on; the scope comes first.

use diesel::prelude::*;
use time::Date;

use super::model::{LatestFiling, Plan, PlanContent, PlanFilter, PlanRow};
use crate::auth::scope::at_school;
use crate::auth::{Scope, Seen};
use crate::db::schema::{filings, organisations, plans, terms};
use crate::db::{Id, Json, Tx};
use crate::http::{Key, Listing};
use crate::plans::life::PlanState;
use crate::refusal::{Code, Refusal};
use crate::regulation::terms::Term;
use crate::rules::document::Season;
use crate::{page, stored};

/// A plan's id, its school's name, and what the school wrote.
pub(super) type InTerm = (Id, String, Json<PlanContent>);

type Loaded = (PlanRow, String, String, String, Option<LatestFiling>, Option<Date>);

// The term has another plan that stands.
stored!(plans, PlanRow, taken => Refusal::of(Code::AlreadyExists).with("field", "school_id, school_year, season"));

fn plan((row, school_code, school_name, path, filing, ends_on): Loaded, today: Date) -> Plan {
    let term_is_over = ends_on.is_some_and(|last| last < today);
    Plan { row, school_code, school_name, path, filing, term_is_over }
}

diesel::alias!(organisations as authorities: Authorities);

/// Something of a plan's term: of its authorities that have set one, the nearest.
macro_rules! nearest {
    ($column:expr) => {
        terms::table
            .inner_join(authorities.on(authorities.field(organisations::id).eq(terms::authority_id)))
            .filter(terms::school_year.eq(plans::school_year).and(terms::season.eq(plans::season)))
            .filter(organisations::path.like(authorities.field(organisations::path).concat("%")))
            .order(authorities.field(organisations::path).desc())
            .select($column)
            .limit(1)
            .single_value()
    };
}

/// Plans within a scope's bounds, with their nodes and latest submissions.
macro_rules! seen_with_nodes {
    ($bounds:expr) => {
        plans::table
            .inner_join(organisations::table)
            .left_join(
                filings::table.on(filings::plan_id.eq(plans::id).and(filings::ordinal.eq(plans::filing_ordinal))),
            )
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((
                PlanRow::as_select(),
                organisations::code,
                organisations::name,
                organisations::path,
                Option::<LatestFiling>::as_select(),
                nearest!(terms::ends_on),
            ))
    };
}

impl Seen for Plan {
    type Filter = PlanFilter;
    type Key = Key;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        let found = seen_with_nodes!(bounds).filter(plans::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
        Ok(found.map(|found| plan(found, tx.today)))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PlanFilter, Key>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let seen = at_school!(seen_with_nodes!(bounds).into_boxed(), plans::school_id, bounds);
        let mut query = page!(seen, plans, at, { school_id, school_year, season, [state] }, polled);
        if let Some(authority) = at.filter.authority_id {
            query = query.filter(organisations::parent_id.eq(authority));
        }
        let found = query.load::<Loaded>(tx.conn)?;
        Ok(found.into_iter().map(|found| plan(found, tx.today)).collect())
    }
}

/// The school's plan of a term that is not withdrawn.
pub(super) fn standing(tx: &mut Tx<'_>, school: Id, school_year: &str, season: Season) -> Result<Option<Id>, Refusal> {
    let standing = plans::table
        .filter(plans::school_id.eq(school))
        .filter(plans::school_year.eq(school_year))
        .filter(plans::season.eq(season))
        .filter(plans::state.ne(PlanState::Withdrawn))
        .select(plans::id);
    Ok(standing.first(tx.conn).optional()?)
}

/// Service dates of standing plans of a term, a batch of them by id: plan, school, and what the school wrote. Where a
/// nearer authority has set the term too, the plan is none of this one's.
pub(super) fn of_term(tx: &mut Tx<'_>, term: &Term, after: Id, batch: i64) -> Result<Vec<InTerm>, Refusal> {
    let bounds = Scope::Subtree(term.path.clone()).bounds();
    let query = plans::table
        .inner_join(organisations::table)
        .filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
        .filter(plans::school_year.eq(&term.school_year).and(plans::season.eq(term.season)))
        .filter(plans::state.ne_all([PlanState::Withdrawn, PlanState::Closed]))
        .filter(plans::id.gt(after))
        .filter(nearest!(terms::id).eq(term.id))
        .order(plans::id)
        .limit(batch)
        .select((plans::id, organisations::name, plans::content));
    Ok(query.load(tx.conn)?)
}

/// Locks the row of a plan.
pub(super) fn hold(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::update(plans::table.find(id)).set(plans::version.eq(plans::version)).execute(tx.conn)?;
    Ok(())
}

/// Locks the row of a school's plan while it is a draft or was returned; false where there is none.
pub(super) fn hold_open(tx: &mut Tx<'_>, id: Id, school: Id) -> Result<bool, Refusal> {
    let open = plans::table
        .find(id)
        .filter(plans::school_id.eq(school))
        .filter(plans::state.eq_any([PlanState::Draft, PlanState::Returned]));
    Ok(diesel::update(open).set(plans::version.eq(plans::version)).execute(tx.conn)? == 1)
}
