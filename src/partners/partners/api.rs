//! `/partners`.

use actix_web::{get, post, put};
use time::Date;

use super::{EarlierLicence, Partner, PartnerFilter, PartnerIn, PartnerKind};
use crate::auth::permission::{ManagePartners, ReadPartners};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Key, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::partners::partners;
use crate::values::iso_date;

out! {
    /// A partner 公益组织、社会机构.
    pub struct PartnerOut of (partner, by): Partner {
        kind: PartnerKind,
        name: String,
        credit_code: String,
        authority_id: Option<Id>,
        licence_number: String,
        licence_document: String,
        #[serde(with = "iso_date")]
        licence_starts_on: Date,
        #[serde(with = "iso_date::option")]
        licence_ends_on: Option<Date>,
        /// Licences that the present one has replaced, oldest first: two in a row cover a term.
        earlier_licences: Vec<EarlierLicence> = partner.earlier_licences.0.clone(),
        contact_name: String,
        /// Whole for those who manage the partner, masked for others.
        contact_phone: String = partner.phone_for(by),
    }
    named { authority_name: Option<String> = Organisation(partner.authority_id) }
    id "Also the id of its organisation." can "What this caller may call on it now: `update` is PUT."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_partners).service(create_partner).service(get_partner).service(update_partner);
}

/// Partners that the caller may see, by credit code 合作机构列表
#[utoipa::path(tag = "partners", params(List<PartnerFilter, Key>),
    responses((status = 200, description = "A page of partners", body = Page<PartnerOut>), ReadPartners))]
#[get("/partners")]
async fn list_partners(by: By<ReadPartners>, list: List<PartnerFilter, Key>) -> Answered {
    list.shows_coded(by, |partner: &Partner| partner.credit_code.clone(), partners::list).await
}

/// Enters a partner below the authority that keeps it 登记合作机构
#[utoipa::path(tag = "partners", request_body = PartnerIn,
    responses((status = 201, description = "The new partner", body = PartnerOut), ManagePartners))]
#[post("/partners")]
async fn create_partner(by: By<ManagePartners>, write: Write, Valid(body): Valid<PartnerIn>) -> Answered {
    write.creates(by, move |tx, by| partners::create(tx, by, &body)).await
}

/// One partner 合作机构
#[utoipa::path(tag = "partners", params(("id" = Id, Path, description = "The partner")),
    responses((status = 200, description = "The partner", body = PartnerOut), ReadPartners))]
#[get("/partners/{id}")]
async fn get_partner(by: By<ReadPartners>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| partners::find(tx, by, id.0)).await
}

/// Replaces a partner's facts 修改合作机构
#[utoipa::path(tag = "partners", params(("id" = Id, Path, description = "The partner")), request_body = PartnerIn,
    responses((status = 200, description = "The partner as it is now", body = PartnerOut), ManagePartners))]
#[put("/partners/{id}")]
async fn update_partner(by: By<ManagePartners>, id: PathId, write: Write, Valid(body): Valid<PartnerIn>) -> Answered {
    write.changes(by, move |tx, by, seen| partners::update(tx, by, id.0, seen, &body)).await
}
