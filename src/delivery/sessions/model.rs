//! A session: one meeting of a group on one date, who serves at it, and what is on record of it.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant, Json, Placed};
use crate::http::AnyOf;
use crate::rules::Finding;
use crate::values::iso_date::Day;
use crate::values::local_time::LocalTime;
use crate::{filter, life, resource, row, text_enum};

text_enum! {
    /// Where a session stands 服务状态. Other states may come.
    pub enum SessionState {
        /// 未开始
        Planned = "planned",
        /// 进行中
        Started = "started",
        /// 已结束并存档
        Closed = "closed",
        /// 已取消
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// How a session came to be 服务安排方式. Other kinds may come.
    pub enum SessionKind {
        /// 按方案
        Regular = "regular",
        /// 调整日期或时间
        Moved = "moved",
        /// 增加
        Added = "added",
    }
}

text_enum! {
    /// In which form the service was given 服务形式 (六.1). Other forms may come.
    pub enum SessionForm {
        /// 自主作业
        Homework = "homework",
        /// 个别辅导
        Guidance = "guidance",
        /// 自主阅读
        Reading = "reading",
        /// 兴趣活动
        Activity = "activity",
        /// 体育锻炼
        Exercise = "exercise",
        /// 实践活动
        Practice = "practice",
        /// 观看影片
        Viewing = "viewing",
        /// 集体讲课
        Lecture = "lecture",
        /// 讲授新课
        NewLesson = "new_lesson",
        /// 其他
        Other = "other",
    }
}

impl SessionForm {
    /// Whether it is what the policy forbids (六.5).
    #[must_use]
    pub const fn is_teaching(self) -> bool {
        matches!(self, Self::Lecture | Self::NewLesson)
    }
}

text_enum! {
    /// What somebody does at a session 职责. Other duties may come.
    pub enum SessionDuty {
        /// 负责
        Leader = "leader",
        /// 协助
        Assistant = "assistant",
    }
}

text_enum! {
    /// Whether somebody served at a session 到岗情况. Other states may come.
    pub enum ServingState {
        /// 已安排
        Planned = "planned",
        /// 由他人代替
        Released = "released",
        /// 已到岗
        Served = "served",
        /// 未到岗
        Absent = "absent",
    }
}

life! {
    /// What is called on a session.
    pub SessionVerb of SessionState, "sessions" {
        Start = "start" by HoldSessions { Planned => Started }
        Close = "close" by HoldSessions { Planned | Started => Closed }
        /// Another version of its record, with a reason.
        Correct = "correct" by HoldSessions { Closed => same }
        Move = "move" by ManageSessions { Planned => same }
        Cancel = "cancel" by ManageSessions { Planned => Cancelled }
        /// Somebody steps in.
        Substitute = "substitute" by ManageSessions { Planned | Started => same }
        /// A supervisor lets it be paid that was held back.
        ReleasePay = "release-pay" by ReleasePay { Closed => same }
    }
}

row! {
    /// The row of a session.
    pub struct SessionRow of service_sessions {
        id: Id,
        school_id: Id,
        plan_id: Id,
        project_id: Id,
        group_id: Id,
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
        /// The day on which it would have been.
        moved_from_on: Option<Date>,
        /// Why it was moved, added or cancelled.
        reason: Option<String>,
        began_at: Option<LocalTime>,
        ended_at: Option<LocalTime>,
        form: Option<SessionForm>,
        content: Option<String>,
        /// What the rules said when it was closed.
        findings: Json<Vec<Finding>>,
        /// Whether nobody is paid for it until a supervisor has looked at it.
        pay_held: bool,
        /// Why a supervisor lets it be paid.
        pay_release_reason: Option<String>,
        /// Its record as it was before.
        corrections: Json<Vec<SessionCorrection>>,
        closed_on: Option<Date>,
        closed_by_id: Option<Id>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// How the record of a session was before it was corrected, by whom and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionCorrection {
    pub corrected_at: Instant,
    /// The account that did.
    pub corrected_by_id: Id,
    pub reason: String,
    pub began_at: Option<LocalTime>,
    pub ended_at: Option<LocalTime>,
    pub form: Option<SessionForm>,
    pub content: Option<String>,
}

row! {
    /// The row of somebody who serves at a session.
    pub struct SessionStaffRow of session_staff, "session-staff", "session-staff" {
        id: Id,
        school_id: Id,
        session_id: Id,
        staff_member_id: Id,
        held_on: Date,
        duty: SessionDuty,
        state: ServingState,
        /// How long; none until the session is closed.
        minutes: Option<i32>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Somebody who serves at a session, with the path of the school.
pub type SessionStaff = Placed<SessionStaffRow>;

impl SessionStaff {
    /// Nothing is called on it: the session says who serves.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

/// How many were where, as the roster of a session counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, diesel::Queryable, ToSchema)]
pub struct Headcount {
    pub present: i32,
    pub late: i32,
    pub left_early: i32,
    pub on_leave: i32,
    pub absent: i32,
    /// Of how many it is on record how they left.
    pub departed: i32,
}

impl Headcount {
    /// How many were there, for all or part of it.
    #[must_use]
    pub const fn attended(&self) -> i32 {
        self.present + self.late + self.left_early
    }
}

/// A session with its headcount and the path of its school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Session {
    #[serde(flatten)]
    pub row: SessionRow,
    #[serde(skip)]
    pub headcount: Headcount,
    pub path: String,
}

resource!(Session { row: SessionRow, path }, "service-session", "sessions");

impl Session {
    /// The verbs that `by` may call now: whoever sees a session because of serving at it may hold it.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        let may = |verb: SessionVerb| match verb.scope(by) {
            _ if verb == SessionVerb::ReleasePay && !self.row.pay_held => false,
            Scope::OwnGroups(_) => true,
            scope => scope.holds_path(&self.path),
        };
        SessionVerb::such(self.row.state, may)
    }
}

filter! {
    /// Which sessions a list holds.
    pub struct SessionFilter {
        /// Only of this day.
        held_on: Day,
        /// Only on this day or later.
        from_on: Day,
        /// Only on this day or before.
        to_on: Day,
        /// Only of this group.
        group_id: Id,
        /// Only of this project.
        project_id: Id,
        /// Only of this plan.
        plan_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only those at which this member of staff serves.
        staff_member_id: Id,
        /// Only those that are in one of these states.
        state: AnyOf<SessionState>,
    }
}

filter! {
    /// Which lines of the record of who serves a list holds.
    pub struct SessionStaffFilter {
        /// Only of this session.
        session_id: Id,
        /// Only of this member of staff.
        staff_member_id: Id,
        /// Only of this day.
        held_on: Day,
        /// Only of this school.
        school_id: Id,
        /// Only those that are in one of these states.
        state: AnyOf<ServingState>,
    }
}
