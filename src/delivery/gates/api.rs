//! `/schools/{id}/gate`.

use actix_web::get;
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::{GateEntry, GateList, GateQuery};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::ReadGate;
use crate::auth::{Actor, By, Lookup, Shown};
use crate::db::{Asked, Id, NameOf, Names};
use crate::delivery::gates;
use crate::delivery::leave_requests::LeaveAnswer;
use crate::delivery::rosters::{AttendanceMark, AttendanceOut, Fetcher};
use crate::http::{Answered, PathId, ServiceConfig};
use crate::values::iso_date;
use crate::values::local_time::LocalTime;

/// A pupil at the gate.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateEntryOut {
    pub student_id: Id,
    pub student_name: String,
    /// The class in which it is now; null for none.
    pub class_name: Option<String>,
    /// When its last session of the day ends.
    pub leaves_at: LocalTime,
    /// That session.
    pub session_id: Id,
    pub group_name: String,
    pub venue_name: String,
    /// What was said to leave on that day; null where none was asked for.
    pub leave: Option<LeaveAnswer>,
    /// Whether it was at that session; null until that is on record.
    pub mark: Option<AttendanceMark>,
    /// How it has left the school; null as long as that is not on record.
    pub left: Option<AttendanceOut>,
    /// Who may fetch it, and who must not.
    pub fetchers: Vec<Fetcher>,
    /// Whether its guardian has agreed that it leaves by itself.
    pub may_leave_alone: bool,
}

impl GateEntryOut {
    fn of(one: &GateEntry, names: &Names) -> Self {
        let (session, roster) = (&one.session.row, &one.roster);
        let name = |of, id| names.get(of, id).unwrap_or_default().to_owned();
        Self {
            student_id: roster.student_id,
            student_name: roster.student_name.clone(),
            class_name: roster.class_name.clone(),
            leaves_at: session.ends_at,
            session_id: session.id,
            group_name: name(NameOf::Group, session.group_id),
            venue_name: name(NameOf::Facility, session.venue_id),
            leave: roster.leave,
            mark: roster.attendance.as_ref().map(|attendance| attendance.mark),
            left: one.left.as_ref().map(AttendanceOut::of),
            fetchers: roster.fetchers.clone(),
            may_leave_alone: roster.may_leave_alone,
        }
    }
}

/// The gate of a school on one day 离校名单.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateListOut {
    pub school_id: Id,
    pub school_name: String,
    #[serde(with = "iso_date")]
    pub held_on: Date,
    /// By when they leave, class and name.
    pub entries: Vec<GateEntryOut>,
}

impl Shown for GateList {
    type Out = GateListOut;
    const SHOWS_PUPILS: bool = true;
    const NAMES: &'static [NameOf] = &[NameOf::Group, NameOf::Facility];

    fn shown_to(&self, _: &Actor, names: &Names) -> GateListOut {
        GateListOut {
            school_id: self.row.id,
            school_name: self.school_name.clone(),
            held_on: self.day,
            entries: self.entries.iter().map(|one| GateEntryOut::of(one, names)).collect(),
        }
    }

    fn asks(&self, _: &Actor, asked: &mut Asked) {
        for one in &self.entries {
            asked.of(NameOf::Group, one.session.row.group_id);
            asked.of(NameOf::Facility, one.session.row.venue_id);
        }
    }

    fn persons(&self) -> Vec<SeenPerson> {
        self.seen_at()
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_gate_list);
}

/// Which pupils of a school leave when on a day, and with whom: the gate's whole day in one answer 离校名单
#[utoipa::path(tag = "sessions", params(("id" = Id, Path, description = "The school"), GateQuery),
    responses((status = 200, description = "The pupils who leave", body = GateListOut), ReadGate))]
#[get("/schools/{id}/gate")]
async fn get_gate_list(by: By<ReadGate>, id: PathId, lookup: Lookup<GateQuery>) -> Answered {
    lookup.shows_whole(by, move |tx, by, asked| gates::of_school(tx, by, id.0, asked)).await
}
