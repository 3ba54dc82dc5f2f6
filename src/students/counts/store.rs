//! SQL of counts of pupils; the scope comes first.

use diesel::prelude::*;

use super::model::{StudentCountsFilter, StudentGroup};
use crate::auth::Scope;
use crate::auth::counted::{Columns, Found, GROUPS_FETCHED, GroupBy, counted};
use crate::auth::scope::{Bounds, children_of, classes_taught};
use crate::db::Tx;
use crate::db::schema::{classes, organisations, students};
use crate::refusal::Refusal;

fn columns(word: StudentGroup) -> Columns {
    match word {
        StudentGroup::School => {
            Columns::named("students.school_id", "(SELECT s.name FROM organisations s WHERE s.id = students.school_id)")
        }
        StudentGroup::Class => {
            Columns::named("students.class_id", "(SELECT c.name FROM classes c WHERE c.id = students.class_id)")
        }
        StudentGroup::Grade => Columns::told("students.grade", "CAST(students.grade AS TEXT)"),
        StudentGroup::State => Columns::word("students.state"),
    }
}

pub(super) fn counted_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    within: &Bounds,
    asked: &StudentCountsFilter,
) -> Result<Found<(i64,)>, Refusal> {
    let source = students::table.inner_join(organisations::table);
    let grouped = GroupBy::grouped(asked.group_by.as_ref(), columns);
    let mut query = counted!(source, grouped, ["COUNT(*)"])
        .filter(organisations::path.ge(within.from.clone()).and(organisations::path.lt(within.to.clone())));
    query = match scope {
        Scope::OwnChildren(user) => query.filter(students::person_id.eq_any(children_of!(*user, tx.today))),
        Scope::OwnPupils(user) => query
            .filter(students::state.eq("attending"))
            .filter(students::class_id.eq_any(classes_taught!(*user, tx.today))),
        scope => {
            let bounds = scope.bounds();
            query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
        }
    };
    if let Some(school) = asked.school_id {
        query = query.filter(students::school_id.eq(school));
    }
    if let Some(class) = asked.class_id {
        query = query.filter(students::class_id.eq(class));
    }
    if let Some(year) = asked.school_year.clone() {
        let of_year = classes::table.filter(classes::school_year.eq(year)).select(classes::id.nullable());
        query = query.filter(students::class_id.eq_any(of_year));
    }
    if let Some(grade) = asked.grade.and_then(|grade| i32::try_from(grade.get()).ok()) {
        query = query.filter(students::grade.eq(grade));
    }
    if let Some(state) = asked.state {
        query = query.filter(students::state.eq(state));
    }
    Ok(query.limit(GROUPS_FETCHED).load(tx.conn)?)
}
