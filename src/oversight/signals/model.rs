//! A signal, and what was said about it.

use time::Date;

use crate::db::{Id, Instant, Json, Placed};
use crate::http::AnyOf;
use crate::rules::Finding;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Whether somebody has said what a signal came to 监管提示状态. Other states may come.
    pub enum SignalState {
        /// 待处理
        Open = "open",
        /// 已答复
        Answered = "answered",
    }
}

life! {
    /// What is called on a signal.
    pub SignalVerb of SignalState, "signals" for Signal {
        Answer = "answer" by AnswerSignals { Open => Answered }
    }
}

row! {
    /// The row of a signal.
    pub struct SignalRow of signals, "signal", "signals" {
        id: Id,
        school_id: Id,
        plan_id: Option<Id>,
        class_id: Option<Id>,
        rule: String,
        /// Shown to nobody.
        subject: String,
        finding: Json<Finding>,
        raised_on: Date,
        state: SignalState,
        answer: Option<String>,
        answered_on: Option<Date>,
        answered_by_id: Option<Id>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A signal with the path of its school.
pub type Signal = Placed<SignalRow>;

filter! {
    /// Which signals a list holds.
    pub struct SignalFilter {
        /// Only of this school.
        school_id: Id,
        /// Only of this plan.
        plan_id: Id,
        /// Only those that are in one of these states.
        state: AnyOf<SignalState>,
    }
}

body! {
    /// What a signal came to.
    pub struct SignalAnswerIn {
        /// What was looked at, and what came of it.
        #[schema(inline)]
        answer: Line<2, 500>,
    }
}
