//! `/sessions` and `/session-staff`.

use actix_web::{get, post};
use time::Date;

use super::model::{SessionFilter, SessionStaffFilter};
use super::sent::{PayReleaseIn, SessionCancelIn, SessionIn, SessionMoveIn, SessionStartIn, SessionSubstituteIn};
use super::{
    Headcount, ServingState, Session, SessionCorrection, SessionDuty, SessionForm, SessionKind, SessionStaff,
    SessionState,
};
use crate::auth::permission::{HoldSessions, ManageSessions, ReadSessions, ReadStaff, ReleasePay};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::delivery::sessions;
use crate::http::{Answered, FindingOut, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::values::iso_date;
use crate::values::local_time::LocalTime;

out! {
    /// A session 一次服务: one meeting of a group on one date.
    pub struct SessionOut of (session, by): Session {
        school_id: Id,
        plan_id: Id,
        project_id: Id,
        group_id: Id,
        #[serde(with = "iso_date")]
        held_on: Date,
        starts_at: LocalTime,
        ends_at: LocalTime,
        /// Lessons that a pupil has at it.
        lessons: i32,
        /// Who leads it; whoever steps in takes the place.
        leader_id: Id,
        venue_id: Id,
        kind: SessionKind,
        state: SessionState,
        /// The day on which it would have been; null where it was not moved to another one.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        moved_from_on: Option<Date>,
        /// Why it was moved, added or cancelled; null where it was not.
        reason: Option<String>,
        /// When it really began; null until it has.
        began_at: Option<LocalTime>,
        /// When it really ended; null until it is closed.
        ended_at: Option<LocalTime>,
        /// Null until it is closed.
        form: Option<SessionForm>,
        /// What was done; null until it is closed.
        content: Option<String>,
        /// How many were where, as far as it is on record.
        headcount: Headcount = session.headcount,
        /// What the rules said when it was closed.
        record_findings: Vec<FindingOut> =
            session.row.findings.0.iter().map(|finding| FindingOut::of(finding, by.language)).collect(),
        /// Whether nobody is paid for it until a supervisor has looked at it.
        pay_held: bool,
        /// Why a supervisor lets it be paid that was held back; null where none did.
        pay_release_reason: Option<String>,
        /// Its record as it was before, the oldest first.
        corrections: Vec<SessionCorrection> = session.row.corrections.0.clone(),
        /// Null until it is closed.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        closed_on: Option<Date>,
        /// The account that closed it; null until it is closed.
        closed_by_id: Option<Id>,
    }
    named {
        school_name: String = Organisation(session.row.school_id),
        project_name: String = Project(session.row.project_id),
        group_name: String = Group(session.row.group_id),
        leader_name: String = StaffMember(session.row.leader_id),
        venue_name: String = Facility(session.row.venue_id),
        /// The account that closed it; null until it is closed.
        closed_by_name: Option<String> = Account(session.row.closed_by_id),
    }
}

out! {
    /// Somebody who serves at a session 服务人员到岗记录.
    pub struct SessionStaffOut of (one, by): SessionStaff {
        school_id: Id,
        session_id: Id,
        staff_member_id: Id,
        #[serde(with = "iso_date")]
        held_on: Date,
        duty: SessionDuty,
        state: ServingState,
        /// How long; null until the session is closed.
        minutes: Option<i32>,
    }
    named {
        school_name: String = Organisation(one.row.school_id),
        staff_member_name: String = StaffMember(one.row.staff_member_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_sessions)
        .service(create_session)
        .service(get_session)
        .service(start_session)
        .service(move_session)
        .service(cancel_session)
        .service(substitute_session)
        .service(release_session_pay)
        .service(list_session_staff)
        .service(get_session_staff);
}

/// Sessions in the caller's scope, in the order in which they were planned 服务场次列表
#[utoipa::path(tag = "sessions", params(List<SessionFilter>),
    responses((status = 200, description = "A page of sessions", body = Page<SessionOut>), ReadSessions))]
