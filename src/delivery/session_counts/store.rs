//! SQL of counts of sessions; the scope comes first.

use diesel::prelude::*;

use super::model::{SessionCountsFilter, SessionGroup};
use crate::auth::Scope;
use crate::auth::counted::{Columns, Found, GROUPS_FETCHED, GroupBy, counted};
use crate::auth::scope::{Bounds, groups_of_children, sessions_served};
use crate::db::Tx;
use crate::db::schema::{organisations, service_sessions, session_rosters};
use crate::refusal::Refusal;

/// Sessions, and how often pupils were there, on leave and absent.
pub(super) type Sums = (i64, i64, i64, i64);

fn columns(word: SessionGroup) -> Columns {
    match word {
        SessionGroup::School => Columns::named(
            "service_sessions.school_id",
            "(SELECT s.name FROM organisations s WHERE s.id = service_sessions.school_id)",
        ),
        SessionGroup::Plan => Columns::named(
            "service_sessions.plan_id",
            "(SELECT p.school_year || ' ' || p.season FROM plans p WHERE p.id = service_sessions.plan_id)",
        ),
        SessionGroup::Project => Columns::named(
            "service_sessions.project_id",
            "(SELECT p.name FROM projects p WHERE p.id = service_sessions.project_id)",
        ),
        SessionGroup::Group => Columns::named(
            "service_sessions.group_id",
            "(SELECT g.name FROM service_groups g WHERE g.id = service_sessions.group_id)",
        ),
        SessionGroup::Month => Columns::word("SUBSTR(CAST(service_sessions.held_on AS TEXT), 1, 7)"),
        SessionGroup::State => Columns::word("service_sessions.state"),
    }
}

/// The sum of what rosters count; a session without one counts for nobody.
macro_rules! sum {
    ($number:literal) => {
        concat!("CAST(COALESCE(SUM(", $number, "), 0) AS BIGINT)")
    };
}

pub(super) fn counted_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    within: &Bounds,
    asked: &SessionCountsFilter,
) -> Result<Found<Sums>, Refusal> {
    let source = service_sessions::table
        .inner_join(organisations::table)
        .left_join(session_rosters::table.on(session_rosters::id.eq(service_sessions::id)));
    let grouped = GroupBy::grouped(asked.group_by.as_ref(), columns);
    let numbers = counted!(
        source,
        grouped,
        [
            "COUNT(*)",
            sum!("session_rosters.present + session_rosters.late + session_rosters.left_early"),
            sum!("session_rosters.on_leave"),
            sum!("session_rosters.absent"),
        ]
    );
    let mut query =
        numbers.filter(organisations::path.ge(within.from.clone()).and(organisations::path.lt(within.to.clone())));
    query = match scope {
        Scope::OwnGroups(user) => query.filter(service_sessions::id.eq_any(sessions_served!(*user))),
        Scope::OwnChildren(user) => {
            query.filter(service_sessions::group_id.eq_any(groups_of_children!(*user, tx.today)))
        }
        scope => {
            let bounds = scope.bounds();
            query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
        }
    };
    if let Some(school) = asked.school_id {
        query = query.filter(service_sessions::school_id.eq(school));
    }
    if let Some(plan) = asked.plan_id {
        query = query.filter(service_sessions::plan_id.eq(plan));
    }
    if let Some(project) = asked.project_id {
        query = query.filter(service_sessions::project_id.eq(project));
    }
    if let Some(group) = asked.group_id {
        query = query.filter(service_sessions::group_id.eq(group));
    }
    if let Some(first) = asked.from_on {
        query = query.filter(service_sessions::held_on.ge(first.0));
    }
    if let Some(last) = asked.to_on {
        query = query.filter(service_sessions::held_on.le(last.0));
    }
    if let Some(state) = asked.state {
        query = query.filter(service_sessions::state.eq(state));
    }
    Ok(query.limit(GROUPS_FETCHED).load(tx.conn)?)
}
