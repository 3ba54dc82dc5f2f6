//! `/safety-duties`.

use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewSafetyDuty, SafetyDuty, SafetyDutyFilter};
use crate::auth::permission::{ManageStaff, ReadStaff};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, CursorText, FindingOut, Page, PageLimit, Paging, PathId, Valid};
use crate::refusal::Refusal;
use crate::staff::safety_duties;
use crate::values::iso_date;
use crate::values::text::Line;

/// A duty, as it is entered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafetyDutyIn {
    /// Of which member of staff.
    pub staff_member_id: Id,
    /// What the member of staff answers for.
    #[schema(inline)]
    pub duty: Line<2, 200>,
    /// First day.
    #[serde(with = "iso_date")]
    pub from_on: Date,
    /// Last day; null until somebody else answers for it.
    #[serde(default, with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to_on: Option<Date>,
}

impl From<SafetyDutyIn> for NewSafetyDuty {
    fn from(body: SafetyDutyIn) -> Self {
        Self {
            staff_member_id: body.staff_member_id,
            duty: body.duty.as_str().to_owned(),
            from_on: body.from_on,
            to_on: body.to_on,
        }
    }
}

/// A duty 安全职责.
#[derive(Debug, Serialize, ToSchema)]
pub struct SafetyDutyOut {
    pub id: Id,
    pub school_id: Id,
    pub staff_member_id: Id,
    /// What the member of staff answers for.
    pub duty: String,
    /// First day.
    #[serde(with = "iso_date")]
    pub from_on: Date,
    /// Last day; null until somebody else answers for it.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to_on: Option<Date>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `delete` is DELETE.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl SafetyDutyOut {
    fn of(duty: &SafetyDuty, actor: &Actor) -> Self {
        let row = &duty.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            staff_member_id: row.staff_member_id,
            duty: row.duty.clone(),
            from_on: row.from_on,
            to_on: row.to_on,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: duty.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which duties a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SafetyDutyQuery {
    /// Only those of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only those of this member of staff.
    #[param(inline)]
    pub staff_member_id: Option<Id>,
    /// Duties in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_safety_duties).service(create_safety_duty).service(get_safety_duty).service(delete_safety_duty);
}

/// Duties in the caller's scope, in the order in which they were entered 安全职责列表
#[utoipa::path(tag = "safety", params(SafetyDutyQuery),
    responses((status = 200, description = "A page of duties", body = Page<SafetyDutyOut>), ReadStaff))]
#[get("/safety-duties")]
async fn list_safety_duties(caller: Caller<ReadStaff>, list: List<SafetyDutyQuery>) -> Answered {
    let query = &list.query;
    let filter = SafetyDutyFilter { school_id: query.school_id, staff_member_id: query.staff_member_id };
    let paging = Paging::of("safety-duties", &filter, query.limit, query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = safety_duties::list(tx, &caller.actor, &filter, paging.after, paging.limit)?;
        Ok(paging.page(found, |duty| duty.row.id).map(|duty| SafetyDutyOut::of(&duty, &caller.actor)))
    })
    .await
}

/// Gives a member of staff a safety duty 落实安全职责
#[utoipa::path(tag = "safety", request_body = SafetyDutyIn,
    responses((status = 201, description = "The new duty", body = SafetyDutyOut), ManageStaff))]
#[post("/safety-duties")]
async fn create_safety_duty(caller: Caller<ManageStaff>, write: Write, Valid(body): Valid<SafetyDutyIn>) -> Answered {
    let new = NewSafetyDuty::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = safety_duties::create(tx, actor, &new)?;
            let location = format!("/api/v1/safety-duties/{}", made.row.id);
            Answer::created(location, &SafetyDutyOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One duty 安全职责
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The duty")),
    responses((status = 200, description = "The duty", body = SafetyDutyOut), ReadStaff))]
#[get("/safety-duties/{id}")]
async fn get_safety_duty(caller: Caller<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&safety_duties::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Takes a duty back 删除安全职责
#[utoipa::path(tag = "safety", params(("id" = Id, Path, description = "The duty")),
    responses((status = 200, description = "The duty as it was", body = SafetyDutyOut), ManageStaff))]
#[delete("/safety-duties/{id}")]
async fn delete_safety_duty(caller: Caller<ManageStaff>, id: PathId, write: Write) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let gone = safety_duties::delete(tx, actor, id.0, seen)?;
            Answer::ok(&SafetyDutyOut { can: Vec::new(), ..SafetyDutyOut::of(&gone, actor) }, gone.row.version)
        })
        .await
}

fn answer(duty: &SafetyDuty, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&SafetyDutyOut::of(duty, actor), duty.row.version)
}
