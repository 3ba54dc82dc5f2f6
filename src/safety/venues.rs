//! What is known of places where groups meet, for the rules: each slice here says its part.

use std::collections::HashMap;

use time::Date;

use super::{hazards, venue_checks};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::resources::facilities;
use crate::rules::document::Period;
use crate::rules::serving::VenueFact;

/// What is known of some facilities of a school on a day; one that is not of the school is left out.
///
/// # Errors
/// When the database fails.
pub fn venue_facts(tx: &mut Tx<'_>, school: Id, ids: &[Id], on: Date) -> Result<HashMap<Id, VenueFact>, Refusal> {
    let mut facts: HashMap<Id, VenueFact> = HashMap::new();
    for row in facilities::of_school(tx, school, ids)? {
        let (name, capacity) = (row.name, row.capacity.map(i64::from));
        facts.insert(row.id, VenueFact { name, capacity, retired_on: row.retired_on, ..VenueFact::default() });
    }
    for check in venue_checks::of_facilities(tx, ids)? {
        let Some(fact) = facts.get_mut(&check.facility_id) else { continue };
        let holds = Period { from: check.checked_on, to: check.valid_until_on };
        match check.outcome {
            venue_checks::CheckOutcome::Passed => fact.checks.push(holds),
            // What was found unsafe is unsafe, whatever was found before.
            venue_checks::CheckOutcome::Failed => fact.checks.retain_mut(|earlier| {
                earlier.to = earlier.to.min(holds.from.previous_day().unwrap_or(Date::MIN));
                earlier.from <= earlier.to
            }),
        }
    }
    for hazard in hazards::serious_at(tx, ids, on)? {
        if let Some(fact) = facts.get_mut(&hazard.facility_id) {
            fact.hazards.push((hazard.found_on, hazard.description));
        }
    }
    Ok(facts)
}
