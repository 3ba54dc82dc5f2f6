//! Surveys 意向调查 (五.1): a school asks guardians what they wish of a term's service, before it plans it. Questions change
//! only while nobody can have read them; one that is closed stays, because plans rest on it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{
    GradeCount, NewSurvey, Survey, SurveyOption, SurveyQuestion, SurveyQuestionKind, SurveyRow, SurveyState, SurveyVerb,
};
pub use self::store::SurveyFilter;

use crate::auth::permission::{ManageSurveys, ReadSurveys};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Json, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::document::Season;
use crate::schools::schools;
use crate::students::students;

impl Recorded for Survey {
    const RESOURCE: &'static str = "survey";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Drafts a survey of a school in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the school has one for the term.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewSurvey) -> Result<Survey, Refusal> {
    let school = schools::seen(tx, &Scope::of::<ManageSurveys>(actor), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    check(new)?;
    let row = SurveyRow {
        id: Id::fresh(),
        school_id: new.school_id,
        school_year: new.school_year.as_str().to_owned(),
        season: new.season,
        title: new.title.clone(),
        opens_on: new.opens_on,
        closes_on: new.closes_on,
        questions: Json::of(&new.questions)?,
        asked: Json::of(&Vec::<GradeCount>::new())?,
        state: SurveyState::Draft,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = Survey { row, questions: new.questions.clone(), asked: Vec::new(), path: school.path };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn check(new: &NewSurvey) -> Result<(), Refusal> {
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
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    to: &NewSurvey,
) -> Result<Survey, Refusal> {
    let before = ready_for(tx, actor, id, seen, SurveyVerb::Update)?;
    for (field, kept) in [
        ("/school_id", before.row.school_id == to.school_id),
        ("/school_year", before.row.school_year == to.school_year.as_str()),
        ("/season", before.row.season == to.season),
    ] {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    check(to)?;
    let mut after = before.clone();
    after.row.title = to.title.clone();
    after.row.opens_on = to.opens_on;
    after.row.closes_on = to.closes_on;
    after.row.questions = Json::of(&to.questions)?;
    after.questions = to.questions.clone();
    write(tx, "updated", &before, after)
}

/// Shows a draft to guardians; they answer from its first to its last day.
///
/// # Errors
/// 404, 412, 409 in another state, 422 when its last day is over.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Survey, Refusal> {
    let before = ready_for(tx, actor, id, seen, SurveyVerb::Open)?;
    if before.row.closes_on < tx.today {
        return Err(Refusal::field("/closes_on", Fault::OutOfRange));
    }
    let mut after = before.clone();
    after.row.state = SurveyState::Open;
    write(tx, "opened", &before, after)
}

/// Ends a survey, and keeps how many pupils were asked.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn close(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Survey, Refusal> {
    let before = ready_for(tx, actor, id, seen, SurveyVerb::Close)?;
    let mut after = before.clone();
    after.asked = attending(tx, &before)?;
    after.row.asked = Json::of(&after.asked)?;
    after.row.state = SurveyState::Closed;
    write(tx, "closed", &before, after)
}

/// Takes a survey back that is not closed; the term may then have another one.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Survey, Refusal> {
    let before = ready_for(tx, actor, id, seen, SurveyVerb::Cancel)?;
    let mut after = before.clone();
    after.row.state = SurveyState::Cancelled;
    write(tx, "cancelled", &before, after)
}

/// How many pupils of each grade are asked: those who attended when it was closed; until then those who do.
///
/// # Errors
/// When the database fails.
pub fn asked(tx: &mut Tx<'_>, survey: &Survey) -> Result<Vec<GradeCount>, Refusal> {
    if survey.row.state == SurveyState::Closed { Ok(survey.asked.clone()) } else { attending(tx, survey) }
}

fn attending(tx: &mut Tx<'_>, survey: &Survey) -> Result<Vec<GradeCount>, Refusal> {
    let counts = students::attending_by_grade(tx, survey.row.school_id)?;
    Ok(counts.into_iter().map(|(grade, pupils)| GradeCount { grade, pupils }).collect())
}

fn ready_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    verb: SurveyVerb,
) -> Result<Survey, Refusal> {
    let found = find(tx, &Scope::of::<ManageSurveys>(actor), id)?;
    seen.expect(found.row.version)?;
    allowed(&found, actor, verb)?;
    Ok(found)
}

/// Refuses a verb that the state of a survey does not allow.
///
/// # Errors
/// 409 with the state and what it allows.
pub fn allowed(survey: &Survey, actor: &Actor, verb: SurveyVerb) -> Result<(), Refusal> {
    if survey.row.state.verbs().contains(&verb) {
        return Ok(());
    }
    Err(Refusal::state(survey.row.state.as_str(), &survey.can(actor)))
}

fn write(tx: &mut Tx<'_>, action: &str, before: &Survey, mut after: Survey) -> Result<Survey, Refusal> {
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}

/// One survey within a scope.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Survey, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Surveys that the caller may see, in the order in which they were drafted.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &SurveyFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Survey>, Refusal> {
    store::list(tx, &Scope::of::<ReadSurveys>(actor), filter, after, limit)
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
