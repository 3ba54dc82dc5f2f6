//! SQL of draws: of many wishes at once.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Date as DateSql, Integer, Nullable, Text};

use super::{Enrollment, EnrollmentRow, EnrollmentState, Loaded, enrollment};
use crate::auth::Scope;
use crate::auth::scope::{at_school, children_of, pupils_taught};
use crate::db::schema::{agreements, enrollments, organisations, project_seats, projects, students};
use crate::db::{Id, IdSql, InstantSql, Json, Rung, Tx};
use crate::enrollments::enrollments::{DrawOutcome, DrawTier, EnrollmentEnd, Entry};
use crate::on_backend;
use crate::refusal::Refusal;
use crate::rules::document::PriorityGroup;
use crate::students::students::{StudentGround, groups_on};

/// A wish, the path of its school, and of its pupil the grade, the groups and on what these rest.
type Wished = (EnrollmentRow, String, i32, Json, Json<Vec<StudentGround>>);

/// The wishes of a plan that are not drawn, with the grades and groups of their pupils.
pub(in super::super) fn entries(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Entry>, Refusal> {
    let waits = enrollments::plan_id.eq(plan).and(enrollments::state.eq(EnrollmentState::Applied));
    // What was entered from paper is no wish until the paper is checked.
    let waits = waits.and(enrollments::wish.is_not_null());
    let found: Vec<Wished> = enrollments::table
        .inner_join(organisations::table)
        .inner_join(students::table.on(students::id.eq(enrollments::student_id)))
        .filter(waits)
        .order(enrollments::id)
        .select((
            EnrollmentRow::as_select(),
            organisations::path,
            students::grade,
            students::priority_groups,
            students::grounds,
        ))
        .load(tx.conn)?;
    let today = tx.today;
    let entry = |(row, path, grade, groups, grounds): Wished| {
        let groups: Vec<PriorityGroup> = serde_json::from_value(groups.0).map_err(Refusal::internal)?;
        let groups = groups_on(&groups, &grounds.0, today);
        Ok(Entry { enrollment: Enrollment { row, agreement_id: None, path }, grade: i64::from(grade), groups })
    };
    found.into_iter().map(entry).collect()
}

/// Drawn wishes of a plan, by project and number.
pub(in super::super) fn drawn(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(enrollments::plan_id.eq(plan).and(enrollments::draw_number.is_not_null()))
        .order((enrollments::project_id, enrollments::draw_number));
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
}

/// The numbers of a plan's projects, in their order, and what was drawn of each.
pub(in super::super) fn numbers(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<(Id, i32, DrawOutcome)>, Refusal> {
    let query = enrollments::table
        .filter(enrollments::plan_id.eq(plan).and(enrollments::draw_number.is_not_null()))
        .order((enrollments::project_id, enrollments::draw_number))
        .select((
            enrollments::project_id,
            enrollments::draw_number.assume_not_null(),
            enrollments::draw_outcome.assume_not_null(),
        ));
    Ok(query.load(tx.conn)?)
}

/// The same of one project.
pub(in super::super) fn numbers_of_project(tx: &mut Tx<'_>, project: Id) -> Result<Vec<(i32, DrawOutcome)>, Refusal> {
    let query = enrollments::table
        .filter(enrollments::project_id.eq(project).and(enrollments::draw_number.is_not_null()))
        .order(enrollments::draw_number)
        .select((enrollments::draw_number.assume_not_null(), enrollments::draw_outcome.assume_not_null()));
    Ok(query.load(tx.conn)?)
}

/// The seats of a plan's projects that have a limit.
macro_rules! limited {
    ($plan:expr) => {{
        let own = projects::table.filter(projects::plan_id.eq($plan)).select(projects::id);
        project_seats::table
            .filter(project_seats::project_id.eq_any(own))
            .filter(project_seats::seats_max.is_not_null().and(project_seats::closed_on.is_null()))
    }};
}

/// Keeps the seats of a plan for its draw.
pub(in super::super) fn hold(tx: &mut Tx<'_>, plan: Id) -> Result<(), Refusal> {
    tx.holds(Rung::Seats, plan);
    diesel::update(limited!(plan)).set(project_seats::held_for_draw.eq(true)).execute(tx.conn)?;
    Ok(())
}

/// Keeps the seats of projects that were added since, where those of others are kept.
pub(in super::super) fn hold_new_ones_too(tx: &mut Tx<'_>, plan: Id) -> Result<(), Refusal> {
    let kept = limited!(plan).filter(project_seats::held_for_draw.eq(true)).select(project_seats::project_id);
    if diesel::dsl::select(diesel::dsl::exists(kept)).get_result::<bool>(tx.conn)? { hold(tx, plan) } else { Ok(()) }
}

/// Gives the seats of a plan free.
pub(in super::super) fn release(tx: &mut Tx<'_>, plan: Id) -> Result<(), Refusal> {
    tx.holds(Rung::Seats, plan);
    diesel::update(limited!(plan)).set(project_seats::held_for_draw.eq(false)).execute(tx.conn)?;
    Ok(())
}

/// Counts as taken what enrollments hold, after many were moved; gives the projects of which somebody counts.
pub(in super::super) fn count_taken(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Id>, Refusal> {
    let limited: Vec<Id> =
        limited!(plan).order(project_seats::project_id).select(project_seats::project_id).load(tx.conn)?;
    for (project, held) in super::seats_held(tx, &limited)? {
        diesel::update(project_seats::table.find(project)).set(project_seats::seats_taken.eq(held)).execute(tx.conn)?;
    }
    Ok(limited)
}

/// One column of rows.
fn each<T>(rows: &[&EnrollmentRow], of: impl Fn(&EnrollmentRow) -> T) -> Vec<T> {
    rows.iter().map(|row| of(row)).collect()
}

/// Writes what a draw changes of rows that have applied; how many it wrote. In one statement where the database takes
/// lists.
pub(in super::super) fn write(tx: &mut Tx<'_>, rows: &[&EnrollmentRow]) -> Result<usize, Refusal> {
    let now = tx.now;
    Ok(on_backend!(tx.conn,
        postgres: |pg| {
            sql_query(
                "UPDATE enrollments SET state = drawn.state, ended_because = drawn.ended, \
                 offer_ends_on = drawn.until, draw_tier = drawn.tier, draw_number = drawn.number, \
                 draw_outcome = drawn.outcome, version = version + 1, updated_at = $1 \
                 FROM unnest($2, $3, $4, $5, $6, $7, $8) AS drawn (id, state, ended, until, tier, number, outcome) \
                 WHERE enrollments.id = drawn.id AND enrollments.state = 'applied'",
            )
            .bind::<InstantSql, _>(now)
            .bind::<Array<IdSql>, _>(each(rows, |row| row.id))
            .bind::<Array<Text>, _>(each(rows, |row| row.state.as_str()))
            .bind::<Array<Nullable<Text>>, _>(each(rows, |row| row.ended_because.map(EnrollmentEnd::as_str)))
            .bind::<Array<Nullable<DateSql>>, _>(each(rows, |row| row.offer_ends_on))
            .bind::<Array<Nullable<Text>>, _>(each(rows, |row| row.draw_tier.map(DrawTier::as_str)))
            .bind::<Array<Nullable<Integer>>, _>(each(rows, |row| row.draw_number))
            .bind::<Array<Nullable<Text>>, _>(each(rows, |row| row.draw_outcome.map(DrawOutcome::as_str)))
            .execute(pg)?
        },
        sqlite: |lite| {
            let mut written = 0;
            for row in rows {
                let waits = enrollments::table.find(row.id).filter(enrollments::state.eq(EnrollmentState::Applied));
                written += diesel::update(waits)
                    .set((
                        enrollments::state.eq(row.state),
                        enrollments::ended_because.eq(row.ended_because),
                        enrollments::offer_ends_on.eq(row.offer_ends_on),
                        enrollments::draw_tier.eq(row.draw_tier),
                        enrollments::draw_number.eq(row.draw_number),
                        enrollments::draw_outcome.eq(row.draw_outcome),
                        enrollments::version.eq(row.version),
                        enrollments::updated_at.eq(now),
                    ))
                    .execute(lite)?;
            }
            written
        },
    ))
}
