//! What a guardian has signed on paper (二.2): staff record it, and until somebody else of the staff has checked the
//! scan it stands as applied and holds nothing.

use time::Date;

use super::model::{
    Enrollment, EnrollmentChoice, EnrollmentEnd, EnrollmentRow, EnrollmentSource, EnrollmentState, EnrollmentVerb,
};
use super::{Against, Chooser, offers_of, row_of, seats, store};
use crate::db::{Id, Stored, Tx};
use crate::enrollments::choice_windows;
use crate::journal::record;
use crate::notices::notices::Offered;
use crate::plans::projects::Place;
use crate::refusal::{Fault, FieldError, Refusal};
use crate::rules::document::PlanProject;
use crate::rules::{Finding, enrollment as rules};
use crate::students::students::Student;

/// What a paper says, and of whom.
pub struct OnPaper<'a> {
    pub form_id: Id,
    pub entered_by_id: Id,
    pub student: &'a Student,
    /// Whether its guardian has the right to choose.
    pub may_choose: bool,
    pub offered: &'a Offered,
    /// The projects in the order of the paper, all of one plan.
    pub places: &'a [Place],
}

impl OnPaper<'_> {
    fn row(&self, tx: &Tx<'_>, place: &Place) -> EnrollmentRow {
        EnrollmentRow {
            source: EnrollmentSource::Paper,
            entered_by_id: Some(self.entered_by_id),
            paper_form_id: Some(self.form_id),
            ..row_of(tx, self.student, place, self.offered)
        }
    }

    /// What stands against choosing these projects on a day; each finding and fault at its place in `project_ids`.
    fn against(&self, tx: &mut Tx<'_>, choice: EnrollmentChoice) -> Result<(), Refusal> {
        let today = tx.today;
        let chooser = Chooser { student: self.student, may_choose: self.may_choose, today, joins_on: today };
        let (mut faults, mut findings): (Vec<FieldError>, Vec<Finding>) = (Vec::new(), Vec::new());
        for (index, place) in self.places.iter().enumerate() {
            let at = format!("/project_ids/{index}");
            let Some(offer) = self.offered.filed.offer(place.id) else {
                faults.push(FieldError::new(at, Fault::NotFound));
                continue;
            };
            for mut finding in chooser.against(&self.offered.filed, offer, choice, &[]).findings {
                if finding.pointer == "/project_id" {
                    finding.pointer.clone_from(&at);
                }
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
        Refusal::unless_none(faults)?;
        if findings.is_empty() { Ok(()) } else { Err(Refusal::by_rules(findings)) }
    }
}

/// Enters the projects for which a guardian has applied on paper; they hold nothing until the paper is checked.
///
/// # Errors
/// 422 by the rules of enrolling, or for more wishes than the window of the plan takes; 409 where one stands.
pub fn apply_on_paper(tx: &mut Tx<'_>, paper: &OnPaper<'_>) -> Result<(), Refusal> {
    paper.against(tx, EnrollmentChoice::Apply)?;
    let mut wishes = 0_i32;
    for (index, place) in paper.places.iter().enumerate() {
        let seen = seats::look(tx, place.id)?;
        wishes += i32::from(seen.held_for_draw);
        if let Some((offer, closed_on)) = paper.offered.filed.offer(place.id).zip(seen.closed_on) {
            let finding = rules::is_closed(offer, closed_on, &paper.offered.filed.profile_document);
            return Err(Refusal::by_rules(vec![finding]).findings_at(&format!("/project_ids/{index}")));
        }
    }
    if let Some(window) = choice_windows::of_plan(tx, plan_of(paper))?
        && wishes > window.wishes_max
    {
        let fault = FieldError::new("/project_ids", Fault::TooMany).with("max", window.wishes_max);
        return Err(Refusal::invalid(vec![fault]));
    }
    for place in paper.places {
        enter(tx, paper, place, EnrollmentState::Applied)?;
    }
    Ok(())
}

fn plan_of(paper: &OnPaper<'_>) -> Id {
    paper.places.first().map_or(Id::NIL, |place| place.plan_id)
}

/// Keeps the "no" that a guardian has said on paper.
///
/// # Errors
/// 422 by the rules of enrolling; 409 where an enrollment stands.
pub fn decline_on_paper(tx: &mut Tx<'_>, paper: &OnPaper<'_>) -> Result<(), Refusal> {
    paper.against(tx, EnrollmentChoice::Declined)?;
    for place in paper.places {
        let standing = standing_in(tx, paper.student.row.person_id, place.id)?;
        if standing.is_some() {
            return Err(store::already_stands());
        }
        enter(tx, paper, place, EnrollmentState::Declined)?;
    }
    Ok(())
}

fn enter(tx: &mut Tx<'_>, paper: &OnPaper<'_>, place: &Place, state: EnrollmentState) -> Result<(), Refusal> {
    let row = EnrollmentRow { state, ..paper.row(tx, place) };
    row.insert(tx)?;
    let made = Enrollment { row, agreement_id: None, path: place.path.clone() };
    record(tx, state.as_str(), None, Some(&made))
}

/// The enrollment of a person in a project that stands.
fn standing_in(tx: &mut Tx<'_>, person: Id, project: Id) -> Result<Option<Enrollment>, Refusal> {
    let mut all = store::of_person(tx, person)?;
    all.retain(|row| row.project_id == project && row.row.state.stands());
    Ok(all.pop())
}

/// Does what the applications of a paper ask for that is checked now: each takes a seat or a place on the waitlist, or
/// is a wish where the seats are to be drawn. What the guardian has done itself meanwhile stays.
///
/// # Errors
/// 422 by the rules of enrolling, which are asked again, but for the last day to apply: it was entered in time.
pub fn settle_paper(tx: &mut Tx<'_>, student: &Student, form: Id, offered: &Offered) -> Result<(), Refusal> {
    let entered_on = |row: &Enrollment| crate::db::local_date(row.row.created_at);
    let mut rank = 0;
    for before in store::of_paper(tx, form)? {
        if before.row.state != EnrollmentState::Applied || before.row.wish.is_some() {
            continue;
        }
        let Some(offer) = offered.filed.offer(before.row.project_id) else {
            seats::withdraw_other(tx, &before, EnrollmentEnd::NotOffered)?;
            continue;
        };
        let seen = seats::look(tx, before.row.project_id)?;
        let on = entered_on(&before);
        if seen.held_for_draw {
            let window = choice_windows::of_plan(tx, before.row.plan_id)?;
            if let Some(window) = window {
                choice_windows::hold_announced(tx, window.id)?;
            }
            if rank == 0 {
                drop_other_wishes(tx, &before)?;
            }
            rank += 1;
            seats::change_other(tx, "ranked", &before, |row| row.row.wish = Some(rank))?;
            continue;
        }
        let against = against_settling(tx, student, offered, offer, (&before, on))?;
        let clashes = seen.has_free() && !against.clashes.is_empty();
        if clashes || !against.findings.is_empty() {
            let findings = if clashes { [against.findings, against.clashes].concat() } else { against.findings };
            return Err(Refusal::by_rules(findings).without_places());
        }
        let state = seats::take_or_wait(tx, before.row.project_id, offered.notice_id)?;
        if state == EnrollmentState::Allocated && !against.clashes.is_empty() {
            return Err(Refusal::by_rules(against.clashes).without_places()); // a seat has come free since
        }
        seats::change_other(tx, state.as_str(), &before, |row| row.row.state = state)?;
    }
    Ok(())
}

/// What was wished for in the plan before the paper came: the latest act counts, and whoever ranked later has taken the
/// place of what the paper says.
fn drop_other_wishes(tx: &mut Tx<'_>, of: &Enrollment) -> Result<(), Refusal> {
    for other in store::of_person(tx, of.row.person_id)? {
        let is_wish = other.row.state == EnrollmentState::Applied && other.row.wish.is_some();
        if is_wish && other.row.plan_id == of.row.plan_id && other.row.paper_form_id != of.row.paper_form_id {
            seats::withdraw_other(tx, &other, EnrollmentEnd::Guardian)?;
        }
    }
    Ok(())
}

/// What stands against an application of a paper, beside what the pupil has in the term already.
fn against_settling(
    tx: &mut Tx<'_>,
    student: &Student,
    offered: &Offered,
    offer: &PlanProject,
    (before, entered_on): (&Enrollment, Date),
) -> Result<Against, Refusal> {
    let row = &before.row;
    let mut standing = store::standing(tx, row.person_id, &row.school_year, row.season)?;
    standing.retain(|(project, _, state)| *project != row.project_id && *state != EnrollmentState::Applied);
    let taken = offers_of(tx, &standing, offered)?;
    let chooser = Chooser { student, may_choose: true, today: entered_on, joins_on: tx.today };
    let taken: Vec<&PlanProject> = taken.iter().collect();
    Ok(chooser.against(&offered.filed, offer, EnrollmentChoice::Apply, &taken))
}

/// Withdraws a pupil from projects, as its guardian has said on paper.
///
/// # Errors
/// 422 where none stands in one of them.
pub fn withdraw_on_paper(tx: &mut Tx<'_>, student: &Student, projects: &[Id]) -> Result<(), Refusal> {
    for (index, project) in projects.iter().enumerate() {
        let standing = standing_in(tx, student.row.person_id, *project)?.filter(|row| row.row.state.is_open());
        let standing = standing.ok_or_else(|| Refusal::field(&format!("/project_ids/{index}"), Fault::NotFound))?;
        seats::withdraw_other(tx, &standing, EnrollmentEnd::Guardian)?;
    }
    Ok(())
}

/// The enrollment of a person that stands in a project, if its state allows a signature now.
///
/// # Errors
/// 422 where none stands, 409 where it is not to be signed.
pub fn to_sign_on_paper(tx: &mut Tx<'_>, person: Id, project: Id) -> Result<Enrollment, Refusal> {
    let standing = standing_in(tx, person, project)?;
    let standing = standing.ok_or_else(|| Refusal::field("/project_ids/0", Fault::NotFound))?;
    EnrollmentVerb::Sign.from(standing.row.state)?;
    Ok(standing)
}

/// Ends what a paper has entered that was refused.
///
/// # Errors
/// When somebody else changes it too, all is run again.
pub fn drop_paper(tx: &mut Tx<'_>, form: Id) -> Result<(), Refusal> {
    for before in store::of_paper(tx, form)? {
        if before.row.state == EnrollmentState::Applied && before.row.wish.is_none() {
            seats::withdraw_other(tx, &before, EnrollmentEnd::PaperRefused)?;
        }
    }
    Ok(())
}
