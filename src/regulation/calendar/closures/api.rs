//! `/calendar/closures`.

use actix_web::{delete, get, post};
use time::Date;

use super::Closure;
use super::model::{ClosureFilter, ClosureIn};
use crate::auth::permission::{ManageClosures, ReadRegulation};
use crate::auth::{By, List, Read, Write, shape};
use crate::db::Id;
use crate::http::{Answer, Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::regulation::calendar::closures;
use crate::values::iso_date;

out! {
    /// A day on which an authority closes its schools 停课安排.
    pub struct ClosureOut of (closure, by): Closure {
        authority_id: Id,
        #[serde(with = "iso_date")]
        closed_on: Date,
        reason: String,
    }
    named { authority_name: String = Organisation(closure.authority_id) }
    version "`If-Match: \"<version>\"` accepts it."
    can "What this caller may call on it now: `delete` is DELETE."
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_closures).service(create_closure).service(get_closure).service(delete_closure);
}

/// Closures by date 停课安排列表
#[utoipa::path(tag = "calendar", params(List<ClosureFilter>),
    responses((status = 200, description = "A page of closures", body = Page<ClosureOut>), ReadRegulation))]
#[get("/calendar/closures")]
async fn list_closures(by: By<ReadRegulation>, list: List<ClosureFilter, (Date, Id)>) -> Answered {
    list.shows_by(by, |closure: &Closure| (closure.closed_on, closure.id), |tx, _, at| closures::list(tx, at)).await
}

/// Closes a day of an authority; no deadline moves 新增停课安排
#[utoipa::path(tag = "calendar", request_body = ClosureIn,
    responses((status = 201, description = "The new closure", body = ClosureOut), ManageClosures))]
#[post("/calendar/closures")]
async fn create_closure(by: By<ManageClosures>, write: Write, Valid(body): Valid<ClosureIn>) -> Answered {
    write.creates(by, move |tx, by| closures::create(tx, by, &body)).await
}

/// One closure 停课安排
#[utoipa::path(tag = "calendar", params(("id" = Id, Path, description = "The closure")),
    responses((status = 200, description = "The closure", body = ClosureOut), ReadRegulation))]
#[get("/calendar/closures/{id}")]
async fn get_closure(by: By<ReadRegulation>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Closure>(tx, id.0)).await
}

/// Takes a closure back 删除停课安排
#[utoipa::path(tag = "calendar", params(("id" = Id, Path, description = "The closure")),
    responses((status = 200, description = "The closure as it was", body = ClosureOut), ManageClosures))]
#[delete("/calendar/closures/{id}")]
async fn delete_closure(by: By<ManageClosures>, id: PathId, write: Write) -> Answered {
    write
        .versioned(by, move |tx, by, seen| {
            let gone = closures::delete(tx, by, id.0, seen)?;
            Answer::ok(&ClosureOut { can: Vec::new(), ..shape(tx, &gone, by)? }, gone.version)
        })
        .await
}
