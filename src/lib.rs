//! Kehou (课后): the backend of in-school after-school services for a whole city.
//!
//! The rooms stand on floors; a room uses only floors below it (`docs/ARCHITECTURE.md`).

rust_i18n::i18n!("locales", fallback = "zh");

pub mod app;
pub mod auth;
pub mod background;
pub mod cli;
pub mod code_tables;
pub mod config;
pub mod contract;
pub mod db;
pub mod decisions;
pub mod delivery;
pub mod demo;
pub mod docs_page;
pub mod enrollments;
pub mod fees;
pub mod file_store;
pub mod filings;
pub mod finding;
pub mod health;
pub mod http;
pub mod inbox;
pub mod jobs;
pub mod journal;
pub mod materials;
pub mod me;
pub mod messages;
pub mod metrics;
pub mod notices;
pub mod oversight;
pub mod partners;
pub mod plans;
pub mod private;
pub mod refusal;
pub mod regulation;
pub mod resealing;
pub mod resources;
pub mod rules;
pub mod safety;
pub mod schools;
pub mod sealing;
pub mod staff;
pub mod student_status;
pub mod students;
pub mod surveys;
pub mod values;
pub mod verification;
