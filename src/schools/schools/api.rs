//! `/schools`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{NewSchool, School, SchoolFilter};
use crate::auth::permission::{ManageSchools, ReadSchools};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::{Dismissal, Ownership, SchoolArea, Stage};
use crate::schools::schools;
use crate::values::identifiers::SchoolCode;
use crate::values::text::Line;

/// A school, as it is created or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchoolIn {
    /// 学校（机构）标识码: ten digits. Stays as it was created.
    #[schema(inline)]
    pub code: SchoolCode,
    #[schema(inline)]
    pub name: Line<2, 80>,
    /// The authority to which it files. Stays as it was created.
    pub authority_id: Id,
    pub ownership: Ownership,
    pub area: SchoolArea,
    /// Each once, at least one.
    #[schema(min_items = 1, max_items = 2)]
    #[validate(length(max = 2, code = "too-long"))]
    pub stages: Vec<Stage>,
    /// 1 to 9.
    #[schema(minimum = 1, maximum = 9)]
    pub grade_first: u8,
    /// 1 to 9, not before the first.
    #[schema(minimum = 1, maximum = 9)]
    pub grade_last: u8,
    /// Whether pupils board.
    pub boarding: bool,
    /// When each grade is dismissed, by weekday and timetable; each combination once.
    #[schema(max_items = 135)]
    #[validate(length(max = 135, code = "too-long"))]
    pub dismissals: Vec<Dismissal>,
}

impl From<SchoolIn> for NewSchool {
    fn from(body: SchoolIn) -> Self {
        Self {
            code: body.code,
            name: body.name.as_str().to_owned(),
            authority_id: body.authority_id,
            ownership: body.ownership,
            area: body.area,
            stages: body.stages,
            grade_first: body.grade_first,
            grade_last: body.grade_last,
            boarding: body.boarding,
            dismissals: body.dismissals,
        }
    }
}

/// A school 学校.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolOut {
    /// Also the id of its organisation.
    pub id: Id,
    pub code: String,
    pub name: String,
    pub authority_id: Option<Id>,
    pub ownership: Ownership,
    pub area: SchoolArea,
    pub stages: Vec<Stage>,
    pub grade_first: i32,
    pub grade_last: i32,
    pub boarding: bool,
    pub dismissals: Vec<Dismissal>,
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

impl SchoolOut {
    fn of(school: &School, actor: &Actor) -> Self {
        let row = &school.row;
        Self {
            id: row.id,
            code: school.code.clone(),
            name: school.name.clone(),
            authority_id: school.authority_id,
            ownership: row.ownership,
            area: row.area,
            stages: school.stages.clone(),
            grade_first: row.grade_first,
            grade_last: row.grade_last,
            boarding: row.boarding,
            dismissals: school.dismissals.clone(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: school.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which schools a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SchoolQuery {
    /// Only schools that file to this authority.
    #[param(inline)]
    pub authority_id: Option<Id>,
    /// Only the school of this code.
    #[param(inline)]
    pub code: Option<SchoolCode>,
    /// Schools in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_schools).service(create_school).service(get_school).service(update_school);
}

/// Schools in the caller's scope, by code 学校列表
#[utoipa::path(tag = "schools", params(SchoolQuery),
    responses((status = 200, description = "A page of schools", body = Page<SchoolOut>), ReadSchools))]
#[get("/schools")]
async fn list_schools(caller: Caller<ReadSchools>, list: List<SchoolQuery>) -> Answered {
    let query = list.query.clone();
    let code = query.code.map(|code| code.as_str().to_owned());
    let filter = SchoolFilter { authority_id: query.authority_id, code };
    let (cursor, limit) = (Cursor::of("schools", &filter), query.limit.unwrap_or_default());
    let after: Option<String> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = schools::list(tx, &caller.actor, &filter, after.clone(), limit)?;
        let page = cursor.page(limit, found, |school| school.code.clone());
        Ok(page.map(|school| SchoolOut::of(&school, &caller.actor)))
    })
    .await
}

/// Adds a school below its filing authority 新建学校
#[utoipa::path(tag = "schools", request_body = SchoolIn,
    responses((status = 201, description = "The new school", body = SchoolOut), ManageSchools))]
#[post("/schools")]
async fn create_school(caller: Caller<ManageSchools>, write: Write, Valid(body): Valid<SchoolIn>) -> Answered {
    let new = NewSchool::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = schools::create(tx, actor, &new)?;
            let location = format!("/api/v1/schools/{}", made.row.id);
            Answer::created(location, &SchoolOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One school 学校
#[utoipa::path(tag = "schools", params(("id" = Id, Path, description = "The school")),
    responses((status = 200, description = "The school", body = SchoolOut), ReadSchools))]
#[get("/schools/{id}")]
async fn get_school(caller: Caller<ReadSchools>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&schools::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Replaces a school's facts 修改学校
#[utoipa::path(tag = "schools", params(("id" = Id, Path, description = "The school")), request_body = SchoolIn,
    responses((status = 200, description = "The school as it is now", body = SchoolOut), ManageSchools))]
#[put("/schools/{id}")]
async fn update_school(
    caller: Caller<ManageSchools>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SchoolIn>,
) -> Answered {
    let to = NewSchool::from(body);
    write.versioned(caller, move |tx, actor, seen| answer(&schools::update(tx, actor, id.0, seen, &to)?, actor)).await
}

fn answer(school: &School, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&SchoolOut::of(school, actor), school.row.version)
}
