//! Agreements as pages 服务协议页面: what a guardian reads before it signs, and what it prints afterwards. The text that is
//! signed stands whole on the page; around it, in the reader's language, what it comes to, and what is so today.

mod api;
mod model;
mod page;

pub use self::api::routes;

use std::sync::Arc;

use time::Date;

use super::agreements::{self, AgreementText, Signer};
use super::enrollments::{Enrollment, EnrollmentState};
use super::joint_enrollments::{self, ProjectIds};
use super::paper_forms;
use crate::auth::permission::{ReadEnrollments, SignAgreements};
use crate::auth::users::User;
use crate::auth::{By, known, organisations};
use crate::db::{Id, Instant, Tx};
use crate::filings::filings::{self, Filed};
use crate::notices::notices::{self, Published};
use crate::refusal::{Code, Refusal};
use crate::regulation::authorities::{self, Authority};
use crate::rules::bill::Joined;
use crate::rules::document::PlanProject;
use crate::rules::schedule::ProjectFee;
use crate::schools::classes::Class;
use crate::students::students::Student;

/// What has become of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can be signed.
    Unsigned,
    /// The pupil waits for a seat first.
    Waiting,
    /// A seat is offered, and is to be accepted first.
    Offered,
    /// What was signed before is not what is offered any more.
    Again,
    Signed,
    /// Other terms have taken its place since.
    Superseded(Instant),
    /// The pupil does not take part any more.
    Ended,
}

/// A project that is agreed on.
pub struct Part {
    pub project: PlanProject,
    pub joins_on: Date,
    pub fee: Option<ProjectFee>,
}

/// An agreement with all that its page says.
pub struct Sheet {
    pub student: Student,
    pub class_name: Option<String>,
    pub published: Published,
    pub parts: Vec<Part>,
    /// What several projects come to together.
    pub total_fen: Option<i64>,
    pub text: AgreementText,
    pub standing: Standing,
    pub signed_by: Option<String>,
    /// Name of the authority where the plan was filed.
    pub authority: String,
    /// Who takes complaints now.
    pub complaints: Option<Authority>,
    /// Counts changes of what it is an agreement of.
    pub version: i64,
}

/// The page of an enrollment that the caller sees: of an agreement that was signed, else as it would be signed now.
///
/// # Errors
/// 404, also when nothing is signed and nothing is published any more, or it has no such agreement.
pub fn of_enrollment(
    tx: &mut Tx<'_>,
    by: &By<ReadEnrollments>,
    id: Id,
    agreement: Option<Id>,
) -> Result<Sheet, Refusal> {
    let (enrollment, text, superseded_at) = match agreement {
        None => {
            let found = agreements::find(tx, by, id)?;
            (found.enrollment, found.with, None)
        }
        Some(agreement) => {
            let signed = agreements::signed(tx, by, id)?;
            let row = signed.with.into_iter().find(|row| row.id == agreement);
            let row = row.ok_or_else(|| Refusal::of(Code::NotFound))?;
            let superseded_at = row.superseded_at;
            (signed.enrollment, AgreementText::signed(row), superseded_at)
        }
    };
    let student = known::<Student>(tx, enrollment.student_id)?;
    let joined = match text.signed {
        Some(_) => agreements::signed_together(tx, student.row.id, &text.sha256)?,
        None => vec![(enrollment.project_id, enrollment.joins_on)],
    };
    let standing = standing(&enrollment, &text, superseded_at);
    sheet(tx, Read { student, text, joined, standing, version: enrollment.version })
}

fn standing(enrollment: &Enrollment, text: &AgreementText, superseded_at: Option<Instant>) -> Standing {
    match (superseded_at, enrollment.row.state) {
        (Some(at), _) => Standing::Superseded(at),
        (None, EnrollmentState::Completed | EnrollmentState::Withdrawn | EnrollmentState::Declined) => Standing::Ended,
        (None, _) if text.signed.is_some() => Standing::Signed,
        (None, EnrollmentState::Waitlisted) => Standing::Waiting,
        (None, EnrollmentState::Offered) => Standing::Offered,
        (None, _) if enrollment.terms_changed_on.is_some() => Standing::Again,
        (None, _) => Standing::Unsigned,
    }
}

/// The page of several projects of one plan for a child, as it would be signed now.
///
/// # Errors
/// 404, 422 for a project that is not offered, is named twice, or is of another plan than the first.
pub fn of_projects(tx: &mut Tx<'_>, by: &By<SignAgreements>, id: Id, of: &ProjectIds) -> Result<Sheet, Refusal> {
    let found = joint_enrollments::agreement(tx, by, id, of)?;
    let (student, joint) = (found.student, found.with);
    let joined = joint.projects.iter().map(|project| (*project, Some(joint.joins_on))).collect();
    let version = student.row.version;
    sheet(tx, Read { student, text: joint.text, joined, standing: Standing::Unsigned, version })
}

/// What was read of an agreement, before what its page says around it.
struct Read {
    student: Student,
    text: AgreementText,
    joined: Vec<(Id, Option<Date>)>,
    standing: Standing,
    version: i64,
}

fn sheet(tx: &mut Tx<'_>, read: Read) -> Result<Sheet, Refusal> {
    let Read { student, text, joined, standing, version } = read;
    let published = notices::told(tx, text.notice_id)?;
    let filed = filings::filed(tx, text.filing_id)?;
    let from_now = tx.today.max(student.entered_on);
    let parts: Vec<Part> = parts(&filed, &joined, from_now);
    let total_fen = if parts.len() > 1 { total_of(&filed, &student, &parts) } else { None };
    let class_name = student.class_id.map(|id| known::<Class>(tx, id)).transpose()?.map(|class| class.row.name);
    let signed_by = match text.signed.and_then(|signed| signed.by) {
        Some(Signer::Account(account)) => Some(known::<User>(tx, account)?.row.display_name),
        Some(Signer::Paper(form)) => Some(paper_forms::guardian_of(tx, form)?),
        None => None,
    };
    let authority = organisations::find(tx, published.filing.authority_id)?;
    let complaints = authorities::takes_complaints_of(tx, &published.notice.path)?;
    Ok(Sheet {
        class_name,
        parts,
        total_fen,
        standing,
        signed_by,
        authority: authority.map(|node| node.name).unwrap_or_default(),
        complaints,
        version,
        student,
        published,
        text,
    })
}

/// The projects in the order of the plan.
fn parts(filed: &Arc<Filed>, joined: &[(Id, Option<Date>)], from_now: Date) -> Vec<Part> {
    let part = |(id, project): (&Id, &PlanProject)| {
        let (_, joins_on) = joined.iter().find(|(joined, _)| joined == id)?;
        let joins_on = joins_on.unwrap_or(from_now);
        let fee = filed.days().and_then(|days| days.since(joins_on).fee_of(project));
        Some(Part { project: project.clone(), joins_on, fee })
    };
    filed.projects.iter().zip(&filed.document.projects).filter_map(part).collect()
}

fn total_of(filed: &Filed, student: &Student, parts: &[Part]) -> Option<i64> {
    let joined: Vec<Joined<'_>> =
        parts.iter().map(|part| Joined { project: &part.project, joins_on: part.joins_on }).collect();
    agreements::total_of(filed, student, &joined).filter(|total| *total > 0)
}
