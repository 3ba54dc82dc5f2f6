//! `/plan-amendments`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Amendment, AmendmentFilter, AmendmentState};
use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::filings::amendments;
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::plans::plans;
use crate::plans::plans::LatestFilingOut;
use crate::refusal::Refusal;
use crate::rules::document::PlanDocument;
use crate::values::text::Line;

/// What is to be changed of an approved plan, and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanAmendmentIn {
    /// The approved plan; it stays the same.
    pub plan_id: Id,
    /// 变更原因
    #[schema(inline)]
    pub reason: Line<2, 300>,
    /// The whole document as it is to be, of the same school and term. Projects are the same by their names.
    pub document: PlanDocument,
}

/// An amendment of an approved plan 方案变更. Its text is `GET /plan-amendments/{id}/document`; once it is filed,
/// `GET /filings/{id}/comparison` says what it changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanAmendmentOut {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// The how-many-eth amendment of its plan it is.
    pub number: i32,
    pub state: AmendmentState,
    pub reason: String,
    /// Its latest submission.
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

impl PlanAmendmentOut {
    fn of(amendment: &Amendment, actor: &Actor) -> Self {
        let row = &amendment.row;
        Self {
            id: row.id,
            plan_id: row.plan_id,
            school_id: row.school_id,
            number: row.number,
            state: row.state,
            reason: row.reason.clone(),
            latest_filing: amendment.filing.as_ref().map(LatestFilingOut::of),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: amendment.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }

    /// The answer to a read or a change of an amendment.
    ///
    /// # Errors
    /// A defect: the shape cannot be written as JSON.
    pub fn answer(amendment: &Amendment, actor: &Actor) -> Result<Answer, Refusal> {
        Answer::ok(&Self::of(amendment, actor), amendment.row.version)
    }
}

/// Which amendments a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanAmendmentQuery {
    /// Only amendments of this plan.
    #[param(inline)]
    pub plan_id: Option<Id>,
    /// Only amendments of this school's plans.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only amendments in this state.
    #[param(inline)]
    pub state: Option<AmendmentState>,
    /// Amendments in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
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
#[utoipa::path(tag = "plan-amendments", params(PlanAmendmentQuery),
    responses((status = 200, description = "A page of amendments", body = Page<PlanAmendmentOut>), ReadPlans))]
#[get("/plan-amendments")]
async fn list_plan_amendments(caller: Caller<ReadPlans>, list: List<PlanAmendmentQuery>) -> Answered {
    let query = &list.query;
    let filter = AmendmentFilter { plan_id: query.plan_id, school_id: query.school_id, state: query.state };
    let paging = Paging::of("plan-amendments", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = amendments::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        let page = paging.page(found, |amendment| amendment.row.id);
        Ok(page.map(|amendment| PlanAmendmentOut::of(&amendment, &caller.actor)))
    })
    .await
}

/// Drafts an amendment of an approved plan; what is in force stays until it is approved 起草方案变更
#[utoipa::path(tag = "plan-amendments", request_body = PlanAmendmentIn,
    responses((status = 201, description = "The new amendment", body = PlanAmendmentOut), WritePlans))]
#[post("/plan-amendments")]
async fn create_plan_amendment(
    caller: Caller<WritePlans>,
    write: Write,
    Valid(body): Valid<PlanAmendmentIn>,
) -> Answered {
    write
        .run(caller, move |tx, actor| {
            let made = amendments::create(tx, actor, body.plan_id, body.reason.as_str(), &body.document)?;
            let location = format!("/api/v1/plan-amendments/{}", made.row.id);
            Answer::created(location, &PlanAmendmentOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One amendment 方案变更
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    responses((status = 200, description = "The amendment", body = PlanAmendmentOut), ReadPlans))]
#[get("/plan-amendments/{id}")]
async fn get_plan_amendment(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| PlanAmendmentOut::answer(&amendments::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces reason and document of a draft or returned amendment 修改方案变更
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    request_body = PlanAmendmentIn,
    responses((status = 200, description = "The amendment as it is now", body = PlanAmendmentOut), WritePlans))]
#[put("/plan-amendments/{id}")]
async fn update_plan_amendment(
    caller: Caller<WritePlans>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PlanAmendmentIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let said = (body.plan_id, body.reason.as_str());
            PlanAmendmentOut::answer(&amendments::replace(tx, actor, id.0, seen, said, &body.document)?, actor)
        })
        .await
}

/// The plan document as it is to be, with school and term as they are on record now 变更后的方案文本
#[utoipa::path(tag = "plan-amendments", params(("id" = Id, Path, description = "The amendment")),
    responses((status = 200, description = "The plan document", body = PlanDocument), ReadPlans))]
#[get("/plan-amendments/{id}/document")]
async fn get_plan_amendment_document(caller: Caller<ReadPlans>, id: PathId, read: Read) -> Answered {
    read.snapshot(move |tx| {
        let amendment = amendments::find(tx, &caller.actor, id.0)?;
        let plan = plans::known(tx, amendment.row.plan_id)?;
        Answer::ok(&amendments::document(tx, &plan, &amendment)?, amendment.row.version)
    })
    .await
}
