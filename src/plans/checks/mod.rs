//! Checks of plan documents that are not stored: what the rules would say, and nothing is left behind.

mod report;

pub use report::{PlanCheckOut, PlanCheckProfileOut};
