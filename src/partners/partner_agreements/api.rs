//! `/partner-agreements`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewPartnerAgreement, PartnerAgreement, PartnerAgreementFilter, PartnerAgreementState, Signature, WhoPays};
use crate::auth::permission::{ReadPartnerAgreements, WritePartnerAgreements};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::partners::partner_agreements;
use crate::refusal::Refusal;
use crate::values::iso_date;
use crate::values::text::Line;

/// An agreement between a school and a partner, as it is drafted or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerAgreementIn {
    /// Stays as it was created.
    pub school_id: Id,
    /// Stays as it was created.
    pub partner_id: Id,
    #[schema(inline)]
    pub title: Line<2, 120>,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day.
    #[serde(with = "iso_date")]
    pub ends_on: Date,
    pub who_pays: WhoPays,
    /// What is paid and when; required where the school pays, null where nobody does.
    #[schema(inline)]
    pub fee_terms: Option<Line<1, 1000>>,
    /// Why the school's own staff do not suffice (四.3): required for an institution, null for a public-interest
    /// organisation.
    #[schema(inline)]
    pub necessity: Option<Line<1, 1000>>,
}

impl From<PartnerAgreementIn> for NewPartnerAgreement {
    fn from(body: PartnerAgreementIn) -> Self {
        Self {
            school_id: body.school_id,
            partner_id: body.partner_id,
            title: body.title.as_str().to_owned(),
            starts_on: body.starts_on,
            ends_on: body.ends_on,
            who_pays: body.who_pays,
            fee_terms: body.fee_terms.map(|terms| terms.as_str().to_owned()),
            necessity: body.necessity.map(|necessity| necessity.as_str().to_owned()),
        }
    }
}

/// That an agreement was signed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerAgreementSignIn {
    /// Not after today.
    #[serde(with = "iso_date")]
    pub signed_on: Date,
    /// Name of the scan.
    #[schema(inline)]
    pub document: Line<1, 200>,
}

/// Why an agreement ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerAgreementEndIn {
    #[schema(inline)]
    pub reason: Line<1, 400>,
}

