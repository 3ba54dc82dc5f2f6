//! Offers 可选项目: what a pupil may choose from today, what is left of it, and what stands against it. It says `apply`
//! of exactly those projects for which an application is taken, because the same rules are asked.

mod api;
mod model;

pub use self::api::routes;
pub use self::model::{NothingOffered, OfStudent, Offers};

use std::collections::HashMap;
use std::sync::Arc;

use time::Date;

use self::model::{Clashing, Offer, Own};
use super::choice_windows;
use super::enrollments::{self, Chooser, Enrollment, EnrollmentChoice, Seats};
use super::suggestions::{self, Suggested};
use crate::auth::By;
use crate::auth::permission::{ApplyForProjects, Permission, ReadEnrollments};
use crate::db::{Id, Tx};
use crate::filings::filings::{self, Filed};
use crate::notices::notices::{self, Offered};
use crate::refusal::Refusal;
use crate::rules::bill::Payer;
use crate::rules::document::PlanProject;
use crate::rules::enrollment::meet_at_one_time;
use crate::students::guardianships::{self, Right, Rights};
use crate::students::students::{Student, StudentState};

/// What a pupil that the caller sees is offered.
///
/// # Errors
/// 404.
pub fn of_student(tx: &mut Tx<'_>, by: &By<ReadEnrollments>, id: Id) -> Result<OfStudent<Offers>, Refusal> {
    let student: Student = by.find(tx, id)?;
    let on = tx.today;
    let nothing = |nothing| Offers { on, nothing: Some(nothing), offers: Vec::new() };
    if student.row.state != StudentState::Attending {
        return Ok(OfStudent { with: nothing(NothingOffered::NotAttending), student });
    }
    let offered = notices::offered_at(tx, student.row.school_id)?;
    if offered.is_empty() {
        return Ok(OfStudent { with: nothing(NothingOffered::NoNotice), student });
    }
    let known = known_of(tx, by, &student, &offered)?;
    let mut offers = Vec::new();
    for (plan, told) in &offered {
        let taken = known.taken_beside(tx, told)?;
        offers.extend(known.offers_of(by, &student, *plan, told, &taken, tx));
    }
    let nothing = offers.is_empty().then_some(NothingOffered::NoneForGrade);
    Ok(OfStudent { with: Offers { on, nothing, offers }, student })
}

/// Everything that is asked of the database, in as many statements for one project as for many.
struct Known {
    enrollments: Vec<Enrollment>,
    rights: Rights,
    seats: HashMap<Id, Seats>,
    /// Of plans whose seats are to be drawn, where to wish.
    windows: HashMap<Id, Id>,
    suggested: Vec<Suggested>,
}

/// Where the pupil has a place, with the filing that told of it.
type Taken = Vec<(Id, Arc<Filed>)>;

fn known_of(
    tx: &mut Tx<'_>,
    by: &By<ReadEnrollments>,
    student: &Student,
    offered: &[(Id, Offered)],
) -> Result<Known, Refusal> {
    let projects: Vec<Id> = offered.iter().flat_map(|(_, told)| told.filed.projects.iter().copied()).collect();
    let rights = match ApplyForProjects::reach(by.role) {
        Some(_) => guardianships::rights_of(tx, by.user_id, &[student.row.person_id])?,
        None => Rights::new(),
    };
    let seats = enrollments::seats_of(tx, &projects)?;
    let plans: Vec<Id> = offered.iter().map(|(plan, _)| *plan).collect();
    let windows = if seats.values().any(|seats| seats.held_for_draw) {
        choice_windows::announced_of(tx, &plans)?.into_iter().collect()
    } else {
        HashMap::new()
    };
    let suggested = suggestions::standing_for(tx, student)?;
    Ok(Known { enrollments: enrollments::of_person(tx, student.row.person_id)?, rights, seats, windows, suggested })
}

impl Known {
    /// Where the pupil has a place in the term of a notice: as that tells it, else as it was told when it was chosen.
    fn taken_beside(&self, tx: &mut Tx<'_>, told: &Offered) -> Result<Taken, Refusal> {
        let term = &told.filed.document.term;
        let of_term = |row: &&Enrollment| row.season == term.season && row.school_year == term.school_year.as_str();
        let mut taken = Taken::new();
        for row in self.enrollments.iter().filter(of_term).filter(|row| row.row.state.takes_time()) {
            taken.push((row.project_id, filings::telling_of(tx, &told.filed, row.project_id, row.filing_id)?));
        }
        Ok(taken)
    }

