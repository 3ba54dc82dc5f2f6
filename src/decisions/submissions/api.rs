//! What a school does with a plan or an amendment: submit, withdraw, reopen, close.

use actix_web::post;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::permission::SubmitPlans;
use crate::auth::{Actor, Caller, Write};
use crate::db::Id;
use crate::decisions::subject::Subject;
use crate::decisions::submissions;
use crate::filings::amendments::PlanAmendmentOut;
use crate::http::{Answer, Answered, PathId};
use crate::plans::plans::{self, PlanOut};
use crate::refusal::Refusal;

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
async fn submit_plan(caller: Caller<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let subject = Subject::plan_of(tx, actor, id.0, seen)?;
            answer(&submissions::submit(tx, actor, &subject)?, actor)
        })
        .await
}

/// Withdraws a plan that is not decided, and what was filed of it 撤回方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan as it is now", body = PlanOut), SubmitPlans))]
#[post("/plans/{id}/withdraw")]
async fn withdraw_plan(caller: Caller<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let subject = Subject::plan_of(tx, actor, id.0, seen)?;
            answer(&submissions::withdraw(tx, actor, &subject)?, actor)
        })
        .await
}

/// Files an amendment: it is judged by every rule, numbered and hashed; what is in force stays 报备方案变更
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    responses((status = 200, description = "The amendment with its new filing", body = PlanAmendmentOut), SubmitPlans))]
#[post("/plan-amendments/{id}/submit")]
async fn submit_plan_amendment(caller: Caller<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let subject = Subject::amendment_of(tx, actor, id.0, seen)?;
            answer(&submissions::submit(tx, actor, &subject)?, actor)
        })
        .await
}

/// Withdraws an amendment that is not decided, and what was filed of it 撤回方案变更
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    responses((status = 200, description = "The amendment as it is now", body = PlanAmendmentOut), SubmitPlans))]
#[post("/plan-amendments/{id}/withdraw")]
async fn withdraw_plan_amendment(caller: Caller<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let subject = Subject::amendment_of(tx, actor, id.0, seen)?;
            answer(&submissions::withdraw(tx, actor, &subject)?, actor)
        })
        .await
}

/// Takes a withdrawn plan back to draft 重新起草
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan as it is now", body = PlanOut), SubmitPlans))]
#[post("/plans/{id}/reopen")]
async fn reopen_plan(caller: Caller<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| PlanOut::answer(&plans::reopen(tx, actor, id.0, seen)?, actor)).await
}

/// Closes an approved plan after the last day of its term 结束方案
#[utoipa::path(tag = "plans", params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, description = "The plan as it is now", body = PlanOut), SubmitPlans))]
#[post("/plans/{id}/close")]
async fn close_plan(caller: Caller<SubmitPlans>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| PlanOut::answer(&submissions::close(tx, actor, id.0, seen)?, actor))
        .await
}

fn answer(subject: &Subject, actor: &Actor) -> Result<Answer, Refusal> {
    match subject {
        Subject::Plan(plan) => PlanOut::answer(plan, actor),
        Subject::Amendment(amending) => PlanAmendmentOut::answer(&amending.amendment, actor),
    }
}
