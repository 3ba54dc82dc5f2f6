//! Surveys 意向调查 (五.1): a school asks guardians what they wish of a term's service, before it plans it. Questions change
//! only while nobody can have read them; one that is closed stays, because plans rest on it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{
    GradeCount, Survey, SurveyFilter, SurveyIn, SurveyOption, SurveyQuestion, SurveyQuestionKind, SurveyRow,
    SurveyState, SurveyVerb,
};

use crate::auth::By;
use crate::auth::permission::ManageSurveys;
use crate::db::{Id, Json, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::document::Season;
use crate::schools::schools;
use crate::students::students;

/// Drafts a survey of a school in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the school has one for the term.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageSurveys>, new: &SurveyIn) -> Result<Survey, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    check(new)?;
    let row = SurveyRow {
        id: Id::fresh(),
        school_id: new.school_id,
        school_year: new.school_year.as_str().to_owned(),
        season: new.season,
        title: new.title.as_str().to_owned(),
        opens_on: new.opens_on,
        closes_on: new.closes_on,
        questions: Json(new.questions.clone()),
        asked: Json(Vec::new()),
        state: SurveyState::Draft,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, school.path)
}

fn check(new: &SurveyIn) -> Result<(), Refusal> {
    let faults = new.faults();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}

/// Replaces a draft; school and term stay.
///
/// # Errors
/// 404, 412, 409 in another state or for a field that stays as it was created, 422 with everything that does not go
/// together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageSurveys>,
    id: Id,
    seen: &IfMatchVersion,
    to: &SurveyIn,
) -> Result<Survey, Refusal> {
    let (before, _) = step(tx, by, id, seen, SurveyVerb::Update)?;
    for (field, kept) in [
        ("/school_id", before.school_id == to.school_id),
        ("/school_year", before.school_year == to.school_year.as_str()),
        ("/season", before.season == to.season),
    ] {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    check(to)?;
    change(tx, "updated", &before, |survey| {
        to.title.as_str().clone_into(&mut survey.title);
        survey.opens_on = to.opens_on;
        survey.closes_on = to.closes_on;
        survey.questions = Json(to.questions.clone());
    })
}

/// Shows a draft to guardians; they answer from its first to its last day.
///
/// # Errors
/// 404, 412, 409 in another state, 422 when its last day is over.
pub fn open(tx: &mut Tx<'_>, by: &By<ManageSurveys>, id: Id, seen: &IfMatchVersion) -> Result<Survey, Refusal> {
    let (before, state) = step(tx, by, id, seen, SurveyVerb::Open)?;
    if before.closes_on < tx.today {
        return Err(Refusal::field("/closes_on", Fault::OutOfRange).said("over"));
    }
    change(tx, "opened", &before, |survey| survey.state = state)
}

/// Ends a survey, and keeps how many pupils were asked.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn close(tx: &mut Tx<'_>, by: &By<ManageSurveys>, id: Id, seen: &IfMatchVersion) -> Result<Survey, Refusal> {
    let (before, state) = step(tx, by, id, seen, SurveyVerb::Close)?;
    let asked = attending(tx, &before)?;
    change(tx, "closed", &before, |survey| {
        survey.asked = Json(asked);
        survey.state = state;
    })
}

/// Takes a survey back that is not closed; the term may then have another one.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn cancel(tx: &mut Tx<'_>, by: &By<ManageSurveys>, id: Id, seen: &IfMatchVersion) -> Result<Survey, Refusal> {
    let (before, state) = step(tx, by, id, seen, SurveyVerb::Cancel)?;
    change(tx, "cancelled", &before, |survey| survey.state = state)
}

/// How many pupils of each grade are asked: those who attended when it was closed; until then those who do.
///
/// # Errors
/// When the database fails.
pub fn asked(tx: &mut Tx<'_>, survey: &Survey) -> Result<Vec<GradeCount>, Refusal> {
    if survey.state == SurveyState::Closed { Ok(survey.asked.0.clone()) } else { attending(tx, survey) }
}

fn attending(tx: &mut Tx<'_>, survey: &Survey) -> Result<Vec<GradeCount>, Refusal> {
    let counts = students::attending_by_grade(tx, survey.school_id)?;
    Ok(counts.into_iter().map(|(grade, pupils)| GradeCount { grade, pupils }).collect())
}

/// A survey as it was seen, and the state to which the verb leads.
fn step(
    tx: &mut Tx<'_>,
    by: &By<ManageSurveys>,
    id: Id,
    seen: &IfMatchVersion,
    verb: SurveyVerb,
) -> Result<(Survey, SurveyState), Refusal> {
    let before: Survey = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = verb.from(before.state)?;
    Ok((before, state))
}

/// A school's survey for a term and its state, cancelled ones aside.
///
/// # Errors
/// When the database fails.
pub fn standing(
    tx: &mut Tx<'_>,
    school: Id,
    school_year: &str,
    season: Season,
) -> Result<Option<(Id, SurveyState)>, Refusal> {
    store::standing(tx, school, school_year, season)
}

/// Holds a survey open while somebody answers it: a closing waits for the answer, or the answer sees that it is closed.
///
/// # Errors
/// When the database fails.
pub fn hold_open(tx: &mut Tx<'_>, id: Id) -> Result<bool, Refusal> {
    store::hold_open(tx, id)
}
