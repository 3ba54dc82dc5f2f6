//! Wishes 志愿 (三.1): what a guardian ranks for its child while a window is open. Each is an enrollment that has applied
//! and holds nothing until it is drawn. What is sent takes the place of what was wished before.

use super::model::{Enrollment, EnrollmentChoice, EnrollmentEnd, EnrollmentRow, EnrollmentState};
use super::{Callable, Chooser, callable, row_of, seats, store};
use crate::auth::By;
use crate::auth::permission::ApplyForProjects;
use crate::db::{Id, Stored, Tx};
use crate::journal::record;
use crate::notices::notices::Offered;
use crate::plans::projects::Place;
use crate::refusal::{Fault, FieldError, Refusal};
use crate::students::students::Student;

/// What is wished for whom.
pub struct Wanted<'a> {
    pub student: &'a Student,
    /// Whether the caller has the right to choose for it.
    pub may_choose: bool,
    pub offered: &'a Offered,
    /// The projects in their order, with the place of each.
    pub places: &'a [Place],
}

/// Wishes for these projects in this order, and for no other of their plan.
///
/// # Errors
/// 422 for a project whose seats are not drawn, and by the rules of enrolling; 409 where another enrollment stands.
pub fn wish(
    tx: &mut Tx<'_>,
    by: &By<ApplyForProjects>,
    plan: Id,
    wanted: &Wanted<'_>,
) -> Result<Vec<Callable>, Refusal> {
    against(tx, wanted)?;
    let of_person = store::of_person(tx, wanted.student.row.person_id)?;
    let standing: Vec<Enrollment> =
        of_person.into_iter().filter(|row| row.plan_id == plan && row.row.state.stands()).collect();
    let is_wish = |row: &&Enrollment| row.row.state == EnrollmentState::Applied;
    for dropped in standing.iter().filter(is_wish).filter(|row| !names(wanted, row.project_id)) {
        seats::withdraw_other(tx, dropped, EnrollmentEnd::Guardian)?;
    }
    let mut wishes = Vec::with_capacity(wanted.places.len());
    for (place, rank) in wanted.places.iter().zip(1..) {
        let wish = match standing.iter().find(|row| row.project_id == place.id) {
            None => enter(tx, wanted, place, rank)?,
            Some(known) if !is_wish(&known) => return Err(store::already_stands()),
            Some(known) if known.wish == Some(rank) => known.clone(),
            Some(known) => {
                seats::change_other(tx, "ranked", known, |row| row.wish = Some(rank))?;
                crate::auth::known(tx, known.id)?
            }
        };
        wishes.push(callable(tx, by, wish)?);
    }
    Ok(wishes)
}

fn names(wanted: &Wanted<'_>, project: Id) -> bool {
    wanted.places.iter().any(|place| place.id == project)
}

fn against(tx: &Tx<'_>, wanted: &Wanted<'_>) -> Result<(), Refusal> {
    let Wanted { student, may_choose, offered, places } = wanted;
    let chooser = Chooser { student, may_choose: *may_choose, today: tx.today, joins_on: tx.today };
    let (mut faults, mut findings) = (Vec::new(), Vec::new());
    for (index, place) in places.iter().enumerate() {
        let at = format!("/project_ids/{index}");
        let Some(offer) = offered.filed.offer(place.id) else {
            faults.push(FieldError::new(at, Fault::NotFound));
            continue;
        };
        if offer.seats_max.is_none() {
            faults.push(FieldError::new(at, Fault::NotForThis));
            continue;
        }
        for mut finding in chooser.against(&offered.filed, offer, EnrollmentChoice::Apply, &[]).findings {
            if finding.pointer == "/project_id" {
                finding.pointer.clone_from(&at);
            }
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    match (faults.is_empty(), findings.is_empty()) {
        (false, _) => Err(Refusal::invalid(faults)),
        (true, false) => Err(Refusal::by_rules(findings)),
        (true, true) => Ok(()),
    }
}

fn enter(tx: &mut Tx<'_>, wanted: &Wanted<'_>, place: &Place, rank: i32) -> Result<Enrollment, Refusal> {
    let row = EnrollmentRow { wish: Some(rank), ..row_of(tx, wanted.student, place, wanted.offered) };
    row.insert(tx)?;
    let made = Enrollment { row, agreement_id: None, path: place.path.clone() };
    record(tx, "applied", None, Some(&made))?;
    Ok(made)
}
