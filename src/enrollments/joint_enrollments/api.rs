//! `/students/{id}/agreement` and `/enrollments/batch`.

use actix_web::{get, post};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::JointQuery;
use super::{Chosen, EnrollmentBatchIn};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::{ApplyForProjects, SignAgreements};
use crate::auth::{Actor, By, Lookup, OfMany, Shown, Write};
use crate::db::{Asked, Id, NameOf, Names};
use crate::enrollments::agreements::Joint;
use crate::enrollments::enrollments::{Callable, EnrollmentOut};
use crate::enrollments::joint_enrollments;
use crate::enrollments::offers::OfStudent;
use crate::http::{Answered, FindingOut, PathId, ServiceConfig, Valid};
use crate::values::iso_date;

/// One agreement of several projects 课后服务协议, as it would be signed now.
#[derive(Debug, Serialize, ToSchema)]
pub struct JointAgreementOut {
    pub student_id: Id,
    pub student_name: String,
    /// In the order of the plan.
    pub project_ids: Vec<Id>,
    /// Plain text in Chinese. The pupil is named by its id alone.
    pub text: String,
    /// SHA-256 of the text in UTF-8; `POST /enrollments/batch` names it.
    pub sha256: String,
    /// The filing that the text is made from …
    pub filing_id: Id,
    /// … and the notice.
    pub notice_id: Id,
    /// From which day the pupil takes part and owes, if it is signed today.
    #[serde(with = "iso_date")]
    pub joins_on: Date,
    /// What the projects come to together for the rest of the term, within all limits and before any concession; null
    /// where what judged them was not kept.
    pub total_fen: Option<i64>,
}

impl Shown for OfStudent<Joint> {
    type Out = JointAgreementOut;
    const SHOWS_PUPILS: bool = true;

    fn shown_to(&self, _: &Actor, _: &Names) -> JointAgreementOut {
        let Joint { text, projects, joins_on, total_fen, .. } = self.with.clone();
        JointAgreementOut {
            student_id: self.student.row.id,
            student_name: self.student.row.name.clone(),
            project_ids: projects,
            text: text.text,
            sha256: text.sha256,
            filing_id: text.filing_id,
            notice_id: text.notice_id,
            joins_on,
            total_fen,
        }
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.student.seen_at()]
    }
}

/// What was chosen together.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrollmentBatchOut {
    /// The enrollments, in the order of their projects' ids.
    pub items: Vec<EnrollmentOut>,
    /// What the rules said about this write, where they said something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl Shown for Chosen {
    type Out = EnrollmentBatchOut;
    const SHOWS_PUPILS: bool = true;

    const NAMES: &'static [NameOf] = <Callable as Shown>::NAMES;

    fn shown_to(&self, by: &Actor, names: &Names) -> EnrollmentBatchOut {
        EnrollmentBatchOut { items: self.with.iter().map(|one| one.shown_to(by, names)).collect(), findings: None }
    }

    fn asks(&self, by: &Actor, asked: &mut Asked) {
        self.with.iter().for_each(|one| one.asks(by, asked));
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.student.seen_at()]
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_joint_agreement).service(create_enrollment_batch);
}

/// One agreement of several projects for one's child, as it would be signed now 多个项目的服务协议
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The pupil"), JointQuery),
    responses((status = 200, description = "The agreement", body = JointAgreementOut), SignAgreements))]
#[get("/students/{id}/agreement")]
async fn get_joint_agreement(by: By<SignAgreements>, id: PathId, lookup: Lookup<JointQuery>) -> Answered {
    lookup.shows_whole(by, move |tx, by, asked| joint_enrollments::agreement(tx, by, id.0, &asked.project_ids)).await
}

/// Applies for several projects for one's child, and signs for them, all or none; needs an `Idempotency-Key` 一次选报多个项目
#[utoipa::path(tag = "enrollments", params(OfMany), request_body = EnrollmentBatchIn,
    responses((status = 200, description = "The enrollments", body = EnrollmentBatchOut), ApplyForProjects))]
#[post("/enrollments/batch")]
async fn create_enrollment_batch(
    by: By<ApplyForProjects>,
    write: Write<OfMany>,
    Valid(body): Valid<EnrollmentBatchIn>,
) -> Answered {
    write.answers(by, move |tx, by| joint_enrollments::create(tx, by, &body)).await
}
