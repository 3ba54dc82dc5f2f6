//! What a draw does to the wishes of a plan: all of it in a few statements, however many they are, since the seats of a
//! whole school are given at once.

use std::collections::{BTreeMap, HashMap};

use super::drawn::{DrawOutcome, DrawTier};
use super::model::{Enrollment, EnrollmentEnd, EnrollmentState};
use super::{seat_offers, seats, store};
use crate::auth::Role;
use crate::db::{Changing, Id, Tx, run_again};
use crate::inbox::messages::{self, MessageKind, News, Pupil};
use crate::journal::record_all;
use crate::refusal::Refusal;
use crate::rules::document::PriorityGroup;
use crate::students::guardianships;

/// A wish with what decides of its pupil.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub enrollment: Enrollment,
    pub grade: i64,
    pub groups: Vec<PriorityGroup>,
}

/// What was drawn of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    pub tier: DrawTier,
    pub number: i32,
    pub outcome: DrawOutcome,
    /// Whether the pupil has a place at the same hours: then the seat is offered, and the guardian keeps one of two.
    pub clashes: bool,
}

/// The wishes of a plan that wait for their draw, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn entries(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Entry>, Refusal> {
    store::draws::entries(tx, plan)
}

/// Drawn wishes of a plan, by project and number.
///
/// # Errors
/// When the database fails.
pub fn drawn_of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<Enrollment>, Refusal> {
    store::draws::drawn(tx, plan)
}

/// What was drawn of a plan: by project, each number.
///
/// # Errors
/// When the database fails.
pub fn numbers_of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<HashMap<Id, Vec<(i32, DrawOutcome)>>, Refusal> {
    let mut of_projects: HashMap<Id, Vec<(i32, DrawOutcome)>> = HashMap::new();
    for (project, number, outcome) in store::draws::numbers(tx, plan)? {
        of_projects.entry(project).or_default().push((number, outcome));
    }
    Ok(of_projects)
}

/// What was drawn of a project, each number.
///
/// # Errors
/// When the database fails.
pub fn numbers_of_project(tx: &mut Tx<'_>, project: Id) -> Result<Vec<(i32, DrawOutcome)>, Refusal> {
    store::draws::numbers_of_project(tx, project)
}

/// Keeps the seats of a plan's projects for a draw; projects without a limit stay open to all.
///
/// # Errors
/// When the database fails.
pub fn held_for_draw(tx: &mut Tx<'_>, plan: Id) -> Result<(), Refusal> {
    store::draws::hold(tx, plan)
}

/// Gives what was drawn: seats, places on the waitlist, and the end of wishes that a better one has made needless. What
/// is left of the seats goes to who waited before, and then first come, first served.
///
/// # Errors
/// When somebody else changes a wish too, all is run again.
pub fn give(tx: &mut Tx<'_>, plan: Id, notice: Id, drawn: &[(Entry, Drawn)]) -> Result<(), Refusal> {
    store::draws::release(tx, plan)?;
    for (action, becomes) in [
        ("allocated", EnrollmentState::Allocated),
        ("offered", EnrollmentState::Offered),
        ("waitlisted", EnrollmentState::Waitlisted),
        ("withdrawn", EnrollmentState::Withdrawn),
    ] {
        let own: Vec<&(Entry, Drawn)> = drawn.iter().filter(|(_, drawn)| state_of(*drawn) == becomes).collect();
        let mut moved = Vec::with_capacity(own.len());
        for (entry, drawn) in own {
            let before = entry.enrollment.clone();
            let mut after = before.clone();
            after.row.step(tx.now);
            after.row.draw_tier = Some(drawn.tier);
            after.row.draw_number = Some(drawn.number);
            after.row.draw_outcome = Some(drawn.outcome);
            match becomes {
                EnrollmentState::Withdrawn => after.row.end(EnrollmentEnd::BetterWish),
                EnrollmentState::Offered => {
                    after.row.state = becomes;
                    after.row.offer_ends_on = Some(seat_offers::last_day_to_accept(tx, &before)?);
                }
                _ => after.row.state = becomes,
            }
            moved.push((before, after));
        }
        write_all(tx, action, &moved)?;
    }
    for project in store::draws::count_taken(tx, plan)? {
        seats::offer_free(tx, project, notice)?;
    }
    Ok(())
}

/// Persons whose guardians are looked for at once.
const PERSONS: usize = 500;

/// Tells the guardians of all who have wished that it is drawn, each once for a child.
///
/// # Errors
/// When the database fails.
pub fn tell_drawn(tx: &mut Tx<'_>, window: Id, drawn: &[(Entry, Drawn)]) -> Result<(), Refusal> {
    let pupils: BTreeMap<Id, Pupil> =
        drawn.iter().map(|(entry, _)| (entry.enrollment.person_id, entry.enrollment.pupil())).collect();
    let news = News::new(MessageKind::SeatsDrawn, "choice-windows", window);
    let persons: Vec<Id> = pupils.keys().copied().collect();
    for some in persons.chunks(PERSONS) {
        let told = guardianships::receivers(tx, some)?;
        let message = |(person, user): &(Id, Id)| Some(news.of(*pupils.get(person)?).to(*user, Role::Guardian, tx.now));
        let rows = told.iter().filter_map(message).collect();
        messages::insert_all(tx, rows)?;
    }
    Ok(())
}

fn state_of(drawn: Drawn) -> EnrollmentState {
    match (drawn.outcome, drawn.clashes) {
        (DrawOutcome::Seat, false) => EnrollmentState::Allocated,
        (DrawOutcome::Seat, true) => EnrollmentState::Offered,
        (DrawOutcome::Waitlist, _) => EnrollmentState::Waitlisted,
        (DrawOutcome::BetterWish, _) => EnrollmentState::Withdrawn,
    }
}

/// Ends the wishes of a plan whose draw is cancelled; its seats are first come, first served again.
///
/// # Errors
/// When somebody else changes a wish too, all is run again.
pub fn released(tx: &mut Tx<'_>, plan: Id) -> Result<(), Refusal> {
    store::draws::release(tx, plan)?;
    let now = tx.now;
    let ended = |entry: Entry| {
        let mut after = entry.enrollment.clone();
        after.row.step(now);
        after.row.end(EnrollmentEnd::DrawCancelled);
        (entry.enrollment, after)
    };
    let moved: Vec<_> = store::draws::entries(tx, plan)?.into_iter().map(ended).collect();
    write_all(tx, "withdrawn", &moved)
}

/// Enrollments that one statement writes.
const AT_ONCE: usize = 500;

fn write_all(tx: &mut Tx<'_>, action: &str, moved: &[(Enrollment, Enrollment)]) -> Result<(), Refusal> {
    for some in moved.chunks(AT_ONCE) {
        let rows: Vec<_> = some.iter().map(|(_, after)| &after.row).collect();
        if store::draws::write(tx, &rows)? != some.len() {
            return Err(run_again("a wish was changed while it was drawn"));
        }
    }
    record_all(tx, action, moved)
}
