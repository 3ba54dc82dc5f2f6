//! What guardians are told (二.2, 五.3): the notices of a plan, their page, and the lists that anybody may read.

#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod notices;
