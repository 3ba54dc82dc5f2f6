//! Draws 抽签 (三.1): a school announces a window, guardians wish, and the seats of the plan are given at once by the
//! rule of [`crate::rules::draw`]. Everybody sees the numbers of a project and what was drawn of them; why a child came
//! before others is said to its guardian and its school alone.

mod api;
mod model;
mod verify;

pub use self::api::{enrollment_routes, routes};
pub use self::model::{Explained, Explanation, ProjectResult, Results};
pub use self::verify::verify;

use std::collections::HashMap;
use std::sync::Arc;

use super::choice_windows::{self, ChoiceWindow, ChoiceWindowIn, ChoiceWindowState, ChoiceWindowVerb, SeatsDrawn};
use super::enrollments::{self, Drawn, Entry};
use crate::auth::By;
use crate::auth::permission::{ManageChoiceWindows, ReadEnrollments};
use crate::db::{Id, Tx};
use crate::filings::filings::{self, Filed};
use crate::http::IfMatchVersion;
use crate::notices::notices::{self, Offered};
use crate::plans::plans::{self, Plan};
use crate::refusal::{Code, Refusal};
use crate::rules::document::PlanProject;
use crate::rules::draw::{Draw, Tier, Wish};
use crate::rules::enrollment as rules;
use crate::rules::profile::Profile;
use crate::students::guardianships;

/// Announces a window for the wishes of a plan: its seats are drawn, and nobody takes one before.
///
/// # Errors
/// 422 for a plan that the caller may not offer, or by rules, 409 when the plan has one.
pub fn announce(tx: &mut Tx<'_>, by: &By<ManageChoiceWindows>, new: &ChoiceWindowIn) -> Result<ChoiceWindow, Refusal> {
    let named = by.named::<Plan>(tx, new.plan_id, "/plan_id")?;
    let plan = plans::hold(tx, named.id)?;
    let Offered { filed, .. } = notices::told_of_plan(tx, plan.id, &plan.path, "/plan_id")?;
    let faults = new.faults(tx.today, filed.document.term.last_service_date());
    if !faults.is_empty() {
        return Err(Refusal::invalid(faults));
    }
    let allowed = if new.siblings_together { rules::siblings_together(&profile_of(&filed)) } else { None };
    if let Some(finding) = allowed {
        return Err(Refusal::by_rules(vec![finding]));
    }
    let window = choice_windows::announce(tx, &plan, new)?;
    enrollments::held_for_draw(tx, plan.id)?;
    Ok(window)
}

/// The profile that judged a filing; the built-in one where that was filed before it was kept.
fn profile_of(filed: &Filed) -> Profile {
    filed.judged_by.as_ref().map_or_else(Profile::yueyang_2019, |judged_by| judged_by.profile.clone())
}

/// Takes a window back before it is drawn: the wishes end, and seats are first come, first served.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn cancel(
    tx: &mut Tx<'_>,
    by: &By<ManageChoiceWindows>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<ChoiceWindow, Refusal> {
    let before: ChoiceWindow = by.find(tx, id)?;
    seen.expect(before.version)?;
    ChoiceWindowVerb::Cancel.from(before.state)?;
    choice_windows::claim(tx, id)?;
    enrollments::released(tx, before.plan_id)?;
    choice_windows::cancelled(tx, &before)
}

/// Ends the window of a plan that is withdrawn or closed; its wishes have ended with the plan.
///
/// # Errors
/// When the database fails.
pub fn ended(tx: &mut Tx<'_>, plan: Id) -> Result<(), Refusal> {
    match choice_windows::of_plan(tx, plan)? {
        Some(window) if window.state == ChoiceWindowState::Announced => {
            choice_windows::cancelled(tx, &window).map(drop)
        }
        _ => Ok(()),
    }
}