    fn offers_of(
        &self,
        by: &By<ReadEnrollments>,
        student: &Student,
        plan_id: Id,
        told: &Offered,
        taken: &Taken,
        tx: &Tx<'_>,
    ) -> Vec<Offer> {
        let (filed, grade) = (&told.filed, i64::from(student.row.grade));
        let all = filed.projects.iter().copied().zip(&filed.document.projects).enumerate();
        let served = all.filter(|(_, (_, project))| project.serves(grade));
        let (at, served): (Vec<usize>, Vec<(Id, &PlanProject)>) = served.unzip();
        let payer = payer_of(by, student, filed, tx.today);
        let person = student.row.person_id;
        let may_choose = self.rights.contains(&(person, Right::Choose));
        let chooser = Chooser { student, may_choose, today: tx.today, joins_on: tx.today };
        let places: Vec<(Id, &PlanProject)> =
            taken.iter().filter_map(|(id, told)| Some((*id, told.offer(*id)?))).collect();
        let taken: Vec<&PlanProject> = places.iter().map(|(_, project)| *project).collect();
        let offer = |(place, (project_id, project)): (&usize, &(Id, &PlanProject))| {
            let seats = self.seats.get(project_id).copied().unwrap_or_else(|| Seats::untold(project));
            let own = self.own(*project_id);
            let stands = own.is_some_and(|own| own.row.state.stands());
            let may = |choice, is_free| {
                let role_may = ApplyForProjects::reach(by.role).is_some();
                let is_taken =
                    choice == EnrollmentChoice::Declined || (!seats.held_for_draw && seats.closed_on.is_none());
                role_may && !stands && is_taken && !chooser.against(filed, project, choice, &taken).stops(is_free)
            };
            let verbs = [
                ("apply", may(EnrollmentChoice::Apply, seats.has_free())),
                ("decline", may(EnrollmentChoice::Declined, true)),
            ];
            let joins_on = own.filter(|_| stands).and_then(|own| own.joins_on);
            Offer {
                project_id: *project_id,
                plan_id,
                notice_id: told.notice_id,
                filed: Arc::clone(filed),
                place: *place,
                fee_left: payer.and_then(|payer| {
                    filed.fee_left(*place, joins_on.unwrap_or(tx.today.max(student.entered_on)), payer)
                }),
                choice_window_id: self.windows.get(&plan_id).copied().filter(|_| seats.held_for_draw),
                seats,
                clashes_with: clashes_of(*project_id, project, &places, &served),
                own: own.map(|own| Own {
                    id: own.row.id,
                    state: own.row.state,
                    version: own.row.version,
                    can: own.can(by, &self.rights),
                }),
                suggested: self.suggested.iter().filter(|one| one.project_id == *project_id).cloned().collect(),
                can: verbs.into_iter().filter(|(_, may)| *may).map(|(verb, _)| verb).collect(),
            }
        };
        at.iter().zip(&served).map(offer).collect()
    }

    /// The enrollment in a project that stands, else the last one.
    fn own(&self, project: Id) -> Option<&Enrollment> {
        let mut own = self.enrollments.iter().filter(|row| row.project_id == project);
        let stands = own.clone().find(|row| row.row.state.stands());
        stands.or_else(|| own.next_back())
    }
}

/// As whom a pupil pays, by the profile that judged a filing. Whoever may not know why a pupil pays less sees what
/// others pay.
fn payer_of(by: &By<ReadEnrollments>, student: &Student, filed: &Filed, today: Date) -> Option<Payer> {
    let profile = &filed.judged_by.as_ref()?.profile;
    let groups = if Student::shows_reasons_to(by) { student.concession_groups(today) } else { Vec::new() };
    Some(Payer::of(profile, i64::from(student.row.grade), &groups))
}

/// What meets at the same time as a project: where the pupil has a place, and what else it is offered.
fn clashes_of(
    own: Id,
    project: &PlanProject,
    places: &[(Id, &PlanProject)],
    offered: &[(Id, &PlanProject)],
) -> Vec<Clashing> {
    let is_taken = |id: &Id| places.iter().any(|(place, _)| place == id);
    let taken = places.iter().map(|(id, other)| (*id, *other, true));
    let others = offered.iter().filter(|(id, _)| !is_taken(id)).map(|(id, other)| (*id, *other, false));
    let clashes = taken.chain(others).filter(|(id, other, _)| *id != own && meet_at_one_time(project, other));
    let said = |(project_id, other, is_taken): (Id, &PlanProject, bool)| Clashing {
        project_id,
        name: other.name.as_str().to_owned(),
        is_taken,
    };
    clashes.map(said).collect()
}
