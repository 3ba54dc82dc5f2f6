//! Enrollments 报名: the guardian's free choice (二.2), first come, first served. Nobody is rejected: who finds a project
//! full waits for it.

mod api;
mod choice;
mod closing;
mod drawn;
mod draws;
mod model;
mod paper;
mod pupils;
mod seat_offers;
mod seats;
mod store;
mod told;
mod verify;
mod wishes;

pub use self::api::{EnrollmentOut, routes};
pub use self::choice::{Against, Chooser};
pub use self::closing::{Closed, Closing, close, hold_pupils_of};
pub use self::drawn::{DrawOutcome, DrawTier};
pub use self::draws::{
    Drawn, Entry, drawn_of_plan, entries, give, held_for_draw, numbers_of_plan, numbers_of_project, released,
    tell_drawn,
};
pub use self::model::{
    Callable, Enrollment, EnrollmentChoice, EnrollmentEnd, EnrollmentFilter, EnrollmentIn, EnrollmentRow,
    EnrollmentSource, EnrollmentState, EnrollmentVerb, Payable, With,
};
pub use self::paper::{
    OnPaper, apply_on_paper, decline_on_paper, drop_paper, settle_paper, to_sign_on_paper, withdraw_on_paper,
};
pub use self::pupils::{given_back, left, looked_at_again, moved, turned};
pub use self::seat_offers::{LAPSE_BATCH, accept, lapse};
pub use self::seats::{Seats, ended, retold, seats_of};
pub use self::told::tell_others;
pub use self::verify::{verify, verify_by};
pub use self::wishes::{Wanted, wish};

use time::Date;

use crate::auth::permission::{ApplyForProjects, Permission, ReadEnrollments};
use crate::auth::{Actor, By, known};
use crate::db::{Id, Stored, Tx};
use crate::enrollments::{choice_places, choice_windows};
use crate::filings::filings::{self, Filed};
use crate::http::{IfMatchVersion, Key, Listing};
use crate::inbox::messages::MessageKind;
use crate::journal::{change, record};
use crate::notices::notices::{self, Offered};
use crate::plans::projects;
use crate::plans::projects::Place;
use crate::refusal::{Fault, FieldError, Refusal};
use crate::regulation::policy_profiles;
use crate::rules::document::{PlanProject, Season};
use crate::rules::{Finding, enrollment as rules};
use crate::students::guardianships::{self, Claimed, Right, Rights};
use crate::students::persons;
use crate::students::students::{self, Student};

/// Applies for a project of a published notice, or says no to it.
///
/// # Errors
/// 422 for a pupil that is not the caller's child, an unknown project, or by rules; 409 when one stands already.
pub fn create(tx: &mut Tx<'_>, by: &By<ApplyForProjects>, new: &EnrollmentIn) -> Result<Callable, Refusal> {
    let project = projects::place(tx, new.project_id).map_err(|refusal| refusal.named_at("/project_id"))?;
    let student = students::claim(tx, &by.scope(), new.student_id);
    let student = student.map_err(|refusal| refusal.named_at("/student_id"))?;
    let Claimed { rights, is_shared } = guardianships::claim_rights(tx, by.user_id, student.row.person_id)?;
    let may_choose = rights.contains(&(student.row.person_id, Right::Choose));
    let offered = notices::offered_by_plan(tx, project.plan_id)?;
    let offer = offered.as_ref().and_then(|offered| Some((offered, offered.filed.offer(project.id)?)));
    let Some((offered, offer)) = offer else {
        let document = policy_profiles::nearest(tx, &project.path, tx.today)?.document;
        let findings = [
            rules::published_before_enrolling(false, &document),
            rules::guardian_consent(may_choose, &document),
            choice::is_eligible(&student, project.school_id, &document),
        ];
        return Err(Refusal::by_rules(findings.into_iter().flatten().collect()));
    };
    if new.joins_on.is_some_and(|day| day < tx.today) {
        return Err(Refusal::invalid(vec![FieldError::new("/joins_on", Fault::OutOfRange).said("over")]));
    }
    let row = EnrollmentRow { joins_on: new.joins_on, ..row_of(tx, &student, &project, offered) };
    let standing = store::standing(tx, row.person_id, &row.school_year, row.season)?;
    if standing.iter().any(|(taken, ..)| *taken == row.project_id) {
        return Err(store::already_stands());
    }
    let applies = new.choice == EnrollmentChoice::Apply;
    let seats = seats::look(tx, row.project_id)?;
    if applies && seats.held_for_draw {
        return Err(Refusal::by_rules(vec![to_be_drawn(tx, project.plan_id, offered, offer)?]));
    }
    if let Some(closed_on) = seats.closed_on.filter(|_| applies) {
        return Err(Refusal::by_rules(vec![rules::is_closed(offer, closed_on, &offered.filed.profile_document)]));
    }
    let taken = if applies { offers_of(tx, &standing, offered)? } else { Vec::new() };
    let chooser =
        Chooser { student: &student, may_choose, today: tx.today, joins_on: new.joins_on.unwrap_or(tx.today) };
    let taken: Vec<&PlanProject> = taken.iter().collect();
    let Against { mut findings, mut clashes } = chooser.against(&offered.filed, offer, new.choice, &taken);
    // A place on the waitlist takes no time, so what clashes stops nobody from waiting.
    if !clashes.is_empty() && seats.has_free() {
        findings.append(&mut clashes);
    }
    if !findings.is_empty() {
        return Err(Refusal::by_rules(findings));
    }
    if applies {
        choice_places::note(tx, by, project.plan_id)?;
    }
    let row = enter(tx, row, new.choice, seats.has_free())?;
    if row.state == EnrollmentState::Allocated && !clashes.is_empty() {
        return Err(Refusal::by_rules(clashes)); // a seat has come free since
    }
    let made = Enrollment { row, agreement_id: None, path: project.path };
    record(tx, made.state.as_str(), None, Some(&made))?;
    if is_shared {
        tell_others(tx, &made, by.user_id)?;
    }
    Ok(With { with: made.can(by, &rights), enrollment: made })
}