#[get("/sessions")]
async fn list_sessions(by: By<ReadSessions>, list: List<SessionFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Session>(tx, at)).await
}

/// Adds a session to a group 增加服务场次
#[utoipa::path(tag = "sessions", request_body = SessionIn,
    responses((status = 201, description = "The new session", body = SessionOut), ManageSessions))]
#[post("/sessions")]
async fn create_session(by: By<ManageSessions>, write: Write, Valid(body): Valid<SessionIn>) -> Answered {
    write.creates(by, move |tx, by| sessions::add(tx, by, &body)).await
}

/// One session 服务场次
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")),
    responses((status = 200, description = "The session", body = SessionOut), ReadSessions))]
#[get("/sessions/{id}")]
async fn get_session(by: By<ReadSessions>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Session>(tx, id.0)).await
}

/// Starts a session on its day 开始服务
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")),
    request_body = SessionStartIn,
    responses((status = 200, description = "The session as it is now", body = SessionOut), HoldSessions))]
#[post("/sessions/{id}/start")]
async fn start_session(by: By<HoldSessions>, id: PathId, write: Write, Valid(body): Valid<SessionStartIn>) -> Answered {
    write.changes(by, move |tx, by, seen| sessions::start(tx, by, id.0, seen, &body)).await
}

/// Moves a session to another day, hour or place 调整服务场次
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")), request_body = SessionMoveIn,
    responses((status = 200, description = "The session as it is now", body = SessionOut), ManageSessions))]
#[post("/sessions/{id}/move")]
async fn move_session(by: By<ManageSessions>, id: PathId, write: Write, Valid(body): Valid<SessionMoveIn>) -> Answered {
    write.changes(by, move |tx, by, seen| sessions::move_to(tx, by, id.0, seen, &body)).await
}

/// Cancels a session that has not begun 取消服务场次
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")),
    request_body = SessionCancelIn,
    responses((status = 200, description = "The session as it is now", body = SessionOut), ManageSessions))]
#[post("/sessions/{id}/cancel")]
async fn cancel_session(
    by: By<ManageSessions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SessionCancelIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| sessions::cancel(tx, by, id.0, seen, &body)).await
}

/// Lets somebody step in for who does not come 代课代管
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")),
    request_body = SessionSubstituteIn,
    responses((status = 200, description = "The session as it is now", body = SessionOut), ManageSessions))]
#[post("/sessions/{id}/substitute")]
async fn substitute_session(
    by: By<ManageSessions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SessionSubstituteIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| sessions::substitute(tx, by, id.0, seen, &body)).await
}

/// Lets a session be paid that was held back, by a supervisor 同意发放报酬
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")), request_body = PayReleaseIn,
    responses((status = 200, description = "The session as it is now", body = SessionOut), ReleasePay))]
#[post("/sessions/{id}/release-pay")]
async fn release_session_pay(
    by: By<ReleasePay>,
    id: PathId,
    write: Write,
    Valid(body): Valid<PayReleaseIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| sessions::release_pay(tx, by, id.0, seen, &body)).await
}

/// Who serves, or has served, at sessions in the caller's scope 服务人员到岗记录列表
#[utoipa::path(tag = "sessions", params(List<SessionStaffFilter>),
    responses((status = 200, description = "A page of the record", body = Page<SessionStaffOut>), ReadStaff))]
#[get("/session-staff")]
async fn list_session_staff(by: By<ReadStaff>, list: List<SessionStaffFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<SessionStaff>(tx, at)).await
}

/// One line of the record 服务人员到岗记录
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The line")),
    responses((status = 200, description = "The line", body = SessionStaffOut), ReadStaff))]
#[get("/session-staff/{id}")]
async fn get_session_staff(by: By<ReadStaff>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<SessionStaff>(tx, id.0)).await
}
