//! `/students/{id}/copy`.

use actix_web::get;
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::Parts;
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::CopyStudents;
use crate::auth::{Actor, By, Read, Shown};
use crate::db::{Asked, Id, NameOf, Names};
use crate::delivery::leave_requests::LeaveRequestOut;
use crate::delivery::pickup_persons::PickupPersonOut;
use crate::delivery::rosters::AttendedOut;
use crate::enrollments::agreements::AgreementOut;
use crate::enrollments::enrollments::EnrollmentOut;
use crate::enrollments::offers::OfStudent;
use crate::enrollments::paper_forms::PaperFormOut;
use crate::enrollments::suggestions::SuggestionOut;
use crate::fees::charges::ChargeOut;
use crate::http::{Answered, PathId, ServiceConfig};
use crate::student_status::copies;
use crate::students::consents::ConsentOut;
use crate::students::guardianships::GuardianshipOut;
use crate::students::students::StudentOut;
use crate::surveys::survey_answers::SurveyAnswerOut;
use crate::values::iso_date;

/// All that is known of one child 个人信息副本, as far as the caller may read it. Who has seen it is in its access log.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudentCopyOut {
    /// The day on which it was made.
    #[serde(with = "iso_date")]
    pub made_on: Date,
    /// The pupil's record.
    pub student: StudentOut,
    /// Its guardians; of a guardian its own guardianship alone.
    pub guardianships: Vec<GuardianshipOut>,
    /// What guardians have consented to.
    pub consents: Vec<ConsentOut>,
    /// What was chosen for it, in the order in which it was.
    pub enrollments: Vec<EnrollmentOut>,
    /// What was signed for it.
    pub agreements: Vec<AgreementOut>,
    /// What was charged for it.
    pub charges: Vec<ChargeOut>,
    /// What its guardians have answered to surveys; for them alone.
    pub survey_answers: Vec<SurveyAnswerOut>,
    /// What was signed for it on paper.
    pub paper_forms: Vec<PaperFormOut>,
    /// What was suggested to it alone.
    pub suggestions: Vec<SuggestionOut>,
    /// Who may fetch it, and who may not.
    pub pickup_persons: Vec<PickupPersonOut>,
    /// Leave that was asked for.
    pub leave_requests: Vec<LeaveRequestOut>,
    /// What is on record of it at sessions.
    pub attendances: Vec<AttendedOut>,
}

/// A copy with the day on which it is made.
#[derive(Debug, Clone)]
pub struct Copy {
    on: Date,
    parts: Parts,
}

impl Shown for OfStudent<Copy> {
    type Out = StudentCopyOut;
    const SHOWS_PUPILS: bool = true;
    const NAMES: &'static [NameOf] = &[
        NameOf::Organisation,
        NameOf::Student,
        NameOf::ClassOfStudent,
        NameOf::Person,
        NameOf::Class,
        NameOf::Project,
        NameOf::StaffMember,
        NameOf::Account,
    ];

    fn asks(&self, by: &Actor, asked: &mut Asked) {
        fn of_all<T: Shown>(parts: &[T], by: &Actor, asked: &mut Asked) {
            for part in parts {
                part.asks(by, asked);
            }
        }
        let parts = &self.with.parts;
        self.student.asks(by, asked);
        of_all(&parts.guardianships, by, asked);
        of_all(&parts.consents, by, asked);
        of_all(&parts.enrollments, by, asked);
        of_all(&parts.charges, by, asked);
        of_all(&parts.survey_answers, by, asked);
        of_all(&parts.paper_forms, by, asked);
        of_all(&parts.suggestions, by, asked);
        of_all(&parts.pickup_persons, by, asked);
        of_all(&parts.leave_requests, by, asked);
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.student.seen_at()]
    }

    fn shown_to(&self, by: &Actor, names: &Names) -> StudentCopyOut {
        fn all<T: Shown>(parts: &[T], by: &Actor, names: &Names) -> Vec<T::Out> {
            parts.iter().map(|part| part.shown_to(by, names)).collect()
        }
        let parts = &self.with.parts;
        StudentCopyOut {
            made_on: self.with.on,
            student: self.student.shown_to(by, names),
            guardianships: all(&parts.guardianships, by, names),
            consents: all(&parts.consents, by, names),
            enrollments: all(&parts.enrollments, by, names),
            agreements: parts.agreements.iter().cloned().map(AgreementOut::signed).collect(),
            charges: all(&parts.charges, by, names),
            survey_answers: all(&parts.survey_answers, by, names),
            paper_forms: all(&parts.paper_forms, by, names),
            suggestions: all(&parts.suggestions, by, names),
            pickup_persons: all(&parts.pickup_persons, by, names),
            leave_requests: all(&parts.leave_requests, by, names),
            attendances: parts.attendances.iter().map(AttendedOut::of).collect(),
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_student_copy);
}

/// All that is known of one child, to be kept or handed on 个人信息副本
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil")),
    responses((status = 200, description = "The copy", body = StudentCopyOut), CopyStudents))]
#[get("/students/{id}/copy")]
async fn get_student_copy(by: By<CopyStudents>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| {
        let (student, parts) = copies::of_student(tx, by, id.0)?;
        Ok(OfStudent { student, with: Copy { on: tx.today, parts } })
    })
    .await
}
