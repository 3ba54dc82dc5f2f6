//! `/enrollments`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Choice, Enrollment, EnrollmentFilter, EnrollmentSource, EnrollmentState};
use crate::auth::access_log::Viewing;
use crate::auth::permission::{ApplyForProjects, ReadEnrollments};
use crate::auth::{Actor, Caller, Keyed, List, Read, Write};
use crate::db::{Id, Instant, Tx};
use crate::enrollments::enrollments;
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::Season;
use crate::values::iso_date;

/// What a guardian says of a project. Other choices may come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrollmentChoice {
    /// 报名
    #[default]
    Apply,
    /// 不参加: a "no" that is kept.
    Declined,
}

/// A guardian's choice of a project for its child.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrollmentIn {
    /// The pupil, as its school has entered it.
    pub student_id: Id,
    /// A project of a published notice.
    pub project_id: Id,
    /// `apply` if it is left out.
    #[serde(default)]
    pub choice: EnrollmentChoice,
}

/// An enrollment 报名.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrollmentOut {
    pub id: Id,
    pub student_id: Id,
    pub person_id: Id,
    pub school_id: Id,
    pub plan_id: Id,
    pub project_id: Id,
    pub school_year: String,
    pub season: Season,
    pub state: EnrollmentState,
    pub source: EnrollmentSource,
    /// Who entered it from paper; null for what a guardian chose itself.
    pub entered_by_id: Option<Id>,
    /// The notice that the guardian had been told by when it chose.
    pub notice_id: Id,
    /// The filing that this notice tells of.
    pub filing_id: Id,
    /// The signed agreement; null until it is signed.
    pub agreement_id: Option<Id>,
    /// Since when it waits to be signed again, because what was signed is not what is offered any more; else null.
    #[serde(with = "iso_date::option")]
    pub terms_changed_on: Option<Date>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl EnrollmentOut {
    fn of(enrollment: &Enrollment, can: Vec<&'static str>) -> Self {
        let row = &enrollment.row;
        Self {
            id: row.id,
            student_id: row.student_id,
            person_id: row.person_id,
            school_id: row.school_id,
            plan_id: row.plan_id,
            project_id: row.project_id,
            school_year: row.school_year.clone(),
            season: row.season,
            state: row.state,
            source: row.source,
            entered_by_id: row.entered_by_id,
            notice_id: row.notice_id,
            filing_id: row.filing_id,
            agreement_id: enrollment.agreement_id,
            terms_changed_on: row.terms_changed_on,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: can.into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }

    /// The answer to a read or a change of an enrollment.
    ///
    /// # Errors
    /// When the database fails.
    pub fn answer(tx: &mut Tx<'_>, enrollment: &Enrollment, actor: &Actor) -> Result<Answer, Refusal> {
        Answer::ok(&Self::of(enrollment, enrollments::can(tx, actor, enrollment)?), enrollment.row.version)
    }
}

/// Which enrollments a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EnrollmentQuery {
    /// Only enrollments of this pupil.
    #[param(inline)]
    pub student_id: Option<Id>,
    /// Only enrollments in this project.
    #[param(inline)]
    pub project_id: Option<Id>,
    /// Only enrollments in projects of this plan.
    #[param(inline)]
    pub plan_id: Option<Id>,
    /// Only enrollments in this state.
    #[param(inline)]
    pub state: Option<EnrollmentState>,
    /// Enrollments in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_enrollments).service(create_enrollment).service(get_enrollment).service(withdraw_enrollment);
}

/// Enrollments in the caller's scope, in the order in which they were made 报名列表
#[utoipa::path(tag = "enrollments", params(EnrollmentQuery),
    responses((status = 200, description = "A page of enrollments", body = Page<EnrollmentOut>), ReadEnrollments))]
#[get("/enrollments")]
async fn list_enrollments(caller: Caller<ReadEnrollments>, list: List<EnrollmentQuery>, viewing: Viewing) -> Answered {
    let query = &list.query;
    let filter = EnrollmentFilter {
        student_id: query.student_id,
        project_id: query.project_id,
        plan_id: query.plan_id,
        state: query.state,
    };
    let paging = Paging::of("enrollments", &filter, query.limit, query.cursor.as_ref())?;
    list.snapshot(move |tx| {
        let found = enrollments::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        let page = paging.page(found, |enrollment| enrollment.row.id);
        viewing.note(tx, &caller.actor, "list_enrollments", page.items.iter().map(Enrollment::seen_at))?;
        let held = enrollments::rights_over(tx, &caller.actor, &page.items)?;
        Ok(page.map(|enrollment| EnrollmentOut::of(&enrollment, enrollment.can(&caller.actor, &held))))
    })
    .await
}

/// Applies for a project for one's child, or says no to it; `Idempotency-Key` is required 报名
#[utoipa::path(tag = "enrollments", params(Keyed), request_body = EnrollmentIn,
    responses((status = 201, description = "The new enrollment: a seat, or a place on the waitlist",
        body = EnrollmentOut), ApplyForProjects))]
#[post("/enrollments")]
async fn create_enrollment(
    caller: Caller<ApplyForProjects>,
    write: Write<Keyed>,
    Valid(body): Valid<EnrollmentIn>,
) -> Answered {
    let choice = match body.choice {
        EnrollmentChoice::Apply => Choice::Apply,
        EnrollmentChoice::Declined => Choice::Decline,
    };
    write
        .run(caller, move |tx, actor| {
            let (made, rights) = enrollments::create(tx, actor, body.student_id, body.project_id, choice)?;
            let location = format!("/api/v1/enrollments/{}", made.row.id);
            let shape = EnrollmentOut::of(&made, made.can(actor, &rights));
            Answer::created(location, &shape, made.row.version)
        })
        .await
}

/// One enrollment 报名
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "The enrollment", body = EnrollmentOut), ReadEnrollments))]
#[get("/enrollments/{id}")]
async fn get_enrollment(caller: Caller<ReadEnrollments>, id: PathId, read: Read, viewing: Viewing) -> Answered {
    let scope = caller.scope();
    read.snapshot(move |tx| {
        let enrollment = enrollments::find(tx, &scope, id.0)?;
        viewing.note(tx, &caller.actor, "get_enrollment", [enrollment.seen_at()])?;
        EnrollmentOut::answer(tx, &enrollment, &caller.actor)
    })
    .await
}

/// Withdraws one's child from a project, at any time; the seat goes to the first who waits 退出项目
#[utoipa::path(tag = "enrollments", params(("id" = Id, Path, description = "The enrollment")),
    responses((status = 200, description = "The enrollment as it is now", body = EnrollmentOut), ApplyForProjects))]
#[post("/enrollments/{id}/withdraw")]
async fn withdraw_enrollment(caller: Caller<ApplyForProjects>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let after = enrollments::withdraw(tx, actor, id.0, seen)?;
            EnrollmentOut::answer(tx, &after, actor)
        })
        .await
}
