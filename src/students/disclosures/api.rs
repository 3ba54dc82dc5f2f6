//! `/students/{id}/reveal` and `/students/{id}/access-log`.

use actix_web::{get, post};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::access_log::ReadLine;
use crate::auth::permission::{ReadAccessLog, RevealStudents};
use crate::auth::{By, List, OfSecret, Role, Write};
use crate::db::{Id, Instant};
use crate::http::{Answer, Answered, FindingOut, Page, PathId, ServiceConfig, Valid};
use crate::students::disclosures;
use crate::students::students::Student;
use crate::values::identifiers::{IdNumber, StudentNumber};
use crate::values::text::Line;
use crate::{body, filter};

body! {
    /// What numbers are revealed for.
    pub struct RevealIn {
        /// Stands in the access log, which the child's guardian may read.
        #[schema(inline)]
        purpose: Line<2, 120>,
    }
}

/// A pupil's numbers, whole 学生证件号码.
#[derive(Serialize, ToSchema)]
pub struct RevealedStudentOut {
    pub id: Id,
    pub person_id: Id,
    /// ID number 公民身份号码; null where none is known.
    pub id_number: Option<String>,
    /// Student number 学籍号; null where none is known.
    pub student_number: Option<String>,
    /// The pupil's version, which a reveal does not change.
    pub version: i64,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl From<&Student> for RevealedStudentOut {
    fn from(student: &Student) -> Self {
        let whole = |number: &IdNumber| number.reveal().to_owned();
        let whole_student = |number: &StudentNumber| number.reveal().to_owned();
        Self {
            id: student.id,
            person_id: student.person_id,
            id_number: student.numbers.id_number.as_ref().map(whole),
            student_number: student.numbers.student_number.as_ref().map(whole_student),
            version: student.version,
            findings: None,
        }
    }
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

filter! {
    /// Which part of the access log a list holds: there is nothing to narrow it to.
    pub struct AccessLogFilter {}
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
    by: By<RevealStudents>,
    id: PathId,
    write: Write<OfSecret>,
    Valid(body): Valid<RevealIn>,
) -> Answered {
    write
        .versioned(by, move |tx, by, seen| {
            let student = disclosures::reveal(tx, by, id.0, seen, body.purpose.as_str())?;
            Answer::ok(&RevealedStudentOut::from(&student), student.version)
        })
        .await
}

/// Who saw this child, when, in which role; the latest first 学生信息查阅记录
#[utoipa::path(tag = "students", params(("id" = Id, Path, description = "The pupil"), List<AccessLogFilter>),
    responses((status = 200, description = "A page of the log", body = Page<AccessLogLineOut>), ReadAccessLog))]
#[get("/students/{id}/access-log")]
async fn list_access_log(by: By<ReadAccessLog>, id: PathId, list: List<AccessLogFilter>) -> Answered {
    list.page(by, move |tx, by, at| {
        let found = disclosures::list(tx, by, id.0, at.after, at.limit)?;
        Ok(at.page(found, |line| line.row.id).map(AccessLogLineOut::from))
    })
    .await
}
