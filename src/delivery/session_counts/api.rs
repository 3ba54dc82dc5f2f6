//! `/sessions/counts`.

use actix_web::get;

use super::model::{SessionCountsFilter, SessionCountsOut};
use crate::auth::permission::ReadSessions;
use crate::auth::{By, Lookup};
use crate::delivery::session_counts;
use crate::http::{Answered, ServiceConfig};

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(count_sessions);
}

/// Sessions in the caller's scope in numbers, by at most two words 服务开展统计
#[utoipa::path(tag = "sessions", params(SessionCountsFilter),
    responses((status = 200, description = "The numbers", body = SessionCountsOut), ReadSessions))]
#[get("/sessions/counts")]
async fn count_sessions(by: By<ReadSessions>, lookup: Lookup<SessionCountsFilter>) -> Answered {
    lookup
        .counts(by, |tx, by, asked| {
            let numbers = |&(count, attended, on_leave, absent): &_| [count, attended, on_leave, absent];
            Ok(SessionCountsOut::of(session_counts::of(tx, by, asked)?, numbers))
        })
        .await
}
