//! `/classes`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Class, ClassFilter, NewClass};
use crate::auth::permission::{ManageClasses, ReadClasses};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::Grade;
use crate::schools::classes;
use crate::values::identifiers::SchoolYear;
use crate::values::text::Line;

/// A class, as it is created or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassIn {
    /// Stays as it was created.
    pub school_id: Id,
    /// Stays as it was created.
    #[schema(inline)]
    pub school_year: SchoolYear,
    /// 1 to 9, a grade of the school. Stays as it was created.
    #[schema(minimum = 1, maximum = 9)]
    #[validate(range(min = 1, max = 9, code = "out-of-range"))]
    pub grade: u8,
    /// Unique in its grade and school year, such as `三年级2班`.
    #[schema(inline)]
    pub name: Line<1, 40>,
}

impl From<ClassIn> for NewClass {
    fn from(body: ClassIn) -> Self {
        Self {
            school_id: body.school_id,
            school_year: body.school_year,
            grade: body.grade,
            name: body.name.as_str().to_owned(),
        }
    }
}

/// A class 行政班.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassOut {
    pub id: Id,
    pub school_id: Id,
    pub school_year: String,
    pub grade: i32,
    pub name: String,
    /// Counts the changes of who is in the class.
    pub roll_version: i64,
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

impl ClassOut {
    fn of(class: &Class, actor: &Actor) -> Self {
        let row = &class.row;
        Self {
            id: row.id,
            school_id: row.school_id,
            school_year: row.school_year.clone(),
            grade: row.grade,
            name: row.name.clone(),
            roll_version: row.roll_version,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: class.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }
}

/// Which classes a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClassQuery {
    /// Only classes of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only classes of this school year.
    #[param(inline)]
    pub school_year: Option<SchoolYear>,
    /// Only classes of this grade.
    #[param(inline)]
    pub grade: Option<Grade>,
    /// Classes in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_classes).service(create_class).service(get_class).service(update_class);
}

/// Classes in the caller's scope, in the order in which they were added 班级列表
#[utoipa::path(tag = "classes", params(ClassQuery),
    responses((status = 200, description = "A page of classes", body = Page<ClassOut>), ReadClasses))]
#[get("/classes")]
async fn list_classes(caller: Caller<ReadClasses>, list: List<ClassQuery>) -> Answered {
    let query = list.query.clone();
    let school_year = query.school_year.map(|year| year.as_str().to_owned());
    let filter = ClassFilter {
        school_id: query.school_id,
        school_year,
        grade: query.grade.and_then(|grade| i32::try_from(grade.get()).ok()),
    };
    let (cursor, limit) = (Cursor::of("classes", &filter), query.limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = classes::list(tx, &caller.actor, &filter, after, limit)?;
        Ok(cursor.page(limit, found, |class| class.row.id).map(|class| ClassOut::of(&class, &caller.actor)))
    })
    .await
}

/// Adds a class to a school 新建班级
#[utoipa::path(tag = "classes", request_body = ClassIn,
    responses((status = 201, description = "The new class", body = ClassOut), ManageClasses))]
#[post("/classes")]
async fn create_class(caller: Caller<ManageClasses>, write: Write, Valid(body): Valid<ClassIn>) -> Answered {
    let new = NewClass::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = classes::create(tx, actor, &new)?;
            let location = format!("/api/v1/classes/{}", made.row.id);
            Answer::created(location, &ClassOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One class 班级
#[utoipa::path(tag = "classes", params(("id" = Id, Path, description = "The class")),
    responses((status = 200, description = "The class", body = ClassOut), ReadClasses))]
#[get("/classes/{id}")]
async fn get_class(caller: Caller<ReadClasses>, id: PathId, read: Read) -> Answered {
    read.one(move |tx| answer(&classes::find(tx, &caller.actor, id.0)?, &caller.actor)).await
}

/// Gives a class another name 修改班级
#[utoipa::path(tag = "classes", params(("id" = Id, Path, description = "The class")), request_body = ClassIn,
    responses((status = 200, description = "The class as it is now", body = ClassOut), ManageClasses))]
#[put("/classes/{id}")]
async fn update_class(
    caller: Caller<ManageClasses>,
    id: PathId,
    write: Write,
    Valid(body): Valid<ClassIn>,
) -> Answered {
    let to = NewClass::from(body);
    write.versioned(caller, move |tx, actor, seen| answer(&classes::update(tx, actor, id.0, seen, &to)?, actor)).await
}

fn answer(class: &Class, actor: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&ClassOut::of(class, actor), class.row.version)
}
