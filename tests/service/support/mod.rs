//! What every test stands on.

pub mod amendments;
pub mod app;
pub mod contract;
pub mod databases;
pub mod delivery;
pub mod enrollments;
pub mod examples;
pub mod fees;
pub mod groundwork;
pub mod log;
pub mod materials;
pub mod meeting;
pub mod partners;
pub mod plans;
pub mod process;
pub mod pupils;
pub mod server;
pub mod staff;
pub mod statements;
pub mod world;
