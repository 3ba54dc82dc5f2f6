//! `/students`.

use actix_web::{get, post, put};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{FreeHelpReason, NewStudent, PriorityGroup, Student, StudentFilter, StudentState};
use crate::auth::access_log::Viewing;
use crate::auth::permission::{ManageStudents, ReadStudents};
use crate::auth::{Actor, Caller, List, Read, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::refusal::Refusal;
use crate::rules::document::Grade;
use crate::students::persons::Numbers;
use crate::students::students;
use crate::values::identifiers::{IdNumber, StudentNumber};
use crate::values::iso_date;
use crate::values::text::Line;

/// A pupil of a school, as it is entered or replaced.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StudentIn {
    /// Stays as it was entered; a transfer is `leave` here and a new entry there.
    pub school_id: Id,
    /// A class of the school and the grade.
    pub class_id: Option<Id>,
    /// 1 to 9, a grade of the school.
    #[schema(minimum = 1, maximum = 9)]
    #[validate(range(min = 1, max = 9, code = "out-of-range"))]
    pub grade: u8,
    #[schema(inline)]
    pub name: Line<1, 60>,
    /// 公民身份号码, sealed at rest and masked in answers. Null keeps what is known.
    #[schema(inline)]
    pub id_number: Option<IdNumber>,
    /// 学籍号, sealed at rest and masked in answers. Null keeps what is known.
    #[schema(inline)]
    pub student_number: Option<StudentNumber>,
    /// First day.
    #[serde(with = "iso_date")]
    pub entered_on: Date,
    /// Why the pupil comes first, each once (三.1).
    #[schema(max_items = 5)]
    #[validate(length(max = 5, code = "too-long"))]
    pub priority_groups: Vec<PriorityGroup>,
    /// Why the pupil gets free help, each once; empty for none (三.3).
    #[schema(max_items = 3)]
    #[validate(length(max = 3, code = "too-long"))]
    pub free_help: Vec<FreeHelpReason>,
}

impl From<StudentIn> for NewStudent {
    fn from(body: StudentIn) -> Self {
        Self {
            school_id: body.school_id,
            class_id: body.class_id,
            grade: body.grade,
            name: body.name.as_str().to_owned(),
            numbers: Numbers { id_number: body.id_number, student_number: body.student_number },
            entered_on: body.entered_on,
            priority_groups: body.priority_groups,
            free_help: body.free_help,
        }
    }
}

/// A pupil of a school 学生.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudentOut {
    pub id: Id,
    pub school_id: Id,
    /// The person, the same at every school.
    pub person_id: Id,
    /// `If-Match` of `/persons/{id}/merge` takes it.
    pub person_version: i64,
    pub class_id: Option<Id>,
    pub grade: i32,
    pub name: String,
    /// Masked, such as `4306**********002X`; `reveal` gives it whole.
    pub id_number: Option<String>,
    /// Masked, such as `G4306**********002X`; `reveal` gives it whole.
    pub student_number: Option<String>,
    /// First day.
    #[serde(with = "iso_date")]
    pub entered_on: Date,
    /// Last day; null while it attends.
    #[serde(with = "iso_date::option")]
    pub left_on: Option<Date>,
    pub state: StudentState,
    /// Why the pupil comes first; null for all but its school's administrators and its guardians.
    pub priority_groups: Option<Vec<PriorityGroup>>,
    /// Why the pupil gets free help; null for all but its school's administrators and its guardians.
    pub free_help: Option<Vec<FreeHelpReason>>,
    /// Counts changes; `If-Match: "<version>"` accepts it.
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What this caller may call on it now: `update` is PUT, any other is `POST …/{verb}`.
    pub can: Vec<String>,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl StudentOut {
    /// The pupil as `actor` sees it.
    #[must_use]
    pub fn of(student: &Student, actor: &Actor) -> Self {
        let row = &student.row;
        let shown = Student::shows_reasons_to(actor);
        Self {
            id: row.id,
            school_id: row.school_id,
            person_id: row.person_id,
            person_version: student.person_version,
            class_id: row.class_id,
            grade: row.grade,
            name: row.name.clone(),
            id_number: student.numbers.id_number.as_ref().map(IdNumber::masked),
            student_number: student.numbers.student_number.as_ref().map(StudentNumber::masked),
            entered_on: row.entered_on,
            left_on: row.left_on,
            state: row.state,
            priority_groups: shown.then(|| student.priority_groups.clone()),
            free_help: shown.then(|| student.free_help.clone()),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            can: student.can(actor).into_iter().map(str::to_owned).collect(),
            findings: None,
        }
    }

    /// The answer to a read or a change of a pupil.
    ///
    /// # Errors
    /// A defect: the shape cannot be written as JSON.
    pub fn answer(student: &Student, actor: &Actor) -> Result<Answer, Refusal> {
        Answer::ok(&Self::of(student, actor), student.row.version)
    }
}

