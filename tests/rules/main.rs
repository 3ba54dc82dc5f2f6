//! Pure rules, and the walls of the house.

mod architecture;
mod calendar;
