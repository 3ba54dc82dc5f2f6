//! Wishes 志愿: a guardian ranks what its child wishes while a window is open; what it sends last counts.

mod api;
mod model;

pub use self::api::routes;
pub use self::model::WishesIn;

use super::choice_windows::{self, ChoiceWindow, ChoiceWindowVerb};
use super::enrollments::{self, Wanted};
use super::joint_enrollments::Chosen;
use super::offers::OfStudent;
use crate::auth::By;
use crate::auth::permission::ApplyForProjects;
use crate::db::Tx;
use crate::enrollments::choice_places;
use crate::notices::notices;
use crate::plans::projects::{self, Place};
use crate::refusal::{Fault, FieldError, Refusal};
use crate::rules::enrollment as rules;
use crate::students::guardianships::{self, Right};
use crate::students::students;

/// Takes the wishes of a child, in their order, in the place of those that it had.
///
/// # Errors
/// 409 once the window is drawn, or where another enrollment stands in one of the projects; 422 for what the caller
/// does not see, outside of the window's days, for more wishes than it takes, for projects whose seats are not drawn,
/// and by the rules of enrolling.
pub fn put(tx: &mut Tx<'_>, by: &By<ApplyForProjects>, new: &WishesIn) -> Result<Chosen, Refusal> {
    let window = by.named::<ChoiceWindow>(tx, new.choice_window_id, "/choice_window_id")?;
    let student = students::claim(tx, &by.scope(), new.student_id);
    let student = student.map_err(|refusal| refusal.named_at("/student_id"))?;
    if !choice_windows::hold_announced(tx, window.id)? {
        let now: ChoiceWindow = by.find(tx, window.id)?;
        return Err(ChoiceWindowVerb::refusal(now.state));
    }
    let rights = guardianships::claim_rights(tx, by.user_id, student.row.person_id)?;
    let places = places_of(tx, &window, new)?;
    let offered = notices::told_of_plan(tx, window.plan_id, &window.path, "/choice_window_id")?;
    if let Some(late) = rules::wishes_in_time(window.days(), tx.today, &offered.filed.profile_document) {
        return Err(Refusal::by_rules(vec![late]));
    }
    let may_choose = rights.rights.contains(&(student.row.person_id, Right::Choose));
    let wanted = Wanted { student: &student, may_choose, offered: &offered, places: &places };
    choice_places::note(tx, by, window.plan_id)?;
    let with = enrollments::wish(tx, by, window.plan_id, &wanted)?;
    if let Some(first) = with.first().filter(|_| rights.is_shared) {
        enrollments::tell_others(tx, first, by.user_id)?;
    }
    Ok(OfStudent { student, with })
}

/// The projects that are wished for, in their order, all of the window's plan.
fn places_of(tx: &mut Tx<'_>, window: &ChoiceWindow, new: &WishesIn) -> Result<Vec<Place>, Refusal> {
    let most = usize::try_from(window.wishes_max).unwrap_or(1);
    if new.project_ids.len() > most {
        return Err(Refusal::invalid(vec![FieldError::new("/project_ids", Fault::TooMany).with("max", most)]));
    }
    let (mut places, mut faults) = (Vec::with_capacity(new.project_ids.len()), Vec::new());
    for (index, project) in new.project_ids.iter().enumerate() {
        let at = format!("/project_ids/{index}");
        if new.project_ids.iter().take(index).any(|earlier| earlier == project) {
            faults.push(FieldError::new(at, Fault::Duplicate));
            continue;
        }
        match projects::place(tx, *project) {
            Ok(place) if place.plan_id == window.plan_id => places.push(place),
            Ok(_) => faults.push(FieldError::new(at, Fault::NotFound)),
            Err(refusal) => {
                refusal.of_caller()?;
                faults.push(FieldError::new(at, Fault::NotFound));
            }
        }
    }
    if faults.is_empty() { Ok(places) } else { Err(Refusal::invalid(faults)) }
}
