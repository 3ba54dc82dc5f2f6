//! Siblings: pupils with a common guardian, who may have a further child with another one.

use std::collections::HashMap;

use crate::db::Id;

/// A number for each family, from who is whose guardian. Which number a family has says nothing.
#[must_use]
pub fn of(shared: &[(Id, String)]) -> HashMap<Id, usize> {
    let mut families: Vec<Vec<Id>> = Vec::new();
    let mut by_guardian: HashMap<&str, Vec<Id>> = HashMap::new();
    for (person, guardian) in shared {
        by_guardian.entry(guardian.as_str()).or_default().push(*person);
    }
    let mut family_of: HashMap<Id, usize> = HashMap::new();
    for children in by_guardian.values() {
        let mut known: Vec<usize> = children.iter().filter_map(|child| family_of.get(child).copied()).collect();
        known.sort_unstable();
        known.dedup();
        let into = known.first().copied().unwrap_or(families.len());
        if into == families.len() {
            families.push(Vec::new());
        }
        let mut joined = children.clone();
        for other in known.into_iter().skip(1) {
            joined.extend(families.get_mut(other).map(std::mem::take).unwrap_or_default());
        }
        if let Some(members) = families.get_mut(into) {
            members.extend(joined.iter().copied());
            family_of.extend(joined.into_iter().map(|child| (child, into)));
        }
    }
    family_of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_of_one_guardian_are_one_family_also_by_way_of_another() {
        let [a, b, c, d] = [Id::fresh(), Id::fresh(), Id::fresh(), Id::fresh()];
        let rows = [(a, "mother"), (b, "mother"), (b, "father"), (c, "father"), (d, "other")];
        let rows: Vec<(Id, String)> = rows.into_iter().map(|(id, guardian)| (id, guardian.to_owned())).collect();
        let families = of(&rows);
        assert_eq!(families.get(&a), families.get(&b));
        assert_eq!(families.get(&b), families.get(&c));
        assert_ne!(families.get(&c), families.get(&d));
    }
}