/// An agreement between a school and a partner 合作协议.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerAgreementOut {
    pub id: Id,
    pub school_id: Id,
    pub partner_id: Id,
    pub title: String,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day.
    #[serde(with = "iso_date")]
    pub ends_on: Date,
    pub who_pays: WhoPays,
    pub fee_terms: Option<String>,
    pub necessity: Option<String>,
    pub state: PartnerAgreementState,
    /// Null until it is signed.
    #[serde(with = "iso_date::option")]
    pub signed_on: Option<Date>,
    /// Name of the scan; null until it is signed.
    pub document: Option<String>,
    /// The day on which it was ended, which is its last; null while nobody has.
    #[serde(with = "iso_date::option")]
    pub ended_on: Option<Date>,
    pub end_reason: Option<String>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT, any other word is `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl PartnerAgreementOut {
    fn of(agreement: &PartnerAgreement, actor: &Actor) -> Self {
        let row = &agreement.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            partner_id: row.partner_id,
            title: row.title.clone(),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            who_pays: row.who_pays,
            fee_terms: row.fee_terms.clone(),
            necessity: row.necessity.clone(),
            state: row.state,
            signed_on: row.signed_on,
            document: row.document.clone(),
            ended_on: row.ended_on,
            end_reason: row.end_reason.clone(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: agreement.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which agreements a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartnerAgreementQuery {
    /// Only agreements of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only agreements with this partner.
    #[param(inline)]
    pub partner_id: Option<Id>,
    /// Only agreements in this state.
    #[param(inline)]
    pub state: Option<PartnerAgreementState>,
    /// Agreements in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
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
#[utoipa::path(tag = "partner-agreements", params(PartnerAgreementQuery),
    responses((status = 200, description = "A page of agreements", body = Page<PartnerAgreementOut>),
        ReadPartnerAgreements))]
#[get("/partner-agreements")]
async fn list_partner_agreements(caller: Caller<ReadPartnerAgreements>, list: List<PartnerAgreementQuery>) -> Answered {
    let query = list.query.clone();
    let filter =
        PartnerAgreementFilter { school_id: query.school_id, partner_id: query.partner_id, state: query.state };
    let (cursor, limit) = (Cursor::of("partner-agreements", &filter), query.limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = partner_agreements::list(tx, &caller.actor, &filter, after, limit)?;
        let page = cursor.page(limit, found, |agreement| agreement.row.id);
        Ok(page.map(|agreement| PartnerAgreementOut::of(&agreement, &caller.actor)))
    })
    .await
}

/// Drafts an agreement of a school with a partner 拟订合作协议
#[utoipa::path(tag = "partner-agreements", request_body = PartnerAgreementIn,
    responses((status = 201, description = "The new draft", body = PartnerAgreementOut), WritePartnerAgreements))]
#[post("/partner-agreements")]
async fn create_partner_agreement(
    caller: Caller<WritePartnerAgreements>,
    write: Write,
    Valid(body): Valid<PartnerAgreementIn>,
) -> Answered {
    let new = NewPartnerAgreement::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = partner_agreements::draft(tx, actor, &new)?;
            let location = format!("/api/v1/partner-agreements/{}", made.row.id);
            Answer::created(location, &PartnerAgreementOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One agreement between a school and a partner 合作协议
#[utoipa::path(tag = "partner-agreements", params(("id" = Id, Path, description = "The agreement")),
    responses((status = 200, description = "The agreement", body = PartnerAgreementOut), ReadPartnerAgreements))]
#[get("/partner-agreements/{id}")]
async fn get_partner_agreement(caller: Caller<ReadPartnerAgreements>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&partner_agreements::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces a draft 修改合作协议
#[utoipa::path(tag = "partner-agreements", params(("id" = Id, Path, description = "The agreement")),
    request_body = PartnerAgreementIn,
    responses((status = 200, description = "The draft as it is now", body = PartnerAgreementOut),
        WritePartnerAgreements))]
#[put("/partner-agreements/{id}")]
async fn update_partner_agreement(
    caller: Caller<WritePartnerAgreements>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerAgreementIn>,
) -> Answered {
    let to = NewPartnerAgreement::from(body);
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&partner_agreements::update(tx, actor, id.0, seen, &to)?, actor)
        })
        .await
}

/// Says that a draft was signed, and where its scan is 签订合作协议
#[utoipa::path(tag = "partner-agreements", params(("id" = Id, Path, description = "The agreement")),
    request_body = PartnerAgreementSignIn,
    responses((status = 200, description = "The agreement as it is now", body = PartnerAgreementOut),
        WritePartnerAgreements))]
#[post("/partner-agreements/{id}/sign")]
async fn sign_partner_agreement(
    caller: Caller<WritePartnerAgreements>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerAgreementSignIn>,
) -> Answered {
    let signature = Signature { signed_on: body.signed_on, document: body.document.as_str().to_owned() };
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&partner_agreements::sign(tx, actor, id.0, seen, &signature)?, actor)
        })
        .await
}

/// Ends an agreement today; a draft is given up 终止合作协议
#[utoipa::path(tag = "partner-agreements", params(("id" = Id, Path, description = "The agreement")),
    request_body = PartnerAgreementEndIn,
    responses((status = 200, description = "The agreement as it is now", body = PartnerAgreementOut),
        WritePartnerAgreements))]
#[post("/partner-agreements/{id}/end")]
async fn end_partner_agreement(
    caller: Caller<WritePartnerAgreements>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerAgreementEndIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&partner_agreements::end(tx, actor, id.0, seen, body.reason.as_str())?, actor)
        })
        .await
}

fn answer(agreement: &PartnerAgreement, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&PartnerAgreementOut::of(agreement, actor), agreement.row.version)
}
