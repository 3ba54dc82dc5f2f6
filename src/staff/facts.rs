//! What plans are judged by: what a school has on record of those who lead its projects.

use std::collections::{HashMap, HashSet};

use time::macros::date;

use super::staff_members::{StaffMemberRow, StaffState};
use super::{staff_contracts, staff_members, staff_qualifications, staff_vettings};
use crate::db::{Id, Tx};
use crate::refusal::{Fault, FieldError, Refusal};
use crate::rules::document::{LeaderId, Period, PlanProject};
use crate::rules::facts::{StaffFact, VettingFact};

/// The end of what has no end.
const OPEN_END: time::Date = date!(9999 - 12 - 31);

/// What a school has on record of these people. Who is not of its staff is left out.
///
/// # Errors
/// When the database fails.
pub fn facts_for(tx: &mut Tx<'_>, school: Id, ids: &[LeaderId]) -> Result<Vec<StaffFact>, Refusal> {
    let members = of_school(tx, school, ids)?;
    let known: Vec<Id> = members.iter().map(|member| member.id).collect();
    let mut facts: Vec<StaffFact> = members.into_iter().map(fact).collect();
    let places: HashMap<Id, usize> = facts.iter().enumerate().map(|(place, fact)| (Id(fact.id.0), place)).collect();
    let mut add = |member: Id, edit: &dyn Fn(&mut StaffFact)| {
        if let Some(fact) = places.get(&member).and_then(|place| facts.get_mut(*place)) {
            edit(fact);
        }
    };
    for row in staff_qualifications::of_members(tx, &known)? {
        let held = Period { from: row.valid_from, to: row.valid_until.unwrap_or(OPEN_END) };
        add(row.staff_member_id, &|fact| fact.qualifications.push(held));
    }
    for row in staff_vettings::of_members(tx, &known)? {
        let passed = row.outcome == staff_vettings::VettingOutcome::Passed;
        let made = VettingFact { kind: row.kind, passed, valid_until: row.valid_until };
        add(row.staff_member_id, &|fact| fact.vettings.push(made));
    }
    for row in staff_contracts::signed_of_members(tx, &known)? {
        if let Some(runs) = row.runs() {
            add(row.staff_member_id, &|fact| fact.contracts.push(runs));
        }
    }
    Ok(facts)
}

fn of_school(tx: &mut Tx<'_>, school: Id, ids: &[LeaderId]) -> Result<Vec<StaffMemberRow>, Refusal> {
    let wanted: HashSet<Id> = ids.iter().map(|id| Id(id.0)).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    staff_members::of_school(tx, school, &wanted.into_iter().collect::<Vec<_>>())
}

fn fact(member: StaffMemberRow) -> StaffFact {
    StaffFact {
        id: LeaderId(member.id.0),
        name: member.name,
        kind: member.kind,
        left_on: member.left_on,
        qualifications: Vec::new(),
        contracts: Vec::new(),
        vettings: Vec::new(),
    }
}

/// Leaders of projects who are not of the school's staff, or have left it; with pointers into the plan document.
///
/// # Errors
/// When the database fails.
pub fn leader_faults(tx: &mut Tx<'_>, school: Id, projects: &[PlanProject]) -> Result<Vec<FieldError>, Refusal> {
    let named: Vec<LeaderId> = projects.iter().flat_map(|project| &project.leader_ids).copied().collect();
    let members = of_school(tx, school, &named)?;
    let states: HashMap<Id, StaffState> = members.into_iter().map(|member| (member.id, member.state)).collect();
    let mut faults = Vec::new();
    for (p, project) in projects.iter().enumerate() {
        for (l, id) in project.leader_ids.iter().enumerate() {
            let fault = match states.get(&Id(id.0)) {
                // Who has left may stay named for the days up to leaving; the rules say where that does not do.
                Some(_) => continue,
                None => Fault::NotFound,
            };
            faults.push(FieldError::new(format!("/projects/{p}/leader_ids/{l}"), fault));
        }
    }
    Ok(faults)
}
