//! The gate 校门 (六.3): which pupils of a school leave when on a day, and with whom. A slice without a table: what is on
//! record stays with the rosters.

mod api;
mod model;

pub use self::api::routes;
pub use self::model::{GateEntry, GateList, GateQuery};

use std::collections::BTreeMap;

use super::rosters::{self, Attendance, DepartureKind, RosterEntry};
use super::sessions::{self, Session};
use crate::auth::permission::ReadGate;
use crate::auth::{By, Role, Scope};
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::safety::safety_duties;
use crate::schools::schools;

/// The pupils of a school's sessions of a day. A teacher who has a duty on that day sees all of them, another one those
/// of its own sessions.
///
/// # Errors
/// 404.
pub fn of_school(tx: &mut Tx<'_>, by: &By<ReadGate>, id: Id, asked: &GateQuery) -> Result<GateList, Refusal> {
    let school = schools::seen(tx, &by.scope(), id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    let day = asked.held_on.map_or(tx.today, |day| day.0);
    let sees_all = by.role != Role::Teacher || safety_duties::on_duty(tx, by.user_id, id, day)?;
    let scope = if sees_all { by.scope() } else { Scope::OwnGroups(by.user_id) };
    let sessions = sessions::held_on(tx, &scope, id, day)?;
    let mut all = rosters::entries_of(tx, &sessions, day)?;
    rosters::add_fetchers(tx, day, &mut all)?;
    let mut pupils: BTreeMap<Id, GateEntry> = BTreeMap::new();
    for (session, entries) in sessions.into_iter().zip(all) {
        for entry in entries {
            let before = pupils.remove(&entry.student_id);
            pupils.insert(entry.student_id, after(before, &session, entry));
        }
    }
    let mut entries: Vec<GateEntry> = pupils.into_values().collect();
    let place = |one: &GateEntry| {
        (one.session.row.ends_at, one.roster.class_name.clone(), one.roster.student_name.clone(), one.roster.student_id)
    };
    entries.sort_by_cached_key(place);
    Ok(GateList { row: school.row, school_name: school.name, day, entries, path: school.path })
}

/// A pupil leaves after its last session, unless it has left before.
fn after(before: Option<GateEntry>, session: &Session, roster: RosterEntry) -> GateEntry {
    let left = before.and_then(|before| before.left).or_else(|| roster.attendance.clone().filter(has_left));
    GateEntry { session: session.clone(), roster, left }
}

/// Whether it is on record that a pupil has left the school.
fn has_left(one: &Attendance) -> bool {
    one.departure.is_some_and(|kind| kind != DepartureKind::NextSession)
}
