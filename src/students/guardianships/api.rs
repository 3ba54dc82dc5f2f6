//! `/guardianships`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{
    Closing, GuardianKind, Guardianship, GuardianshipFilter, GuardianshipState, NewGuardianship, Relation, Right,
};
use crate::auth::access_log::Viewing;
use crate::auth::permission::{ManageGuardianships, ReadGuardianships};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::students::guardianships;
use crate::values::identifiers::Phone;
use crate::values::iso_date;
use crate::values::text::Line;

/// A guardian of a child, from one day to another, both included.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipIn {
    /// The child, which attends a school in the caller's scope.
    pub person_id: Id,
    /// The guardian's account; null until there is one.
    pub user_id: Option<Id>,
    pub kind: GuardianKind,
    /// Name of the institution; for that kind only.
    #[schema(inline)]
    pub organisation_name: Option<Line<2, 80>>,
    pub relation: Relation,
    /// Sealed at rest.
    #[schema(inline)]
    pub contact_name: Line<1, 60>,
    /// Sealed at rest.
    #[schema(inline)]
    pub contact_phone: Option<Phone>,
    /// Each once, at least one.
    #[schema(min_items = 1, max_items = 6)]
    #[validate(length(max = 6, code = "too-long"))]
    pub rights: Vec<Right>,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day; null for no end.
    #[serde(default, with = "iso_date::option")]
    pub ends_on: Option<Date>,
    /// The document that allows it after a block.
    #[schema(inline)]
    pub restoring_document: Option<Line<2, 120>>,
}

fn owned<const MIN: usize, const MAX: usize>(text: &Line<MIN, MAX>) -> String {
    text.as_str().to_owned()
}

impl From<GuardianshipIn> for NewGuardianship {
    fn from(body: GuardianshipIn) -> Self {
        Self {
            person_id: body.person_id,
            user_id: body.user_id,
            kind: body.kind,
            organisation_name: body.organisation_name.as_ref().map(owned),
            relation: body.relation,
            contact_name: owned(&body.contact_name),
            contact_phone: body.contact_phone,
            rights: body.rights,
            starts_on: body.starts_on,
            ends_on: body.ends_on,
            restoring_document: body.restoring_document.as_ref().map(owned),
        }
    }
}

/// The account that a guardian has.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipLinkIn {
    pub user_id: Id,
}

/// Why a guardianship ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipEndIn {
    #[schema(inline)]
    pub reason: Line<2, 120>,
    /// The document that says so.
    #[schema(inline)]
    pub document: Option<Line<2, 120>>,
    /// Last day, not after today; today when it is null.
    #[serde(default, with = "iso_date::option")]
    pub ends_on: Option<Date>,
}

/// Why a guardian is blocked.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardianshipBlockIn {
    #[schema(inline)]
    pub reason: Line<2, 120>,
    /// The document that says so, such as a ruling.
    #[schema(inline)]
    pub document: Line<2, 120>,
}

/// A guardianship 监护关系.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuardianshipOut {
    pub id: Id,
    /// The child.
    pub person_id: Id,
    /// The guardian's account; null until there is one.
    pub user_id: Option<Id>,
    pub kind: GuardianKind,
    pub organisation_name: Option<String>,
    pub relation: Relation,
    pub contact_name: String,
    /// Whole for the school and the guardian, masked for others.
    pub contact_phone: Option<String>,
    pub rights: Vec<Right>,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day; null for no end.
    #[serde(with = "iso_date::option")]
    pub ends_on: Option<Date>,
    pub state: GuardianshipState,
    /// Why it was ended or blocked; `merged` when two records of the child were joined.
    pub closing_reason: Option<String>,
    pub closing_document: Option<String>,
    /// The document that allowed it after a block.
    pub restoring_document: Option<String>,
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

