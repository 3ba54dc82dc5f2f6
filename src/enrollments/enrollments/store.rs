//! SQL of enrollments and of the seats that they take; the scope comes first.

use diesel::prelude::*;
use time::Date;

pub(super) use self::verify::{
    active_in_withdrawn, active_unsigned, held_uncounted, open_in_closed, seats_held, seats_taken_after,
    waiting_beside_free_seats,
};

use super::model::{Enrollment, EnrollmentFilter, EnrollmentRow, EnrollmentState, Payable};
use super::seats::Seats;
use crate::auth::scope::{at_school, children_of, pupils_taught};
use crate::auth::{Scope, Seen};
use crate::db::schema::{agreements, enrollments, organisations, project_seats, projects, students};
use crate::db::{Changing, Id, Instant, Prepare, Rung, Tx};
use crate::http::{Key, Listing};
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::Season;
use crate::{page, stored};

type Loaded = (EnrollmentRow, Option<Id>, String);

fn enrollment((row, agreement_id, path): Loaded) -> Enrollment {
    Enrollment { row, agreement_id, path }
}

/// The agreement in force of an enrollment.
macro_rules! in_force {
    () => {
        agreements::table.on(agreements::enrollment_id.eq(enrollments::id).and(agreements::superseded_at.is_null()))
    };
}

mod verify; // it uses the macro

/// Enrollments within a scope, with their agreements and the paths of their schools.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = enrollments::table
            .inner_join(organisations::table)
            .left_join(in_force!())
            .select((EnrollmentRow::as_select(), agreements::id.nullable(), organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(enrollments::person_id.eq_any(children_of!(*user, $tx.today))),
            Scope::OwnPupils(user) => query.filter(enrollments::student_id.eq_any(pupils_taught!(*user, $tx.today))),
            scope => {
                let bounds = scope.bounds();
                let query = at_school!(query, enrollments::school_id, bounds);
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

pub(super) mod draws; // they use the macros
pub(super) mod open;

impl Seen for Enrollment {
    type Filter = EnrollmentFilter;
    type Key = Key;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(tx, scope).filter(enrollments::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(enrollment))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<EnrollmentFilter, Key>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let mut query = page!(
            seen,
            enrollments,
            at,
            { student_id, project_id, plan_id, school_id, season, [state] },
            polled
        );
        if let Some(year) = &at.filter.school_year {
            query = query.filter(enrollments::school_year.eq(year.as_str().to_owned()));
        }
        if let Some(class) = at.filter.class_id {
            let now = students::table.filter(students::class_id.eq(class)).select(students::id);
            query = query.filter(enrollments::student_id.eq_any(now));
        }
        if let Some(authority) = at.filter.authority_id {
            query = query.filter(organisations::parent_id.eq(authority));
        }
        Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
    }
}

/// All enrollments of a person, whoever asks.
pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(enrollments::person_id.eq(person)).order(enrollments::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
}

/// What was entered from a paper, in the order of the paper.
pub(super) fn of_paper(tx: &mut Tx<'_>, form: Id) -> Result<Vec<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(enrollments::paper_form_id.eq(form)).order(enrollments::id);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
}

/// An enrollment that stands: project, filing and state.
pub(super) type Standing = (Id, Id, EnrollmentState);

/// The person's enrollments of a term that stand.
pub(super) fn standing(
    tx: &mut Tx<'_>,
    person: Id,
    school_year: &str,
    season: Season,
) -> Result<Vec<Standing>, Refusal> {
    let query = enrollments::table
        .filter(enrollments::person_id.eq(person))
        .filter(enrollments::school_year.eq(school_year).and(enrollments::season.eq(season)))
        .filter(enrollments::state.ne(EnrollmentState::Withdrawn).and(enrollments::state.ne(EnrollmentState::Declined)))
        .order(enrollments::id)
        .select((enrollments::project_id, enrollments::filing_id, enrollments::state));
    Ok(query.load(tx.conn)?)
}

/// Where persons have places in a term: person, project, filing.
pub(super) fn places_of(
    tx: &mut Tx<'_>,
    persons: &[Id],
    school_year: &str,
    season: Season,
) -> Result<Vec<(Id, Id, Id)>, Refusal> {
    let query = enrollments::table
        .filter(enrollments::person_id.eq_any(persons.to_vec()))
        .filter(enrollments::school_year.eq(school_year).and(enrollments::season.eq(season)))
        .filter(enrollments::state.eq_any([EnrollmentState::Allocated, EnrollmentState::Active]))
        .select((enrollments::person_id, enrollments::project_id, enrollments::filing_id));
    Ok(query.load(tx.conn)?)
}

/// The enrollments of a person and a term that are charged for.
pub(super) fn payable(tx: &mut Tx<'_>, person: Id, school_year: &str, season: Season) -> Result<Vec<Payable>, Refusal> {
    let rows: Vec<(EnrollmentRow, Id, String)> = enrollments::table
        .inner_join(in_force!())
        .filter(enrollments::person_id.eq(person))
        .filter(enrollments::school_year.eq(school_year).and(enrollments::season.eq(season)))
        .filter(enrollments::state.eq_any([EnrollmentState::Active, EnrollmentState::Completed]))
        .order(enrollments::id)
        .select((EnrollmentRow::as_select(), agreements::filing_id, agreements::sha256))
        .load(tx.conn)?;
    let payable = |(row, filing_id, agreement_sha256): (EnrollmentRow, Id, String)| Payable {
        enrollment_id: row.id,
        student_id: row.student_id,
        project_id: row.project_id,
        plan_id: row.plan_id,
        school_id: row.school_id,
        filing_id,
        agreement_sha256,
        joins_on: row.joins_on,
    };
    Ok(rows.into_iter().map(payable).collect())
}

pub(super) fn already_stands() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "student_id, project_id")
}

