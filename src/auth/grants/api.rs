//! `/role-grants`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::{Validate, ValidationError};

use super::{NewRoleGrant, RoleGrant};
use crate::auth::permission::{ManageRoleGrants, ReadUsers};
use crate::auth::{Actor, Caller, List, Read, Role, Write, grants};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::values::iso_date;

/// A role for an account, from one day to another, both included.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "ends_after_it_starts"))]
pub struct RoleGrantIn {
    pub user_id: Id,
    pub role: Role,
    /// Where the role is held: an authority, a school or a partner; null for `platform_admin`.
    pub organisation_id: Option<Id>,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day; null for no end.
    #[serde(default, with = "iso_date::option")]
    pub ends_on: Option<Date>,
}

fn ends_after_it_starts(grant: &RoleGrantIn) -> Result<(), ValidationError> {
    match grant.ends_on {
        Some(last) if last < grant.starts_on => Err(ValidationError::new("ends-before-start")),
        _ => Ok(()),
    }
}

/// A role grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleGrantOut {
    pub id: Id,
    pub user_id: Id,
    pub role: Role,
    pub organisation_id: Option<Id>,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day; null for no end.
    #[serde(with = "iso_date::option")]
    pub ends_on: Option<Date>,
    /// When somebody ended it; it holds nothing from then on.
    pub ended_at: Option<Instant>,
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

impl RoleGrantOut {
    fn of(grant: &RoleGrant, actor: &Actor) -> Self {
        let row = &grant.row;
        Self {
            id: row.id,
            user_id: row.user_id,
            role: row.role,
            organisation_id: row.organisation_id,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            ended_at: row.ended_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: grant.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Whose role grants a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoleGrantQuery {
    /// The account.
    #[param(inline)]
    pub user_id: Id,
    /// Grants in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_role_grants).service(give_role).service(get_role_grant).service(end_role_grant);
}

/// Role grants of an account, past ones included 角色授权列表
#[utoipa::path(tag = "role-grants", params(RoleGrantQuery),
    responses((status = 200, description = "A page of role grants", body = Page<RoleGrantOut>), ReadUsers))]
#[get("/role-grants")]
async fn list_role_grants(caller: Caller<ReadUsers>, list: List<RoleGrantQuery>) -> Answered {
    let RoleGrantQuery { user_id, limit, cursor: text } = list.query.clone();
    let (cursor, limit) = (Cursor::of("role-grants", &user_id), limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(text.as_ref())?;
    list.page(move |tx| {
        let found = grants::list(tx, &caller.actor, user_id, after, limit)?;
        Ok(cursor.page(limit, found, |grant| grant.row.id).map(|grant| RoleGrantOut::of(&grant, &caller.actor)))
    })
    .await
}

/// Gives a role 授予角色
#[utoipa::path(tag = "role-grants", request_body = RoleGrantIn,
    responses((status = 201, description = "The new grant", body = RoleGrantOut), ManageRoleGrants))]
#[post("/role-grants")]
async fn give_role(caller: Caller<ManageRoleGrants>, write: Write, Valid(body): Valid<RoleGrantIn>) -> Answered {
    let new = NewRoleGrant {
        user_id: body.user_id,
        role: body.role,
        organisation_id: body.organisation_id,
        starts_on: body.starts_on,
        ends_on: body.ends_on,
    };
    write
        .run(caller, move |tx, actor| {
            let grant = grants::give(tx, actor, &new)?;
            let location = format!("/api/v1/role-grants/{}", grant.row.id);
            Answer::created(location, &RoleGrantOut::of(&grant, actor), grant.row.version)
        })
        .await
}

/// One role grant 角色授权
#[utoipa::path(tag = "role-grants", params(("id" = Id, Path, description = "The grant")),
    responses((status = 200, description = "The grant", body = RoleGrantOut), ReadUsers))]
#[get("/role-grants/{id}")]
async fn get_role_grant(caller: Caller<ReadUsers>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&grants::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Ends a grant now; the account's tokens end with it 终止授权
#[utoipa::path(tag = "role-grants", params(("id" = Id, Path, description = "The grant")),
    responses((status = 200, description = "The grant as it is now", body = RoleGrantOut), ManageRoleGrants))]
#[post("/role-grants/{id}/end")]
async fn end_role_grant(caller: Caller<ManageRoleGrants>, id: PathId, write: Write) -> Answered {
    write
        .cutting_off()
        .versioned(caller, move |tx, actor, seen| answer(&grants::end(tx, actor, id.0, seen)?, actor))
        .await
}

fn answer(grant: &RoleGrant, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&RoleGrantOut::of(grant, actor), grant.row.version)
}
