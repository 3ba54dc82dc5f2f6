//! `/checks/plan`.

use actix_web::post;

use super::PlanCheckOut;
use crate::auth::permission::ReadRegulation;
use crate::auth::{By, Read};
use crate::http::{Answer, Answered, Problem, ServiceConfig, Valid};
use crate::plans::checks;
use crate::refusal::Refusal;
use crate::rules::document::PlanDocument;

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(check_plan_document);
}

/// Judges a plan document that is not stored; a rule whose facts it does not hold is `not_judged` 检查方案文本
#[utoipa::path(tag = "checks", request_body = PlanDocument,
    responses((status = 200, description = "What the rules say", body = PlanCheckOut),
        (status = 422, description = "It is no plan document", body = Problem,
            content_type = "application/problem+json"),
        ReadRegulation))]
#[post("/checks/plan")]
async fn check_plan_document(by: By<ReadRegulation>, read: Read, Valid(document): Valid<PlanDocument>) -> Answered {
    read.snapshot(by, move |tx, by| {
        let faults = document.faults();
        if !faults.is_empty() {
            return Err(Refusal::invalid(faults));
        }
        Answer::plain(&checks::check(tx, &document)?.shape(&document, by.language))
    })
    .await
}
