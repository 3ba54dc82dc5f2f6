//! What `yueyang-2019` sets where the policy names no number (†), and since when it is in force.

use time::Date;
use time::macros::date;

pub(super) const IN_FORCE_FROM: Date = date!(2019 - 09 - 01);

/// Working days before an authority is reminded of a filing that waits for its review.
pub(super) const REVIEW_REMINDER_WORKING_DAYS: u16 = 10;

/// Days that a seat is offered to one who waits.
pub const SEAT_ANSWER_DAYS: u16 = 3;

/// Days after a notice was published on which guardians who have not answered are reminded.
pub(super) const REMINDER_DAYS: [i64; 2] = [3, 7];

/// From when many choices at once are a sign that they were not free: percent of a class, pupils, minutes, and the
/// first minutes that do not count.
pub(super) const COERCION_PERCENT_MIN: i64 = 95;
pub(super) const COERCION_PUPILS_MIN: i64 = 20;
pub(super) const COERCION_MINUTES: i64 = 30;
pub(super) const COERCION_BUSY_MINUTES: i64 = 60;

/// When a group is a class in another guise: percent of the group that is of one class, and of that class in the group.
pub(super) const CLASS_PERCENT_OF_GROUP: i64 = 90;
pub(super) const GROUP_PERCENT_OF_CLASS: i64 = 80;

/// Percent of those present, of a class that the leader teaches.
pub(super) const OWN_CLASS_PERCENT_MIN: i64 = 50;

/// Pupils of a group of free help.
pub(super) const FREE_HELP_GROUP_MAX: i64 = 10;

/// Minutes before a session.
pub(super) const LEAVE_MINUTES_BEFORE: i64 = 60;

/// Years for which what is known of a pupil is kept.
pub(super) const RETENTION_YEARS: i64 = 5;

/// Percent of the groups' minutes that own staff lead.
pub(super) const OWN_STAFF_PERCENT_MIN: u16 = 50;