stored!(once enrollments, EnrollmentRow, taken => already_stands());

/// Settles the state of a row that this transaction has just added.
pub(super) fn settle(tx: &mut Tx<'_>, id: Id, state: EnrollmentState) -> Result<(), Refusal> {
    diesel::update(enrollments::table.find(id))
        .set(enrollments::state.eq(state))
        .returning(enrollments::id)
        .prepared()
        .count::<Id>(tx.conn)?;
    Ok(())
}

/// By hand: the statement of the busiest hour sets what may change, and nothing else.
impl Changing for EnrollmentRow {
    fn step(&mut self, now: Instant) {
        self.version += 1;
        self.updated_at = now;
    }

    fn update(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        let seen = enrollments::table.find(self.id).filter(enrollments::version.eq(self.version - 1));
        let changed = diesel::update(seen)
            .set((
                enrollments::person_id.eq(self.person_id),
                enrollments::state.eq(self.state),
                enrollments::terms_changed_on.eq(self.terms_changed_on),
                enrollments::ended_because.eq(self.ended_because),
                enrollments::joins_on.eq(self.joins_on),
                enrollments::unfit_on.eq(self.unfit_on),
                enrollments::offer_ends_on.eq(self.offer_ends_on),
                enrollments::wish.eq(self.wish),
                enrollments::version.eq(self.version),
                enrollments::updated_at.eq(self.updated_at),
            ))
            .returning(enrollments::id)
            .prepared()
            .count::<Id>(tx.conn)
            .map_err(on_unique(already_stands))?;
        if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
    }
}

/// The first who waits for a project: who has a number of the draw by that, then who came first.
pub(super) fn first_waiting(tx: &mut Tx<'_>, project: Id) -> Result<Option<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(enrollments::project_id.eq(project))
        .filter(enrollments::state.eq(EnrollmentState::Waitlisted))
        .order((
            enrollments::draw_number.is_null(),
            enrollments::draw_number,
            enrollments::created_at,
            enrollments::id,
        ));
    Ok(query.first::<Loaded>(tx.conn).optional()?.map(enrollment))
}

