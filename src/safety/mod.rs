//! 安全 (六.3): who answers for what, what was taught about it, whether venues are checked and what is dangerous in them.

pub mod hazards;
pub mod safety_duties;
pub mod safety_education_records;
pub mod venue_checks;

mod venues;

pub use self::venues::venue_facts;
