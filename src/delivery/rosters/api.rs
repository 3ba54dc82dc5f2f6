//! `/sessions/{id}/roster`.

use actix_web::{get, put};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::{Fetcher, RosterEntry, RowResult};
use super::sent::{AttendanceIn, DeparturesIn};
use super::{Attendance, AttendanceMark, Attended, DepartureKind, MarkOutcome, Marked, Roster};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::{ReadRosters, RecordRosters};
use crate::auth::{Actor, By, List, Marking, Read, Shown, Write};
use crate::db::{Asked, Id, Instant, NameOf, Names};
use crate::delivery::leave_requests::LeaveAnswer;
use crate::delivery::rosters;
use crate::delivery::sessions::{Headcount, SessionFilter, SessionState};
use crate::http::{Answered, FindingOut, Page, PathId, Problem, ServiceConfig, Valid};
use crate::values::iso_date;
use crate::values::local_time::LocalTime;

/// What is on record of one pupil at a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendanceOut {
    pub mark: AttendanceMark,
    /// When it was made, as the device says.
    pub made_at: Instant,
    /// Which device said so; empty for none.
    pub device: String,
    pub sequence: i64,
    /// The account that did.
    pub marked_by_id: Id,
    pub marked_at: Instant,
    /// How the pupil left; null until that is on record.
    pub departure: Option<DepartureKind>,
    pub departed_at: Option<LocalTime>,
    /// Who fetched it, of those who are named.
    pub pickup_person_id: Option<Id>,
    /// Which guardian fetched it.
    pub guardianship_id: Option<Id>,
    /// Who, or what happened.
    pub departure_note: Option<String>,
    /// Whether the departure was entered after the session was closed, or after its day.
    pub departure_late: bool,
}

impl AttendanceOut {
    /// As it is shown.
    #[must_use]
    pub fn of(one: &Attendance) -> Self {
        let one = one.clone();
        Self {
            mark: one.mark,
            made_at: one.made_at,
            device: one.device,
            sequence: one.sequence,
            marked_by_id: one.marked_by_id,
            marked_at: one.marked_at,
            departure: one.departure,
            departed_at: one.departed_at,
            pickup_person_id: one.pickup_person_id,
            guardianship_id: one.guardianship_id,
            departure_note: one.departure_note,
            departure_late: one.departure_late,
        }
    }
}

/// What is on record of a pupil at one session.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendedOut {
    pub session_id: Id,
    #[serde(with = "iso_date")]
    pub held_on: Date,
    pub project_id: Id,
    pub project_name: String,
    pub attendance: AttendanceOut,
}

impl AttendedOut {
    /// As it is shown.
    #[must_use]
    pub fn of(one: &Attended) -> Self {
        Self {
            session_id: one.attendance.session_id,
            held_on: one.held_on,
            project_id: one.project_id,
            project_name: one.project_name.clone(),
            attendance: AttendanceOut::of(&one.attendance),
        }
    }
}

/// A pupil on a roster.
#[derive(Debug, Serialize, ToSchema)]
pub struct RosterEntryOut {
    pub student_id: Id,
    pub student_name: String,
    /// The class in which it is now; null for none.
    pub class_name: Option<String>,
    /// Whether it is in the group on that day, and takes part.
    pub is_expected: bool,
    /// What was said to leave on that day; null where none was asked for.
    pub leave: Option<LeaveAnswer>,
    /// Null until something is on record.
    pub attendance: Option<AttendanceOut>,
    /// Who may fetch it, and who must not; for whoever stands at the door.
    pub fetchers: Vec<Fetcher>,
    /// Whether its guardian has agreed that it leaves by itself.
    pub may_leave_alone: bool,
}

impl RosterEntryOut {
    fn of(entry: &RosterEntry) -> Self {
        Self {
            student_id: entry.student_id,
            student_name: entry.student_name.clone(),
            class_name: entry.class_name.clone(),
            is_expected: entry.is_expected,
            leave: entry.leave,
            attendance: entry.attendance.as_ref().map(AttendanceOut::of),
            fetchers: entry.fetchers.clone(),
            may_leave_alone: entry.may_leave_alone,
        }
    }
}

/// The roster of a session 点名册.
#[derive(Debug, Serialize, ToSchema)]
pub struct RosterOut {
    pub session_id: Id,
    pub group_id: Id,
    pub group_name: String,
    pub project_id: Id,
    pub project_name: String,
    #[serde(with = "iso_date")]
    pub held_on: Date,
    pub starts_at: LocalTime,
    pub ends_at: LocalTime,
    pub session_state: SessionState,
    pub headcount: Headcount,
    /// In the order of names.
    pub entries: Vec<RosterEntryOut>,
}

impl Shown for Roster {
    type Out = RosterOut;
    const SHOWS_PUPILS: bool = true;
    const NAMES: &'static [NameOf] = &[NameOf::Group, NameOf::Project];

