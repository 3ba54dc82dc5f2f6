//! SQL of amendments, with their schools' nodes, their plans' states and their latest submissions; the scope comes
//! first.

use diesel::prelude::*;

use super::model::{Amendment, AmendmentRow, AmendmentState, PlanAmendmentFilter};
use crate::auth::{Scope, Seen};
use crate::db::schema::{filings, organisations, plan_amendments, plans};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::plans::plans::LatestFiling;
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

stored!(plan_amendments, AmendmentRow, taken => Refusal::of(Code::AlreadyExists).with("field", "plan_id"));

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

impl Seen for Amendment {
    type Filter = PlanAmendmentFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let bounds = scope.bounds();
        Ok(seen!(bounds).filter(plan_amendments::id.eq(id)).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PlanAmendmentFilter>) -> Result<Vec<Self>, Refusal> {
        let bounds = scope.bounds();
        let found = seen!(bounds).into_boxed();
        Ok(page!(found, plan_amendments, at, { plan_id, school_id, [state] }).load(tx.conn)?)
    }
}

/// The amendment of a plan that is not decided.
pub(super) fn open_of(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Amendment>, Refusal> {
    let bounds = Scope::Everything.bounds();
    let open = [AmendmentState::Draft, AmendmentState::Submitted, AmendmentState::Returned];
    let query = seen!(bounds).filter(plan_amendments::plan_id.eq(plan)).filter(plan_amendments::state.eq_any(open));
    Ok(query.first(tx.conn).optional()?)
}

/// Amendments that a plan has had.
pub(super) fn count_of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<i64, Refusal> {
    Ok(plan_amendments::table.filter(plan_amendments::plan_id.eq(plan)).count().get_result(tx.conn)?)
}

/// Locks the open amendment of a school's plan while it is being written; false where there is none.
pub(super) fn hold_open(tx: &mut Tx<'_>, plan: Id, school: Id) -> Result<bool, Refusal> {
    let open = plan_amendments::table
        .filter(plan_amendments::plan_id.eq(plan).and(plan_amendments::school_id.eq(school)))
        .filter(plan_amendments::state.eq_any([AmendmentState::Draft, AmendmentState::Returned]));
    Ok(diesel::update(open).set(plan_amendments::version.eq(plan_amendments::version)).execute(tx.conn)? == 1)
}
