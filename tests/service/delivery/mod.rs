//! Service as it is held: groups, sessions, rosters, how pupils leave.

mod days;
mod groups;
mod pickups;
mod races;
mod rosters;
mod sessions;
