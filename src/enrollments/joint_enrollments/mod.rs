//! Several projects for one child 一次选报多个项目: one agreement, one signature, all or none. Each project goes through the
//! verb of the single application, in the order of their ids, so that two who want the same seats wait for each other
//! in one order.

mod api;
mod model;

pub use self::api::{EnrollmentBatchOut, routes};
pub use self::model::{EnrollmentBatchIn, ProjectIds};

use crate::auth::By;
use crate::auth::permission::{ApplyForProjects, SignAgreements};
use crate::db::{Id, Tx};
use crate::enrollments::agreements::{self, Joint};
use crate::enrollments::enrollments::{self, Callable, Enrollment, EnrollmentChoice, EnrollmentIn, EnrollmentState};
use crate::enrollments::offers::OfStudent;
use crate::refusal::{Code, Fault, FieldError, Refusal, Refused};
use crate::students::students::{self, Student};

/// The agreement of a child and some projects, as it would be signed now.
///
/// # Errors
/// 404, 400 for projects that are not offered together.
pub fn agreement(
    tx: &mut Tx<'_>,
    by: &By<SignAgreements>,
    student: Id,
    of: &ProjectIds,
) -> Result<OfStudent<Joint>, Refusal> {
    let student: Student = by.find(tx, student)?;
    let joint = agreements::joint(tx, &student, &of.0, "project_ids").map_err(|refusal| match refusal {
        Refusal::Refused(refused) if refused.code == Code::Invalid => {
            Refusal::listing(Code::ParameterInvalid, refused.errors.clone())
        }
        other => other,
    })?;
    Ok(OfStudent { student, with: joint })
}

/// What a guardian has chosen for its child.
pub type Chosen = OfStudent<Vec<Callable>>;

/// Applies for several projects for one's child, and signs for them where the agreement was read.
///
/// # Errors
/// 422 with all that the rules say of any of them, and for the hash of another text; 409 where one stands already, or
/// has no seat left to be signed for.
pub fn create(tx: &mut Tx<'_>, by: &By<ApplyForProjects>, new: &EnrollmentBatchIn) -> Result<Chosen, Refusal> {
    let student = students::claim(tx, &by.scope(), new.student_id);
    let student = student.map_err(|refusal| refusal.named_at("/student_id"))?;
    let joint = agreements::joint(tx, &student, &new.project_ids, "/project_ids")?;
    let made = apply_for_all(tx, by, new)?;
    let Some(sha256) = &new.agreement_sha256 else {
        return Ok(OfStudent { student, with: made });
    };
    let full = made.iter().filter(|made| made.enrollment.row.state != EnrollmentState::Allocated);
    let full: Vec<FieldError> = full.map(|made| at(new, made.project_id, Fault::NoSeat)).collect();
    if !full.is_empty() {
        return Err(Refusal::listing(Code::ProjectFull, full));
    }
    let made: Vec<Enrollment> = made.into_iter().map(|made| made.enrollment).collect();
    let signer = By::<SignAgreements>::of(by.actor.clone())?;
    let with = agreements::sign_all(tx, &signer, &joint, &made, sha256.as_str())?;
    Ok(OfStudent { student, with })
}

/// What is wrong with a project, at its place in the body.
fn at(new: &EnrollmentBatchIn, project: Id, fault: Fault) -> FieldError {
    let place = new.project_ids.iter().position(|id| *id == project).unwrap_or_default();
    FieldError::new(format!("/project_ids/{place}"), fault)
}

/// All enrollments, or everything that is said against any of them.
fn apply_for_all(
    tx: &mut Tx<'_>,
    by: &By<ApplyForProjects>,
    new: &EnrollmentBatchIn,
) -> Result<Vec<Callable>, Refusal> {
    let mut wanted: Vec<(Id, usize)> = new.project_ids.iter().copied().zip(0..).collect();
    wanted.sort_by_key(|(project, _)| *project);
    let (mut made, mut against) = (Vec::with_capacity(wanted.len()), Vec::new());
    for (project_id, place) in wanted {
        let one =
            EnrollmentIn { student_id: new.student_id, project_id, choice: EnrollmentChoice::Apply, joins_on: None };
        match tx.savepoint(|tx| enrollments::create(tx, by, &one)) {
            Ok(enrollment) => made.push(enrollment),
            Err(refusal) => against.push(moved(refusal.of_caller()?, place)),
        }
    }
    match all_of(against) {
        None => Ok(made),
        Some(refused) => Err(Refusal::Refused(Box::new(refused))),
    }
}

/// The refusal of one application, at the place of its project.
fn moved(mut refused: Refused, place: usize) -> Refused {
    let at = format!("/project_ids/{place}");
    let pointers = refused.errors.iter_mut().map(|error| &mut error.pointer);
    let pointers = pointers.chain(refused.findings.iter_mut().map(|finding| &mut finding.pointer));
    pointers.filter(|pointer| *pointer == "/project_id").for_each(|pointer| pointer.clone_from(&at));
    if refused.errors.is_empty() && refused.findings.is_empty() {
        let error = FieldError::new(at, Fault::Refused).with("problem", refused.code.slug());
        refused.errors.push(error);
    }
    refused
}

/// Several refusals as one: the rules' before others, each finding once.
fn all_of(against: Vec<Refused>) -> Option<Refused> {
    let (by_rules, others): (Vec<_>, Vec<_>) =
        against.into_iter().partition(|refused| refused.code == Code::RefusedByRules);
    let mut all = by_rules.into_iter().chain(others);
    let mut whole = all.next()?;
    for refused in all {
        whole.errors.extend(refused.errors);
        for finding in refused.findings {
            if !whole.findings.contains(&finding) {
                whole.findings.push(finding);
            }
        }
    }
    if whole.code == Code::RefusedByRules {
        whole.params.insert("errors", whole.findings.len().to_string());
    }
    Some(whole)
}
