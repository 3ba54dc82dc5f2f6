//! Which project of a later document is which of an earlier one: by its name, and where that is new, by what it is.

use super::document::PlanProject;

/// For each later project its place among the earlier ones; none for one that is new. A project with a new name is the
/// one of the same category, grades and hours whose name is gone, so that who chose it keeps it (二.2).
#[must_use]
pub fn same_projects(earlier: &[PlanProject], later: &[PlanProject]) -> Vec<Option<usize>> {
    let by_name = |project: &PlanProject| earlier.iter().position(|other| other.name == project.name);
    let mut found: Vec<Option<usize>> = later.iter().map(by_name).collect();
    for (place, project) in later.iter().enumerate() {
        let is_free = |candidate: &usize| !found.contains(&Some(*candidate));
        let is_like = |candidate: &usize| earlier.get(*candidate).is_some_and(|other| is_renamed(other, project));
        let same_place = Some(place).filter(|place| is_free(place) && is_like(place));
        let renamed = same_place.or_else(|| (0..earlier.len()).find(|other| is_free(other) && is_like(other)));
        if let Some(cell) = found.get_mut(place).filter(|cell| cell.is_none()) {
            *cell = renamed;
        }
    }
    found
}

fn is_renamed(earlier: &PlanProject, later: &PlanProject) -> bool {
    (earlier.category, &earlier.grades, &earlier.slots) == (later.category, &later.grades, &later.slots)
}