/// Draws, once, after the last day of the window.
///
/// # Errors
/// 404, 412, 409 in another state, 422 while wishes are taken.
pub fn draw(
    tx: &mut Tx<'_>,
    by: &By<ManageChoiceWindows>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<ChoiceWindow, Refusal> {
    let before: ChoiceWindow = by.find(tx, id)?;
    seen.expect(before.version)?;
    ChoiceWindowVerb::Draw.from(before.state)?;
    let plan = plans::hold(tx, before.plan_id)?;
    choice_windows::claim(tx, id)?; // who wishes is waited for, or has been seen
    let Offered { notice_id, filed } = notices::told_of_plan(tx, plan.id, &plan.path, "")?;
    if let Some(finding) = rules::wishes_are_over(before.days(), tx.today, &filed.profile_document) {
        return Err(Refusal::by_rules(vec![finding]));
    }
    let limited: Vec<(Id, &PlanProject)> = limited(&filed).collect();
    let seats = seats_of(tx, &limited)?;
    let entries = enrollments::entries(tx, plan.id)?;
    let families = if before.siblings_together { families_of(tx, &entries)? } else { HashMap::new() };
    let told = choice_windows::seed_of(tx, &before)?;
    let drawn = drawn(&before, &told, &Offer { filed: &filed, limited: &limited, seats: &seats }, entries, &families);
    let drawn = with_clashes(tx, &filed, drawn)?;
    enrollments::give(tx, plan.id, notice_id, &drawn)?;
    enrollments::tell_drawn(tx, before.id, &drawn)?;
    choice_windows::drawn(tx, &before, told, filed.id, seats)
}

/// Projects of a filing whose seats are limited, with their ids.
fn limited(filed: &Filed) -> impl Iterator<Item = (Id, &PlanProject)> {
    let all = filed.projects.iter().copied().zip(&filed.document.projects);
    all.filter(|(_, project)| project.seats_max.is_some())
}

fn seats_of(tx: &mut Tx<'_>, limited: &[(Id, &PlanProject)]) -> Result<Vec<SeatsDrawn>, Refusal> {
    let ids: Vec<Id> = limited.iter().map(|(id, _)| *id).collect();
    let seats = enrollments::seats_of(tx, &ids)?;
    let left = |id: &Id| seats.get(id).and_then(enrollments::Seats::left).unwrap_or(0);
    Ok(ids.iter().map(|id| SeatsDrawn { project_id: *id, seats: left(id) }).collect())
}

/// Pupils with a common guardian, by person.
fn families_of(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<HashMap<Id, usize>, Refusal> {
    let persons: Vec<Id> = entries.iter().map(|entry| entry.enrollment.person_id).collect();
    Ok(guardianships::families(&guardianships::shared_by(tx, &persons)?))
}

/// What there is to draw for.
struct Offer<'a> {
    filed: &'a Arc<Filed>,
    limited: &'a [(Id, &'a PlanProject)],
    seats: &'a [SeatsDrawn],
}

fn drawn(
    window: &ChoiceWindow,
    seed: &str,
    offer: &Offer<'_>,
    entries: Vec<Entry>,
    families: &HashMap<Id, usize>,
) -> Vec<(Entry, Drawn)> {
    let profile = profile_of(offer.filed);
    let places = numbered(offer.limited.iter().map(|(id, _)| *id));
    // A project that is not offered any more has no place: its wishes have ended with it.
    let entries: Vec<Entry> =
        entries.into_iter().filter(|entry| places.contains_key(&entry.enrollment.project_id)).collect();
    let children = numbered(entries.iter().map(|entry| entry.enrollment.student_id));
    let wish = |entry: &Entry| Wish {
        id: entry.enrollment.id.to_string(),
        child: children.get(&entry.enrollment.student_id).copied().unwrap_or_default(),
        project: places.get(&entry.enrollment.project_id).copied().unwrap_or_default(),
        rank: entry.enrollment.wish.unwrap_or(i32::MAX),
        tier: Tier::of(&profile, entry.grade, &entry.groups),
        family: families.get(&entry.enrollment.person_id).copied(),
    };
    let wishes: Vec<Wish> = entries.iter().map(wish).collect();
    let outcomes = result(window, seed, offer.limited, offer.seats, &wishes);
    let told = |((entry, wish), drawn): ((Entry, Wish), crate::rules::draw::Drawn)| {
        let drawn =
            Drawn { tier: wish.tier.into(), number: drawn.number, outcome: drawn.outcome.into(), clashes: false };
        (entry, drawn)
    };
    entries.into_iter().zip(wishes).zip(outcomes).map(told).collect()
}

