//! A message: what happened, to which thing, about which child.

use serde::Serialize;
use time::Date;

use crate::auth::Role;
use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant};
use crate::http::TimeSort;
use crate::values::iso_date;
use crate::{body, filter, resource, row, text_enum};

text_enum! {
    /// What happened 消息种类. Other kinds may come.
    pub enum MessageKind {
        /// 告知已公布
        NoticePublished = "notice_published",
        /// 提醒阅读告知并答复
        NoticeReminder = "notice_reminder",
        /// 需重新签订协议
        SignAgain = "sign_again",
        /// 候补到名额
        SeatOffered = "seat_offered",
        /// 名额逾期未确认
        SeatLapsed = "seat_lapsed",
        /// 抽签结果已公布
        SeatsDrawn = "seats_drawn",
        /// 其他监护人已作出选择
        GuardianChose = "guardian_chose",
        /// 项目停开，已提供其他项目的名额
        ProjectClosed = "project_closed",
        /// 项目停开
        ProjectCancelled = "project_cancelled",
        /// 教师建议
        ProjectSuggested = "project_suggested",
        /// 学校邀请
        ProjectInvited = "project_invited",
        /// 方案退回修改
        PlanReturned = "plan_returned",
        /// 方案审核同意
        PlanApproved = "plan_approved",
        /// 报备待审核，已到提醒时间
        ReviewDue = "review_due",
        /// 下级报备超期未审核
        ReviewOverdue = "review_overdue",
        /// 方案待修改重报，已到提醒时间
        RefilingDue = "refiling_due",
        /// 有监管提示
        SignalRaised = "signal_raised",
        /// 学生未到
        ChildAbsent = "child_absent",
        /// 学生由未经指定的人员接走
        PickupNotNamed = "pickup_not_named",
        /// 接送人依据文书被禁止
        PickupForbidden = "pickup_forbidden",
        /// 请假已答复
        LeaveAnswered = "leave_answered",
    }
}

row! {
    /// The row of a message.
    pub struct MessageRow of messages {
        id: Id,
        user_id: Id,
        role: Role,
        kind: MessageKind,
        resource: String,
        resource_id: Id,
        school_id: Option<Id>,
        student_id: Option<Id>,
        project_id: Option<Id>,
        due_on: Option<Date>,
        round: i32,
        read_at: Option<Instant>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A message, and the person of whom it tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    #[serde(flatten)]
    pub row: MessageRow,
    #[serde(skip)]
    pub person_id: Option<Id>,
    /// It belongs to its account, and lies in no organisation.
    #[serde(skip)]
    pub path: String,
}

resource!(Message { row: MessageRow, path }, "message", "messages");

impl Message {
    /// The child, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> Option<SeenPerson> {
        Some(SeenPerson { person_id: self.person_id?, school_id: self.school_id })
    }
}

/// A pupil of whom somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pupil {
    pub student_id: Id,
    pub person_id: Id,
    pub school_id: Id,
}

/// What is told, whoever is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    pub kind: MessageKind,
    /// Plural of the thing, as it stands in paths.
    pub resource: &'static str,
    pub resource_id: Id,
    pub school_id: Option<Id>,
    pub student_id: Option<Id>,
    pub project_id: Option<Id>,
    pub due_on: Option<Date>,
    /// Counts reminders of the same.
    pub round: i32,
}

impl News {
    /// Something happened to a thing.
    #[must_use]
    pub const fn new(kind: MessageKind, resource: &'static str, resource_id: Id) -> Self {
        Self {
            kind,
            resource,
            resource_id,
            school_id: None,
            student_id: None,
            project_id: None,
            due_on: None,
            round: 0,
        }
    }

    /// The same about a pupil.
    #[must_use]
    pub const fn of(self, pupil: Pupil) -> Self {
        Self { student_id: Some(pupil.student_id), school_id: Some(pupil.school_id), ..self }
    }

    /// The same, at a school.
    #[must_use]
    pub const fn at(self, school: Id) -> Self {
        Self { school_id: Some(school), ..self }
    }

    /// The same of a project.
    #[must_use]
    pub const fn project(self, project: Id) -> Self {
        Self { project_id: Some(project), ..self }
    }

    /// The same, to be answered until a day.
    #[must_use]
    pub const fn until(self, day: Option<Date>) -> Self {
        Self { due_on: day, ..self }
    }

    /// The same, for the nth time.
    #[must_use]
    pub const fn again(self, round: i32) -> Self {
        Self { round, ..self }
    }

    /// The message to an account.
    #[must_use]
    pub fn to(&self, user_id: Id, role: Role, now: Instant) -> MessageRow {
        MessageRow {
            id: Id::fresh(),
            user_id,
            role,
            kind: self.kind,
            resource: self.resource.to_owned(),
            resource_id: self.resource_id,
            school_id: self.school_id,
            student_id: self.student_id,
            project_id: self.project_id,
            due_on: self.due_on,
            round: self.round,
            read_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

impl MessageRow {
    /// The day until which it is to be answered, as the sentence says it.
    #[must_use]
    pub fn due(&self) -> String {
        self.due_on.map(iso_date::text).unwrap_or_default()
    }
}

filter! {
    /// Which of one's messages a list holds.
    pub struct MessageFilter {
        /// Only those that were read, or only those that were not.
        is_read: bool,
        /// Only messages of this kind.
        kind: MessageKind,
        /// Only messages about this pupil.
        student_id: Id,
    }
    polled by TimeSort
}

body! {
    /// Messages that were read.
    pub struct MessagesReadIn {
        /// One's own; those of others are passed over.
        #[schema(min_items = 1, max_items = 200)]
        #[validate(length(min = 1, max = 200, code = "too-many"))]
        message_ids: Vec<Id>,
    }
}
