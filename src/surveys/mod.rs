//! 摸底调查 (五.1): what guardians wish of a term's service: the questionnaires of schools, what guardians answered for
//! their children, and what came of it.

pub mod results;
pub mod survey_answers;
#[expect(clippy::module_inception, reason = "the area and its first slice have one name")]
pub mod surveys;
