//! The roster of a session: who is expected, who was there, how each pupil left.

use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant};
use crate::delivery::leave_requests::LeaveAnswer;
use crate::delivery::sessions::{Headcount, Session};
use crate::refusal::Refused;
use crate::values::local_time::LocalTime;
use crate::{resource, row, text_enum};

text_enum! {
    /// Whether a pupil was there 考勤. Other marks may come.
    pub enum AttendanceMark {
        /// 到
        Present = "present",
        /// 迟到
        Late = "late",
        /// 早退
        LeftEarly = "left_early",
        /// 请假
        OnLeave = "on_leave",
        /// 缺席
        Absent = "absent",
    }
}

impl AttendanceMark {
    /// Whether the pupil was there, for all or part of it.
    #[must_use]
    pub const fn attended(self) -> bool {
        matches!(self, Self::Present | Self::Late | Self::LeftEarly)
    }
}

text_enum! {
    /// How a pupil left 离开方式 (六.3). Other ways may come.
    pub enum DepartureKind {
        /// 监护人接走
        Guardian = "guardian",
        /// 指定接送人接走
        NamedPerson = "named_person",
        /// 交值班教师
        DutyHolder = "duty_holder",
        /// 参加下一场服务
        NextSession = "next_session",
        /// 交宿舍管理员
        Dormitory = "dormitory",
        /// 乘坐校车
        Bus = "bus",
        /// 经监护人同意自行离校
        SelfDeparture = "self_departure",
        /// 突发事件
        Incident = "incident",
        /// 由未经指定的人员接走
        NotNamed = "not_named",
    }
}

text_enum! {
    /// What became of what was sent 处理结果. Other outcomes may come.
    pub enum MarkOutcome {
        /// 已登记
        Entered = "entered",
        /// 与已登记的相同
        Same = "same",
        /// 已更正
        Corrected = "corrected",
        /// 早于已登记的记录，仅留存
        Older = "older",
        /// 服务已存档，仅留存；更正须说明原因
        AfterClose = "after_close",
        /// 未登记
        Refused = "refused",
    }
}

row! {
    /// The row of a roster: it counts its marks, and keeps a keyed hash over them.
    pub struct RosterRow of session_rosters {
        /// That of its session.
        id: Id,
        school_id: Id,
        present: i32,
        late: i32,
        left_early: i32,
        on_leave: i32,
        absent: i32,
        departed: i32,
        marks_hash: String,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// What is on record of one pupil at one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::attendances, check_for_backend(crate::db::MultiBackend))]
#[diesel(treat_none_as_default_value = false)]
pub struct Attendance {
    pub session_id: Id,
    pub student_id: Id,
    pub school_id: Id,
    pub mark: AttendanceMark,
    /// When it was made, as the device says.
    pub made_at: Instant,
    /// Which device said so; empty for none.
    pub device: String,
    /// Counts what a device says.
    pub sequence: i64,
    pub marked_by_id: Id,
    pub marked_at: Instant,
    pub departure: Option<DepartureKind>,
    pub departed_at: Option<LocalTime>,
    pub pickup_person_id: Option<Id>,
    pub guardianship_id: Option<Id>,
    pub departure_note: Option<String>,
    pub departure_late: bool,
    pub departure_by_id: Option<Id>,
}

/// What is on record of a pupil, with when and of what it is.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct Attended {
    pub attendance: Attendance,
    pub held_on: Date,
    pub project_id: Id,
    pub project_name: String,
}

/// What was on record before, or came too late to be.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::attendance_changes, check_for_backend(crate::db::MultiBackend))]
#[diesel(treat_none_as_default_value = false)]
pub struct AttendanceChange {
    pub id: Id,
    pub session_id: Id,
    pub student_id: Id,
    pub mark: AttendanceMark,
    pub departure: Option<DepartureKind>,
    pub departed_at: Option<LocalTime>,
    pub outcome: MarkOutcome,
    pub reason: Option<String>,
    pub made_at: Instant,
    pub device: String,
    pub sequence: i64,
    pub marked_by_id: Id,
    pub marked_at: Instant,
    pub kept_at: Instant,
}

impl Attendance {
    /// It as it is kept when something else takes its place.
    #[must_use]
    pub fn kept(&self, outcome: MarkOutcome, reason: Option<&str>, now: Instant) -> AttendanceChange {
        AttendanceChange {
            id: Id::fresh(),
            session_id: self.session_id,
            student_id: self.student_id,
            mark: self.mark,
            departure: self.departure,
            departed_at: self.departed_at,
            outcome,
            reason: reason.map(str::to_owned),
            made_at: self.made_at,
            device: self.device.clone(),
            sequence: self.sequence,
            marked_by_id: self.marked_by_id,
            marked_at: self.marked_at,
            kept_at: now,
        }
    }

    /// Whether another mark was made later: of one device the higher number counts, of two the later moment.
    #[must_use]
    pub fn is_before(&self, device: &str, sequence: i64, made_at: Instant) -> bool {
        if self.device == device && !device.is_empty() && self.sequence != sequence {
            sequence > self.sequence
        } else {
            made_at > self.made_at
        }
    }

    /// What becomes of a mark that is sent after this one: of two the later counts.
    #[must_use]
    pub fn against(&self, mark: AttendanceMark, device: &str, sequence: i64, made_at: Instant) -> MarkOutcome {
        match (mark == self.mark, self.is_before(device, sequence, made_at)) {
            (true, _) => MarkOutcome::Same,
            (false, true) => MarkOutcome::Corrected,
            (false, false) => MarkOutcome::Older,
        }
    }
}

/// Somebody who may fetch a pupil, or may not, as whoever stands at the door needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fetcher {
    /// Null for a guardian.
    pub pickup_person_id: Option<Id>,
    /// Null for who is no guardian.
    pub guardianship_id: Option<Id>,
    pub name: String,
    /// Masked; null for none.
    pub phone: Option<String>,
    /// What the person is to the child.
    pub relation: String,
    /// Whether the child must not be handed over to this person: blocked, or forbidden by a document.
    pub is_forbidden: bool,
}

