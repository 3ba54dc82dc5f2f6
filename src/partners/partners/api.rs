//! `/partners`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewPartner, Partner, PartnerFilter, PartnerKind};
use crate::auth::permission::{ManagePartners, ReadPartners};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::partners::partners;
use crate::refusal::Refusal;
use crate::values::identifiers::{CreditCode, Phone};
use crate::values::iso_date;
use crate::values::text::Line;

/// A partner, as it is entered or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerIn {
    pub kind: PartnerKind,
    /// Its full name.
    #[schema(inline)]
    pub name: Line<2, 80>,
    /// 统一社会信用代码. Stays as it was created.
    #[schema(inline)]
    pub credit_code: CreditCode,
    /// The authority that keeps it: of a county, or of the city for a partner of several. Stays as it was created.
    pub authority_id: Id,
    /// 登记证书、办学许可证号
    #[schema(inline)]
    pub licence_number: Line<1, 60>,
    /// The copy of its legal registration (五.2): name or number of the document.
    #[schema(inline)]
    pub licence_document: Line<1, 200>,
    /// First day of the licence.
    #[serde(with = "iso_date")]
    pub licence_starts_on: Date,
    /// Last day of the licence; null for no end.
    #[serde(default, with = "iso_date::option")]
    pub licence_ends_on: Option<Date>,
    /// 联系人
    #[schema(inline)]
    pub contact_name: Line<1, 60>,
    /// Sealed at rest.
    #[schema(inline)]
    pub contact_phone: Phone,
}

impl From<PartnerIn> for NewPartner {
    fn from(body: PartnerIn) -> Self {
        Self {
            kind: body.kind,
            name: body.name.as_str().to_owned(),
            credit_code: body.credit_code,
            authority_id: body.authority_id,
            licence_number: body.licence_number.as_str().to_owned(),
            licence_document: body.licence_document.as_str().to_owned(),
            licence_starts_on: body.licence_starts_on,
            licence_ends_on: body.licence_ends_on,
            contact_name: body.contact_name.as_str().to_owned(),
            contact_phone: body.contact_phone,
        }
    }
}

/// A partner 公益组织、社会机构.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerOut {
    /// Also the id of its organisation.
    pub id: Id,
    pub kind: PartnerKind,
    pub name: String,
    pub credit_code: String,
    pub authority_id: Option<Id>,
    pub licence_number: String,
    pub licence_document: String,
    #[serde(with = "iso_date")]
    pub licence_starts_on: Date,
    #[serde(with = "iso_date::option")]
    pub licence_ends_on: Option<Date>,
    pub contact_name: String,
    /// Whole for those who manage the partner, masked for others.
    pub contact_phone: String,
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

impl PartnerOut {
    fn of(partner: &Partner, actor: &Actor) -> Self {
        let row = &partner.row;
        Self {
            id: row.id,
            kind: row.kind,
            name: partner.name.clone(),
            credit_code: partner.credit_code.clone(),
            authority_id: partner.authority_id,
            licence_number: row.licence_number.clone(),
            licence_document: row.licence_document.clone(),
            licence_starts_on: row.licence_starts_on,
            licence_ends_on: row.licence_ends_on,
            contact_name: row.contact_name.clone(),
            contact_phone: partner.phone_for(actor),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: partner.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which partners a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartnerQuery {
    /// Only partners that this authority keeps.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// Only partners of this kind.
    #[param(inline)]
    pub kind: Option<PartnerKind>,
    /// Only the partner of this code.
    #[param(inline)]
    pub credit_code: Option<CreditCode>,
    /// Partners in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_partners).service(create_partner).service(get_partner).service(update_partner);
}

/// Partners that the caller may see, by credit code 合作机构列表
#[utoipa::path(tag = "partners", params(PartnerQuery),
    responses((status = 200, description = "A page of partners", body = Page<PartnerOut>), ReadPartners))]
#[get("/partners")]
async fn list_partners(caller: Caller<ReadPartners>, list: List<PartnerQuery>) -> Answered {
    let query = list.query.clone();
    let credit_code = query.credit_code.map(|code| code.as_str().to_owned());
    let filter = PartnerFilter { authority_id: query.authority_id, kind: query.kind, credit_code };
    let (cursor, limit) = (Cursor::of("partners", &filter), query.limit.unwrap_or_default());
    let after: Option<String> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = partners::list(tx, &caller.actor, &filter, after.clone(), limit)?;
        let page = cursor.page(limit, found, |partner| partner.credit_code.clone());
        Ok(page.map(|partner| PartnerOut::of(&partner, &caller.actor)))
    })
    .await
}

/// Enters a partner below the authority that keeps it 登记合作机构
#[utoipa::path(tag = "partners", request_body = PartnerIn,
    responses((status = 201, description = "The new partner", body = PartnerOut), ManagePartners))]
#[post("/partners")]
async fn create_partner(caller: Caller<ManagePartners>, write: Write, Valid(body): Valid<PartnerIn>) -> Answered {
    let new = NewPartner::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = partners::create(tx, actor, &new)?;
            let location = format!("/api/v1/partners/{}", made.row.id);
            Answer::created(location, &PartnerOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One partner 合作机构
#[utoipa::path(tag = "partners", params(("id" = Id, Path, description = "The partner")),
    responses((status = 200, description = "The partner", body = PartnerOut), ReadPartners))]
#[get("/partners/{id}")]
async fn get_partner(caller: Caller<ReadPartners>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&partners::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces a partner's facts 修改合作机构
#[utoipa::path(tag = "partners", params(("id" = Id, Path, description = "The partner")), request_body = PartnerIn,
    responses((status = 200, description = "The partner as it is now", body = PartnerOut), ManagePartners))]
#[put("/partners/{id}")]
async fn update_partner(
    caller: Caller<ManagePartners>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PartnerIn>,
) -> Answered {
    let to = NewPartner::from(body);
    write.versioned(caller, move |tx, actor, seen| answer(&partners::update(tx, actor, id.0, seen, &to)?, actor)).await
}

fn answer(partner: &Partner, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&PartnerOut::of(partner, actor), partner.row.version)
}
