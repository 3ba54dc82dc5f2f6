//! SQL of amendments, with their schools' nodes, their plans' states and their latest submissions; the scope comes
//! first.

use diesel::prelude::*;

use super::model::{Amended, Amendment, AmendmentRow, AmendmentState};
use crate::auth::Scope;
use crate::db::schema::{filings, organisations, plan_amendments, plans};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::plans::plans::{LatestFiling, PlanState};
use crate::refusal::{Code, Refusal, on_unique};

type Loaded = (AmendmentRow, PlanState, String, Option<LatestFiling>);

fn amendment((row, plan_state, path, filing): Loaded) -> Result<Amendment, Refusal> {
    let content = serde_json::from_value(row.content.0.clone()).map_err(Refusal::internal)?;
    let offers = serde_json::from_value(row.offers.0.clone()).map_err(Refusal::internal)?;
    Ok(Amendment { row, amended: Amended { content, offers }, plan_state, path, filing })
}

/// What a list of amendments may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct AmendmentFilter {
    pub plan_id: Option<Id>,
    pub school_id: Option<Id>,
    pub state: Option<AmendmentState>,
}

/// Amendments within a scope's bounds.
macro_rules! seen {
    ($bounds:expr) => {
        plan_amendments::table
            .inner_join(organisations::table)
            .inner_join(plans::table.on(plans::id.eq(plan_amendments::plan_id)))
            .left_join(filings::table.on(filings::id.nullable().eq(plan_amendments::filing_id)))
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select((AmendmentRow::as_select(), plans::state, organisations::path, Option::<LatestFiling>::as_select()))
    };
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Amendment>, Refusal> {
    let bounds = scope.bounds();
    let found = seen!(bounds).filter(plan_amendments::id.eq(id)).first::<Loaded>(tx.conn).optional()?;
    found.map(amendment).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &AmendmentFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Amendment>, Refusal> {
    let bounds = scope.bounds();
    let mut query = seen!(bounds).order(plan_amendments::id).limit(limit.rows()).into_boxed();
    if let Some(plan) = filter.plan_id {
        query = query.filter(plan_amendments::plan_id.eq(plan));
    }
    if let Some(school) = filter.school_id {
        query = query.filter(plan_amendments::school_id.eq(school));
    }
    if let Some(state) = filter.state {
        query = query.filter(plan_amendments::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(plan_amendments::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(amendment).collect()
}

/// The amendment of a plan that is not decided.
pub(super) fn open_of(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Amendment>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let open = [AmendmentState::Draft, AmendmentState::Submitted, AmendmentState::Returned];
    let query = seen!(bounds).filter(plan_amendments::plan_id.eq(plan)).filter(plan_amendments::state.eq_any(open));
    query.first::<Loaded>(tx.conn).optional()?.map(amendment).transpose()
}

/// Amendments that a plan has had.
pub(super) fn count_of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<i64, Refusal> {
    Ok(plan_amendments::table.filter(plan_amendments::plan_id.eq(plan)).count().get_result(tx.conn)?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &AmendmentRow) -> Result<(), Refusal> {
    diesel::insert_into(plan_amendments::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::AlreadyExists).with("field", "plan_id")))?;
    Ok(())
}

/// Writes the row's new state over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &AmendmentRow) -> Result<(), Refusal> {
    let seen = plan_amendments::table.find(row.id).filter(plan_amendments::version.eq(row.version - 1));
    let changed = diesel::update(seen)
        .set((
            plan_amendments::state.eq(row.state),
            plan_amendments::reason.eq(&row.reason),
            plan_amendments::content.eq(&row.content),
            plan_amendments::offers.eq(&row.offers),
            plan_amendments::filing_id.eq(row.filing_id),
            plan_amendments::version.eq(row.version),
            plan_amendments::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}

/// Locks the open amendment of a school's plan while it is being written; false where there is none.
pub(super) fn hold_open(tx: &mut Tx<'_>, plan: Id, school: Id) -> Result<bool, Refusal> {
    let open = plan_amendments::table
        .filter(plan_amendments::plan_id.eq(plan).and(plan_amendments::school_id.eq(school)))
        .filter(plan_amendments::state.eq_any([AmendmentState::Draft, AmendmentState::Returned]));
    Ok(diesel::update(open).set(plan_amendments::version.eq(plan_amendments::version)).execute(tx.conn)? == 1)
}
