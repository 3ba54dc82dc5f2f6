//! `/plan-amendments`.

use actix_web::{get, post, put};

use super::model::{PlanAmendmentFilter, PlanAmendmentIn};
use super::{Amendment, AmendmentState};
use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{By, List, Read, Write, known};
use crate::db::Id;
use crate::filings::amendments;
use crate::http::{Answer, Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::plans::plans::{LatestFiling, Plan};
use crate::rules::document::PlanDocument;

out! {
    /// An amendment of an approved plan 方案变更. Its text is `GET /plan-amendments/{id}/document`; once it is filed,
    /// `GET /filings/{id}/comparison` says what it changes.
    pub struct PlanAmendmentOut of (amendment, by): Amendment {
        plan_id: Id,
        school_id: Id,
        /// The how-many-eth amendment of its plan it is.
        number: i32,
        state: AmendmentState,
        reason: String,
        /// Its latest submission.
        latest_filing: Option<LatestFiling> = amendment.filing.clone(),
    }
    named { school_name: String = Organisation(amendment.school_id) }
    can "What this caller may call on it now: `update` is PUT."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_plan_amendments)
        .service(create_plan_amendment)
        .service(get_plan_amendment)
        .service(update_plan_amendment)
        .service(get_plan_amendment_document);
}

/// Amendments in the caller's scope, in the order in which they were drafted 方案变更列表
#[utoipa::path(tag = "plan-amendments", params(List<PlanAmendmentFilter>),
    responses((status = 200, description = "A page of amendments", body = Page<PlanAmendmentOut>), ReadPlans))]
#[get("/plan-amendments")]
async fn list_plan_amendments(by: By<ReadPlans>, list: List<PlanAmendmentFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Amendment>(tx, at)).await
}

/// Drafts an amendment of an approved plan; what is in force stays until it is approved 起草方案变更
#[utoipa::path(tag = "plan-amendments", request_body = PlanAmendmentIn,
    responses((status = 201, description = "The new amendment", body = PlanAmendmentOut), WritePlans))]
#[post("/plan-amendments")]
async fn create_plan_amendment(by: By<WritePlans>, write: Write, Valid(body): Valid<PlanAmendmentIn>) -> Answered {
    write.creates(by, move |tx, by| amendments::create(tx, by, &body)).await
}

/// One amendment 方案变更
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    responses((status = 200, description = "The amendment", body = PlanAmendmentOut), ReadPlans))]
#[get("/plan-amendments/{id}")]
async fn get_plan_amendment(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Amendment>(tx, id.0)).await
}

/// Replaces reason and document of a draft or returned amendment 修改方案变更
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    request_body = PlanAmendmentIn,
    responses((status = 200, description = "The amendment as it is now", body = PlanAmendmentOut), WritePlans))]
#[put("/plan-amendments/{id}")]
async fn update_plan_amendment(
    by: By<WritePlans>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PlanAmendmentIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| amendments::replace(tx, by, id.0, seen, &body)).await
}

/// The plan document as it is to be, with school and term as they are on record now 变更后的方案文本
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    responses((status = 200, description = "The plan document", body = PlanDocument), ReadPlans))]
#[get("/plan-amendments/{id}/document")]
async fn get_plan_amendment_document(by: By<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.snapshot(by, move |tx, by| {
        let amendment = by.find::<Amendment>(tx, id.0)?;
        let plan = known::<Plan>(tx, amendment.plan_id)?;
        Answer::ok(&amendments::document(tx, &plan, &amendment)?, amendment.version)
    })
    .await
}
