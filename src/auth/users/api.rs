//! `/users`.

use actix_web::{get, post, put};

use super::model::{UserFilter, UserIn};
use super::{User, UserKind, UserState};
use crate::auth::permission::{ManageUsers, ReadUsers};
use crate::auth::{By, List, Read, Write, users};
use crate::db::Id;
use crate::http::{Answered, Key, Page, PathId, ServiceConfig, Valid};
use crate::out;

out! {
    /// An account.
    pub struct UserOut of (user, by): User {
        kind: UserKind,
        username: String,
        display_name: String,
        organisation_id: Option<Id>,
        state: UserState,
        /// The secret is temporary and must be replaced with `POST /me/change-secret` before anything else.
        secret_change_due: bool,
    }
    named { organisation_name: Option<String> = Organisation(user.organisation_id) }
    can "What this caller may call on it now: `update` is PUT, the others are `POST …/{verb}`."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_users)
        .service(create_user)
        .service(get_user)
        .service(update_user)
        .service(suspend_user)
        .service(reinstate_user);
}

/// Accounts in the caller's scope 账号列表
#[utoipa::path(tag = "users", params(List<UserFilter, Key>),
    responses((status = 200, description = "A page of accounts", body = Page<UserOut>), ReadUsers))]
#[get("/users")]
async fn list_users(by: By<ReadUsers>, list: List<UserFilter, Key>) -> Answered {
    list.shows_coded(by, |user: &User| user.username.clone(), users::list).await
}

/// Creates an account 新建账号
#[utoipa::path(tag = "users", request_body = UserIn,
    responses((status = 201, description = "The new account, which has no secret yet", body = UserOut), ManageUsers))]
#[post("/users")]
async fn create_user(by: By<ManageUsers>, write: Write, Valid(body): Valid<UserIn>) -> Answered {
    write.creates(by, move |tx, by| users::create(tx, by, &body)).await
}

/// One account 账号
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account")),
    responses((status = 200, description = "The account", body = UserOut), ReadUsers))]
#[get("/users/{id}")]
async fn get_user(by: By<ReadUsers>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<User>(tx, id.0)).await
}

/// Replaces an account's names 修改账号
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account")), request_body = UserIn,
    responses((status = 200, description = "The account as it is now", body = UserOut), ManageUsers))]
#[put("/users/{id}")]
async fn update_user(by: By<ManageUsers>, id: PathId, write: Write, Valid(body): Valid<UserIn>) -> Answered {
    write.changes(by, move |tx, by, seen| users::update(tx, by, id.0, seen, &body)).await
}

/// Suspends an account; its tokens end at once 停用账号
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account")),
    responses((status = 200, description = "The account as it is now", body = UserOut), ManageUsers))]
#[post("/users/{id}/suspend")]
async fn suspend_user(by: By<ManageUsers>, id: PathId, write: Write) -> Answered {
    write.cutting_off().changes(by, move |tx, by, seen| users::suspend(tx, by, id.0, seen)).await
}

/// Ends a suspension 恢复账号
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account")),
    responses((status = 200, description = "The account as it is now", body = UserOut), ManageUsers))]
#[post("/users/{id}/reinstate")]
async fn reinstate_user(by: By<ManageUsers>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| users::reinstate(tx, by, id.0, seen)).await
}
