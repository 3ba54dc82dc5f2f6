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
mod agreement_pages;
mod amendments;
mod asked_at_the_charge;
mod at_the_machine;
mod authorities;
mod batches;
mod calendar;
mod calendar_years;
mod cases;
mod charges;
mod check;
mod class_teachers;
mod classes;
mod closures;
mod code_tables;
mod counts;
mod crash;
mod crash_enrolling;
mod database;
mod demo;
mod demo_city;
mod disclosures;
mod docs_page;
mod drawn_lists;
mod draws;
mod edge;
mod endless;
mod enrollments;
mod erasures;
mod errands;
mod exemptions;
mod facilities;
mod field;
mod filings;
mod finding;
mod forms;
mod found_by_index;
mod guardianships;
mod idempotency;
mod interleaved;
mod invitations;
mod joining;
mod joint_enrollments;
mod journal;
mod judged_facts;
mod languages;
mod lists;
mod lives;
mod materials;
mod me;
mod messages;
mod migrations;
mod names;
mod notice_receipts;
mod notices;
mod offers;
mod old_apps;
mod old_database;
mod openapi;
mod opinions;
mod overdue;
mod overview;
mod paper_forms;
mod partner_plans;
mod partners;
mod persons;
mod plans;
mod policy_profiles;
mod project_closures;
mod races;
mod refreshing;
mod rule_catalogue;
mod rules;
mod schools;
mod seat_offers;
mod separations;
mod shell;
mod sign_in;
mod sign_in_codes;
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
mod wire;
mod wrong_input;
mod year_turns;
