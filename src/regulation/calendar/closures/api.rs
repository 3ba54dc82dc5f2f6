//! `/calendar/closures`.

use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Closure, NewClosure};
use crate::auth::permission::{ManageClosures, ReadRegulation};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::regulation::calendar::closures;
use crate::values::iso_date;
use crate::values::text::Line;

/// A closure, as it is set.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureIn {
    /// The authority that closes its schools and all below it.
    pub authority_id: Id,
    /// The day without service.
    #[serde(with = "iso_date")]
    pub closed_on: Date,
    /// Shown to schools and guardians.
    #[schema(inline)]
    pub reason: Line<1, 100>,
}

impl From<ClosureIn> for NewClosure {
    fn from(body: ClosureIn) -> Self {
        Self { authority_id: body.authority_id, closed_on: body.closed_on, reason: body.reason.as_str().to_owned() }
    }
}

/// A day on which an authority closes its schools 停课安排.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureOut {
    pub id: Id,
    pub authority_id: Id,
    #[serde(with = "iso_date")]
    pub closed_on: Date,
    pub reason: String,
    /// `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `delete` is DELETE.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl ClosureOut {
    fn of(closure: &Closure, actor: &Actor) -> Self {
        let row = &closure.row;
        Self {
            id: row.id,
            authority_id: row.authority_id,
            closed_on: row.closed_on,
            reason: row.reason.clone(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: closure.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which closures a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClosureQuery {
    /// Only closures of this authority itself.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// Closures in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_closures).service(create_closure).service(get_closure).service(delete_closure);
}

/// Closures by date 停课安排列表
#[utoipa::path(tag = "calendar", params(ClosureQuery),
    responses((status = 200, description = "A page of closures", body = Page<ClosureOut>), ReadRegulation))]
#[get("/calendar/closures")]
async fn list_closures(caller: Caller<ReadRegulation>, list: List<ClosureQuery>) -> Answered {
    let query = list.query.clone();
    let authority = query.authority_id;
    let (cursor, limit) = (Cursor::of("closures", &authority), query.limit.unwrap_or_default());
    let after: Option<(Date, Id)> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = closures::list(tx, authority, after, limit)?;
        let page = cursor.page(limit, found, |closure| (closure.row.closed_on, closure.row.id));
        Ok(page.map(|closure| ClosureOut::of(&closure, &caller.actor)))
    })
    .await
}

/// Closes a day of an authority; no deadline moves 新增停课安排
#[utoipa::path(tag = "calendar", request_body = ClosureIn,
    responses((status = 201, description = "The new closure", body = ClosureOut), ManageClosures))]
#[post("/calendar/closures")]
async fn create_closure(caller: Caller<ManageClosures>, write: Write, Valid(body): Valid<ClosureIn>) -> Answered {
    let new = NewClosure::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = closures::create(tx, actor, &new)?;
            let location = format!("/api/v1/calendar/closures/{}", made.row.id);
            Answer::created(location, &ClosureOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One closure 停课安排
#[utoipa::path(tag = "calendar", params(("id" = Id, Path, description = "The closure")),
    responses((status = 200, description = "The closure", body = ClosureOut), ReadRegulation))]
#[get("/calendar/closures/{id}")]
async fn get_closure(caller: Caller<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&closures::find(tx, id.0)?, &caller.actor)).await
}

/// Takes a closure back 删除停课安排
#[utoipa::path(tag = "calendar", params(("id" = Id, Path, description = "The closure")),
    responses((status = 200, description = "The closure as it was", body = ClosureOut), ManageClosures))]
#[delete("/calendar/closures/{id}")]
async fn delete_closure(caller: Caller<ManageClosures>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let gone = closures::delete(tx, actor, id.0, seen)?;
            Answer::ok(&ClosureOut { can: Vec::new(), ..ClosureOut::of(&gone, actor) }, gone.row.version)
        })
        .await
}

fn answer(closure: &Closure, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&ClosureOut::of(closure, actor), closure.row.version)
}
