//! `/users`.

use actix_web::{get, post, put, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewUser, User, UserFilter, UserKind, UserState};
use crate::auth::password::Hasher;
use crate::auth::permission::{ManageUsers, ReadUsers};
use crate::auth::{Actor, Caller, List, OfSecret, Read, Write, users};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::sealing::fresh_secret;
use crate::values::text::{Line, Username};

/// An account, as it is created or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserIn {
    /// Stays as it was created.
    pub kind: UserKind,
    /// Unique in the whole service.
    #[schema(inline)]
    pub username: Username,
    /// Shown to colleagues.
    #[schema(inline)]
    pub display_name: Line<1, 60>,
    /// Where the person or machine belongs; null for the platform itself. Stays as it was created.
    pub organisation_id: Option<Id>,
}

impl From<UserIn> for NewUser {
    fn from(body: UserIn) -> Self {
        Self {
            kind: body.kind,
            username: body.username,
            display_name: body.display_name,
            organisation_id: body.organisation_id,
        }
    }
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserOut {
    pub id: Id,
    pub kind: UserKind,
    pub username: String,
    pub display_name: String,
    pub organisation_id: Option<Id>,
    pub state: UserState,
    /// The secret is temporary and must be replaced with `POST /me/change-secret` before anything else.
    pub secret_change_due: bool,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT, the others are `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl UserOut {
    /// The account as `actor` sees it.
    #[must_use]
    pub fn of(user: &User, actor: &Actor) -> Self {
        let row = &user.row;
        Self {
            id: row.id,
            kind: row.kind,
            username: row.username.clone(),
            display_name: row.display_name.clone(),
            organisation_id: row.organisation_id,
            state: row.state,
            secret_change_due: row.secret_change_due,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: user.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// A new secret, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedSecretOut {
    pub user_id: Id,
    /// A temporary password for a person, a client secret for a machine.
    pub secret: String,
    /// The account's version after this.
    pub version: i64,
    /// What the rules said about this write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

/// How a list of accounts is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
pub enum UserSort {
    #[default]
    #[serde(rename = "username")]
    Username,
    #[serde(rename = "-username")]
    UsernameDescending,
}

/// Which accounts a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only accounts in this state.
    #[param(inline)]
    pub state: Option<UserState>,
    /// Only accounts of this organisation.
    #[param(inline)]
    pub organisation_id: Option<Id>,
    /// Only the account of this name.
    #[param(inline)]
    pub username: Option<Username>,
    /// `username` when nothing is said.
    #[param(inline)]
    pub sort: Option<UserSort>,
    /// Accounts in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_users)
        .service(create_user)
        .service(get_user)
        .service(update_user)
        .service(suspend_user)
        .service(reinstate_user)
        .service(issue_user_secret);
}

/// Accounts in the caller's scope 账号列表
#[utoipa::path(tag = "users", params(UserQuery),
    responses((status = 200, description = "A page of accounts", body = Page<UserOut>), ReadUsers))]
#[get("/users")]
async fn list_users(caller: Caller<ReadUsers>, list: List<UserQuery>) -> Answered {
    let query = list.query.clone();
    let descending = query.sort.unwrap_or_default() == UserSort::UsernameDescending;
    let username = query.username.map(|name| name.as_str().to_owned());
    let filter = UserFilter { state: query.state, organisation_id: query.organisation_id, username, descending };
    let cursor = Cursor::of("users", &filter);
    let after: Option<String> = cursor.read(query.cursor.as_ref())?;
    let limit = query.limit.unwrap_or_default();
    list.page(move |tx| {
        let found = users::list(tx, &caller.actor, &filter, after.clone(), limit)?;
        Ok(cursor.page(limit, found, |user| user.row.username.clone()).map(|user| UserOut::of(&user, &caller.actor)))
    })
    .await
}

/// Creates an account 新建账号
#[utoipa::path(tag = "users", request_body = UserIn,
    responses((status = 201, description = "The new account, which has no secret yet", body = UserOut), ManageUsers))]
#[post("/users")]
async fn create_user(caller: Caller<ManageUsers>, write: Write, Valid(body): Valid<UserIn>) -> Answered {
    let new = NewUser::from(body);
    write
        .run(caller, move |tx, actor| {
            let user = users::create(tx, actor, &new)?;
            let location = format!("/api/v1/users/{}", user.row.id);
            Answer::created(location, &UserOut::of(&user, actor), user.row.version)
        })
        .await
}

/// One account 账号
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account")),
    responses((status = 200, description = "The account", body = UserOut), ReadUsers))]
#[get("/users/{id}")]
async fn get_user(caller: Caller<ReadUsers>, id: PathId, read: Read) -> Answered {
    let scope = caller.scope();
    read.one(move |tx| answer(&users::find(tx, &scope, id.0)?, &caller.actor)).await
}

/// Replaces an account's names 修改账号
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account")), request_body = UserIn,
    responses((status = 200, description = "The account as it is now", body = UserOut), ManageUsers))]
#[put("/users/{id}")]
async fn update_user(caller: Caller<ManageUsers>, id: PathId, write: Write, Valid(body): Valid<UserIn>) -> Answered {
    let to = NewUser::from(body);
    write.versioned(caller, move |tx, actor, seen| answer(&users::update(tx, actor, id.0, seen, &to)?, actor)).await
}

/// Suspends an account; its tokens end at once 停用账号
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account")),
    responses((status = 200, description = "The account as it is now", body = UserOut), ManageUsers))]
#[post("/users/{id}/suspend")]
async fn suspend_user(caller: Caller<ManageUsers>, id: PathId, write: Write) -> Answered {
    write
        .cutting_off()
        .versioned(caller, move |tx, actor, seen| answer(&users::suspend(tx, actor, id.0, seen)?, actor))
        .await
}

/// Ends a suspension 恢复账号
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account")),
    responses((status = 200, description = "The account as it is now", body = UserOut), ManageUsers))]
#[post("/users/{id}/reinstate")]
async fn reinstate_user(caller: Caller<ManageUsers>, id: PathId, write: Write) -> Answered {
    write.versioned(caller, move |tx, actor, seen| answer(&users::reinstate(tx, actor, id.0, seen)?, actor)).await
}

/// Gives an account a new secret, shown this once; its tokens end 签发口令
#[utoipa::path(tag = "users", params(("id" = Id, Path, description = "The account"), OfSecret),
    responses((status = 200, description = "The secret, which is kept nowhere", body = IssuedSecretOut), ManageUsers))]
#[post("/users/{id}/issue-secret")]
async fn issue_user_secret(
    caller: Caller<ManageUsers>,
    id: PathId,
    write: Write<OfSecret>,
    hasher: web::Data<Hasher>,
) -> Answered {
    let secret = fresh_secret().map_err(Refusal::internal)?;
    let hash = hasher.hash(SecretString::from(secret.clone())).await?;
    write
        .cutting_off()
        .versioned(caller, move |tx, actor, seen| {
            let user = users::issue_secret(tx, actor, id.0, seen, &hash)?;
            let version = user.row.version;
            let out = IssuedSecretOut { user_id: user.row.id, secret: secret.clone(), version, findings: None };
            Answer::ok(&out, version)
        })
        .await
}

fn answer(user: &User, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&UserOut::of(user, actor), user.row.version)
}
