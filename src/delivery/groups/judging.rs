//! What a group is judged by, and what is made of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use time::Date;

use super::{Group, Offer, pupils_on, store};
use crate::db::{Id, Tx};
use crate::oversight::signals::{self, About};
use crate::refusal::Refusal;
use crate::rules::grouping::{ClassShare, GroupFacts, Share, check_group};
use crate::rules::{Finding, Severity};

/// What the rules of grouping say of a group as it is on a day.
///
/// # Errors
/// When the database fails.
pub fn judged(tx: &mut Tx<'_>, group: &Group, offer: &Offer, day: Date) -> Result<Vec<Finding>, Refusal> {
    let pupils = pupils_on(tx, group.row.id, day)?;
    let names: BTreeMap<Id, (&str, i64)> =
        pupils.iter().filter_map(|p| Some((p.class_id?, (p.class_name.as_deref()?, p.grade)))).collect();
    let ids: Vec<Id> = names.keys().copied().collect();
    let rolls: HashMap<Option<Id>, i64> = store::rolls(tx, &ids)?.into_iter().collect();
    let school_year = offer.filed.document.term.school_year.as_str();
    let by_grade: HashMap<i32, i64> =
        store::classes_by_grade(tx, group.row.school_id, school_year)?.into_iter().collect();
    let beside = shares_beside(tx, group, day)?;
    let size = i64::try_from(pupils.len()).unwrap_or(i64::MAX);
    let mut classes = Vec::with_capacity(names.len());
    for (id, (class, grade)) in &names {
        let in_other = |by_class: &HashMap<Option<Id>, i64>| Share {
            of_class: by_class.get(&Some(*id)).copied().unwrap_or_default(),
            size: by_class.values().sum(),
        };
        classes.push(ClassShare {
            class,
            roll: rolls.get(&Some(*id)).copied().unwrap_or_default(),
            is_only_of_grade: i32::try_from(*grade).ok().and_then(|grade| by_grade.get(&grade)) == Some(&1),
            here: Share { of_class: count(pupils.iter().filter(|p| p.class_id == Some(*id))), size },
            beside: beside.values().map(in_other).collect(),
        });
    }
    let classes_of_project: BTreeSet<Id> =
        store::taking_part_in(tx, group.row.project_id)?.into_iter().filter_map(|p| p.class_id).collect();
    let facts = GroupFacts {
        project: offer.project()?,
        classes,
        grades: pupils.iter().map(|pupil| pupil.grade).collect(),
        classes_of_project: count(classes_of_project.iter()),
    };
    Ok(check_group(&facts, &offer.judged_by()?.profile))
}

/// Of each other group of the project that meets at the same time, how many of which class are in it.
fn shares_beside(tx: &mut Tx<'_>, group: &Group, day: Date) -> Result<HashMap<Id, HashMap<Option<Id>, i64>>, Refusal> {
    let others = store::of_project(tx, group.row.project_id)?;
    let beside = others.iter().filter(|other| other.row.id != group.row.id && other.row.meets_with(&group.row));
    let ids: Vec<Id> = beside.map(|other| other.row.id).collect();
    let mut shares: HashMap<Id, HashMap<Option<Id>, i64>> = HashMap::new();
    for (id, class, many) in store::shares(tx, &ids, day)? {
        shares.entry(id).or_default().insert(class, many);
    }
    Ok(shares)
}

fn count<T>(of: impl Iterator<Item = T>) -> i64 {
    i64::try_from(of.count()).unwrap_or(i64::MAX)
}

/// What was found stops the step, is said with it, or goes to the supervisor alone.
///
/// # Errors
/// 422 by what stops it.
pub fn settle(tx: &mut Tx<'_>, group: &Group, findings: Vec<Finding>) -> Result<(), Refusal> {
    let (signs, said): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| finding.severity == Severity::Signal);
    tx.hears(said)?;
    for sign in signs {
        let variant = sign.variant.as_deref().unwrap_or_default();
        let about = About {
            school_id: group.row.school_id,
            path: group.path.clone(),
            plan_id: Some(group.row.plan_id),
            class_id: None,
            subject: format!("{} {variant}", group.row.id),
        };
        signals::raise(tx, about, &sign)?;
    }
    Ok(())
}
