//! What is filed with the authority (五.2): plans as they were submitted, and the amendments of approved ones.

pub mod amendments;
#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod filings;
pub mod uploads;
