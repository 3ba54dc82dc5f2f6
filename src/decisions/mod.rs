//! What a decision sets in motion, in plain order, over all the rooms that it moves.

pub mod reviews;
