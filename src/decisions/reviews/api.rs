//! `/filings/{id}/approve` and `/filings/{id}/return`.

use actix_web::post;
use serde::Deserialize;
use time::Date;
use utoipa::ToSchema;
use validator::Validate;

use super::{Decision, review};
use crate::auth::permission::ReviewFilings;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::filings::filings::{FilingOut, FilingPart, ReturnReason};
use crate::http::{Answered, PathId, ServiceConfig, Valid};
use crate::rules::document::{Prose, some};
use crate::values::identifiers::Sha256Hex;
use crate::values::iso_date;
use crate::values::text::Line;

/// What approves a filing.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalIn {
    /// Of the bytes that were read: `sha256` of the filing.
    #[schema(inline)]
    pub sha256: Sha256Hex,
    /// Opinion of the review 审核意见, shown to the school.
    #[serde(default)]
    #[schema(inline)]
    pub remark: Option<Prose<2000>>,
}

/// What sends a filing back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnIn {
    /// Of the bytes that were read: `sha256` of the filing.
    #[schema(inline)]
    pub sha256: Sha256Hex,
    /// What to correct, at least one.
    #[serde(deserialize_with = "some::<_, _, 50>")]
    #[schema(min_items = 1, max_items = 50)]
    pub reasons: Vec<ReturnReasonIn>,
    /// By when, today at the earliest.
    #[serde(with = "iso_date")]
    pub due_on: Date,
}

/// What is to be corrected, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnReasonIn {
    pub part: FilingPart,
    /// JSON pointer into the filed document.
    #[serde(default)]
    #[schema(inline)]
    pub pointer: Option<Line<1, 200>>,
    #[schema(inline)]
    pub text: Prose<2000>,
}

impl From<ReturnIn> for Decision {
    fn from(body: ReturnIn) -> Self {
        let reason = |reason: ReturnReasonIn| ReturnReason {
            part: reason.part,
            pointer: reason.pointer.map(|pointer| pointer.as_str().to_owned()),
            text: reason.text.as_str().to_owned(),
        };
        Self::Return { reasons: body.reasons.into_iter().map(reason).collect(), due_on: body.due_on }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(approve_filing).service(return_filing);
}

#[doc = " Approves a filing: from now on it is in force, and fees may be charged by it. An amendment takes the plan's \
         place, and"]
/// guardians whose terms it changes are asked to sign again 审核同意
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing")), request_body = ApprovalIn,
    responses((status = 200, description = "The filing as it is now", body = FilingOut), ReviewFilings))]
#[post("/filings/{id}/approve")]
async fn approve_filing(by: By<ReviewFilings>, id: PathId, write: Write, Valid(body): Valid<ApprovalIn>) -> Answered {
    let remark = body.remark.map(|remark| remark.as_str().to_owned());
    decide(by, id.0, write, body.sha256, Decision::Approve { remark }).await
}

/// Returns a filing with what to correct and by when; the school corrects its plan and files it again 退回修改
#[utoipa::path(tag = "filings", params(("id" = Id, Path, description = "The filing")), request_body = ReturnIn,
    responses((status = 200, description = "The filing as it is now", body = FilingOut), ReviewFilings))]
#[post("/filings/{id}/return")]
async fn return_filing(by: By<ReviewFilings>, id: PathId, write: Write, Valid(body): Valid<ReturnIn>) -> Answered {
    decide(by, id.0, write, body.sha256.clone(), Decision::from(body)).await
}

async fn decide(by: By<ReviewFilings>, id: Id, write: Write, sha256: Sha256Hex, decision: Decision) -> Answered {
    write.changes(by, move |tx, by, seen| review(tx, by, id, seen, sha256.as_str(), &decision)).await
}
