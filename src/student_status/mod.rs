//! What changes where a pupil stands 学籍变动, in plain order over all the rooms that it moves: leaving a school, a
//! corrected record, and the joining of two records of one person.

pub mod copies;
pub mod corrections;
pub mod departures;
pub mod erasures;
pub mod merges;
pub mod separations;
pub mod year_turns;
