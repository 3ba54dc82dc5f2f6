//! Who and what is booked (三.2, 六.3): nobody serves at two places at once, and no place holds two groups. Whoever books
//! holds staff and place first, so that of two at the same instant one sees the other.

use std::collections::BTreeSet;

use time::Date;

use super::store;
use crate::db::{Id, Rung, Tx};
use crate::delivery::groups::Pupil;
use crate::refusal::Refusal;
use crate::resources::facilities;
use crate::rules::Finding;
use crate::rules::profile::Profile;
use crate::rules::serving::{Booked, Booking, double_booked, may_serve, venue_checked};
use crate::safety;
use crate::staff::{self, staff_members};
use crate::values::local_time::LocalTime;

/// A day, and from when to when.
pub type Meeting = (Date, LocalTime, LocalTime);

/// What is to be booked.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub school_id: Id,
    /// Whose sessions it is for: its own are no clash.
    pub group_id: Id,
    /// Who serves, each with its place in the body.
    pub staff: Vec<(Id, String)>,
    /// Where, with its place in the body.
    pub venue: Option<(Id, &'a str)>,
    /// In their order.
    pub meetings: &'a [Meeting],
    /// How many pupils come.
    pub pupils: i64,
}

impl Wanted<'_> {
    fn days(&self) -> Option<(Date, Date)> {
        Some((self.meetings.first()?.0, self.meetings.last()?.0))
    }

    fn dates(&self) -> Vec<Date> {
        let distinct: BTreeSet<Date> = self.meetings.iter().map(|(date, ..)| *date).collect();
        distinct.into_iter().collect()
    }
}

/// Holds staff and place until the transaction ends, and says what stands against the booking: papers, vettings and
/// checks on the days, and other sessions at the same time.
///
/// # Errors
/// When the database fails.
pub fn book(tx: &mut Tx<'_>, wanted: &Wanted<'_>, profile: &Profile) -> Result<Vec<Finding>, Refusal> {
    let mut ids: Vec<Id> = wanted.staff.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    for id in &ids {
        tx.holds(Rung::Staff, *id);
    }
    staff_members::hold(tx, &ids)?;
    if let Some((venue, _)) = wanted.venue {
        tx.holds(Rung::Venue, venue);
        facilities::hold(tx, &[venue])?;
    }
    let mut findings = fitness(tx, wanted, profile)?;
    let Some(days) = wanted.days() else { return Ok(findings) };
    let taken = store::of_staff(tx, &ids, days, wanted.group_id)?;
    let names = names_of(tx, wanted.school_id, &ids)?;
    for (id, at) in &wanted.staff {
        let own: Vec<Booking> = taken.iter().filter(|(who, _)| who == id).map(|(_, booking)| booking.clone()).collect();
        let name = names.iter().find(|(known, _)| known == id).map_or("", |(_, name)| name.as_str());
        findings.extend(double_booked(Booked::Staff, name, wanted.meetings, &own, at, profile));
    }
    if let Some((venue, at)) = wanted.venue {
        let taken: Vec<Booking> =
            store::of_venue(tx, venue, days, wanted.group_id)?.into_iter().map(|(_, booking)| booking).collect();
        let facts = safety::venue_facts(tx, wanted.school_id, &[venue], tx.today)?;
        let name = facts.get(&venue).map_or("", |fact| fact.name.as_str());
        findings.extend(double_booked(Booked::Venue, name, wanted.meetings, &taken, at, profile));
    }
    Ok(findings)
}

fn names_of(tx: &mut Tx<'_>, school: Id, ids: &[Id]) -> Result<Vec<(Id, String)>, Refusal> {
    Ok(staff_members::of_school(tx, school, ids)?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// What stands against who serves and the place, whatever else they do.
///
/// # Errors
/// When the database fails.
pub fn fitness(tx: &mut Tx<'_>, wanted: &Wanted<'_>, profile: &Profile) -> Result<Vec<Finding>, Refusal> {
    let dates = wanted.dates();
    let leaders: Vec<_> = wanted.staff.iter().map(|(id, _)| crate::rules::document::LeaderId(id.0)).collect();
    let facts = staff::facts_for(tx, wanted.school_id, &leaders)?;
    let mut findings = Vec::new();
    for (id, at) in &wanted.staff {
        if let Some(fact) = facts.iter().find(|fact| fact.id.0 == id.0) {
            findings.extend(may_serve(fact, &dates, at, profile));
        }
    }
    if let Some((venue, at)) = wanted.venue {
        let on = dates.first().copied().unwrap_or(tx.today).max(tx.today);
        let facts = safety::venue_facts(tx, wanted.school_id, &[venue], on)?;
        if let Some(fact) = facts.get(&venue) {
            findings.extend(venue_checked(fact, &dates, wanted.pupils, at, profile));
        }
    }
    Ok(findings)
}

/// What stands against the pupils of a group: they are elsewhere at the same time.
///
/// # Errors
/// When the database fails.
pub fn pupils_elsewhere(
    tx: &mut Tx<'_>,
    group: Id,
    pupils: &[Pupil],
    meetings: &[Meeting],
    profile: &Profile,
) -> Result<Option<Finding>, Refusal> {
    let (Some(first), Some(last)) = (meetings.first(), meetings.last()) else { return Ok(None) };
    let pupils: Vec<Id> = pupils.iter().map(|pupil| pupil.student_id).collect();
    let taken = store::of_pupils(tx, &pupils, (first.0, last.0), group)?;
    let taken: Vec<Booking> = taken.into_iter().map(|(_, booking)| booking).collect();
    Ok(double_booked(Booked::Pupil, "", meetings, &taken, "", profile))
}
