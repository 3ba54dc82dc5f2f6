//! `/erasures` and `/retention-runs`.

use actix_web::{get, post};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::ErasureFilter;
use super::{Erasure, ErasureCause, ErasureIn, RetentionRun, RetentionRunIn};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::EraseStudents;
use crate::auth::{Actor, By, Keyed, List, OfMany, Read, Shown, Write};
use crate::db::{Id, Names};
use crate::http::{Answered, FindingOut, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::student_status::erasures;
use crate::values::iso_date;

out! {
    /// That a person was erased 个人信息删除记录.
    pub struct ErasureOut of (erasure, by): Erasure {
        /// Of whom nothing is known any more.
        person_id: Id,
        /// The school that the person attended last.
        school_id: Id,
        /// Why it was done.
        cause: ErasureCause,
        document: String,
        /// The day on which it was done.
        #[serde(with = "iso_date")]
        erased_on: Date,
        /// Who did it.
        erased_by_id: Id,
        /// Memberships of schools whose names went.
        memberships: i64 = erasure.row.counts.0.memberships,
        /// Guardianships whose contacts and accounts went.
        guardianships: i64 = erasure.row.counts.0.guardianships,
        /// Consents that were deleted.
        consents: i64 = erasure.row.counts.0.consents,
        /// Answers to surveys whose words went.
        survey_answers: i64 = erasure.row.counts.0.survey_answers,
        /// Papers whose scans were deleted.
        paper_forms: i64 = erasure.row.counts.0.paper_forms,
        /// Messages that were deleted.
        messages: i64 = erasure.row.counts.0.messages,
        /// Suggestions that were made to the person alone.
        suggestions: i64 = erasure.row.counts.0.suggestions,
        /// Who might fetch the person, without names from then on.
        pickup_persons: i64 = erasure.row.counts.0.pickup_persons,
        /// Leave that was asked for, without reasons from then on.
        leave_requests: i64 = erasure.row.counts.0.leave_requests,
        /// Attendance that stays, without a name.
        attendances_kept: i64 = erasure.row.counts.0.attendances_kept,
        /// Enrollments that stay, without a name.
        enrollments_kept: i64 = erasure.row.counts.0.enrollments_kept,
        /// Agreements that stay, without a name.
        agreements_kept: i64 = erasure.row.counts.0.agreements_kept,
        /// Charges that stay, without a name.
        charges_kept: i64 = erasure.row.counts.0.charges_kept,
        /// Lines of the access log that stay as evidence.
        access_log_lines_kept: i64 = erasure.row.counts.0.access_log_lines_kept,
    }
    named {
        school_name: String = Organisation(erasure.row.school_id),
        /// Who did it.
        erased_by_name: String = Account(erasure.row.erased_by_id),
    }
    shows [erasure.seen_at()]
}

/// What a run has erased 到期删除结果.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionRunOut {
    pub school_id: Id,
    pub school_name: String,
    /// Who has left all schools before this day was due.
    #[serde(with = "iso_date")]
    pub left_before: Date,
    /// How many persons were erased.
    pub erased: i64,
    /// How many are due and still needed: a charge is open, or another authority's school has known them.
    pub held: i64,
    /// Whether there may be more: a run erases a hundred at most.
    pub more: bool,
    /// Papers whose scans were deleted.
    pub paper_forms: i64,
    /// Charges that stay, without a name.
    pub charges_kept: i64,
    /// Enrollments that stay, without a name.
    pub enrollments_kept: i64,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl Shown for RetentionRun {
    type Out = RetentionRunOut;
    const SHOWS_PUPILS: bool = true;

    fn persons(&self) -> Vec<SeenPerson> {
        self.erasures.iter().map(Erasure::seen_at).collect()
    }

    fn shown_to(&self, _: &Actor, _: &Names) -> RetentionRunOut {
        RetentionRunOut {
            school_id: self.school_id,
            school_name: self.school.name.clone(),
            left_before: self.before,
            erased: i64::try_from(self.erasures.len()).unwrap_or(i64::MAX),
            held: self.held,
            more: self.more,
            paper_forms: self.counts.paper_forms,
            charges_kept: self.counts.charges_kept,
            enrollments_kept: self.counts.enrollments_kept,
            findings: None,
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_erasures).service(create_erasure).service(get_erasure).service(run_retention);
}

/// Erasures in the caller's scope, in the order in which they were made 删除记录列表
#[utoipa::path(tag = "students", params(List<ErasureFilter>),
    responses((status = 200, description = "A page of erasures", body = Page<ErasureOut>), EraseStudents))]
#[get("/erasures")]
async fn list_erasures(by: By<EraseStudents>, list: List<ErasureFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Erasure>(tx, at)).await
}

/// Erases a person whom no school has any more; `validate_only` counts what would go 删除个人信息
#[utoipa::path(tag = "students", params(Keyed), request_body = ErasureIn,
    responses((status = 201, description = "What went and what stays", body = ErasureOut), EraseStudents))]
#[post("/erasures")]
async fn create_erasure(by: By<EraseStudents>, write: Write<Keyed>, Valid(body): Valid<ErasureIn>) -> Answered {
    write.creates(by, move |tx, by| erasures::erase(tx, by, &body)).await
}

/// One erasure 删除记录
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The erasure")),
    responses((status = 200, description = "The erasure", body = ErasureOut), EraseStudents))]
#[get("/erasures/{id}")]
async fn get_erasure(by: By<EraseStudents>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Erasure>(tx, id.0)).await
}

/// Erases a school's former pupils whose years of keeping are over; `validate_only` counts them 到期删除
#[utoipa::path(tag = "students", params(OfMany), request_body = RetentionRunIn,
    responses((status = 200, description = "What was erased", body = RetentionRunOut), EraseStudents))]
#[post("/retention-runs")]
async fn run_retention(by: By<EraseStudents>, write: Write<OfMany>, Valid(body): Valid<RetentionRunIn>) -> Answered {
    write.answers(by, move |tx, by| erasures::run(tx, by, &body)).await
}
