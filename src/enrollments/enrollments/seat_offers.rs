//! A free seat is offered to the first who waits, for the days that the profile gives: who accepts it keeps one of two
//! places that clash; who does not answer keeps what it has, and the seat is offered to the next.

use time::{Date, Duration};

use super::model::{Enrollment, EnrollmentEnd, EnrollmentState, EnrollmentVerb};
use super::{Callable, against_signing, callable, ready_for, seats, store, told};
use crate::auth::permission::ApplyForProjects;
use crate::auth::{By, known};
use crate::db::{Id, Tx};
use crate::enrollments::choice_windows;
use crate::filings::filings;
use crate::http::IfMatchVersion;
use crate::inbox::messages::MessageKind;
use crate::journal::change;
use crate::refusal::Refusal;
use crate::rules::document::PlanProject;
use crate::rules::enrollment as rules;
use crate::rules::profile::SEAT_ANSWER_DAYS;
use crate::students::students::Student;

/// Offers that lapse in one transaction.
pub const LAPSE_BATCH: i64 = 100;

/// Offers a seat that is counted as taken already to a pupil who waits.
pub(super) fn offer(tx: &mut Tx<'_>, waiting: &Enrollment) -> Result<(), Refusal> {
    let last = last_day_to_accept(tx, waiting)?;
    seats::change_other(tx, "offered", waiting, |row| {
        row.state = EnrollmentState::Offered;
        row.offer_ends_on = Some(last);
    })?;
    told::tell(tx, waiting, MessageKind::SeatOffered, Some(last))
}

/// The last day to accept: as many days from now as the profile that judged the filing gives, and none after the last
/// on which the project meets.
pub(super) fn last_day_to_accept(tx: &mut Tx<'_>, waiting: &Enrollment) -> Result<Date, Refusal> {
    let filed = filings::filed(tx, waiting.row.filing_id)?;
    let days = filed.judged_by.as_ref().map_or(SEAT_ANSWER_DAYS, |judged_by| judged_by.profile.seat_answer_days);
    let wanted = filed.offer(waiting.row.project_id);
    let last = wanted.and_then(|wanted| filed.last_day_of(wanted)).map_or(Date::MAX, |last| last.max(tx.today));
    Ok(tx.today.saturating_add(Duration::days(i64::from(days))).min(last))
}

/// Accepts a seat. What the pupil has at the same hours is given up for it: never two places at one hour.
///
/// # Errors
/// 404, 412, 409 in another state, 422 without the right to choose, after the last day to answer, or by the rules of
/// enrolling, which are asked again.
pub fn accept(tx: &mut Tx<'_>, by: &By<ApplyForProjects>, id: Id, seen: &IfMatchVersion) -> Result<Callable, Refusal> {
    let before = ready_for(tx, by, id, seen, EnrollmentVerb::Accept)?;
    let filed = filings::filed(tx, before.filing_id)?;
    let student = known::<Student>(tx, before.student_id)?;
    let document = filed.profile_document.as_str();
    let Some(wanted) = filed.offer(before.project_id) else {
        return Err(Refusal::by_rules(rules::published_before_enrolling(false, document).into_iter().collect()));
    };
    let mut against = against_signing(tx, &student, &filed, wanted);
    against.extend(rules::answer_in_time(wanted, before.offer_ends_on, tx.today, document));
    if !against.is_empty() {
        return Err(Refusal::by_rules(against).without_places());
    }
    let after = change(tx, "accepted", &before, |row| {
        row.state = EnrollmentState::Allocated;
        row.offer_ends_on = None;
    })?;
    told::tell_others(tx, &after, by.user_id)?;
    give_up_for(tx, &after, wanted)?;
    keep_within_the_draw(tx, &after)?;
    callable(tx, by, after)
}

/// Withdraws the pupil from what meets at the same time as a project.
fn give_up_for(tx: &mut Tx<'_>, kept: &Enrollment, wanted: &PlanProject) -> Result<(), Refusal> {
    for other in store::of_person(tx, kept.row.person_id)? {
        let row = &other.row;
        let of_term = (row.season, &row.school_year) == (kept.row.season, &kept.row.school_year);
        if !of_term || !row.state.takes_time() || !row.state.is_open() || row.id == kept.row.id {
            continue;
        }
        let told = filings::filed(tx, row.filing_id)?;
        if told.offer(row.project_id).is_some_and(|taken| rules::meet_at_one_time(wanted, taken)) {
            seats::withdraw(tx, &other, EnrollmentEnd::PlaceChanged)?;
        }
    }
    Ok(())
}

/// A child has no more places of a draw than its window allows: of those that it wished for, the last goes.
fn keep_within_the_draw(tx: &mut Tx<'_>, kept: &Enrollment) -> Result<(), Refusal> {
    let Some(window) = (if kept.wish.is_some() { choice_windows::of_plan(tx, kept.plan_id)? } else { None }) else {
        return Ok(());
    };
    let mut wished = store::of_person(tx, kept.row.person_id)?;
    let holds = |row: &Enrollment| row.row.state.takes_time() && row.row.state.is_open() && row.wish.is_some();
    wished.retain(|row| row.plan_id == kept.plan_id && holds(row) && row.id != kept.id);
    wished.sort_by_key(|row| row.wish);
    let others_max = usize::try_from(window.places_max).unwrap_or(1).saturating_sub(1);
    for last in wished.iter().skip(others_max) {
        seats::withdraw(tx, last, EnrollmentEnd::PlaceChanged)?;
    }
    Ok(())
}

/// Ends offers whose last day is over, each seat being offered to the next; whether there may be more.
///
/// # Errors
/// When the database fails.
pub fn lapse(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    let late = store::unanswered(tx, tx.today, LAPSE_BATCH)?;
    for enrollment in &late {
        seats::withdraw_other(tx, enrollment, EnrollmentEnd::OfferLapsed)?;
        told::tell(tx, enrollment, MessageKind::SeatLapsed, None)?;
    }
    Ok(i64::try_from(late.len()).is_ok_and(|found| found == LAPSE_BATCH))
}
