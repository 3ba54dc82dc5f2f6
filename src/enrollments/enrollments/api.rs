//! `/enrollments`.

use actix_web::{get, post};
use time::Date;

use super::{
    Callable, DrawOutcome, DrawTier, EnrollmentEnd, EnrollmentFilter, EnrollmentIn, EnrollmentSource, EnrollmentState,
};
use crate::auth::permission::{ApplyForProjects, Permission, ReadEnrollments, ReadReasons};
use crate::auth::{By, Keyed, List, Read, Write};
use crate::db::Id;
use crate::enrollments::enrollments;
use crate::http::{Answered, Key, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::rules::document::Season;
use crate::values::iso_date;

out! {
    /// An enrollment 报名.
    pub struct EnrollmentOut of (enrollment, by): Callable {
        student_id: Id,
        person_id: Id,
        school_id: Id,
        plan_id: Id,
        project_id: Id,
        school_year: String,
        season: Season,
        state: EnrollmentState,
        source: EnrollmentSource,
        /// Who entered it from paper, or closed the project before it; null for what a guardian chose itself.
        entered_by_id: Option<Id>,
        /// The paper that it was entered from; null for what a guardian chose itself.
        paper_form_id: Option<Id>,
        /// The notice that the guardian had been told by when it chose.
        notice_id: Id,
        /// The filing that this notice tells of.
        filing_id: Id,
        /// The signed agreement; null until it is signed.
        agreement_id: Option<Id>,
        /// Since when it waits to be signed again, because what was signed is not what is offered any more; else null.
        #[serde(with = "iso_date::option")]
        terms_changed_on: Option<Date>,
        /// From which day the pupil takes part and owes: the stated one, that of the first signature, or its first at
        /// the school, whichever is the last; until it is signed, the stated one, else null.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        joins_on: Option<Date>,
        /// Since when the pupil's grade is none that the project is for, so that it is to be settled; else null.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        unfit_on: Option<Date>,
        /// The last day on which the seat that is offered can be accepted; else null.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        offer_ends_on: Option<Date>,
        /// The rank of a wish whose seats are drawn, the first being 1; null for what no draw gives.
        wish: Option<i32>,
        /// Its number among the wishes for the project; null until it is drawn.
        draw_number: Option<i32>,
        /// What was drawn; it stays, whatever becomes of the enrollment.
        draw_outcome: Option<DrawOutcome>,
        /// Before whom it came in the draw (三.1); null until it is drawn, and for whoever may not know why.
        draw_tier: Option<DrawTier> = enrollment.draw_tier.filter(|_| ReadReasons::reach(by.role).is_some()),
        /// Why it ended; null while it stands.
        ended_because: Option<EnrollmentEnd>,
    }
    named {
        student_name: String = Student(enrollment.student_id),
        /// Of the class that the pupil is in now; null where it is in none.
        class_name: Option<String> = ClassOfStudent(enrollment.student_id),
        project_name: String = Project(enrollment.project_id),
        school_name: String = Organisation(enrollment.school_id),
        entered_by_name: Option<String> = Account(enrollment.entered_by_id),
    }
    shows [enrollment.seen_at()]
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_enrollments).service(create_enrollment).service(get_enrollment);
    config.service(accept_enrollment).service(withdraw_enrollment);
}

/// Enrollments in the caller's scope, in the order in which they were made 报名列表
#[utoipa::path(tag = "enrollments", params(List<EnrollmentFilter, Key>),
    responses((status = 200, description = "A page of enrollments", body = Page<EnrollmentOut>), ReadEnrollments))]
#[get("/enrollments")]
async fn list_enrollments(by: By<ReadEnrollments>, list: List<EnrollmentFilter, Key>) -> Answered {
    list.shows_whole(by, enrollments::list).await
}

/// Applies for a project for one's child, or says no to it; `Idempotency-Key` is required 报名
#[utoipa::path(tag = "enrollments", params(Keyed), request_body = EnrollmentIn,
    responses((status = 201, description = "The new enrollment: a seat, or a place on the waitlist",
        body = EnrollmentOut), ApplyForProjects))]
#[post("/enrollments")]
async fn create_enrollment(
    by: By<ApplyForProjects>,
    write: Write<Keyed>,
    Valid(body): Valid<EnrollmentIn>,
) -> Answered {
    write.creates(by, move |tx, by| enrollments::create(tx, by, &body)).await
}

/// One enrollment 报名
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "The enrollment", body = EnrollmentOut), ReadEnrollments))]
#[get("/enrollments/{id}")]
async fn get_enrollment(by: By<ReadEnrollments>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| enrollments::find(tx, by, id.0)).await
}

/// Accepts a seat for which one's child has waited; what it has at the same hours is given up for it 确认候补名额
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "The enrollment as it is now", body = EnrollmentOut), ApplyForProjects))]
#[post("/enrollments/{id}/accept")]
async fn accept_enrollment(by: By<ApplyForProjects>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| enrollments::accept(tx, by, id.0, seen)).await
}

/// Withdraws one's child from a project, at any time; the seat is offered to the first who waits 退出项目
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "The enrollment as it is now", body = EnrollmentOut), ApplyForProjects))]
#[post("/enrollments/{id}/withdraw")]
async fn withdraw_enrollment(by: By<ApplyForProjects>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| enrollments::withdraw(tx, by, id.0, seen)).await
}
