//! What changes where a pupil stands 学籍变动, in plain order over all the rooms that it moves: leaving a school, and the
//! joining of two records of one person.

pub mod departures;
pub mod merges;
