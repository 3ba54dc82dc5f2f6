//! `/authorities`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Authority, AuthorityFilter, AuthorityLevel, NewAuthority};
use crate::auth::permission::{ManageAuthorities, ReadRegulation};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::regulation::authorities;
use crate::values::identifiers::AuthorityCode;
use crate::values::text::Line;

/// An authority, as it is created or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorityIn {
    /// GB/T 2260 (`430602`), or for a functional area a local code (`4306L1`). Stays as it was created.
    #[schema(inline)]
    pub code: AuthorityCode,
    /// Shown to schools and guardians.
    #[schema(inline)]
    pub name: Line<2, 60>,
    /// Stays as it was created.
    pub level: AuthorityLevel,
    /// The authority right above; null for a province. Stays as it was created.
    pub parent_id: Option<Id>,
}

impl From<AuthorityIn> for NewAuthority {
    fn from(body: AuthorityIn) -> Self {
        Self {
            code: body.code.as_str().to_owned(),
            name: body.name.as_str().to_owned(),
            level: body.level,
            parent_id: body.parent_id,
        }
    }
}

/// An education authority 教育主管部门.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorityOut {
    /// Also the id of its organisation.
    pub id: Id,
    pub code: String,
    pub name: String,
    pub level: AuthorityLevel,
    pub parent_id: Option<Id>,
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

impl AuthorityOut {
    fn of(authority: &Authority, actor: &Actor) -> Self {
        Self {
            id: authority.row.id,
            code: authority.code.clone(),
            name: authority.name.clone(),
            level: authority.row.level,
            parent_id: authority.parent_id,
            version: authority.row.version,
            created_at: authority.row.created_at,
            updated_at: authority.row.updated_at,
            can: Authority::can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which authorities a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuthorityQuery {
    /// Only authorities of this level.
    #[param(inline)]
    pub level: Option<AuthorityLevel>,
    /// Only authorities right below this one.
    #[param(inline)]
    pub parent_id: Option<Id>,
    /// Only the authority of this code.
    #[param(inline)]
    pub code: Option<AuthorityCode>,
    /// Authorities in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_authorities).service(create_authority).service(get_authority).service(update_authority);
}

/// Authorities by code 教育主管部门列表
#[utoipa::path(tag = "authorities", params(AuthorityQuery),
    responses((status = 200, description = "A page of authorities", body = Page<AuthorityOut>), ReadRegulation))]
#[get("/authorities")]
async fn list_authorities(caller: Caller<ReadRegulation>, list: List<AuthorityQuery>) -> Answered {
    let query = list.query.clone();
    let code = query.code.map(|code| code.as_str().to_owned());
    let filter = AuthorityFilter { level: query.level, parent_id: query.parent_id, code };
    let (cursor, limit) = (Cursor::of("authorities", &filter), query.limit.unwrap_or_default());
    let after: Option<String> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = authorities::list(tx, &filter, after.clone(), limit)?;
        let page = cursor.page(limit, found, |authority| authority.code.clone());
        Ok(page.map(|authority| AuthorityOut::of(&authority, &caller.actor)))
    })
    .await
}

/// Adds an authority below its parent 新建教育主管部门
#[utoipa::path(tag = "authorities", request_body = AuthorityIn,
    responses((status = 201, description = "The new authority", body = AuthorityOut), ManageAuthorities))]
#[post("/authorities")]
async fn create_authority(
    caller: Caller<ManageAuthorities>,
    write: Write,
    Valid(body): Valid<AuthorityIn>,
) -> Answered {
    let new = NewAuthority::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = authorities::create(tx, &new)?;
            let location = format!("/api/v1/authorities/{}", made.row.id);
            Answer::created(location, &AuthorityOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One authority 教育主管部门
#[utoipa::path(tag = "authorities", params(("id" = Id, Path, description = "The authority")),
    responses((status = 200, description = "The authority", body = AuthorityOut), ReadRegulation))]
#[get("/authorities/{id}")]
async fn get_authority(caller: Caller<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&authorities::find(tx, id.0)?, &caller.actor)).await
}

/// Renames an authority 修改教育主管部门
#[utoipa::path(tag = "authorities", params(("id" = Id, Path, description = "The authority")),
    request_body = AuthorityIn,
    responses((status = 200, description = "The authority as it is now", body = AuthorityOut), ManageAuthorities))]
#[put("/authorities/{id}")]
async fn update_authority(
    caller: Caller<ManageAuthorities>,
    id: PathId,
    write: Write,
    Valid(body): Valid<AuthorityIn>,
) -> Answered {
    let to = NewAuthority::from(body);
    write.versioned(caller, move |tx, actor, seen| answer(&authorities::update(tx, id.0, seen, &to)?, actor)).await
}

fn answer(authority: &Authority, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&AuthorityOut::of(authority, actor), authority.row.version)
}
