//! `/remuneration-standards`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewRemunerationStandard, RemunerationStandard, RemunerationStandardFilter};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::Fen;
use crate::staff::remuneration_standards;
use crate::values::iso_date;
use crate::values::text::Line;

/// A standard, as it is entered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemunerationStandardIn {
    /// Of which school.
    pub school_id: Id,
    /// What is paid, such as `作业辅导`.
    #[schema(inline)]
    pub item: Line<2, 60>,
    /// For an hour.
    #[schema(inline)]
    pub amount_fen: Fen,
    /// The document that sets it.
    #[schema(inline)]
    pub document: Line<2, 120>,
    /// First day; not before it, the standard before this one holds.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
}

impl From<RemunerationStandardIn> for NewRemunerationStandard {
    fn from(body: RemunerationStandardIn) -> Self {
        Self {
            school_id: body.school_id,
            item: body.item.as_str().to_owned(),
            amount_fen: body.amount_fen.get(),
            document: body.document.as_str().to_owned(),
            starts_on: body.starts_on,
        }
    }
}

/// A standard 报酬标准.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemunerationStandardOut {
    pub id: Id,
    pub school_id: Id,
    /// What is paid, such as `作业辅导`.
    pub item: String,
    /// For an hour.
    pub amount_fen: i64,
    /// The document that sets it.
    pub document: String,
    /// First day; not before it, the standard before this one holds.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl RemunerationStandardOut {
    fn of(standard: &RemunerationStandard) -> Self {
        let row = &standard.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            item: row.item.clone(),
            amount_fen: row.amount_fen,
            document: row.document.clone(),
            starts_on: row.starts_on,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: Vec::new(),
            findings: None,
        }
    }
}

/// Which standards a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RemunerationStandardQuery {
    /// Only those of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Standards in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_remuneration_standards)
        .service(create_remuneration_standard)
        .service(get_remuneration_standard);
}

/// Standards in the caller's scope, in the order in which they were entered 报酬标准列表
#[utoipa::path(tag = "staff", params(RemunerationStandardQuery),
    responses((status = 200, description = "A page of standards", body = Page<RemunerationStandardOut>), ReadStaff))]
#[get("/remuneration-standards")]
async fn list_remuneration_standards(caller: Caller<ReadStaff>, list: List<RemunerationStandardQuery>) -> Answered {
    let query = &list.query;
    let filter = RemunerationStandardFilter { school_id: query.school_id };
    let paging = Paging::of("remuneration-standards", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = remuneration_standards::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |standard| standard.row.id).map(|standard| RemunerationStandardOut::of(&standard)))
    })
    .await
}

/// Sets a remuneration standard of a school 制定报酬标准
#[utoipa::path(tag = "staff", request_body = RemunerationStandardIn,
    responses((status = 201, description = "The new standard", body = RemunerationStandardOut), ManageStaff))]
#[post("/remuneration-standards")]
async fn create_remuneration_standard(
    caller: Caller<ManageStaff>,
    write: Write,
    Valid(body): Valid<RemunerationStandardIn>,
) -> Answered {
    let new = NewRemunerationStandard::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = remuneration_standards::create(tx, actor, &new)?;
            let location = format!("/api/v1/remuneration-standards/{}", made.row.id);
            Answer::created(location, &RemunerationStandardOut::of(&made), made.row.version)
        })
        .await
}

/// One standard 报酬标准
#[utoipa::path(tag = "staff", params(("id" = Id, Path, description = "The standard")),
    responses((status = 200, description = "The standard", body = RemunerationStandardOut), ReadStaff))]
#[get("/remuneration-standards/{id}")]
async fn get_remuneration_standard(caller: Caller<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&remuneration_standards::find(tx, &caller.actor, id.0)?)).await
}

fn answer(standard: &RemunerationStandard) -> Result<Answer, Refusal> {
    Answer::ok(&RemunerationStandardOut::of(standard), standard.row.version)
}
