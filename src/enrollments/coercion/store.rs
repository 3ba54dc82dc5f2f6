//! SQL that reads what guardians chose, and when. It writes nothing.

use diesel::dsl::count_star;
use diesel::prelude::*;
use time::Date;

use crate::db::schema::{choice_windows, classes, enrollments, notices, students};
use crate::db::{Id, Instant, Tx};
use crate::enrollments::enrollments::{EnrollmentSource, EnrollmentState};
use crate::refusal::Refusal;

/// Plans in which somebody has chosen since a moment, behind one of them.
pub(super) fn chosen_in(tx: &mut Tx<'_>, since: Instant, after: Id, limit: usize) -> Result<Vec<Id>, Refusal> {
    // What was made since was changed since, which has an index.
    let query = enrollments::table
        .filter(enrollments::updated_at.ge(since).and(enrollments::created_at.ge(since)))
        .filter(enrollments::plan_id.gt(after))
        .order(enrollments::plan_id)
        .select(enrollments::plan_id)
        .distinct()
        .limit(i64::try_from(limit).unwrap_or(i64::MAX));
    Ok(query.load(tx.conn)?)
}

/// What was chosen for a pupil who is in a class now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub student_id: Id,
    pub class_id: Id,
    pub at: Instant,
    pub is_paper: bool,
    pub is_no: bool,
}

/// What guardians have chosen in a plan; what its school has moved elsewhere is nobody's choice.
pub(super) fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Chosen>, Refusal> {
    let query = enrollments::table
        .inner_join(students::table.on(students::id.eq(enrollments::student_id)))
        .filter(enrollments::plan_id.eq(plan).and(enrollments::source.ne(EnrollmentSource::Transfer)))
        .filter(students::state.eq("attending"))
        .select((
            enrollments::student_id,
            students::class_id,
            enrollments::created_at,
            enrollments::source,
            enrollments::state,
        ));
    let found: Vec<(Id, Option<Id>, Instant, EnrollmentSource, EnrollmentState)> = query.load(tx.conn)?;
    let chosen = |(student_id, class_id, at, source, state): (Id, Option<Id>, _, _, _)| {
        let (is_paper, is_no) = (source == EnrollmentSource::Paper, state == EnrollmentState::Declined);
        Some(Chosen { student_id, class_id: class_id?, at, is_paper, is_no })
    };
    Ok(found.into_iter().filter_map(chosen).collect())
}

/// The classes of a school in which somebody is, with their names, and how many are in them.
pub(super) fn rolls(tx: &mut Tx<'_>, school: Id) -> Result<Vec<(Id, String, i64)>, Refusal> {
    let query = students::table
        .inner_join(classes::table.on(students::class_id.eq(classes::id.nullable())))
        .filter(students::school_id.eq(school).and(students::state.eq("attending")))
        .group_by((classes::id, classes::name))
        .order(classes::id)
        .select((classes::id, classes::name, count_star()));
    Ok(query.load(tx.conn)?)
}

/// When notices of a plan were published.
pub(super) fn published(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Instant>, Refusal> {
    let query = notices::table.filter(notices::plan_id.eq(plan)).filter(notices::published_at.is_not_null());
    let found: Vec<Option<Instant>> = query.select(notices::published_at).load(tx.conn)?;
    Ok(found.into_iter().flatten().collect())
}

/// The first days of a plan's windows.
pub(super) fn windows(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Date>, Refusal> {
    Ok(choice_windows::table.filter(choice_windows::plan_id.eq(plan)).select(choice_windows::opens_on).load(tx.conn)?)
}
