//! The schools of a city. Classes, facilities and surveys are to stand here, too.

#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod schools;
