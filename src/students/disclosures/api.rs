//! `/students/{id}/reveal` and `/students/{id}/access-log`.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::auth::access_log::ReadLine;
use crate::auth::permission::{ReadAccessLog, RevealStudents};
use crate::auth::{Caller, List, OfSecret, Role, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, Cursor, CursorText, FindingOut, Page, PageLimit, PathId, Valid};
use crate::students::disclosures;
use crate::values::identifiers::{IdNumber, StudentNumber};
use crate::values::text::Line;

/// What numbers are revealed for.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealIn {
    /// Stands in the access log, which the child's guardian may read.
    #[schema(inline)]
    pub purpose: Line<2, 120>,
}

/// A pupil's numbers, whole 学生证件号码.
#[derive(Serialize, ToSchema)]
pub struct RevealedStudentOut {
    pub id: Id,
    pub person_id: Id,
    /// 公民身份号码; null where none is known.
    pub id_number: Option<String>,
    /// 学籍号; null where none is known.
    pub student_number: Option<String>,
    /// The pupil's version, which a reveal does not change.
    pub version: i64,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

/// A line of the access log: a request that showed this child to somebody 查阅记录.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessLogLineOut {
    pub id: Id,
    pub at: Instant,
    /// The account that saw.
    pub user_id: Id,
    pub user_name: String,
    /// The role in which it saw.
    pub role: Role,
    /// Id of the operation in this contract.
    pub operation: String,
    /// `read`, or what was given with a reveal.
    pub purpose: String,
    /// Names the request.
    pub request_id: String,
}

impl From<ReadLine> for AccessLogLineOut {
    fn from(line: ReadLine) -> Self {
        let ReadLine { row, user_name } = line;
        Self {
            id: row.id,
            at: row.at,
            user_id: row.user_id,
            user_name,
            role: row.role,
            operation: row.operation,
            purpose: row.purpose,
            request_id: row.request_id,
        }
    }
}

/// Which part of the access log a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccessLogQuery {
    /// Lines in a page.
    #[param(inline)]
    pub limit: Option<PageLimit>,
    /// `next_cursor` of the page before.
    #[param(inline)]
    pub cursor: Option<CursorText>,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(reveal_student).service(list_access_log);
}

/// Gives a pupil's numbers whole, and logs it 查看完整证件号码
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil"), OfSecret),
    request_body = RevealIn,
    responses((status = 200, description = "The numbers", body = RevealedStudentOut), RevealStudents))]
#[post("/students/{id}/reveal")]
async fn reveal_student(
    caller: Caller<RevealStudents>,
    id: PathId,
    write: Write<OfSecret>,
    Valid(body): Valid<RevealIn>,
) -> Answered {
    write
        .versioned(caller, move |tx, actor, seen| {
            let student = disclosures::reveal(tx, actor, id.0, seen, body.purpose.as_str())?;
            let whole = |number: &IdNumber| number.reveal().to_owned();
            let whole_student = |number: &StudentNumber| number.reveal().to_owned();
            let out = RevealedStudentOut {
                id: student.row.id,
                person_id: student.row.person_id,
                id_number: student.numbers.id_number.as_ref().map(whole),
                student_number: student.numbers.student_number.as_ref().map(whole_student),
                version: student.row.version,
                findings: None,
            };
            Answer::ok(&out, student.row.version)
        })
        .await
}

/// Who saw this child, when, in which role; the latest first 学生信息查阅记录
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil"), AccessLogQuery),
    responses((status = 200, description = "A page of the log", body = Page<AccessLogLineOut>), ReadAccessLog))]
#[get("/students/{id}/access-log")]
async fn list_access_log(caller: Caller<ReadAccessLog>, id: PathId, list: List<AccessLogQuery>) -> Answered {
    let query = list.query.clone();
    let (cursor, limit) = (Cursor::of("access-log", &id.0), query.limit.unwrap_or_default());
    let before: Option<Id> = cursor.read(query.cursor.as_ref())?;
    list.snapshot(move |tx| {
        let found = disclosures::list(tx, &caller.actor, id.0, before, limit)?;
        Ok(cursor.page(limit, found, |line| line.row.id).map(AccessLogLineOut::from))
    })
    .await
}
