//! Who regulates, by which parameters, and when: authorities, policy profiles, the catalogue of rules, terms, and the
//! calendar.

pub mod authorities;
pub mod calendar;
pub mod policy_profiles;
pub mod rule_catalogue;
pub mod terms;
