//! Sessions as a calendar that apps subscribe to (RFC 5545): what, when and where; nobody is named.

use icalendar::{Calendar, Component, Event, EventLike, Property};
use time::{Date, Time, UtcOffset};

use crate::db::{Instant, NameOf, Names, local_moment, local_time};
use crate::delivery::sessions::Session;
use crate::http::{File, Language};
use crate::values::local_time::LocalTime;

/// For how long an app need not ask again.
const ASKS_AFTER: &str = "PT4H";

/// A moment as calendars have it: `20240910T083000Z`.
fn stamp(at: Instant) -> String {
    let at = local_time(at).to_offset(UtcOffset::UTC);
    let (date, time) = (at.date(), at.time());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second())
}

fn moment(day: Date, at: LocalTime) -> String {
    let minutes = at.minutes();
    let hour = u8::try_from(minutes / 60).unwrap_or_default();
    let minute = u8::try_from(minutes % 60).unwrap_or_default();
    stamp(local_moment(day, Time::from_hms(hour, minute, 0).unwrap_or(Time::MIDNIGHT)))
}

/// The calendar of some sessions.
pub(super) fn written(sessions: &[Session], names: &Names, language: Language) -> File {
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Kehou//after-school service//ZH"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.append_property(Property::new("METHOD", "PUBLISH"));
    let title = language.text("calendar.title", []);
    calendar.append_property(Property::new("NAME", &title));
    calendar.append_property(Property::new("X-WR-CALNAME", &title));
    calendar.append_property(Property::new("X-WR-TIMEZONE", "Asia/Shanghai"));
    let mut asks = Property::new("REFRESH-INTERVAL", ASKS_AFTER);
    asks.add_parameter("VALUE", "DURATION");
    calendar.append_property(asks.done());
    calendar.append_property(Property::new("X-PUBLISHED-TTL", ASKS_AFTER));
    for session in sessions {
        let row = &session.row;
        let event = Event::new()
            .uid(&format!("{}@kehou", row.id))
            .add_property("DTSTAMP", stamp(row.updated_at))
            .add_property("SEQUENCE", row.version.to_string())
            .add_property("DTSTART", moment(row.held_on, row.starts_at))
            .add_property("DTEND", moment(row.held_on, row.ends_at))
            .summary(names.get(NameOf::Project, row.project_id).unwrap_or_default())
            .location(names.get(NameOf::Facility, row.venue_id).unwrap_or_default())
            .add_property("CLASS", "PRIVATE")
            .done();
        calendar.push(event);
    }
    let bytes = calendar.to_string().into_bytes();
    File { media_type: "text/calendar; charset=utf-8", save_as: None, bytes, version: 1 }
}
