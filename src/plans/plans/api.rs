//! `/plans`.

use actix_web::{get, post, put};
use time::Date;

use super::model::PlanFilter;
use super::{LatestFiling, Plan, PlanState};
use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answer, Answered, Key, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::plans::checks::PlanCheckOut;
use crate::plans::plans;
use crate::rules::document::{PlanDocument, Season};
use crate::values::iso_date;

out! {
    /// A plan 课后服务工作方案. Its text is `GET /plans/{id}/document`, its projects are `GET /projects?plan_id=`.
    pub struct PlanOut of (plan, by): Plan {
        school_id: Id,
        school_code: String,
        school_name: String,
        school_year: String,
        season: Season,
        state: PlanState,
        /// The day in Asia/Shanghai on which it was first submitted: `filing-window` judges it.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        first_submitted_on: Option<Date>,
        /// Its latest submission; once an amendment is approved, that of the amendment.
        latest_filing: Option<LatestFiling> = plan.filing.clone(),
    }
    can "What this caller may call on it now: `update` is PUT."
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
#[utoipa::path(tag = "plans", params(List<PlanFilter, Key>),
    responses((status = 200, description = "A page of plans", body = Page<PlanOut>), ReadPlans))]
#[get("/plans")]
async fn list_plans(by: By<ReadPlans>, list: List<PlanFilter, Key>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Plan>(tx, at)).await
}

/// Drafts a plan from a plan document; `findings` say what would stop it from being filed 起草方案
#[utoipa::path(tag = "plans", request_body = PlanDocument,
    responses((status = 201, description = "The new plan", body = PlanOut), WritePlans))]
#[post("/plans")]
async fn create_plan(by: By<WritePlans>, write: Write, Valid(document): Valid<PlanDocument>) -> Answered {
    write.creates(by, move |tx, by| plans::create(tx, by, &document)).await
}

/// One plan 方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan", body = PlanOut), ReadPlans))]
#[get("/plans/{id}")]
async fn get_plan(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Plan>(tx, id.0)).await
}

/// Replaces a draft or returned plan by a plan document; projects keep their ids by their names 修改方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")), request_body = PlanDocument,
    responses((status = 200, description = "The plan as it is now", body = PlanOut), WritePlans))]
#[put("/plans/{id}")]
async fn update_plan(by: By<WritePlans>, id: PathId, write: Write, Valid(document): Valid<PlanDocument>) -> Answered {
    write.changes(by, move |tx, by, seen| plans::replace(tx, by, id.0, seen, &document)).await
}

/// The plan document, with school and term as they are on record now 方案文本
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan document", body = PlanDocument), ReadPlans))]
#[get("/plans/{id}/document")]
async fn get_plan_document(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.snapshot(by, move |tx, by| {
        let plan = by.find::<Plan>(tx, id.0)?;
        Answer::ok(&plans::document(tx, &plan)?, plan.version)
    })
    .await
}

/// What the rules say of the plan, filed today or on the day of its first submission 审查意见
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "What the rules say", body = PlanCheckOut), ReadPlans))]
#[get("/plans/{id}/findings")]
async fn get_plan_findings(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.snapshot(by, move |tx, by| {
        let plan = by.find::<Plan>(tx, id.0)?;
        let (document, judgement) = plans::judge(tx, &plan)?;
        Answer::ok(&judgement.shape(&document, by.language), plan.version)
    })
    .await
}