/// Each id once, by a number of its own in the order in which they come first.
fn numbered(ids: impl Iterator<Item = Id>) -> HashMap<Id, usize> {
    let mut numbers = HashMap::new();
    for id in ids {
        let next = numbers.len();
        numbers.entry(id).or_insert(next);
    }
    numbers
}

/// The rule itself, for what is drawn and for what is worked out again.
fn result(
    window: &ChoiceWindow,
    seed: &str,
    limited: &[(Id, &PlanProject)],
    seats: &[SeatsDrawn],
    wishes: &[Wish],
) -> Vec<crate::rules::draw::Drawn> {
    let pairs = limited.iter().enumerate().flat_map(|(place, (_, one))| {
        let later = limited.iter().enumerate().skip(place + 1);
        later.filter(|(_, (_, other))| rules::meet_at_one_time(one, other)).map(move |(other, _)| (place, other))
    });
    let clashes: Vec<(usize, usize)> = pairs.collect();
    let seats: Vec<i64> = seats.iter().map(|drawn| drawn.seats).collect();
    let places_max = usize::try_from(window.places_max).unwrap_or(1);
    Draw { seed, seats: &seats, clashes: &clashes, places_max }.of(wishes)
}

/// Says of each wish whether its pupil has a place at the same hours that is none of these wishes.
fn with_clashes(
    tx: &mut Tx<'_>,
    filed: &Arc<Filed>,
    mut drawn: Vec<(Entry, Drawn)>,
) -> Result<Vec<(Entry, Drawn)>, Refusal> {
    let persons: Vec<Id> = drawn.iter().map(|(entry, _)| entry.enrollment.person_id).collect();
    let term = &filed.document.term;
    let mut taken: HashMap<Id, Vec<PlanProject>> = HashMap::new();
    for (person, project, filing) in enrollments::places_of(tx, &persons, term.school_year.as_str(), term.season)? {
        let told = filings::telling_of(tx, filed, project, filing)?;
        taken.entry(person).or_default().extend(told.offer(project).cloned());
    }
    for (entry, drawn) in &mut drawn {
        let (Some(offer), Some(taken)) =
            (filed.offer(entry.enrollment.project_id), taken.get(&entry.enrollment.person_id))
        else {
            continue;
        };
        drawn.clashes = taken.iter().any(|place| rules::meet_at_one_time(offer, place));
    }
    Ok(drawn)
}

/// What everybody may see of a draw.
///
/// # Errors
/// 404, also before it is drawn.
pub fn results(tx: &mut Tx<'_>, id: Id) -> Result<Results, Refusal> {
    let window = choice_windows::shown_drawn(tx, id)?;
    let filing = window.filing_id.ok_or_else(|| Refusal::internal("drawn of nothing"))?;
    let filed = filings::filed(tx, filing)?;
    let mut numbers = enrollments::numbers_of_plan(tx, window.plan_id)?;
    let of_project = |drawn: &SeatsDrawn| {
        let name = filed.offer(drawn.project_id).map(|offer| offer.name.as_str().to_owned()).unwrap_or_default();
        let least = filed.offer(drawn.project_id).and_then(|offer| offer.seats_min.as_ref().map(|least| least.get()));
        ProjectResult {
            project_id: drawn.project_id,
            project_name: name,
            seats: drawn.seats,
            seats_min: least,
            numbers: numbers.remove(&drawn.project_id).unwrap_or_default(),
        }
    };
    let projects = window.seats.0.iter().map(of_project).collect();
    Ok(Results { window, projects })
}

/// What was drawn of one wish, and why.
///
/// # Errors
/// 404, also for what was not drawn.
pub fn explained(tx: &mut Tx<'_>, by: &By<ReadEnrollments>, id: Id) -> Result<Explained, Refusal> {
    let enrollment: enrollments::Enrollment = by.find(tx, id)?;
    if enrollment.draw_number.is_none() {
        return Err(Refusal::of(Code::NotFound));
    }
    let window = choice_windows::of_plan(tx, enrollment.plan_id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    let of_project = enrollments::numbers_of_project(tx, enrollment.project_id)?;
    let seats = window.seats.0.iter().find(|drawn| drawn.project_id == enrollment.project_id);
    let with = Explanation { seats: seats.map_or(0, |drawn| drawn.seats), seed: window.row.seed, of_project };
    Ok(Explained { enrollment, with })
}
