//! The schools of a city and their classes. Facilities and surveys are to stand here, too.

pub mod class_teachers;
pub mod classes;
#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod schools;