/// Says when to wish for a project whose seats are to be drawn.
fn to_be_drawn(tx: &mut Tx<'_>, plan: Id, told: &Offered, offer: &PlanProject) -> Result<Finding, Refusal> {
    let window = choice_windows::of_plan(tx, plan)?;
    let days = window.map_or((tx.today, tx.today), |window| window.days());
    Ok(rules::given_by_draw(offer, days, &told.filed.profile_document))
}

/// Where the person has a place already: as it is told now, else as it was told when it was chosen.
fn offers_of(tx: &mut Tx<'_>, standing: &[store::Standing], told: &Offered) -> Result<Vec<PlanProject>, Refusal> {
    let mut offers = Vec::new();
    for (project, filing, _) in standing.iter().filter(|(.., state)| state.takes_time()) {
        offers.extend(filings::telling_of(tx, &told.filed, *project, *filing)?.offer(*project).cloned());
    }
    Ok(offers)
}

fn row_of(tx: &Tx<'_>, student: &Student, project: &Place, offered: &Offered) -> EnrollmentRow {
    let term = &offered.filed.document.term;
    EnrollmentRow {
        id: Id::fresh(),
        student_id: student.row.id,
        person_id: student.row.person_id,
        school_id: project.school_id,
        plan_id: project.plan_id,
        project_id: project.id,
        school_year: term.school_year.as_str().to_owned(),
        season: term.season,
        state: EnrollmentState::Applied,
        source: EnrollmentSource::Online,
        entered_by_id: None,
        notice_id: offered.notice_id,
        filing_id: offered.filed.id,
        terms_changed_on: None,
        ended_because: None,
        joins_on: None,
        unfit_on: None,
        offer_ends_on: None,
        wish: None,
        draw_tier: None,
        draw_number: None,
        draw_outcome: None,
        paper_form_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    }
}

/// Writes the row and takes its seat. The seats are touched last, so that guardians wait for each other as briefly as
/// can be; an unlocked look says before how it will end.
fn enter(
    tx: &mut Tx<'_>,
    row: EnrollmentRow,
    choice: EnrollmentChoice,
    seems_free: bool,
) -> Result<EnrollmentRow, Refusal> {
    if choice == EnrollmentChoice::Declined {
        let row = EnrollmentRow { state: EnrollmentState::Declined, ..row };
        row.insert(tx)?;
        return Ok(row);
    }
    let expected = if seems_free { EnrollmentState::Allocated } else { EnrollmentState::Waitlisted };
    let row = EnrollmentRow { state: expected, ..row };
    row.insert(tx)?;
    let state = seats::take_or_wait(tx, row.project_id, row.notice_id)?;
    if state != expected {
        store::settle(tx, row.id, state)?;
    }
    Ok(EnrollmentRow { state, ..row })
}

