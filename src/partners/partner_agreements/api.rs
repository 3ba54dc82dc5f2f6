//! `/partner-agreements`.

use actix_web::{get, post, put};
use time::Date;

use super::PartnerAgreement;
use super::model::{
    PartnerAgreementEndIn, PartnerAgreementFilter, PartnerAgreementIn, PartnerAgreementSignIn, PartnerAgreementState,
    WhoPays,
};
use crate::auth::permission::{ReadPartnerAgreements, WritePartnerAgreements};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::partners::partner_agreements;
use crate::values::iso_date;

out! {
    /// An agreement between a school and a partner 合作协议.
    pub struct PartnerAgreementOut of (agreement, by): PartnerAgreement {
        school_id: Id,
        partner_id: Id,
        title: String,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day.
        #[serde(with = "iso_date")]
        ends_on: Date,
        who_pays: WhoPays,
        fee_terms: Option<String>,
        necessity: Option<String>,
        state: PartnerAgreementState,
        /// Null until it is signed.
        #[serde(with = "iso_date::option")]
        signed_on: Option<Date>,
        /// Name of the scan; null until it is signed.
        document: Option<String>,
        /// The day on which it was ended, which is its last; null while nobody has.
        #[serde(with = "iso_date::option")]
        ended_on: Option<Date>,
        end_reason: Option<String>,
    }
    named {
        school_name: String = Organisation(agreement.school_id),
        partner_name: String = Organisation(agreement.partner_id),
    }
    can "What this caller may call on it now: `update` is PUT, any other word is `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_partner_agreements)
        .service(create_partner_agreement)
        .service(get_partner_agreement)
        .service(update_partner_agreement)
        .service(sign_partner_agreement)
        .service(end_partner_agreement);
}

/// Agreements between schools and partners, in the order in which they were drafted 合作协议列表
#[utoipa::path(tag = "partner-agreements", params(List<PartnerAgreementFilter>),
    responses((status = 200, description = "A page of agreements", body = Page<PartnerAgreementOut>),
        ReadPartnerAgreements))]
#[get("/partner-agreements")]
async fn list_partner_agreements(by: By<ReadPartnerAgreements>, list: List<PartnerAgreementFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PartnerAgreement>(tx, at)).await
}

/// Drafts an agreement of a school with a partner 拟订合作协议
#[utoipa::path(tag = "partner-agreements", request_body = PartnerAgreementIn,
    responses((status = 201, description = "The new draft", body = PartnerAgreementOut), WritePartnerAgreements))]
#[post("/partner-agreements")]
async fn create_partner_agreement(
    by: By<WritePartnerAgreements>,
    write: Write,
    Valid(body): Valid<PartnerAgreementIn>,
) -> Answered {
    write.creates(by, move |tx, by| partner_agreements::draft(tx, by, &body)).await
}

/// One agreement between a school and a partner 合作协议
#[utoipa::path(tag = "partner-agreements", params(("id" = Id, Path, description = "The agreement")),
    responses((status = 200, description = "The agreement", body = PartnerAgreementOut), ReadPartnerAgreements))]
#[get("/partner-agreements/{id}")]
async fn get_partner_agreement(by: By<ReadPartnerAgreements>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PartnerAgreement>(tx, id.0)).await
}

/// Replaces a draft 修改合作协议
#[utoipa::path(tag = "partner-agreements", params(("id" = Id, Path, description = "The agreement")),
    request_body = PartnerAgreementIn,
    responses((status = 200, description = "The draft as it is now", body = PartnerAgreementOut),
        WritePartnerAgreements))]
#[put("/partner-agreements/{id}")]
async fn update_partner_agreement(
    by: By<WritePartnerAgreements>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerAgreementIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| partner_agreements::update(tx, by, id.0, seen, &body)).await
}

/// Says that a draft was signed, and where its scan is 签订合作协议
#[utoipa::path(tag = "partner-agreements", params(("id" = Id, Path, description = "The agreement")),
    request_body = PartnerAgreementSignIn,
    responses((status = 200, description = "The agreement as it is now", body = PartnerAgreementOut),
        WritePartnerAgreements))]
#[post("/partner-agreements/{id}/sign")]
async fn sign_partner_agreement(
    by: By<WritePartnerAgreements>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerAgreementSignIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| partner_agreements::sign(tx, by, id.0, seen, &body)).await
}

/// Ends an agreement today; a draft is given up 终止合作协议
#[utoipa::path(tag = "partner-agreements", params(("id" = Id, Path, description = "The agreement")),
    request_body = PartnerAgreementEndIn,
    responses((status = 200, description = "The agreement as it is now", body = PartnerAgreementOut),
        WritePartnerAgreements))]
#[post("/partner-agreements/{id}/end")]
async fn end_partner_agreement(
    by: By<WritePartnerAgreements>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerAgreementEndIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| partner_agreements::end(tx, by, id.0, seen, &body)).await
}
