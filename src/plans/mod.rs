//! The plan: what a school offers after school in a term, filed with its authority, reviewed, and told to guardians.

pub mod amendments;
pub mod checks;
pub mod committee_opinions;
pub mod exemptions;
pub mod filings;
pub mod notices;
#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod plans;
pub mod projects;
pub mod quality_courses;
pub mod reviews;
