//! `/role-grants`.

use actix_web::{get, post};
use time::Date;

use super::RoleGrant;
use super::model::{RoleGrantFilter, RoleGrantIn, RoleGrantState};
use crate::auth::permission::{ManageRoleGrants, ReadUsers};
use crate::auth::{By, List, Read, Role, Write, grants};
use crate::db::{Id, Instant};
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::values::iso_date;

out! {
    /// A role grant.
    pub struct RoleGrantOut of (grant, by): RoleGrant {
        user_id: Id,
        role: Role,
        organisation_id: Option<Id>,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day; null for no end.
        #[serde(with = "iso_date::option")]
        ends_on: Option<Date>,
        /// When somebody ended it; it holds nothing from then on.
        ended_at: Option<Instant>,
        state: RoleGrantState = grant.state(),
        /// Who gave it, or gave its account a new secret since; another person confirms it.
        asked_by_id: Option<Id>,
        /// Who confirmed it.
        confirmed_by_id: Option<Id>,
    }
    named {
        /// Display name of the account.
        user_name: String = Account(grant.user_id),
        organisation_name: Option<String> = Organisation(grant.organisation_id),
        asked_by_name: Option<String> = Account(grant.asked_by_id),
        confirmed_by_name: Option<String> = Account(grant.confirmed_by_id),
    }
    can "What this caller may call on it now, as `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_role_grants)
        .service(create_role_grant)
        .service(get_role_grant)
        .service(confirm_role_grant)
        .service(end_role_grant);
}

/// Role grants of an account, past ones included 角色授权列表
#[utoipa::path(tag = "role-grants", params(List<RoleGrantFilter>),
    responses((status = 200, description = "A page of role grants", body = Page<RoleGrantOut>), ReadUsers))]
#[get("/role-grants")]
async fn list_role_grants(by: By<ReadUsers>, list: List<RoleGrantFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<RoleGrant>(tx, at)).await
}

/// Gives a role; one that reaches pupils, money or accounts waits for a second person 授予角色
#[utoipa::path(tag = "role-grants", request_body = RoleGrantIn,
    responses((status = 201, description = "The new grant", body = RoleGrantOut), ManageRoleGrants))]
#[post("/role-grants")]
async fn create_role_grant(by: By<ManageRoleGrants>, write: Write, Valid(body): Valid<RoleGrantIn>) -> Answered {
    write.creates(by, move |tx, by| grants::give(tx, by, &body)).await
}

/// One role grant 角色授权
#[utoipa::path(tag = "role-grants", params(("id" = Id, Path, description = "The grant")),
    responses((status = 200, description = "The grant", body = RoleGrantOut), ReadUsers))]
#[get("/role-grants/{id}")]
async fn get_role_grant(by: By<ReadUsers>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<RoleGrant>(tx, id.0)).await
}

/// Confirms, as a second person, a grant that waits; it holds from now on 复核授权
#[utoipa::path(tag = "role-grants", params(("id" = Id, Path, description = "The grant")),
    responses((status = 200, description = "The grant as it is now", body = RoleGrantOut), ManageRoleGrants))]
#[post("/role-grants/{id}/confirm")]
async fn confirm_role_grant(by: By<ManageRoleGrants>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| grants::confirm(tx, by, id.0, seen)).await
}

/// Ends a grant now; the account's tokens end with it 终止授权
#[utoipa::path(tag = "role-grants", params(("id" = Id, Path, description = "The grant")),
    responses((status = 200, description = "The grant as it is now", body = RoleGrantOut), ManageRoleGrants))]
#[post("/role-grants/{id}/end")]
async fn end_role_grant(by: By<ManageRoleGrants>, id: PathId, write: Write) -> Answered {
    write.cutting_off().changes(by, move |tx, by, seen| grants::end(tx, by, id.0, seen)).await
}
