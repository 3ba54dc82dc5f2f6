//! The plan: what a school offers after school in a term, what the rules say of it, and what is said of its projects.

pub mod checks;
pub mod committee_opinions;
pub mod exemptions;
pub mod life;
pub mod overview;
#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod plans;
pub mod project_changes;
pub mod projects;
pub mod quality_courses;
