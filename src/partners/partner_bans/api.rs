//! `/partner-bans`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Lifting, NewPartnerBan, PartnerBan};
use crate::auth::permission::{ReadPartners, SupervisePartners};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant, Tx};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::partners::partner_bans;
use crate::refusal::Refusal;
use crate::values::iso_date;
use crate::values::text::Line;

/// A ban of a partner, as it is imposed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerBanIn {
    pub partner_id: Id,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day; null until it is lifted.
    #[serde(default, with = "iso_date::option")]
    pub ends_on: Option<Date>,
    #[schema(inline)]
    pub reason: Line<1, 400>,
    /// The decision, with its number.
    #[schema(inline)]
    pub document: Line<1, 200>,
}

/// Why a ban is lifted.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerBanLiftIn {
    #[schema(inline)]
    pub reason: Line<1, 400>,
    /// The decision, with its number.
    #[schema(inline)]
    pub document: Line<1, 200>,
}

/// A ban of a partner 禁止合作.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerBanOut {
    pub id: Id,
    pub partner_id: Id,
    /// The authority that imposed it.
    pub authority_id: Id,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day; null until it is lifted.
    #[serde(with = "iso_date::option")]
    pub ends_on: Option<Date>,
    pub reason: String,
    pub document: String,
    /// Null while nobody has lifted it; what was lifted counts for nothing.
    #[serde(with = "iso_date::option")]
    pub lifted_on: Option<Date>,
    pub lift_reason: Option<String>,
    pub lift_document: Option<String>,
    /// Whether it runs today: started, and neither ended nor lifted.
    pub open: bool,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now, as `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl PartnerBanOut {
    fn of(ban: &PartnerBan, actor: &Actor, today: Date) -> Self {
        let row = &ban.row;
        Self {
            id: row.id,
            partner_id: row.partner_id,
            authority_id: row.authority_id,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            reason: row.reason.clone(),
            document: row.document.clone(),
            lifted_on: row.lifted_on,
            lift_reason: row.lift_reason.clone(),
            lift_document: row.lift_document.clone(),
            open: row.is_open(today),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: ban.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which bans a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartnerBanQuery {
    /// Only bans of this partner.
    #[param(inline)]
    pub partner_id: Option<Id>,
    /// Bans in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_partner_bans).service(create_partner_ban).service(get_partner_ban).service(lift_partner_ban);
}

/// Bans of partners in the order in which they were imposed 禁止合作列表
#[utoipa::path(tag = "partner-bans", params(PartnerBanQuery),
    responses((status = 200, description = "A page of bans", body = Page<PartnerBanOut>), ReadPartners))]
#[get("/partner-bans")]
async fn list_partner_bans(caller: Caller<ReadPartners>, list: List<PartnerBanQuery>) -> Answered {
    let PartnerBanQuery { partner_id, limit, cursor: text } = list.query.clone();
    let (cursor, limit) = (Cursor::of("partner-bans", &partner_id), limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(text.as_ref())?;
    list.page(move |tx| {
        let found = partner_bans::list(tx, &caller.actor, partner_id, after, limit)?;
        let page = cursor.page(limit, found, |ban| ban.row.id);
        Ok(page.map(|ban| PartnerBanOut::of(&ban, &caller.actor, tx.today)))
    })
    .await
}

/// Bans a partner 禁止合作
#[utoipa::path(tag = "partner-bans", request_body = PartnerBanIn,
    responses((status = 201, description = "The new ban", body = PartnerBanOut), SupervisePartners))]
#[post("/partner-bans")]
async fn create_partner_ban(
    caller: Caller<SupervisePartners>,
    write: Write,
    Valid(body): Valid<PartnerBanIn>,
) -> Answered {
    let new = NewPartnerBan {
        partner_id: body.partner_id,
        starts_on: body.starts_on,
        ends_on: body.ends_on,
        reason: body.reason.as_str().to_owned(),
        document: body.document.as_str().to_owned(),
    };
    write
        .run(caller, move |tx, actor| {
            let made = partner_bans::impose(tx, actor, &new)?;
            let location = format!("/api/v1/partner-bans/{}", made.row.id);
            Answer::created(location, &PartnerBanOut::of(&made, actor, tx.today), made.row.version)
        })
        .await
}

/// One ban of a partner 禁止合作
#[utoipa::path(tag = "partner-bans", params(("id" = Id, Path, description = "The ban")),
    responses((status = 200, description = "The ban", body = PartnerBanOut), ReadPartners))]
#[get("/partner-bans/{id}")]
async fn get_partner_ban(caller: Caller<ReadPartners>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| {
        let ban = partner_bans::find(tx, &caller.actor, id.0)?;
        answer(tx, &ban, &caller.actor)
    })
    .await
}

/// Lifts a ban today; from then on it counts for nothing 解除禁止
#[utoipa::path(tag = "partner-bans", params(("id" = Id, Path, description = "The ban")),
    request_body = PartnerBanLiftIn,
    responses((status = 200, description = "The ban as it is now", body = PartnerBanOut), SupervisePartners))]
#[post("/partner-bans/{id}/lift")]
async fn lift_partner_ban(
    caller: Caller<SupervisePartners>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerBanLiftIn>,
) -> Answered {
    let lifting = Lifting { reason: body.reason.as_str().to_owned(), document: body.document.as_str().to_owned() };
    write
        .versioned(caller, move |tx, actor, seen| {
            let ban = partner_bans::lift(tx, actor, id.0, seen, &lifting)?;
            answer(tx, &ban, actor)
        })
        .await
}

fn answer(tx: &Tx<'_>, ban: &PartnerBan, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&PartnerBanOut::of(ban, actor, tx.today), ban.row.version)
}
