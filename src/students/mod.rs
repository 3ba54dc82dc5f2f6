//! Pupils and who answers for them: persons, their memberships of schools, guardianships, consents; and who saw what of
//! them. The numbers of a person are sealed, and masked in every answer but a reveal.

pub mod audits;
pub mod consents;
pub mod counts;
pub mod disclosures;
pub mod guardian_invitations;
pub mod guardianships;
pub mod person_columns;
pub mod persons;
#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod students;