    fn shown_to(&self, _: &Actor, names: &Names) -> RosterOut {
        let session = &self.session.row;
        let name = |of, id| names.get(of, id).unwrap_or_default().to_owned();
        RosterOut {
            session_id: session.id,
            group_id: session.group_id,
            group_name: name(NameOf::Group, session.group_id),
            project_id: session.project_id,
            project_name: name(NameOf::Project, session.project_id),
            held_on: session.held_on,
            starts_at: session.starts_at,
            ends_at: session.ends_at,
            session_state: session.state,
            headcount: self.row.headcount(),
            entries: self.entries.iter().map(RosterEntryOut::of).collect(),
        }
    }

    fn asks(&self, _: &Actor, asked: &mut Asked) {
        asked.of(NameOf::Group, self.session.row.group_id);
        asked.of(NameOf::Project, self.session.row.project_id);
    }

    fn persons(&self) -> Vec<SeenPerson> {
        self.seen_at()
    }
}

/// What became of what was sent of one pupil.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkedItemOut {
    pub student_id: Id,
    pub student_name: String,
    pub outcome: MarkOutcome,
    /// What is on record now; null for nothing.
    pub attendance: Option<AttendanceOut>,
    /// Why it was refused, with pointers into the whole body; null where it was not.
    pub problem: Option<Problem>,
}

/// What became of what was sent of a session's pupils.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkedOut {
    pub session_id: Id,
    pub headcount: Headcount,
    /// Each row, in the order in which they were sent.
    pub items: Vec<MarkedItemOut>,
    /// What the rules said about this write, where they said something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl Shown for Marked {
    type Out = MarkedOut;
    const SHOWS_PUPILS: bool = true;
    const NAMES: &'static [NameOf] = &[NameOf::Student];

    fn shown_to(&self, by: &Actor, names: &Names) -> MarkedOut {
        let item = |result: &RowResult| MarkedItemOut {
            student_id: result.student_id,
            student_name: names.get(NameOf::Student, result.student_id).unwrap_or_default().to_owned(),
            outcome: result.outcome,
            attendance: result.standing.as_ref().map(AttendanceOut::of),
            problem: result.refused.as_ref().map(|refused| Problem::of(refused, by.language, &self.request_id)),
        };
        MarkedOut {
            session_id: self.row.id,
            headcount: self.row.headcount(),
            items: self.results.iter().map(item).collect(),
            findings: None,
        }
    }

    fn asks(&self, _: &Actor, asked: &mut Asked) {
        // Of whom is not on the roster nothing is told.
        let known = self.results.iter().filter(|result| result.person_id.is_some());
        known.for_each(|result| asked.of(NameOf::Student, result.student_id));
    }

    fn persons(&self) -> Vec<SeenPerson> {
        let seen = |person_id| SeenPerson { person_id, school_id: Some(self.row.school_id) };
        self.results.iter().filter_map(|result| result.person_id).map(seen).collect()
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_rosters).service(get_roster).service(put_attendance).service(put_departures);
}

/// The rosters of a day, today where none is named: a teacher's whole day in one answer 当日点名册
#[utoipa::path(tag = "sessions", params(List<SessionFilter>),
    responses((status = 200, description = "A page of rosters", body = Page<RosterOut>), ReadRosters))]
#[get("/rosters")]
async fn list_rosters(by: By<ReadRosters>, list: List<SessionFilter>) -> Answered {
    list.shows_whole(by, rosters::of_day).await
}

/// The roster of a session: who is expected, who was there, how each pupil left, and who may fetch it 点名册
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session")),
    responses((status = 200, description = "The roster", body = RosterOut), ReadRosters))]
#[get("/sessions/{id}/roster")]
async fn get_roster(by: By<ReadRosters>, id: PathId, read: Read) -> Answered {
    read.shows_whole(by, move |tx, by| rosters::of_session(tx, by, id.0)).await
}

/// Records who was at a session; sent again it comes to the same 登记考勤
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session"), Marking),
    request_body = AttendanceIn,
    responses((status = 200, description = "What became of each row", body = MarkedOut), RecordRosters))]
#[put("/sessions/{id}/attendance")]
async fn put_attendance(
    by: By<RecordRosters>,
    id: PathId,
    write: Write<Marking>,
    Valid(body): Valid<AttendanceIn>,
) -> Answered {
    write.answers(by, move |tx, by| rosters::mark(tx, by, id.0, &body)).await
}

/// Records how pupils of a session left; sent again it comes to the same 登记离开
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The session"), Marking),
    request_body = DeparturesIn,
    responses((status = 200, description = "What became of each row", body = MarkedOut), RecordRosters))]
#[put("/sessions/{id}/departures")]
async fn put_departures(
    by: By<RecordRosters>,
    id: PathId,
    write: Write<Marking>,
    Valid(body): Valid<DeparturesIn>,
) -> Answered {
    write.answers(by, move |tx, by| rosters::depart(tx, by, id.0, &body)).await
}