impl GuardianshipOut {
    fn of(held: &Guardianship, actor: &Actor) -> Self {
        let row = &held.row;
        Self {
            id: row.id,
            person_id: row.person_id,
            user_id: row.user_id,
            kind: row.kind,
            organisation_name: row.organisation_name.clone(),
            relation: row.relation,
            contact_name: held.contact_name.clone(),
            contact_phone: held.phone_for(actor),
            rights: held.rights(),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            state: row.state,
            closing_reason: row.closing_reason.clone(),
            closing_document: row.closing_document.clone(),
            restoring_document: row.restoring_document.clone(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: held.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which guardianships a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GuardianshipQuery {
    /// Only guardianships of this child.
    #[param(inline)]
    pub person_id: Option<Id>,
    /// Only guardianships in this state.
    #[param(inline)]
    pub state: Option<GuardianshipState>,
    /// Guardianships in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_guardianships)
        .service(create_guardianship)
        .service(get_guardianship)
        .service(link_guardianship)
        .service(end_guardianship)
        .service(block_guardianship);
}

/// Guardianships of the children in the caller's scope; a guardian sees its own while they hold 监护关系列表
#[utoipa::path(tag = "guardianships", params(GuardianshipQuery),
    responses((status = 200, description = "A page of guardianships", body = Page<GuardianshipOut>),
        ReadGuardianships))]
#[get("/guardianships")]
async fn list_guardianships(
    caller: Caller<ReadGuardianships>,
    list: List<GuardianshipQuery>,
    viewing: Viewing,
) -> Answered {
    let query = list.query.clone();
    let filter = GuardianshipFilter { person_id: query.person_id, state: query.state };
    let (cursor, limit) = (Cursor::of("guardianships", &filter), query.limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = guardianships::list(tx, &caller.actor, &filter, after, limit)?;
        let page = cursor.page(limit, found, |held| held.row.id);
        viewing.note(tx, &caller.actor, "list_guardianships", page.items.iter().map(Guardianship::seen_at))?;
        Ok(page.map(|held| GuardianshipOut::of(&held, &caller.actor)))
    })
    .await
}

/// Enters a guardian of a child 登记监护关系
#[utoipa::path(tag = "guardianships", request_body = GuardianshipIn, responses(
    (status = 201, description = "The new guardianship", body = GuardianshipOut), ManageGuardianships))]
#[post("/guardianships")]
async fn create_guardianship(
    caller: Caller<ManageGuardianships>,
    write: Write,
    Valid(body): Valid<GuardianshipIn>,
) -> Answered {
    let new = NewGuardianship::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = guardianships::create(tx, actor, &new)?;
            let location = format!("/api/v1/guardianships/{}", made.row.id);
            Answer::created(location, &GuardianshipOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One guardianship 监护关系
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship")),
    responses((status = 200, description = "The guardianship", body = GuardianshipOut), ReadGuardianships))]
#[get("/guardianships/{id}")]
async fn get_guardianship(caller: Caller<ReadGuardianships>, id: PathId, read: Read, viewing: Viewing) -> Answered {
    let scope = caller.scope();
    read.one(move |tx| {
        let held = guardianships::find(tx, &scope, id.0)?;
        viewing.note(tx, &caller.actor, "get_guardianship", [held.seen_at()])?;
        answer(&held, &caller.actor)
    })
    .await
}

/// Gives a guardianship the account of its guardian 关联家长账号
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship")),
    request_body = GuardianshipLinkIn, responses(
    (status = 200, description = "The guardianship as it is now", body = GuardianshipOut), ManageGuardianships))]
#[post("/guardianships/{id}/link")]
async fn link_guardianship(
    caller: Caller<ManageGuardianships>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GuardianshipLinkIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&guardianships::link(tx, actor, id.0, seen, body.user_id)?, actor)
        })
        .await
}

/// Ends a guardianship; from now on it reads, signs and receives nothing 终止监护关系
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship")),
    request_body = GuardianshipEndIn, responses(
    (status = 200, description = "The guardianship as it is now", body = GuardianshipOut), ManageGuardianships))]
#[post("/guardianships/{id}/end")]
async fn end_guardianship(
    caller: Caller<ManageGuardianships>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GuardianshipEndIn>,
) -> Answered {
    let document = body.document.as_ref().map(owned);
    let closing = Closing { reason: owned(&body.reason), document, ends_on: body.ends_on };
    write
        .versioned(caller, move |tx, actor, seen| answer(&guardianships::end(tx, actor, id.0, seen, &closing)?, actor))
        .await
}

/// Blocks a guardian; only a document brings it back 禁止监护关系
#[utoipa::path(tag = "guardianships", params(("id" = Id, Path, description = "The guardianship")),
    request_body = GuardianshipBlockIn, responses(
    (status = 200, description = "The guardianship as it is now", body = GuardianshipOut), ManageGuardianships))]
#[post("/guardianships/{id}/block")]
async fn block_guardianship(
    caller: Caller<ManageGuardianships>,
    id: PathId,
    write: Write,
    Valid(body): Valid<GuardianshipBlockIn>,
) -> Answered {
    let closing = Closing { reason: owned(&body.reason), document: Some(owned(&body.document)), ends_on: None };
    write
        .versioned(caller, move |tx, actor, seen| {
            answer(&guardianships::block(tx, actor, id.0, seen, &closing)?, actor)
        })
        .await
}

fn answer(held: &Guardianship, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&GuardianshipOut::of(held, actor), held.row.version)
}