/// Which pupils a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StudentQuery {
    /// Only pupils of this school.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Only pupils of this class.
    #[param(inline)]
    pub class_id: Option<Id>,
    /// Only this person.
    #[param(inline)]
    pub person_id: Option<Id>,
    /// Only pupils of this grade.
    #[param(inline)]
    pub grade: Option<Grade>,
    /// Only pupils in this state.
    #[param(inline)]
    pub state: Option<StudentState>,
    /// Pupils in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_students).service(create_student).service(get_student).service(update_student);
}

/// Pupils in the caller's scope, in the order in which they were entered 学生列表
#[utoipa::path(tag = "students", params(StudentQuery),
    responses((status = 200, description = "A page of pupils", body = Page<StudentOut>), ReadStudents))]
#[get("/students")]
async fn list_students(caller: Caller<ReadStudents>, list: List<StudentQuery>, viewing: Viewing) -> Answered {
    let query = list.query.clone();
    let filter = StudentFilter {
        school_id: query.school_id,
        class_id: query.class_id,
        person_id: query.person_id,
        grade: query.grade.and_then(|grade| i32::try_from(grade.get()).ok()),
        state: query.state,
    };
    let (cursor, limit) = (Cursor::of("students", &filter), query.limit.unwrap_or_default());
    let after: Option<Id> = cursor.read(query.cursor.as_ref())?;
    list.page(move |tx| {
        let found = students::list(tx, &caller.actor, &filter, after, limit)?;
        let page = cursor.page(limit, found, |student| student.row.id);
        viewing.note(tx, &caller.actor, "list_students", page.items.iter().map(Student::seen_at))?;
        Ok(page.map(|student| StudentOut::of(&student, &caller.actor)))
    })
    .await
}

/// Enters a pupil; a person with these numbers stays the same person 登记学生
#[utoipa::path(tag = "students", request_body = StudentIn,
    responses((status = 201, description = "The new pupil", body = StudentOut), ManageStudents))]
#[post("/students")]
async fn create_student(caller: Caller<ManageStudents>, write: Write, Valid(body): Valid<StudentIn>) -> Answered {
    let new = NewStudent::from(body);
    write
        .run(caller, move |tx, actor| {
            let made = students::create(tx, actor, &new)?;
            let location = format!("/api/v1/students/{}", made.row.id);
            Answer::created(location, &StudentOut::of(&made, actor), made.row.version)
        })
        .await
}

/// One pupil 学生
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil")),
    responses((status = 200, description = "The pupil", body = StudentOut), ReadStudents))]
#[get("/students/{id}")]
async fn get_student(caller: Caller<ReadStudents>, id: PathId, read: Read, viewing: Viewing) -> Answered {
    let scope = caller.scope();
    read.one(move |tx| {
        let student = students::find(tx, &scope, id.0)?;
        viewing.note(tx, &caller.actor, "get_student", [student.seen_at()])?;
        StudentOut::answer(&student, &caller.actor)
    })
    .await
}

/// Replaces what the school knows of its pupil 修改学生
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil")), request_body = StudentIn,
    responses((status = 200, description = "The pupil as it is now", body = StudentOut), ManageStudents))]
#[put("/students/{id}")]
async fn update_student(
    caller: Caller<ManageStudents>,
    id: PathId,
    write: Write,
    Valid(body): Valid<StudentIn>,
) -> Answered {
    let to = NewStudent::from(body);
    write
        .versioned(caller, move |tx, actor, seen| {
            StudentOut::answer(&students::update(tx, actor, id.0, seen, &to)?, actor)
        })
        .await
}
