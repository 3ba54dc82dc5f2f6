//! Pure rules, and the walls of the house.
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod architecture;
mod calendar;
mod plans;
mod profiles;
