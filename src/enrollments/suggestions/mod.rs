//! Suggestions 选课建议 (五.3): class and subject teachers advise their pupils on projects, and a school invites all whom
//! one suits. It is advice: nothing is entered by it, and whoever has answered already is left alone.

mod api;
mod model;
mod store;

pub use self::api::{SuggestionOut, routes};
pub use self::model::{Suggested, Suggestion, SuggestionFilter, SuggestionIn, SuggestionState, SuggestionVerb};

use std::collections::{BTreeMap, BTreeSet};

use self::model::SuggestionRow;
use super::enrollments::{self, Chooser, EnrollmentChoice};
use crate::auth::permission::SuggestProjects;
use crate::auth::{By, Role, known};
use crate::db::{Id, Stored, Tx};
use crate::filings::filings::Filed;
use crate::http::IfMatchVersion;
use crate::inbox::messages::{self, MessageKind, News, Pupil};
use crate::journal::{change, record};
use crate::notices::notices;
use crate::plans::projects::{self, Place};
use crate::refusal::{Fault, Refusal};
use crate::rules::Finding;
use crate::rules::document::{PlanProject, ProjectCategory};
use crate::rules::enrollment as rules;
use crate::schools::class_teachers;
use crate::schools::classes::Class;
use crate::schools::schools::School;
use crate::students::guardianships;
use crate::students::students::{self, Student};

/// Pupils of a class, far more than one has.
const CLASS_MAX: i64 = 200;

/// Persons whose guardians are asked for at once.
const AT_ONCE: usize = 500;

