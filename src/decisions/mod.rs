//! What a decision sets in motion, in plain order, over all the rooms that it moves: the school submits and withdraws,
//! the authority reviews and moves terms, the school publishes.

pub mod publications;
pub mod reviews;
pub mod subject;
pub mod submissions;
pub mod term_changes;
