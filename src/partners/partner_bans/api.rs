//! `/partner-bans`.

use actix_web::{get, post};
use time::Date;

use super::PartnerBan;
use super::model::{PartnerBanFilter, PartnerBanIn, PartnerBanLiftIn};
use crate::auth::permission::{ReadPartners, SupervisePartners};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::partners::partner_bans;
use crate::values::iso_date;

out! {
    /// A ban of a partner 禁止合作.
    pub struct PartnerBanOut of (ban, by): PartnerBan {
        partner_id: Id,
        /// The authority that imposed it.
        authority_id: Id,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day; null until it is lifted.
        #[serde(with = "iso_date::option")]
        ends_on: Option<Date>,
        reason: String,
        document: String,
        /// Null while nobody has lifted it; what was lifted counts for nothing.
        #[serde(with = "iso_date::option")]
        lifted_on: Option<Date>,
        lift_reason: Option<String>,
        lift_document: Option<String>,
        /// Whether it runs today: started, and neither ended nor lifted.
        open: bool = ban.is_open(ban.today),
    }
    named {
        partner_name: String = Organisation(ban.partner_id),
        authority_name: String = Organisation(ban.authority_id),
    }
    can "What this caller may call on it now, as `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_partner_bans).service(create_partner_ban).service(get_partner_ban).service(lift_partner_ban);
}

/// Bans of partners in the order in which they were imposed 禁止合作列表
#[utoipa::path(tag = "partner-bans", params(List<PartnerBanFilter>),
    responses((status = 200, description = "A page of bans", body = Page<PartnerBanOut>), ReadPartners))]
#[get("/partner-bans")]
async fn list_partner_bans(by: By<ReadPartners>, list: List<PartnerBanFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PartnerBan>(tx, at)).await
}

/// Bans a partner 禁止合作
#[utoipa::path(tag = "partner-bans", request_body = PartnerBanIn,
    responses((status = 201, description = "The new ban", body = PartnerBanOut), SupervisePartners))]
#[post("/partner-bans")]
async fn create_partner_ban(by: By<SupervisePartners>, write: Write, Valid(body): Valid<PartnerBanIn>) -> Answered {
    write.creates(by, move |tx, by| partner_bans::impose(tx, by, &body)).await
}

/// One ban of a partner 禁止合作
#[utoipa::path(tag = "partner-bans", params(("id" = Id, Path, description = "The ban")),
    responses((status = 200, description = "The ban", body = PartnerBanOut), ReadPartners))]
#[get("/partner-bans/{id}")]
async fn get_partner_ban(by: By<ReadPartners>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PartnerBan>(tx, id.0)).await
}

/// Lifts a ban today; from then on it counts for nothing 解除禁止
#[utoipa::path(tag = "partner-bans", params(("id" = Id, Path, description = "The ban")),
    request_body = PartnerBanLiftIn,
    responses((status = 200, description = "The ban as it is now", body = PartnerBanOut), SupervisePartners))]
#[post("/partner-bans/{id}/lift")]
async fn lift_partner_ban(
    by: By<SupervisePartners>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerBanLiftIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| partner_bans::lift(tx, by, id.0, seen, &body)).await
}