/// A pupil on a roster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RosterEntry {
    pub student_id: Id,
    pub person_id: Id,
    pub student_name: String,
    pub class_name: Option<String>,
    /// Whether it is in the group on that day, and takes part.
    pub is_expected: bool,
    pub leave: Option<LeaveAnswer>,
    pub attendance: Option<Attendance>,
    pub fetchers: Vec<Fetcher>,
    /// Whether its guardian has agreed that it leaves by itself.
    pub may_leave_alone: bool,
}

/// The roster of a session.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Roster {
    #[serde(flatten)]
    pub row: RosterRow,
    #[serde(skip)]
    pub session: Session,
    #[serde(skip)]
    pub entries: Vec<RosterEntry>,
    pub path: String,
}

resource!(Roster { row: RosterRow, path }, "roster", "rosters");

impl Roster {
    /// The pupils, and where they were seen.
    #[must_use]
    pub fn seen_at(&self) -> Vec<SeenPerson> {
        let seen = |entry: &RosterEntry| SeenPerson { person_id: entry.person_id, school_id: Some(self.row.school_id) };
        self.entries.iter().map(seen).collect()
    }
}

/// What became of what was sent of one pupil.
#[derive(Debug, Clone, PartialEq)]
pub struct RowResult {
    pub student_id: Id,
    /// Who it is; nobody where the pupil is not on the roster.
    pub person_id: Option<Id>,
    pub outcome: MarkOutcome,
    /// What is on record now.
    pub standing: Option<Attendance>,
    pub refused: Option<Refused>,
}

/// A roster after something was sent, and what became of each row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Marked {
    #[serde(flatten)]
    pub row: RosterRow,
    #[serde(skip)]
    pub results: Vec<RowResult>,
    #[serde(skip)]
    pub request_id: String,
    pub path: String,
}

resource!(Marked { row: RosterRow, path }, "roster", "rosters");

impl RosterRow {
    /// The counts as they are shown.
    #[must_use]
    pub const fn headcount(&self) -> Headcount {
        Headcount {
            present: self.present,
            late: self.late,
            left_early: self.left_early,
            on_leave: self.on_leave,
            absent: self.absent,
            departed: self.departed,
        }
    }

    /// Counts what is on record.
    pub fn count(&mut self, marks: &[Attendance]) {
        let many = |is: &dyn Fn(&Attendance) -> bool| {
            i32::try_from(marks.iter().filter(|one| is(one)).count()).unwrap_or(i32::MAX)
        };
        self.present = many(&|one| one.mark == AttendanceMark::Present);
        self.late = many(&|one| one.mark == AttendanceMark::Late);
        self.left_early = many(&|one| one.mark == AttendanceMark::LeftEarly);
        self.on_leave = many(&|one| one.mark == AttendanceMark::OnLeave);
        self.absent = many(&|one| one.mark == AttendanceMark::Absent);
        self.departed = many(&|one| one.departure.is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;

    #[test]
    fn of_one_device_the_higher_number_counts_and_of_two_the_later_moment() {
        let at = Instant::new(time::OffsetDateTime::UNIX_EPOCH);
        let standing = Attendance {
            session_id: Id::NIL,
            student_id: Id::NIL,
            school_id: Id::NIL,
            mark: AttendanceMark::Present,
            made_at: at,
            device: "a".to_owned(),
            sequence: 5,
            marked_by_id: Id::NIL,
            marked_at: at,
            departure: None,
            departed_at: None,
            pickup_person_id: None,
            guardianship_id: None,
            departure_note: None,
            departure_late: false,
            departure_by_id: None,
        };
        let (earlier, later) = (at.plus(-Duration::MINUTE), at.plus(Duration::MINUTE));
        for (mark, device, sequence, made_at, outcome) in [
            (AttendanceMark::Present, "b", 1, later, MarkOutcome::Same),
            (AttendanceMark::Absent, "a", 6, earlier, MarkOutcome::Corrected),
            (AttendanceMark::Absent, "a", 4, later, MarkOutcome::Older),
            (AttendanceMark::Absent, "a", 5, later, MarkOutcome::Corrected),
            (AttendanceMark::Absent, "a", 5, at, MarkOutcome::Older),
            (AttendanceMark::Absent, "b", 1, later, MarkOutcome::Corrected),
            (AttendanceMark::Absent, "b", 9, earlier, MarkOutcome::Older),
            (AttendanceMark::Absent, "", 0, later, MarkOutcome::Corrected),
        ] {
            assert_eq!(standing.against(mark, device, sequence, made_at), outcome, "{device} {sequence}");
        }
    }
}
