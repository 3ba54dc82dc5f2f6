//! `/partner-reviews`.

use actix_web::{get, post};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::PartnerReview;
use super::model::{PartnerReviewFilter, PartnerReviewIn, ReviewOutcome};
use crate::auth::permission::{ReadPartners, SupervisePartners};
use crate::auth::{Actor, By, List, Read, Shown, Write};
use crate::db::{Asked, Id, Instant, NameField, NameOf, Names, Resource};
use crate::http::{Answered, FindingOut, Page, PathId, ServiceConfig, Valid};
use crate::partners::partner_reviews;
use crate::values::iso_date;

/// A review of a partner 资质审核.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerReviewOut {
    pub id: Id,
    pub partner_id: Id,
    pub partner_name: String,
    /// The authority that reviewed.
    pub authority_id: Id,
    pub authority_name: String,
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

/// By hand: it has no `updated_at`.
impl Shown for PartnerReview {
    type Out = PartnerReviewOut;
    const NAMES: &'static [NameOf] = &[NameOf::Organisation];

    fn asks(&self, _: &Actor, asked: &mut Asked) {
        asked.of(NameOf::Organisation, self.partner_id);
        asked.of(NameOf::Organisation, self.authority_id);
    }

    fn shown_to(&self, _: &Actor, names: &Names) -> PartnerReviewOut {
        PartnerReviewOut {
            id: self.id,
            partner_id: self.partner_id,
            partner_name: NameField::named(names, NameOf::Organisation, self.partner_id),
            authority_id: self.authority_id,
            authority_name: NameField::named(names, NameOf::Organisation, self.authority_id),
            outcome: self.outcome,
            reviewed_on: self.reviewed_on,
            valid_until: self.valid_until_on,
            document: self.document.clone(),
            remark: self.remark.clone(),
            version: self.version(),
            created_at: self.created_at,
            can: Vec::new(),
            findings: None,
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_partner_reviews).service(create_partner_review).service(get_partner_review);
}

/// Reviews of partners in the order in which they were added 资质审核列表
#[utoipa::path(tag = "partner-reviews", params(List<PartnerReviewFilter>),
    responses((status = 200, description = "A page of reviews", body = Page<PartnerReviewOut>), ReadPartners))]
#[get("/partner-reviews")]
async fn list_partner_reviews(by: By<ReadPartners>, list: List<PartnerReviewFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PartnerReview>(tx, at)).await
}

/// Adds a review of a partner; the latest one counts 登记资质审核
#[utoipa::path(tag = "partner-reviews", request_body = PartnerReviewIn,
    responses((status = 201, description = "The new review", body = PartnerReviewOut), SupervisePartners))]
#[post("/partner-reviews")]
async fn create_partner_review(
    by: By<SupervisePartners>,
    write: Write,
    Valid(body): Valid<PartnerReviewIn>,
) -> Answered {
    write.creates(by, move |tx, by| partner_reviews::add(tx, by, &body)).await
}

/// One review of a partner 资质审核
#[utoipa::path(tag = "partner-reviews", params(("id" = Id, Path, description = "The review")),
    responses((status = 200, description = "The review", body = PartnerReviewOut), ReadPartners))]
#[get("/partner-reviews/{id}")]
async fn get_partner_review(by: By<ReadPartners>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PartnerReview>(tx, id.0)).await
}
