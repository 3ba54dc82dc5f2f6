//! What a school does with a plan or an amendment: submit, withdraw, reopen, close.

use actix_web::post;

use crate::auth::permission::SubmitPlans;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::decisions::subject::{Amending, Subject};
use crate::decisions::submissions;
use crate::filings::amendments::PlanAmendmentOut;
use crate::http::{Answered, PathId, ServiceConfig};
use crate::plans::plans::{self, Plan, PlanOut};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(submit_plan)
        .service(withdraw_plan)
        .service(reopen_plan)
        .service(close_plan)
        .service(submit_plan_amendment)
        .service(withdraw_plan_amendment);
}

/// Files a plan: it is judged by every rule, numbered and hashed 报备方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan with its new filing", body = PlanOut), SubmitPlans))]
#[post("/plans/{id}/submit")]
async fn submit_plan(by: By<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .changes(by, move |tx, by, seen| {
            let plan = Plan::seen_by(tx, by, id.0, seen)?;
            submissions::submit(tx, by, &plan)
        })
        .await
}

/// Withdraws a plan that is not decided, and what was filed of it 撤回方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan as it is now", body = PlanOut), SubmitPlans))]
#[post("/plans/{id}/withdraw")]
async fn withdraw_plan(by: By<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .changes(by, move |tx, by, seen| {
            let plan = Plan::seen_by(tx, by, id.0, seen)?;
            submissions::withdraw(tx, by, &plan)
        })
        .await
}

/// Files an amendment: it is judged by every rule, numbered and hashed; what is in force stays 报备方案变更
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    responses((status = 200, description = "The amendment with its new filing", body = PlanAmendmentOut), SubmitPlans))]
#[post("/plan-amendments/{id}/submit")]
async fn submit_plan_amendment(by: By<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .changes(by, move |tx, by, seen| {
            let amending = Amending::seen_by(tx, by, id.0, seen)?;
            Ok(submissions::submit(tx, by, &amending)?.amendment)
        })
        .await
}

/// Withdraws an amendment that is not decided, and what was filed of it 撤回方案变更
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    responses((status = 200, description = "The amendment as it is now", body = PlanAmendmentOut), SubmitPlans))]
#[post("/plan-amendments/{id}/withdraw")]
async fn withdraw_plan_amendment(by: By<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .changes(by, move |tx, by, seen| {
            let amending = Amending::seen_by(tx, by, id.0, seen)?;
            Ok(submissions::withdraw(tx, by, &amending)?.amendment)
        })
        .await
}

/// Takes a withdrawn plan back to draft 重新起草
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan as it is now", body = PlanOut), SubmitPlans))]
#[post("/plans/{id}/reopen")]
async fn reopen_plan(by: By<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| plans::reopen(tx, by, id.0, seen)).await
}

/// Closes an approved plan after the last day of its term 结束方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan as it is now", body = PlanOut), SubmitPlans))]
#[post("/plans/{id}/close")]
async fn close_plan(by: By<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| submissions::close(tx, by, id.0, seen)).await
}
