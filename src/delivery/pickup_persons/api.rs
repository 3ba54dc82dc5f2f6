//! `/pickup-persons`.

use actix_web::{get, post};
use time::Date;

use super::model::{PickupEndIn, PickupPersonFilter};
use super::{PickupForbiddenIn, PickupKind, PickupPerson, PickupPersonIn, PickupState};
use crate::auth::permission::{ForbidPickupPersons, NamePickupPersons, ReadPickupPersons};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::delivery::pickup_persons;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::values::identifiers::Phone;
use crate::values::iso_date;

out! {
    /// Somebody who may fetch a child, or may not 接送人.
    pub struct PickupPersonOut of (one, by): PickupPerson {
        school_id: Id,
        student_id: Id,
        kind: PickupKind,
        name: String = one.name.clone(),
        /// Masked, such as `138****1234`; null for none.
        phone: Option<String> = one.phone.as_ref().map(Phone::masked),
        /// What the person is to the child.
        relation: String,
        /// The paper that forbids it; null for who may.
        document: Option<String>,
        /// First day.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day; null for no end.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        to_on: Option<Date>,
        /// The account that has named, or entered, it.
        entered_by_id: Id,
        state: PickupState,
        /// Why it has ended; null while it stands.
        end_reason: Option<String>,
        /// Six digits by which the person fetches the child today, once: shown when they are issued, and null ever
        /// after.
        code: Option<String> = one.code.as_ref().map(|code| code.shown().to_owned()),
    }
    named {
        school_name: String = Organisation(one.row.school_id),
        student_name: String = Student(one.row.student_id),
        /// The account that has named, or entered, it.
        entered_by_name: String = Account(one.row.entered_by_id),
    }
    shows [one.seen_at()]
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_pickup_persons)
        .service(create_pickup_person)
        .service(forbid_pickup_person)
        .service(get_pickup_person)
        .service(end_pickup_person)
        .service(issue_pickup_code);
}

/// Who may fetch pupils of the caller's scope, and who may not, in the order in which they were entered 接送人列表
#[utoipa::path(tag = "pickup-persons", params(List<PickupPersonFilter>),
    responses((status = 200, description = "A page of them", body = Page<PickupPersonOut>), ReadPickupPersons))]
#[get("/pickup-persons")]
async fn list_pickup_persons(by: By<ReadPickupPersons>, list: List<PickupPersonFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PickupPerson>(tx, at)).await
}

/// Names somebody who may fetch a child 指定接送人
#[utoipa::path(tag = "pickup-persons", request_body = PickupPersonIn,
    responses((status = 201, description = "The person", body = PickupPersonOut), NamePickupPersons))]
#[post("/pickup-persons")]
async fn create_pickup_person(by: By<NamePickupPersons>, write: Write, Valid(body): Valid<PickupPersonIn>) -> Answered {
    write.creates(by, move |tx, by| pickup_persons::name(tx, by, &body)).await
}

/// Enters, by a document, who may not fetch a child 登记禁止接走人员
#[utoipa::path(tag = "pickup-persons", request_body = PickupForbiddenIn,
    responses((status = 201, description = "The person", body = PickupPersonOut), ForbidPickupPersons))]
#[post("/pickup-persons/forbidden")]
async fn forbid_pickup_person(
    by: By<ForbidPickupPersons>,
    write: Write,
    Valid(body): Valid<PickupForbiddenIn>,
) -> Answered {
    write.creates(by, move |tx, by| pickup_persons::forbid(tx, by, &body)).await
}

/// One of them 接送人
#[utoipa::path(tag = "pickup-persons", params(("id" = Id, Path, description = "The person")),
    responses((status = 200, description = "The person", body = PickupPersonOut), ReadPickupPersons))]
#[get("/pickup-persons/{id}")]
async fn get_pickup_person(by: By<ReadPickupPersons>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PickupPerson>(tx, id.0)).await
}

/// Takes it back 取消接送人
#[utoipa::path(tag = "pickup-persons", params(("id" = Id, Path, description = "The person")),
    request_body = PickupEndIn,
    responses((status = 200, description = "The person as it is now", body = PickupPersonOut), NamePickupPersons))]
#[post("/pickup-persons/{id}/end")]
async fn end_pickup_person(
    by: By<NamePickupPersons>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PickupEndIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| pickup_persons::end(tx, by, id.0, seen, &body)).await
}

/// Issues a code for today by which somebody who is named fetches the child, once 生成接送码
#[utoipa::path(tag = "pickup-persons", params(("id" = Id, Path, description = "The person")),
    responses((status = 200, description = "The person, with the code", body = PickupPersonOut), NamePickupPersons))]
#[post("/pickup-persons/{id}/issue-code")]
async fn issue_pickup_code(by: By<NamePickupPersons>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| pickup_persons::issue_code(tx, by, id.0, seen)).await
}
