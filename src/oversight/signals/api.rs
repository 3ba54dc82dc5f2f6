//! `/signals`.

use actix_web::{get, post};
use time::Date;

use super::{Signal, SignalAnswerIn, SignalFilter, SignalState};
use crate::auth::permission::{AnswerSignals, ReadSignals};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::http::{Answered, FindingOut, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::oversight::signals;
use crate::values::iso_date;

out! {
    /// What a supervisor is to look at 监管提示. It stops nothing, and the school does not see it.
    pub struct SignalOut of (signal, by): Signal {
        school_id: Id,
        /// The plan that it is about; null for none.
        plan_id: Option<Id>,
        /// The class that it is about; null for none.
        class_id: Option<Id>,
        /// The rule that raised it.
        rule: String,
        /// What was found, with the numbers that were compared.
        finding: FindingOut = FindingOut::of(&signal.row.finding.0, by.language),
        /// The day on which it was raised.
        #[serde(with = "iso_date")]
        raised_on: Date,
        state: SignalState,
        /// What it came to; null while it is open.
        answer: Option<String>,
        /// When that was said; null while it is open.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        answered_on: Option<Date>,
        /// Who said so; null while it is open.
        answered_by_id: Option<Id>,
    }
    named {
        school_name: String = Organisation(signal.school_id),
        /// The class that it is about; null for none.
        class_name: Option<String> = Class(signal.class_id),
        /// Who said so; null while it is open.
        answered_by_name: Option<String> = Account(signal.answered_by_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_signals).service(get_signal).service(answer_signal);
}

/// Signals of the schools in the caller's scope, in the order in which they were raised 监管提示列表
#[utoipa::path(tag = "signals", params(List<SignalFilter>),
    responses((status = 200, description = "A page of signals", body = Page<SignalOut>), ReadSignals))]
#[get("/signals")]
async fn list_signals(by: By<ReadSignals>, list: List<SignalFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Signal>(tx, at)).await
}

/// One signal 监管提示
#[utoipa::path(tag = "signals", params(("id" = Id, Path, description = "The signal")),
    responses((status = 200, description = "The signal", body = SignalOut), ReadSignals))]
#[get("/signals/{id}")]
async fn get_signal(by: By<ReadSignals>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Signal>(tx, id.0)).await
}

/// Says what a signal came to 答复监管提示
#[utoipa::path(tag = "signals", params(("id" = Id, Path, description = "The signal")), request_body = SignalAnswerIn,
    responses((status = 200, description = "The signal as it is now", body = SignalOut), AnswerSignals))]
#[post("/signals/{id}/answer")]
async fn answer_signal(
    by: By<AnswerSignals>,
    id: PathId,
    write: Write,
    Valid(body): Valid<SignalAnswerIn>,
) -> Answered {
    write.changes(by, move |tx, by, seen| signals::answer(tx, by, id.0, seen, &body)).await
}
