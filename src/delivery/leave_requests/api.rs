//! `/leave-requests`.

use actix_web::{get, post};
use time::Date;

use super::model::{LeaveAnswerIn, LeaveDay, LeaveRequestFilter};
use super::{LeaveRequest, LeaveRequestIn, LeaveState};
use crate::auth::permission::{AnswerLeaveRequests, AskForLeave, ReadLeaveRequests};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::delivery::leave_requests;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::values::iso_date;

out! {
    /// Leave that was asked for 请假.
    pub struct LeaveRequestOut of (request, by): LeaveRequest {
        school_id: Id,
        student_id: Id,
        /// First day.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day.
        #[serde(with = "iso_date")]
        to_on: Date,
        reason: String,
        /// The days of it on which the pupil is expected, and what was said to each.
        days: Vec<LeaveDay> = request.row.days.0.clone(),
        /// The account that has asked.
        asked_by_id: Id,
        state: LeaveState,
    }
    named {
        school_name: String = Organisation(request.row.school_id),
        student_name: String = Student(request.row.student_id),
        /// The class in which it is now; null for none.
        class_name: Option<String> = ClassOfStudent(request.row.student_id),
        /// The account that has asked.
        asked_by_name: String = Account(request.row.asked_by_id),
    }
    shows [request.seen_at()]
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_leave_requests)
        .service(create_leave_request)
        .service(get_leave_request)
        .service(answer_leave_request)
        .service(withdraw_leave_request);
}

/// Leave in the caller's scope, in the order in which it was asked for 请假列表
#[utoipa::path(tag = "leave-requests", params(List<LeaveRequestFilter>),
    responses((status = 200, description = "A page of requests", body = Page<LeaveRequestOut>), ReadLeaveRequests))]
#[get("/leave-requests")]
async fn list_leave_requests(by: By<ReadLeaveRequests>, list: List<LeaveRequestFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<LeaveRequest>(tx, at)).await
}

/// Asks for leave of a pupil 请假
#[utoipa::path(tag = "leave-requests", request_body = LeaveRequestIn,
    responses((status = 201, description = "The request", body = LeaveRequestOut), AskForLeave))]
#[post("/leave-requests")]
async fn create_leave_request(by: By<AskForLeave>, write: Write, Valid(body): Valid<LeaveRequestIn>) -> Answered {
    write.creates(by, move |tx, by| leave_requests::ask(tx, by, &body)).await
}

/// One request 请假
#[utoipa::path(tag = "leave-requests", params(("id" = Id, Path, description = "The request")),
    responses((status = 200, description = "The request", body = LeaveRequestOut), ReadLeaveRequests))]
#[get("/leave-requests/{id}")]
async fn get_leave_request(by: By<ReadLeaveRequests>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<LeaveRequest>(tx, id.0)).await
}

/// Says to days that were asked for late whether they count 答复请假
#[utoipa::path(tag = "leave-requests", params(("id" = Id, Path, description = "The request")),
    request_body = LeaveAnswerIn,
    responses((status = 200, description = "The request as it is now", body = LeaveRequestOut), AnswerLeaveRequests))]
#[post("/leave-requests/{id}/answer")]
async fn answer_leave_request(
    by: By<AnswerLeaveRequests>,
    id: PathId,
    write: Write,
    Valid(body): Valid<LeaveAnswerIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| leave_requests::answer(tx, by, id.0, seen, &body)).await
}

/// Takes a request back 撤回请假
#[utoipa::path(tag = "leave-requests", params(("id" = Id, Path, description = "The request")),
    responses((status = 200, description = "The request as it is now", body = LeaveRequestOut), AskForLeave))]
#[post("/leave-requests/{id}/withdraw")]
async fn withdraw_leave_request(by: By<AskForLeave>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| leave_requests::withdraw(tx, by, id.0, seen)).await
}
