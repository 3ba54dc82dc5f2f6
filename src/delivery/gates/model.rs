//! A school's gate on a day.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::IntoParams;

use crate::auth::access_log::SeenPerson;
use crate::delivery::rosters::{Attendance, RosterEntry};
use crate::delivery::sessions::Session;
use crate::resource;
use crate::schools::schools::SchoolRow;
use crate::values::iso_date::Day;

/// Of which day.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GateQuery {
    /// Today where it is not named.
    #[param(inline)]
    pub held_on: Option<Day>,
}

/// A pupil who leaves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateEntry {
    /// Its last session of the day.
    pub session: Session,
    /// What the roster of that one says of it.
    pub roster: RosterEntry,
    /// How it has left; none as long as it is there, or where it never came.
    pub left: Option<Attendance>,
}

/// The gate of a school on a day.
#[derive(Debug, Clone, Serialize)]
pub struct GateList {
    #[serde(flatten)]
    pub row: SchoolRow,
    #[serde(skip)]
    pub school_name: String,
    #[serde(skip)]
    pub day: Date,
    /// By when they leave, class and name.
    #[serde(skip)]
    pub entries: Vec<GateEntry>,
    pub path: String,
}

resource!(GateList { row: SchoolRow, path }, "gate-list", "gate-lists");

impl GateList {
    /// The pupils, and where they were seen.
    #[must_use]
    pub fn seen_at(&self) -> Vec<SeenPerson> {
        let school_id = Some(self.row.id);
        self.entries.iter().map(|one| SeenPerson { person_id: one.roster.person_id, school_id }).collect()
    }
}
