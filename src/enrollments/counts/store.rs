//! SQL of counts of enrollments; the scope comes first.

use diesel::prelude::*;

use super::model::{EnrollmentCountsFilter, EnrollmentGroup};
use crate::auth::Scope;
use crate::auth::counted::{Columns, Found, GROUPS_FETCHED, GroupBy, counted};
use crate::auth::scope::{Bounds, children_of, classes_taught};
use crate::db::Tx;
use crate::db::schema::{enrollments, organisations, students};
use crate::refusal::Refusal;

fn columns(word: EnrollmentGroup) -> Columns {
    match word {
        EnrollmentGroup::Project => Columns::named(
            "enrollments.project_id",
            "(SELECT p.name FROM projects p WHERE p.id = enrollments.project_id)",
        ),
        EnrollmentGroup::State => Columns::word("enrollments.state"),
        EnrollmentGroup::Class => {
            Columns::named("students.class_id", "(SELECT c.name FROM classes c WHERE c.id = students.class_id)")
        }
        EnrollmentGroup::Grade => Columns::told("students.grade", "CAST(students.grade AS TEXT)"),
        EnrollmentGroup::School => Columns::named(
            "enrollments.school_id",
            "(SELECT s.name FROM organisations s WHERE s.id = enrollments.school_id)",
        ),
        EnrollmentGroup::Plan => Columns::named(
            "enrollments.plan_id",
            "(SELECT p.school_year || ' ' || p.season FROM plans p WHERE p.id = enrollments.plan_id)",
        ),
    }
}

pub(super) fn counted_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    within: &Bounds,
    asked: &EnrollmentCountsFilter,
) -> Result<Found<(i64,)>, Refusal> {
    let source = enrollments::table
        .inner_join(organisations::table)
        .inner_join(students::table.on(students::id.eq(enrollments::student_id)));
    let grouped = GroupBy::grouped(asked.group_by.as_ref(), columns);
    let mut query = counted!(source, grouped, ["COUNT(*)"])
        .filter(organisations::path.ge(within.from.clone()).and(organisations::path.lt(within.to.clone())));
    query = match scope {
        Scope::OwnChildren(user) => query.filter(enrollments::person_id.eq_any(children_of!(*user, tx.today))),
        Scope::OwnPupils(user) => query
            .filter(students::state.eq("attending"))
            .filter(students::class_id.eq_any(classes_taught!(*user, tx.today))),
        scope => {
            let bounds = scope.bounds();
            query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
        }
    };
    if let Some(school) = asked.school_id {
        query = query.filter(enrollments::school_id.eq(school));
    }
    if let Some(plan) = asked.plan_id {
        query = query.filter(enrollments::plan_id.eq(plan));
    }
    if let Some(project) = asked.project_id {
        query = query.filter(enrollments::project_id.eq(project));
    }
    if let Some(class) = asked.class_id {
        query = query.filter(students::class_id.eq(class));
    }
    if let Some(year) = asked.school_year.clone() {
        query = query.filter(enrollments::school_year.eq(year));
    }
    if let Some(season) = asked.season {
        query = query.filter(enrollments::season.eq(season));
    }
    if let Some(state) = asked.state {
        query = query.filter(enrollments::state.eq(state));
    }
    Ok(query.limit(GROUPS_FETCHED).load(tx.conn)?)
}
