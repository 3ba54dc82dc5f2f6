//! Leave that a guardian asks for: a range of days, answered day by day.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant, Json};
use crate::http::AnyOf;
use crate::rules::document::some;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Whether leave is asked for still 请假状态. Other states may come.
    pub enum LeaveState {
        /// 有效
        Standing = "standing",
        /// 已撤回
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What is said to leave on one day 请假答复. Other answers may come.
    pub enum LeaveAnswer {
        /// 已准假
        Granted = "granted",
        /// 逾时提出，待学校答复
        Late = "late",
        /// 未准假
        Refused = "refused",
    }
}

life! {
    /// What is called on a request for leave.
    pub LeaveVerb of LeaveState, "leave-requests" {
        Answer = "answer" by AnswerLeaveRequests { Standing => same }
        Withdraw = "withdraw" by AskForLeave { Standing => Withdrawn }
    }
}

/// A day of leave on which the pupil is expected, and what was said to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaveDay {
    #[serde(with = "iso_date")]
    pub day: Date,
    pub answer: LeaveAnswer,
}

row! {
    /// The row of a request.
    pub struct LeaveRequestRow of leave_requests {
        id: Id,
        school_id: Id,
        student_id: Id,
        from_on: Date,
        to_on: Date,
        reason: String,
        days: Json<Vec<LeaveDay>>,
        asked_by_id: Id,
        state: LeaveState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A request with its pupil and the path of the school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeaveRequest {
    #[serde(flatten)]
    pub row: LeaveRequestRow,
    #[serde(skip)]
    pub person_id: Id,
    pub path: String,
}

resource!(LeaveRequest { row: LeaveRequestRow, path }, "leave-request", "leave-requests");

impl LeaveRequest {
    /// The verbs that `by` may call now: who has asked may take it back.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        let may = |verb: LeaveVerb| {
            let own = verb == LeaveVerb::Withdraw && self.row.asked_by_id == by.user_id;
            own || verb.scope(by).holds_path(&self.path)
        };
        LeaveVerb::such(self.row.state, may)
    }

    /// What was said to a day; nothing for one that is not asked for.
    #[must_use]
    pub fn answer_on(&self, day: Date) -> Option<LeaveAnswer> {
        self.row.days.0.iter().find(|one| one.day == day).map(|one| one.answer)
    }

    /// The pupil, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: Some(self.row.school_id) }
    }
}

filter! {
    /// Which requests a list holds.
    pub struct LeaveRequestFilter {
        /// Only for this pupil.
        student_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only those that are in one of these states.
        state: AnyOf<LeaveState>,
    }
}

body! {
    /// Leave that is asked for.
    pub struct LeaveRequestIn {
        /// The pupil, as its school has entered it.
        student_id: Id,
        /// First day, not before today.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day, at most 60 days later.
        #[serde(with = "iso_date")]
        to_on: Date,
        #[schema(inline)]
        reason: Line<2, 200>,
    }
}

body! {
    /// What is said to one day.
    pub struct LeaveDayIn {
        #[serde(with = "iso_date")]
        day: Date,
        is_granted: bool,
    }
}

body! {
    /// What the school says to days that were asked for late.
    pub struct LeaveAnswerIn {
        #[schema(min_items = 1, max_items = 61)]
        #[serde(deserialize_with = "some::<_, _, 61>")]
        days: Vec<LeaveDayIn>,
    }
}