/// Seats that were to be accepted before a day, those that have waited longest first.
pub(super) fn unanswered(tx: &mut Tx<'_>, before: Date, count: i64) -> Result<Vec<Enrollment>, Refusal> {
    let query = seen!(tx, &Scope::Everything)
        .filter(enrollments::state.eq(EnrollmentState::Offered).and(enrollments::offer_ends_on.lt(before)))
        .order((enrollments::offer_ends_on, enrollments::id))
        .limit(count);
    Ok(query.load::<Loaded>(tx.conn)?.into_iter().map(enrollment).collect())
}

/// How the seats of a project stand.
type SeatsNow = (Option<i64>, i64, bool, Option<Date>);

/// The columns of [`SeatsNow`].
const SEATS_NOW: (
    project_seats::seats_max,
    project_seats::seats_taken,
    project_seats::held_for_draw,
    project_seats::closed_on,
) = (project_seats::seats_max, project_seats::seats_taken, project_seats::held_for_draw, project_seats::closed_on);

fn seats_now((most, taken, held_for_draw, closed_on): SeatsNow, waiting: i64) -> Seats {
    Seats { most, taken, waiting, held_for_draw, closed_on }
}

/// The seats of a project, without those who wait.
pub(super) fn seats(tx: &mut Tx<'_>, project: Id) -> Result<Option<Seats>, Refusal> {
    let found = project_seats::table.find(project).select(SEATS_NOW).first::<SeatsNow>(tx.conn).optional()?;
    Ok(found.map(|now| seats_now(now, 0)))
}

/// The same of some projects, with their ids and how many wait for a seat.
pub(super) fn seats_of(tx: &mut Tx<'_>, of: &[Id]) -> Result<Vec<(Id, Seats)>, Refusal> {
    let waiting = enrollments::table
        .filter(enrollments::project_id.eq(project_seats::project_id))
        .filter(enrollments::state.eq(EnrollmentState::Waitlisted))
        .select(diesel::dsl::count_star());
    let columns = (project_seats::project_id, SEATS_NOW, waiting.single_value());
    let found = project_seats::table.filter(project_seats::project_id.eq_any(of)).select(columns);
    let found = found.load::<(Id, SeatsNow, Option<i64>)>(tx.conn)?.into_iter();
    Ok(found.map(|(project, now, waiting)| (project, seats_now(now, waiting.unwrap_or_default()))).collect())
}

/// Makes all seats of a plan's projects those of a notice, and holds them until the transaction ends: who chooses by an
/// earlier notice takes none any more.
pub(super) fn turn_seats(tx: &mut Tx<'_>, plan: Id, notice: Id) -> Result<(), Refusal> {
    tx.holds(Rung::Seats, plan);
    let own = projects::table.filter(projects::plan_id.eq(plan)).select(projects::id);
    diesel::update(project_seats::table)
        .filter(project_seats::project_id.eq_any(own))
        .set(project_seats::notice_id.eq(notice))
        .execute(tx.conn)?;
    Ok(())
}

