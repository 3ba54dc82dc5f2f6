//! What is called on `/sessions/{id}` when it is over.

use actix_web::post;

use crate::auth::permission::HoldSessions;
use crate::auth::{By, Write};
use crate::db::Id;
use crate::delivery::closings;
use crate::delivery::sessions::{SessionCorrectionIn, SessionOut, SessionRecordIn};
use crate::http::{Answered, PathId, ServiceConfig, Valid};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(close_session).service(correct_session);
}

/// Closes a session with its record; only what is missing stops it 结束服务并存档
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")),
    request_body = SessionRecordIn,
    responses((status = 200, description = "The session as it is now", body = SessionOut), HoldSessions))]
#[post("/sessions/{id}/close")]
async fn close_session(
    by: By<HoldSessions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SessionRecordIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| closings::close(tx, by, id.0, seen, &body)).await
}

/// Corrects the record of a session, with a reason; the version of before stays with it 更正服务记录
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")),
    request_body = SessionCorrectionIn,
    responses((status = 200, description = "The session as it is now", body = SessionOut), HoldSessions))]
#[post("/sessions/{id}/correct")]
async fn correct_session(
    by: By<HoldSessions>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SessionCorrectionIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| closings::correct(tx, by, id.0, seen, &body)).await
}
