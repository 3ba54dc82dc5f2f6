//! A proposal of groups: sizes as even as can be, classes mixed, siblings together. The school changes it and confirms.

use std::collections::{BTreeSet, HashMap};

use super::model::{GroupMembersIn, GroupProposalIn};
use super::{GroupRow, GroupState, Pupil, members, offer_of, place_of, store};
use crate::auth::By;
use crate::auth::permission::{ManageGroupMembers, ManageGroups};
use crate::db::{Id, Json, Rung, Tx};
use crate::delivery::groups::Group;
use crate::journal::enter;
use crate::refusal::{Fault, Refusal};
use crate::students::guardianships;

/// Drafts groups of everybody who takes part in a project and is in none yet.
///
/// # Errors
/// 422 for a project out of scope or untold of, and where nobody is left.
pub fn propose(tx: &mut Tx<'_>, by: &By<ManageGroups>, new: &GroupProposalIn) -> Result<Vec<Group>, Refusal> {
    let place = place_of(tx, by, new.project_id)?;
    let offer = offer_of(tx, &place)?;
    let slots = new.slots_of(offer.project()?).map_err(Refusal::invalid)?;
    store::hold_project(tx, place.id)?;
    tx.holds(Rung::Group, place.id);
    let first = offer.filed.document.term.first_service_date().max(tx.today);
    let standing = store::of_project(tx, place.id)?;
    let mut grouped = BTreeSet::new();
    for group in standing.iter().filter(|group| group.row.slots.0.iter().any(|slot| slots.contains(slot))) {
        grouped.extend(store::members_since(tx, group.row.id, first)?.into_iter().map(|m| m.row.enrollment_id));
    }
    let mut pupils = store::taking_part_in(tx, place.id)?;
    pupils.retain(|pupil| !grouped.contains(&pupil.enrollment_id));
    if pupils.is_empty() {
        return Err(Refusal::field("/project_id", Fault::NotForThis).said("nobody-left"));
    }
    let persons: Vec<Id> = pupils.iter().map(|pupil| pupil.person_id).collect();
    let families = guardianships::families(&guardianships::shared_by(tx, &persons)?);
    let of_members: By<ManageGroupMembers> = By::of(by.actor.clone())?;
    let taken: BTreeSet<String> = standing.into_iter().map(|group| group.row.name).collect();
    let dealt = dealt(pupils, &families, new.size_max);
    let numbers = (1..=taken.len() + dealt.len()).map(|number| format!("第{number}组"));
    let free: Vec<String> = numbers.filter(|name| !taken.contains(name)).collect();
    let mut made = Vec::new();
    for (pupils, name) in dealt.into_iter().zip(free) {
        let row = GroupRow {
            id: Id::fresh(),
            school_id: place.school_id,
            plan_id: place.plan_id,
            project_id: place.id,
            filing_id: offer.filed.id,
            name,
            slots: Json(slots.clone()),
            leader_id: None,
            assistant_ids: Json(Vec::new()),
            venue_id: None,
            state: GroupState::Draft,
            from_on: None,
            dissolved_on: None,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        };
        let group = enter(tx, "drafted", row, place.path.clone())?;
        let enrollment_ids = pupils.iter().map(|pupil| pupil.enrollment_id).collect();
        members::put(tx, &of_members, &group, &offer, &GroupMembersIn { from_on: None, enrollment_ids })?;
        made.push(group);
    }
    Ok(made)
}

/// Pupils dealt to so few groups that none is larger than `size_max`: families whole where a group has room for them,
/// the largest first, each to the smallest group, and among equal ones to that which has the fewest of its class.
fn dealt(pupils: Vec<Pupil>, families: &HashMap<Id, usize>, size_max: usize) -> Vec<Vec<Pupil>> {
    let count = pupils.len().div_ceil(size_max.max(1));
    let mut units: Vec<Vec<Pupil>> = Vec::new();
    let mut unit_of: HashMap<usize, usize> = HashMap::new();
    for pupil in pupils {
        let family = families.get(&pupil.person_id).copied();
        if let Some(unit) = family.and_then(|family| units.get_mut(*unit_of.get(&family)?)) {
            unit.push(pupil);
        } else {
            unit_of.extend(family.map(|family| (family, units.len())));
            units.push(vec![pupil]);
        }
    }
    // Pupils of a class come one after the other, so that they are dealt around.
    units.sort_by_key(|unit| {
        let first = unit.first();
        (std::cmp::Reverse(unit.len()), first.and_then(|p| p.class_id), first.map(|p| p.enrollment_id))
    });
    let mut groups: Vec<Vec<Pupil>> = vec![Vec::new(); count];
    for unit in units {
        let room = groups.iter().map(Vec::len).min().map_or(0, |taken| size_max.saturating_sub(taken));
        let one_by_one = unit.len() > room;
        for part in unit.chunks(if one_by_one { 1 } else { unit.len() }) {
            let class = part.first().and_then(|pupil| pupil.class_id);
            let of_class = |group: &Vec<Pupil>| group.iter().filter(|pupil| pupil.class_id == class).count();
            if let Some(smallest) = groups.iter_mut().min_by_key(|group| (group.len(), of_class(group))) {
                smallest.extend_from_slice(part);
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pupil(class: Id) -> Pupil {
        Pupil {
            enrollment_id: Id::fresh(),
            student_id: Id::fresh(),
            person_id: Id::fresh(),
            grade: 3,
            class_id: Some(class),
            class_name: None,
            joins_on: None,
        }
    }

    #[test]
    fn groups_are_even_and_mix_classes_and_siblings_stay_together() {
        let classes = [Id::fresh(), Id::fresh(), Id::fresh()];
        let pupils: Vec<Pupil> = classes.iter().cycle().take(50).map(|class| pupil(*class)).collect();
        let siblings: Vec<Id> = pupils.iter().take(2).map(|pupil| pupil.person_id).collect();
        let families: HashMap<Id, usize> = siblings.iter().map(|person| (*person, 0)).collect();
        let groups = dealt(pupils, &families, 20);
        let mut sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [16, 17, 17]);
        for group in &groups {
            for class in classes {
                let of_class = group.iter().filter(|pupil| pupil.class_id == Some(class)).count();
                assert!((4..=7).contains(&of_class), "{of_class} of a class in a group of {}", group.len());
            }
        }
        let together = groups.iter().filter(|group| group.iter().any(|pupil| siblings.contains(&pupil.person_id)));
        assert_eq!(together.count(), 1);
    }

    #[test]
    fn a_family_for_which_no_group_has_room_is_dealt_one_by_one() {
        let class = Id::fresh();
        let pupils: Vec<Pupil> = (0..6).map(|_| pupil(class)).collect();
        let families: HashMap<Id, usize> = pupils.iter().take(4).map(|pupil| (pupil.person_id, 0)).collect();
        let sizes: Vec<usize> = dealt(pupils, &families, 3).iter().map(Vec::len).collect();
        assert_eq!(sizes, [3, 3]);
    }
}