/// Suggests a project, and tells the guardians of those whom it suits and who have not answered to it yet.
///
/// # Errors
/// 422 for what the caller does not see or teach, for a project that is not offered any more, that suits nobody of
/// them, or to which all have answered; 409 where the caller has suggested the same.
pub fn create(tx: &mut Tx<'_>, by: &By<SuggestProjects>, new: &SuggestionIn) -> Result<Suggestion, Refusal> {
    let project = projects::place(tx, new.project_id).map_err(|refusal| refusal.named_at("/project_id"))?;
    let Meant { school_id, pupils, at } = meant(tx, by, new, &project)?;
    if project.school_id != school_id {
        return Err(Refusal::field("/project_id", Fault::NotFound));
    }
    let offered = notices::told_of_plan(tx, project.plan_id, &project.path, "/project_id")?;
    let Some(offer) = offered.filed.offer(project.id) else {
        return Err(notices::untold(tx, &project.path)?.findings_at("/project_id"));
    };
    // Who may have free help is known to its school and its guardian alone (三.3).
    if offer.category == ProjectCategory::FreeHelp && by.role == Role::Teacher {
        return Err(Refusal::field("/project_id", Fault::NotForThis));
    }
    let over = is_over(tx, &project, offer, &offered.filed)?;
    if !over.is_empty() {
        return Err(Refusal::by_rules(over).findings_at("/project_id"));
    }
    let suits = |pupil: &Student| against(tx, pupil, &offered.filed, offer);
    if let ([pupil], Some(_)) = (pupils.as_slice(), new.student_id) {
        let findings = suits(pupil);
        if !findings.is_empty() {
            return Err(Refusal::by_rules(findings));
        }
    }
    let mut suited: Vec<Student> = pupils.into_iter().filter(|pupil| suits(pupil).is_empty()).collect();
    let answered: BTreeSet<Id> = store::answered(tx, project.id)?.into_iter().collect();
    suited.retain(|pupil| !answered.contains(&pupil.row.person_id));
    if suited.is_empty() {
        return Err(Refusal::field(at, Fault::NotForThis).said("nobody-left"));
    }
    let row = SuggestionRow {
        id: Id::fresh(),
        school_id,
        plan_id: project.plan_id,
        project_id: project.id,
        class_id: new.class_id,
        student_id: new.student_id,
        note: new.note.as_str().to_owned(),
        pupils: i64::try_from(suited.len()).unwrap_or(i64::MAX),
        suggested_on: tx.today,
        suggested_by_id: by.user_id,
        state: SuggestionState::Standing,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let person_id = suited.first().filter(|_| new.student_id.is_some()).map(|pupil| pupil.row.person_id);
    let made = Suggestion { row, person_id, path: project.path };
    record(tx, "made", None, Some(&made))?;
    tell(tx, &made, &suited)?;
    Ok(made)
}

/// For whom a suggestion is meant, and where the body says so.
struct Meant {
    school_id: Id,
    pupils: Vec<Student>,
    at: &'static str,
}

fn meant(tx: &mut Tx<'_>, by: &By<SuggestProjects>, new: &SuggestionIn, project: &Place) -> Result<Meant, Refusal> {
    match (new.student_id, new.class_id) {
        (Some(_), Some(_)) => Err(Refusal::field("/class_id", Fault::NotForThis)),
        (Some(student), None) => {
            let student: Student = by.named(tx, student, "/student_id")?;
            Ok(Meant { school_id: student.row.school_id, pupils: vec![student], at: "/student_id" })
        }
        (None, Some(class)) => {
            let class: Class = match by.role {
                Role::Teacher if class_teachers::teaches(tx, by.user_id, class)? => known(tx, class)?,
                Role::Teacher => return Err(Refusal::field("/class_id", Fault::NotFound)),
                _ => by.named(tx, class, "/class_id")?,
            };
            let pupils = students::of_class(tx, class.row.id, CLASS_MAX)?;
            Ok(Meant { school_id: class.row.school_id, pupils, at: "/class_id" })
        }
        (None, None) if by.role == Role::Teacher => Err(Refusal::field("/class_id", Fault::Required)),
        (None, None) => {
            let school: School = by.named(tx, project.school_id, "/project_id")?;
            Ok(Meant { school_id: school.id, pupils: students::attending_at(tx, school.id)?, at: "/project_id" })
        }
    }
}

/// What stops everybody from applying today.
fn is_over(tx: &mut Tx<'_>, project: &Place, offer: &PlanProject, filed: &Filed) -> Result<Vec<Finding>, Refusal> {
    let document = filed.profile_document.as_str();
    let mut over: Vec<Finding> = rules::apply_in_time(offer, tx.today, document).into_iter().collect();
    over.extend(rules::service_is_left(offer, filed.last_day_of(offer), tx.today, document));
    let seats = enrollments::seats_of(tx, &[project.id])?.remove(&project.id);
    if let Some(closed_on) = seats.and_then(|seats| seats.closed_on) {
        over.push(rules::is_closed(offer, closed_on, document));
    }
    Ok(over)
}

/// What would stop a guardian who has the right from applying for a pupil.
fn against(tx: &Tx<'_>, pupil: &Student, filed: &Filed, offer: &PlanProject) -> Vec<Finding> {
    let chooser = Chooser { student: pupil, may_choose: true, today: tx.today, joins_on: tx.today };
    chooser.against(filed, offer, EnrollmentChoice::Apply, &[]).findings
}

fn tell(tx: &mut Tx<'_>, made: &Suggestion, pupils: &[Student]) -> Result<(), Refusal> {
    let to_all = made.row.class_id.is_none() && made.row.student_id.is_none();
    let kind = if to_all { MessageKind::ProjectInvited } else { MessageKind::ProjectSuggested };
    let news = News::new(kind, "suggestions", made.row.id).project(made.row.project_id);
    let of_person: BTreeMap<Id, &Student> = pupils.iter().map(|pupil| (pupil.row.person_id, pupil)).collect();
    let persons: Vec<Id> = of_person.keys().copied().collect();
    for some in persons.chunks(AT_ONCE) {
        let told = guardianships::receivers(tx, some)?;
        let message = |(person_id, user): (Id, Id)| {
            let row = &of_person.get(&person_id)?.row;
            let pupil = Pupil { student_id: row.id, person_id, school_id: row.school_id };
            Some(news.of(pupil).to(user, Role::Guardian, tx.now))
        };
        let rows = told.into_iter().filter_map(message).collect();
        messages::insert_all(tx, rows)?;
    }
    Ok(())
}

/// Withdraws a suggestion; what was chosen by it stays.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn withdraw(
    tx: &mut Tx<'_>,
    by: &By<SuggestProjects>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<Suggestion, Refusal> {
    let before: Suggestion = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = SuggestionVerb::Withdraw.from(before.row.state)?;
    change(tx, "withdrawn", &before, |suggestion| suggestion.row.state = state)
}

/// What stands for a pupil: suggested to it, to its class, or to all of its school.
///
/// # Errors
/// When the database fails.
pub fn standing_for(tx: &mut Tx<'_>, student: &Student) -> Result<Vec<Suggested>, Refusal> {
    store::standing_for(tx, student.row.school_id, student.row.class_id, student.row.id)
}

/// What was suggested to pupils alone.
///
/// # Errors
/// When the database fails.
pub fn to_pupils(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<Suggestion>, Refusal> {
    let mut all = Vec::new();
    for pupil in pupils {
        all.extend(store::to_pupil(tx, *pupil)?);
    }
    Ok(all)
}

/// Deletes what was suggested to pupils alone; how many they were.
///
/// # Errors
/// When the database fails.
pub fn erased(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<usize, Refusal> {
    let all = to_pupils(tx, pupils)?;
    for suggestion in &all {
        store::delete(tx, suggestion.row.id)?;
        record(tx, "erased", Some(suggestion), None)?;
    }
    Ok(all.len())
}
