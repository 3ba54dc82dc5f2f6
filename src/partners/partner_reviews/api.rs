//! `/partner-reviews`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewPartnerReview, PartnerReview, ReviewOutcome};
use crate::auth::permission::{ReadPartners, SupervisePartners};
use crate::auth::{Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::partners::partner_reviews;
use crate::values::iso_date;
use crate::values::text::Line;

/// Reviews are never changed.
const VERSION: i64 = 1;

/// A review of a partner, as it is added.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerReviewIn {
    pub partner_id: Id,
    pub outcome: ReviewOutcome,
    /// Not after today.
    #[serde(with = "iso_date")]
    pub reviewed_on: Date,
    /// The last day on which `qualified` holds, and required there; null for `not_qualified`.
    #[serde(default, with = "iso_date::option")]
    pub valid_until: Option<Date>,
    /// The document of the review, with its number.
    #[schema(inline)]
    pub document: Line<1, 200>,
    #[schema(inline)]
    pub remark: Option<Line<1, 1000>>,
}

/// A review of a partner 资质审核.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerReviewOut {
    pub id: Id,
    pub partner_id: Id,
    /// The authority that reviewed.
    pub authority_id: Id,
    pub outcome: ReviewOutcome,
    #[serde(with = "iso_date")]
    pub reviewed_on: Date,
    #[serde(with = "iso_date::option")]
    pub valid_until: Option<Date>,
    pub document: String,
    pub remark: Option<String>,
    /// Always 1: a review is never changed.
    pub version: i64,
    pub created_at: Instant,
    /// What this caller may call on it now: nothing.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl PartnerReviewOut {
    fn of(review: &PartnerReview) -> Self {
        let row = &review.row;
        Self {
            id: row.id,
            partner_id: row.partner_id,
            authority_id: row.authority_id,
            outcome: row.outcome,
            reviewed_on: row.reviewed_on,
            valid_until: row.valid_until_on,
            document: row.document.clone(),
            remark: row.remark.clone(),
            version: VERSION,
            created_at: row.created_at,
            can: Vec::new(),
            findings: None,
        }
    }
}

/// Which reviews a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartnerReviewQuery {
    /// Only reviews of this partner.
    #[param(inline)]
    pub partner_id: Option<Id>,
    /// Reviews in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_partner_reviews).service(create_partner_review).service(get_partner_review);
}

/// Reviews of partners in the order in which they were added 资质审核列表
#[utoipa::path(tag = "partner-reviews", params(PartnerReviewQuery),
    responses((status = 200, description = "A page of reviews", body = Page<PartnerReviewOut>), ReadPartners))]
#[get("/partner-reviews")]
async fn list_partner_reviews(caller: Caller<ReadPartners>, list: List<PartnerReviewQuery>) -> Answered {
    let PartnerReviewQuery { partner_id, limit, cursor: text } = list.query.clone();
    let (cursor, limit) = (Cursor::of("partner-reviews", &partner_id), limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(text.as_ref())?;
    list.page(move |tx| {
        let found = partner_reviews::list(tx, &caller.actor, partner_id, after, limit)?;
        Ok(cursor.page(limit, found, |review| review.row.id).map(|review| PartnerReviewOut::of(&review)))
    })
    .await
}

/// Adds a review of a partner; the latest one counts 登记资质审核
#[utoipa::path(tag = "partner-reviews", request_body = PartnerReviewIn,
    responses((status = 201, description = "The new review", body = PartnerReviewOut), SupervisePartners))]
#[post("/partner-reviews")]
async fn create_partner_review(
    caller: Caller<SupervisePartners>,
    write: Write,
    Valid(body): Valid<PartnerReviewIn>,
) -> Answered {
    let new = NewPartnerReview {
        partner_id: body.partner_id,
        outcome: body.outcome,
        reviewed_on: body.reviewed_on,
        valid_until: body.valid_until,
        document: body.document.as_str().to_owned(),
        remark: body.remark.map(|remark| remark.as_str().to_owned()),
    };
    write
        .run(caller, move |tx, actor| {
            let made = partner_reviews::add(tx, actor, &new)?;
            let location = format!("/api/v1/partner-reviews/{}", made.row.id);
            Answer::created(location, &PartnerReviewOut::of(&made), VERSION)
        })
        .await
}

/// One review of a partner 资质审核
#[utoipa::path(tag = "partner-reviews", params(("id" = Id, Path, description = "The review")),
    responses((status = 200, description = "The review", body = PartnerReviewOut), ReadPartners))]
#[get("/partner-reviews/{id}")]
async fn get_partner_review(caller: Caller<ReadPartners>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| Answer::ok(&PartnerReviewOut::of(&partner_reviews::find(tx, &caller.actor, id.0)?), VERSION))
        .await
}
