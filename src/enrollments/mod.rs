//! Enrollment: a guardian's free choice of a project for a pupil, and the agreement that it signs.

pub mod agreement_pages;
pub mod agreements;
pub mod choice_places;
pub mod choice_windows;
pub mod coercion;
pub mod counts;
pub mod draws;
#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod enrollments;
pub mod joint_enrollments;
pub mod notice_pages;
pub mod notice_receipts;
pub mod offers;
pub mod paper_forms;
pub mod project_closures;
pub mod suggestions;
pub mod wishes;
mod wording;