/// Withdraws an enrollment that stands, at any time; its seat is offered to the first who waits.
///
/// # Errors
/// 404, 412, 409 in another state, 422 without the right to choose.
pub fn withdraw(
    tx: &mut Tx<'_>,
    by: &By<ApplyForProjects>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<Callable, Refusal> {
    let before = ready_for(tx, by, id, seen, EnrollmentVerb::Withdraw)?;
    let after = seats::withdraw(tx, &before, EnrollmentEnd::Guardian)?;
    tell_others(tx, &after, by.user_id)?;
    callable(tx, by, after)
}

/// An enrollment on which the caller may call a verb now, with its person and the caller's guardianship claimed.
///
/// # Errors
/// 404, 412, 409 in another state, 422 without the right.
pub fn ready_for<P: Permission>(
    tx: &mut Tx<'_>,
    by: &By<P>,
    id: Id,
    seen: &IfMatchVersion,
    verb: EnrollmentVerb,
) -> Result<Enrollment, Refusal> {
    let before: Enrollment = by.find(tx, id)?;
    seen.expect(before.version)?;
    if verb.leads(before.state).is_none() {
        let state = before.state;
        return Err(verb.refused(state, &callable(tx, by, before)?.with));
    }
    persons::claim(tx, before.person_id)?;
    let holds = guardianships::claim_right(tx, by.user_id, before.person_id, verb.right())?;
    if !holds {
        let filed = filings::filed(tx, before.filing_id)?;
        return Err(Refusal::by_rules(rules::guardian_consent(false, &filed.profile_document).into_iter().collect()));
    }
    Ok(before)
}

/// Keeps the terms of an enrollment's project as a notice tells them until this transaction ends.
///
/// # Errors
/// When another notice was published meanwhile, all is run again.
pub fn hold_terms(tx: &mut Tx<'_>, enrollment: &Enrollment, notice: Id) -> Result<(), Refusal> {
    seats::hold_terms(tx, enrollment.row.project_id, notice)
}

/// Asks for the signature of an active enrollment again: it keeps its seat, and is active once it is signed.
///
/// # Errors
/// When somebody else changes it too, all is run again.
pub fn ask_again(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    let before: Enrollment = known(tx, id)?;
    let today = tx.today;
    seats::change_other(tx, "terms-changed", &before, |row| {
        row.state = EnrollmentState::Allocated;
        row.terms_changed_on = Some(today);
    })?;
    told::tell(tx, &before, MessageKind::SignAgain, None)
}

/// Makes an allocated enrollment active: its agreement is signed. The pupil owes from the day on which it was first.
///
/// # Errors
/// 412 when another request was faster.
pub fn activate(tx: &mut Tx<'_>, before: &Enrollment, agreement: Id, joins_on: Date) -> Result<Enrollment, Refusal> {
    let signed = Enrollment { agreement_id: Some(agreement), ..before.clone() };
    change(tx, "activated", &signed, |row| {
        row.state = EnrollmentState::Active;
        row.terms_changed_on = None;
        row.joins_on = Some(joins_on);
    })
}

/// What stands against signing for a pupil in a project, as a filing offers it.
#[must_use]
pub fn against_signing(tx: &Tx<'_>, student: &Student, filed: &Filed, offer: &PlanProject) -> Vec<Finding> {
    let mut findings = choice::fits(student, filed, offer, tx.today);
    findings.extend(choice::is_left(student, filed, offer, tx.today));
    findings
}

/// One enrollment that the caller sees, with the verbs that it may call.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, by: &By<ReadEnrollments>, id: Id) -> Result<Callable, Refusal> {
    let found = by.find(tx, id)?;
    callable(tx, by, found)
}

/// Enrollments that the caller sees, in the order in which they were made, with the verbs that it may call.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    by: &By<ReadEnrollments>,
    at: &Listing<EnrollmentFilter, Key>,
) -> Result<Vec<Callable>, Refusal> {
    let found = by.list(tx, at)?;
    all_callable(tx, by, found)
}

/// An enrollment with the verbs that `actor` may call now.
///
/// # Errors
/// When the database fails.
pub fn callable(tx: &mut Tx<'_>, actor: &Actor, enrollment: Enrollment) -> Result<Callable, Refusal> {
    let held = rights_over(tx, actor, std::slice::from_ref(&enrollment))?;
    Ok(With { with: enrollment.can(actor, &held), enrollment })
}

/// The same for many: their rights are asked for at once.
fn all_callable(tx: &mut Tx<'_>, actor: &Actor, found: Vec<Enrollment>) -> Result<Vec<Callable>, Refusal> {
    let held = rights_over(tx, actor, &found)?;
    Ok(found.into_iter().map(|enrollment| With { with: enrollment.can(actor, &held), enrollment }).collect())
}

/// The rights by which `actor` may call verbs on some enrollments.
fn rights_over(tx: &mut Tx<'_>, actor: &Actor, enrollments: &[Enrollment]) -> Result<Rights, Refusal> {
    let open = enrollments.iter().filter(|enrollment| enrollment.is_open_to(actor.role));
    let persons: Vec<Id> = open.map(|enrollment| enrollment.person_id).collect();
    if persons.is_empty() { Ok(Rights::new()) } else { guardianships::rights_of(tx, actor.user_id, &persons) }
}

/// What a person is charged for in a term: active or completed enrollments whose agreements are signed, ordered by id.
///
/// # Errors
/// When the database fails.
pub fn payable(tx: &mut Tx<'_>, person_id: Id, school_year: &str, season: Season) -> Result<Vec<Payable>, Refusal> {
    store::payable(tx, person_id, school_year, season)
}

/// All enrollments of a person, for rooms that show the caller its pupil, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn of_person(tx: &mut Tx<'_>, person_id: Id) -> Result<Vec<Enrollment>, Refusal> {
    store::of_person(tx, person_id)
}

/// Where persons have places in a term: person, project, and the filing by which they chose it.
///
/// # Errors
/// When the database fails.
pub fn places_of(
    tx: &mut Tx<'_>,
    persons: &[Id],
    school_year: &str,
    season: Season,
) -> Result<Vec<(Id, Id, Id)>, Refusal> {
    store::places_of(tx, persons, school_year, season)
}
