//! SQL of plans, with their schools' nodes of the tree and the submissions that they stand on; the scope comes first.

use diesel::prelude::*;
use time::Date;

use super::model::{LatestFiling, Plan, PlanRow};
use crate::auth::Scope;
use crate::db::schema::{filings, organisations, plans, terms};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::plans::life::PlanState;
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::Season;

type Loaded = (PlanRow, String, String, String, Option<LatestFiling>, Option<Date>);

fn plan((row, school_code, school_name, path, filing, ends_on): Loaded, today: Date) -> Result<Plan, Refusal> {
    let content = serde_json::from_value(row.content.0.clone()).map_err(Refusal::internal)?;
    let term_is_over = ends_on.is_some_and(|last| last < today);
    Ok(Plan { row, content, school_code, school_name, path, filing, term_is_over })
}

diesel::alias!(organisations as authorities: Authorities);

/// What a list of plans may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct PlanFilter {
    pub school_id: Option<Id>,
    pub school_year: Option<String>,
    pub season: Option<Season>,
    pub state: Option<PlanState>,
}

/// The last day of a plan's term: of its authorities that have set one, the nearest.
macro_rules! ends_on {
    () => {
        terms::table
            .inner_join(authorities.on(authorities.field(organisations::id).eq(terms::authority_id)))
            .filter(terms::school_year.eq(plans::school_year).and(terms::season.eq(plans::season)))
            .filter(organisations::path.like(authorities.field(organisations::path).concat("%")))
            .order(authorities.field(organisations::path).desc())
            .select(terms::ends_on)
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
                ends_on!(),
            ))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Plan>, Refusal> {
    let (bounds, today) = (scope.bounds(), tx.today);
    let found = seen_with_nodes!(bounds).filter(plans::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
    found.map(|found| plan(found, today)).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &PlanFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Plan>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen_with_nodes!(bounds).order(plans::id).limit(limit.rows()).into_boxed();
    if let Some(school) = filter.school_id {
        query = query.filter(plans::school_id.eq(school));
    }
    if let Some(school_year) = &filter.school_year {
        query = query.filter(plans::school_year.eq(school_year.clone()));
    }
    if let Some(season) = filter.season {
        query = query.filter(plans::season.eq(season));
    }
    if let Some(state) = filter.state {
        query = query.filter(plans::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(plans::id.gt(after));
    }
    let today = tx.today;
    query.load::<Loaded>(tx.conn)?.into_iter().map(|found| plan(found, today)).collect()
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

/// The term has another plan that stands.
fn taken() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "school_id, school_year, season")
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &PlanRow) -> Result<(), Refusal> {
    diesel::insert_into(plans::table).values(row).execute(tx.conn).map_err(on_unique(taken))?;
    Ok(())
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

/// Writes the row's new state over the version that was read; the claim that everything about a plan begins with.
pub(super) fn update(tx: &mut Tx<'_>, row: &PlanRow) -> Result<(), Refusal> {
    let changed = diesel::update(plans::table.find(row.id).filter(plans::version.eq(row.version - 1)))
        .set((
            plans::state.eq(row.state),
            plans::content.eq(&row.content),
            plans::first_submitted_on.eq(row.first_submitted_on),
            plans::filings_count.eq(row.filings_count),
            plans::filing_ordinal.eq(row.filing_ordinal),
            plans::version.eq(row.version),
            plans::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(taken))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
