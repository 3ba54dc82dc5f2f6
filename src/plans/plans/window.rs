//! The filing window of a plan (五.2): its first submission keeps the deadline that judged it.

use time::Date;

use super::{Plan, term_of};
use crate::db::Tx;
use crate::refusal::Refusal;
use crate::regulation::{calendar, policy_profiles};
use crate::rules::filing_deadline;

/// The last day to file a plan of its term, as things stand; none without a profile or a calendar for it.
///
/// # Errors
/// When the database fails.
pub fn deadline_of(tx: &mut Tx<'_>, plan: &Plan) -> Result<Option<Date>, Refusal> {
    let opens_on = term_of(tx, plan)?.opens_on;
    let Some(in_force) = policy_profiles::in_force(tx, &plan.path, opens_on)? else { return Ok(None) };
    let calendar = calendar::calendar_at(tx, &plan.path)?;
    Ok(filing_deadline(opens_on, &in_force.profile, &calendar).ok().map(|window| window.deadline))
}
