//! `/plans`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{FilingState, LatestFiling, Plan, PlanFilter, PlanState};
use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::plans::checks::PlanCheckOut;
use crate::plans::plans;
use crate::refusal::Refusal;
use crate::rules::document::{PlanDocument, Season};
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;

/// A plan 课后服务工作方案. Its text is `GET /plans/{id}/document`, its projects are `GET /projects?plan_id=`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanOut {
    pub id: Id,
    pub school_id: Id,
    pub school_code: String,
    pub school_name: String,
    pub school_year: String,
    pub season: Season,
    pub state: PlanState,
    /// The day in Asia/Shanghai on which it was first submitted: `filing-window` judges it.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub first_submitted_on: Option<Date>,
    /// Its latest submission; once an amendment is approved, that of the amendment.
    pub latest_filing: Option<LatestFilingOut>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

/// The submission that a plan or an amendment stands on.
#[derive(Debug, Serialize, ToSchema)]
pub struct LatestFilingOut {
    pub id: Id,
    /// 案卷号
    pub case_number: String,
    pub state: FilingState,
    /// Of the bytes that were filed; a review names it.
    pub sha256: String,
}

impl LatestFilingOut {
    /// The filing as a plan or an amendment shows it.
    #[must_use]
    pub fn of(filing: &LatestFiling) -> Self {
        let LatestFiling { id, case_number, state, sha256 } = filing.clone();
        Self { id, case_number, state, sha256 }
    }
}

impl PlanOut {
    /// The plan as `actor` sees it.
    #[must_use]
    pub fn of(plan: &Plan, actor: &Actor) -> Self {
        let row = &plan.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            school_code: plan.school_code.clone(),
            school_name: plan.school_name.clone(),
            school_year: row.school_year.clone(),
            season: row.season,
            state: row.state,
            first_submitted_on: row.first_submitted_on,
            latest_filing: plan.filing.as_ref().map(LatestFilingOut::of),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: plan.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }

    /// The answer to a read or a change of a plan.
    ///
    /// # Errors
    /// A defect: the shape cannot be written as JSON.
    pub fn answer(plan: &Plan, actor: &Actor) -> Result<Answer, Refusal> {
        Answer::ok(&Self::of(plan, actor), plan.row.version)
    }
}

/// Which plans a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// Only plans of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only plans of this school year.
    #[param(inline)]
    pub school_year: Option<SchoolYear>,
    /// Only plans of this season.
    #[param(inline)]
    pub season: Option<Season>,
    /// Only plans in this state.
    #[param(inline)]
    pub state: Option<PlanState>,
    /// Plans in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_plans)
        .service(create_plan)
        .service(get_plan)
        .service(update_plan)
        .service(get_plan_document)
        .service(get_plan_findings);
}

/// Plans in the caller's scope, in the order in which they were drafted 方案列表
#[utoipa::path(tag = "plans", params(PlanQuery),
    responses((status = 200, description = "A page of plans", body = Page<PlanOut>), ReadPlans))]
#[get("/plans")]
async fn list_plans(caller: Caller<ReadPlans>, list: List<PlanQuery>) -> Answered {
    let query = &list.query;
    let school_year = query.school_year.as_ref().map(|year| year.as_str().to_owned());
    let filter = PlanFilter { school_id: query.school_id, school_year, season: query.season, state: query.state };
    let paging = Paging::of("plans", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = plans::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |plan| plan.row.id).map(|plan| PlanOut::of(&plan, &caller.actor)))
    })
    .await
}

/// Drafts a plan from a plan document; `findings` say what would stop it from being filed 起草方案
#[utoipa::path(tag = "plans", request_body = PlanDocument,
    responses((status = 201, description = "The new plan", body = PlanOut), WritePlans))]
#[post("/plans")]
async fn create_plan(caller: Caller<WritePlans>, write: Write, Valid(document): Valid<PlanDocument>) -> Answered {
    write
        .run(caller, move |tx, actor| {
            let made = plans::create(tx, actor, &document)?;
            Answer::created(format!("/api/v1/plans/{}", made.row.id), &PlanOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One plan 方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan", body = PlanOut), ReadPlans))]
#[get("/plans/{id}")]
async fn get_plan(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| PlanOut::answer(&plans::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces a draft or returned plan by a plan document; projects keep their ids by their names 修改方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")), request_body = PlanDocument,
    responses((status = 200, description = "The plan as it is now", body = PlanOut), WritePlans))]
#[put("/plans/{id}")]
async fn update_plan(
    caller: Caller<WritePlans>,
    id: PathId,
    write: Write,
    Valid(document): Valid<PlanDocument>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            PlanOut::answer(&plans::replace(tx, actor, id.0, seen, &document)?, actor)
        })
        .await
}

/// The plan document, with school and term as they are on record now 方案文本
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan document", body = PlanDocument), ReadPlans))]
#[get("/plans/{id}/document")]
async fn get_plan_document(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.snapshot(move |tx| {
        let plan = plans::find(tx, &caller.actor, id.0)?;
        Answer::ok(&plans::document(tx, &plan)?, plan.row.version)
    })
    .await
}

/// What the rules say of the plan, filed today or on the day of its first submission 审查意见
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "What the rules say", body = PlanCheckOut), ReadPlans))]
#[get("/plans/{id}/findings")]
async fn get_plan_findings(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    let language = read.language();
    read.snapshot(move |tx| {
        let plan = plans::find(tx, &caller.actor, id.0)?;
        let (document, judgement) = plans::judge(tx, &plan)?;
        Answer::ok(&judgement.shape(&document, language), plan.row.version)
    })
    .await
}
