//! `/authorities`.

use actix_web::{get, post, put};

use super::model::{AuthorityFilter, AuthorityIn};
use super::{Authority, AuthorityLevel};
use crate::auth::permission::{ManageAuthorities, ReadRegulation};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::regulation::authorities;

out! {
    /// An education authority 教育主管部门.
    pub struct AuthorityOut of (authority, by): Authority {
        code: String,
        name: String,
        level: AuthorityLevel,
        parent_id: Option<Id>,
        complaint_office: Option<String>,
        complaint_phone: Option<String>,
    }
    named { parent_name: Option<String> = Organisation(authority.parent_id) }
    id "Also the id of its organisation." can "What this caller may call on it now: `update` is PUT."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_authorities).service(create_authority).service(get_authority).service(update_authority);
}

/// Authorities by code 教育主管部门列表
#[utoipa::path(tag = "authorities", params(List<AuthorityFilter>),
    responses((status = 200, description = "A page of authorities", body = Page<AuthorityOut>), ReadRegulation))]
#[get("/authorities")]
async fn list_authorities(by: By<ReadRegulation>, list: List<AuthorityFilter, String>) -> Answered {
    list.shows_by(by, |authority: &Authority| authority.code.clone(), |tx, _, at| authorities::list(tx, at)).await
}

/// Adds an authority below its parent 新建教育主管部门
#[utoipa::path(tag = "authorities", request_body = AuthorityIn,
    responses((status = 201, description = "The new authority", body = AuthorityOut), ManageAuthorities))]
#[post("/authorities")]
async fn create_authority(by: By<ManageAuthorities>, write: Write, Valid(body): Valid<AuthorityIn>) -> Answered {
    write.creates(by, move |tx, _| authorities::create(tx, &body)).await
}

/// One authority 教育主管部门
#[utoipa::path(tag = "authorities", params(("id" = Id, Path, description = "The authority")),
    responses((status = 200, description = "The authority", body = AuthorityOut), ReadRegulation))]
#[get("/authorities/{id}")]
async fn get_authority(by: By<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Authority>(tx, id.0)).await
}

/// Renames an authority, and says to whom guardians complain 修改教育主管部门
#[utoipa::path(tag = "authorities", params(("id" = Id, Path, description = "The authority")),
    request_body = AuthorityIn,
    responses((status = 200, description = "The authority as it is now", body = AuthorityOut), ManageAuthorities))]
#[put("/authorities/{id}")]
async fn update_authority(
    by: By<ManageAuthorities>,
    id: PathId,
    write: Write,
    Valid(body): Valid<AuthorityIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| authorities::update(tx, by, id.0, seen, &body)).await
}