pub(super) fn open_seats(tx: &mut Tx<'_>, project: Id, notice: Id, most: Option<i64>) -> Result<(), Refusal> {
    diesel::insert_into(project_seats::table)
        .values((
            project_seats::project_id.eq(project),
            project_seats::seats_max.eq(most),
            project_seats::seats_offered.eq(most),
            project_seats::seats_taken.eq(0_i64),
            project_seats::notice_id.eq(notice),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Closes all seats of a plan's projects.
pub(super) fn close_seats(tx: &mut Tx<'_>, plan: Id) -> Result<(), Refusal> {
    tx.holds(Rung::Seats, plan);
    let own = projects::table.filter(projects::plan_id.eq(plan)).select(projects::id);
    diesel::delete(project_seats::table.filter(project_seats::project_id.eq_any(own))).execute(tx.conn)?;
    Ok(())
}

/// Sets how many seats a project offers, and has as long as more are taken.
pub(super) fn set_seats(tx: &mut Tx<'_>, project: Id, offered: Option<i64>, most: Option<i64>) -> Result<(), Refusal> {
    diesel::update(project_seats::table.find(project))
        .set((project_seats::seats_offered.eq(offered), project_seats::seats_max.eq(most)))
        .execute(tx.conn)?;
    Ok(())
}

/// Gives back a seat that the project does not offer any more; whether it was one.
pub(super) fn give_up_seat(tx: &mut Tx<'_>, project: Id) -> Result<bool, Refusal> {
    let more = project_seats::seats_max.gt(project_seats::seats_offered);
    let given_up = diesel::update(project_seats::table.find(project).filter(more))
        .set((
            project_seats::seats_taken.eq(project_seats::seats_taken - 1),
            project_seats::seats_max.eq(project_seats::seats_max - 1),
        ))
        .execute(tx.conn)?;
    Ok(given_up == 1)
}

/// Takes a seat that a notice gives; whether there was one.
pub(super) fn take_seat(tx: &mut Tx<'_>, project: Id, notice: Id) -> Result<bool, Refusal> {
    tx.holds(Rung::Seats, project);
    let free =
        project_seats::seats_max.is_null().or(project_seats::seats_taken.nullable().lt(project_seats::seats_max));
    let given = project_seats::table.find(project).filter(project_seats::notice_id.eq(notice));
    let open = project_seats::held_for_draw.eq(false).and(project_seats::closed_on.is_null());
    let taken = diesel::update(given.filter(free).filter(open))
        .set(project_seats::seats_taken.eq(project_seats::seats_taken + 1))
        .returning(project_seats::project_id)
        .prepared()
        .count::<Id>(tx.conn)?;
    Ok(taken == 1)
}

/// Holds the seats of a project until the transaction ends, so that nobody gives one back meanwhile; whether all that
/// the notice gives are taken.
pub(super) fn hold_full(tx: &mut Tx<'_>, project: Id, notice: Id) -> Result<bool, Refusal> {
    tx.holds(Rung::Seats, project);
    let full = project_seats::seats_taken.nullable().ge(project_seats::seats_max);
    let given = project_seats::table.find(project).filter(project_seats::notice_id.eq(notice));
    let held = diesel::update(given.filter(full).filter(project_seats::closed_on.is_null()))
        .set(project_seats::seats_taken.eq(project_seats::seats_taken))
        .returning(project_seats::project_id)
        .prepared()
        .count::<Id>(tx.conn)?;
    Ok(held == 1)
}

/// Holds the seats of a project until the transaction ends; whether a notice still gives them.
pub(super) fn hold_given(tx: &mut Tx<'_>, project: Id, notice: Id) -> Result<bool, Refusal> {
    tx.holds(Rung::Seats, project);
    let given = project_seats::table.find(project).filter(project_seats::notice_id.eq(notice));
    let held = diesel::update(given)
        .set(project_seats::seats_taken.eq(project_seats::seats_taken))
        .returning(project_seats::project_id)
        .prepared()
        .count::<Id>(tx.conn)?;
    Ok(held == 1)
}

/// Holds the seats of a project until the transaction ends.
pub(super) fn hold_seats(tx: &mut Tx<'_>, project: Id) -> Result<(), Refusal> {
    tx.holds(Rung::Seats, project);
    diesel::update(project_seats::table.find(project))
        .set(project_seats::seats_taken.eq(project_seats::seats_taken))
        .returning(project_seats::project_id)
        .prepared()
        .count::<Id>(tx.conn)?;
    Ok(())
}

/// Gives a seat back.
pub(super) fn free_seat(tx: &mut Tx<'_>, project: Id) -> Result<(), Refusal> {
    diesel::update(project_seats::table.find(project))
        .set(project_seats::seats_taken.eq(project_seats::seats_taken - 1))
        .returning(project_seats::project_id)
        .prepared()
        .count::<Id>(tx.conn)?;
    Ok(())
}
