//! Pure rules, and the walls of the house.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

mod architecture;
mod basis;
mod bill;
mod calendar;
mod cases;
mod catalogue;
mod charging;
mod coercion;
mod content;
mod draw;
mod enrollment;
mod fees;
mod filing;
mod generated;
mod grouping;
mod held;
mod instruction;
mod later;
mod materials;
mod money;
mod notice;
mod partners;
mod pay;
mod profiles;
mod properties;
mod provider;
mod renamed;
mod seats;
mod serving;
mod slices;
mod staffing;
mod survey;
mod term;
mod time;
mod winter;
