//! The service through its front door: HTTP in process, a fresh database per test, both databases.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says on which databases it ran"
)]

mod support;

mod access;
mod amendments;
mod at_the_machine;
mod authorities;
mod calendar;
mod calendar_years;
mod cases;
mod charges;
mod check;
mod classes;
mod closures;
mod crash;
mod crash_enrolling;
mod database;
mod demo;
mod disclosures;
mod edge;
mod endless;
mod enrollments;
mod errands;
mod exemptions;
mod facilities;
mod field;
mod filings;
mod forms;
mod guardianships;
mod idempotency;
mod interleaved;
mod journal;
mod judged_facts;
mod languages;
mod lists;
mod lives;
mod materials;
mod migrations;
mod notices;
mod old_database;
mod openapi;
mod opinions;
mod overdue;
mod partner_plans;
mod partners;
mod persons;
mod plans;
mod policy_profiles;
mod races;
mod rule_catalogue;
mod rules;
mod schools;
mod shell;
mod sign_in;
mod signing_keys;
mod staff;
mod staffing;
mod students;
mod surveys;
mod terms;
mod texts;
mod tokens;
mod turning_points;
mod two_persons;
mod users;
mod verify;
mod verify_damages;
mod waiting;
mod wrong_input;
