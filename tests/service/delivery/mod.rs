//! Service as it is held: groups, sessions, rosters, how pupils leave.

mod calendars;
mod counts;
mod days;
mod groups;
mod pay;
mod pickups;
mod races;
mod rosters;
mod sessions;
mod sheets;
