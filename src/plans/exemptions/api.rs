//! `/exemptions`.

use actix_web::{get, post};
use time::Date;

use super::Exemption;
use super::model::{ExemptionFilter, ExemptionGrantIn, ExemptionIn, ExemptionReasonIn, ExemptionState};
use crate::auth::permission::{AskForExemptions, DecideExemptions, ReadExemptions};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::plans::exemptions;
use crate::rules::document::Season;
use crate::values::iso_date;

out! {
    /// An exemption 特殊情况核准.
    pub struct ExemptionOut of (exemption, by): Exemption {
        school_id: Id,
        school_year: String,
        season: Season,
        rule: String,
        project: Option<String>,
        weekday: Option<i32>,
        #[serde(with = "iso_date")]
        first_on: Date,
        #[serde(with = "iso_date")]
        last_on: Date,
        reason: String,
        state: ExemptionState,
        /// Who asked; null where the authority acted of its own motion.
        requested_by_id: Option<Id>,
        decided_by_id: Option<Id>,
        #[serde(with = "iso_date::option")]
        decided_on: Option<Date>,
        document: Option<String>,
        /// Why it was refused or ended.
        remark: Option<String>,
    }
    named {
        school_name: String = Organisation(exemption.school_id),
        requested_by_name: Option<String> = Account(exemption.requested_by_id),
        decided_by_name: Option<String> = Account(exemption.decided_by_id),
    }
    id "Cited by the finding that it turns into a warning."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_exemptions)
        .service(create_exemption)
        .service(get_exemption)
        .service(grant_exemption)
        .service(refuse_exemption)
        .service(end_exemption)
        .service(withdraw_exemption);
}

/// Exemptions in the caller's scope 特殊情况核准列表
#[utoipa::path(tag = "exemptions", params(List<ExemptionFilter>),
    responses((status = 200, description = "A page of exemptions", body = Page<ExemptionOut>), ReadExemptions))]
#[get("/exemptions")]
async fn list_exemptions(by: By<ReadExemptions>, list: List<ExemptionFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Exemption>(tx, at)).await
}

/// Asks for an exemption, or gives one of the authority's own motion 申请特殊情况核准
#[utoipa::path(tag = "exemptions", request_body = ExemptionIn,
    responses((status = 201, description = "The exemption: requested by a school, granted by an authority",
        body = ExemptionOut), AskForExemptions))]
#[post("/exemptions")]
async fn create_exemption(by: By<AskForExemptions>, write: Write, Valid(body): Valid<ExemptionIn>) -> Answered {
    write.creates(by, move |tx, by| exemptions::create(tx, by, &body)).await
}

/// One exemption 特殊情况核准
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    responses((status = 200, description = "The exemption", body = ExemptionOut), ReadExemptions))]
#[get("/exemptions/{id}")]
async fn get_exemption(by: By<ReadExemptions>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Exemption>(tx, id.0)).await
}

/// Grants what a school asked for 予以核准
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    request_body = ExemptionGrantIn,
    responses((status = 200, description = "The exemption as it is now", body = ExemptionOut), DecideExemptions))]
#[post("/exemptions/{id}/grant")]
async fn grant_exemption(
    by: By<DecideExemptions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ExemptionGrantIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| exemptions::grant(tx, by, id.0, seen, &body)).await
}

/// Refuses what a school asked for 不予核准
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    request_body = ExemptionReasonIn,
    responses((status = 200, description = "The exemption as it is now", body = ExemptionOut), DecideExemptions))]
#[post("/exemptions/{id}/refuse")]
async fn refuse_exemption(
    by: By<DecideExemptions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ExemptionReasonIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| exemptions::refuse(tx, by, id.0, seen, &body)).await
}

/// Ends what was granted 终止核准
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    request_body = ExemptionReasonIn,
    responses((status = 200, description = "The exemption as it is now", body = ExemptionOut), DecideExemptions))]
#[post("/exemptions/{id}/end")]
async fn end_exemption(
    by: By<DecideExemptions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ExemptionReasonIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| exemptions::end(tx, by, id.0, seen, &body)).await
}

/// Takes back what was asked for 撤回申请
#[utoipa::path(tag = "exemptions", params(("id" = Id, Path, description = "The exemption")),
    responses((status = 200, description = "The exemption as it is now", body = ExemptionOut), AskForExemptions))]
#[post("/exemptions/{id}/withdraw")]
async fn withdraw_exemption(by: By<AskForExemptions>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| exemptions::withdraw(tx, by, id.0, seen)).await
}
