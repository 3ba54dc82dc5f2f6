//! The overview of a term 报备总览: who has filed, who is late, who has not, in one request for a county or a city.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{OverviewGroup, OverviewQuery, PlanProgress, SchoolPlan};

use std::collections::BTreeMap;

use time::Date;

use self::model::SchoolRow;
use crate::auth::By;
use crate::auth::counted::{Found, GroupBy, Groups, Key, within};
use crate::auth::permission::ReadPlans;
use crate::db::Tx;
use crate::refusal::Refusal;
use crate::regulation::calendar::years;
use crate::regulation::{policy_profiles, terms};
use crate::rules::filing_deadline;

/// The schools that the caller sees with their plans of a term, ordered by authority and code, and their numbers.
#[derive(Debug, Clone)]
pub struct Overview {
    /// None where numbers alone were asked for.
    pub schools: Option<Vec<SchoolPlan>>,
    pub totals: Groups<OverviewGroup, (i64, i64)>,
}

/// How far the schools that the caller sees are.
///
/// # Errors
/// 400 for more schools than one answer holds.
pub fn of(tx: &mut Tx<'_>, by: &By<ReadPlans>, asked: &OverviewQuery) -> Result<Overview, Refusal> {
    let within = within(tx, asked.authority_id)?;
    let tells_schools = asked.group_by.is_none();
    let rows = store::schools_in(tx, &by.scope(), &within, asked, tells_schools)?;
    let deadlines = deadlines(tx, &rows, asked)?;
    let today = tx.today;
    let schools = rows.into_iter().map(|row| {
        let deadline = deadlines.get(parent_of(&row.path)).copied().flatten();
        SchoolPlan::of(row, deadline, today)
    });
    let schools: Vec<SchoolPlan> = schools.collect();
    let by_state = GroupBy::by(OverviewGroup::State);
    let groups = asked.group_by.as_ref().unwrap_or(&by_state);
    let totals = Groups::of(Some(groups), counted(groups, &schools))?;
    Ok(Overview { schools: tells_schools.then_some(schools), totals })
}

/// The path of the authority to which a school files.
fn parent_of(path: &str) -> &str {
    let stem = path.strip_suffix('/').and_then(|path| path.rsplit_once('/'));
    stem.and_then(|(above, _)| path.get(..=above.len())).unwrap_or_default()
}

/// The deadlines of the term, by the paths of authorities: each by the nearest term and the profile in force.
fn deadlines(
    tx: &mut Tx<'_>,
    rows: &[SchoolRow],
    asked: &OverviewQuery,
) -> Result<BTreeMap<String, Option<Date>>, Refusal> {
    let mut authorities: BTreeMap<String, Option<Date>> =
        rows.iter().map(|row| (parent_of(&row.path).to_owned(), None)).collect();
    let terms = terms::on_paths(tx, authorities.keys().map(String::as_str), asked.school_year.as_str(), asked.season)?;
    let profiles = policy_profiles::rows_on(tx, authorities.keys().map(String::as_str))?;
    let calendar = years::country(tx)?; // a closure never moves a deadline
    for (path, deadline) in &mut authorities {
        let nearest = terms.iter().filter(|term| path.starts_with(&term.path)).max_by_key(|term| term.path.len());
        let Some(opens_on) = nearest.map(|term| term.opens_on) else { continue };
        let profile = profiles.in_force(path, opens_on);
        *deadline = profile.and_then(|profile| Some(filing_deadline(opens_on, &profile, &calendar).ok()?.deadline));
    }
    Ok(authorities)
}

/// Schools counted by what is asked for.
fn counted(groups: &GroupBy<OverviewGroup>, schools: &[SchoolPlan]) -> Found<(i64, i64)> {
    let key = |school: &SchoolPlan, word: Option<OverviewGroup>| match word {
        Some(OverviewGroup::Authority) => {
            let (id, name) = (Some(school.row.authority_id), Some(school.row.authority_name.clone()));
            Key { id, name, word: None }
        }
        Some(OverviewGroup::State) => Key { word: Some(school.progress.as_str().to_owned()), ..Key::default() },
        None => Key::default(),
    };
    let mut found: BTreeMap<(Key, Key), (i64, i64)> = BTreeMap::new();
    for school in schools {
        let keys = (key(school, groups.word(0)), key(school, groups.word(1)));
        let (count, late) = found.entry(keys).or_default();
        *count += 1;
        *late += i64::from(school.is_late);
    }
    found.into_iter().map(|((first, second), numbers)| (first, second, numbers)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_files_to_the_authority_above_it() {
        for (path, above) in [("/a/b/c/", "/a/b/"), ("/a/", "/"), ("", "")] {
            assert_eq!(parent_of(path), above, "{path}");
        }
    }
}
