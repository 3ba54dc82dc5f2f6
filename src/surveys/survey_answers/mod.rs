//! Answers of guardians to surveys (五.1), one per survey and child. Whose they are is for guardians alone; schools read
//! what came of them (`surveys::results`).

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{NewSurveyAnswer, SurveyAnswer, SurveyAnswerState, SurveyReply};
pub use self::store::SurveyAnswerFilter;

use self::model::{SurveyAnswerRow, reply_faults};
use crate::auth::permission::{AnswerSurveys, ReadSurveyAnswers, ReadSurveys};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Json, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::policy_profiles;
use crate::rules::enrollment::guardian_consent;
use crate::students::guardianships::{self, Right};
use crate::students::students::{self, Student, StudentState};
use crate::surveys::surveys::{self, Survey};

impl Recorded for SurveyAnswer {
    const RESOURCE: &'static str = "survey-answer";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Answers a survey for one's child.
///
/// # Errors
/// 422 for a survey that the caller does not see, a pupil that is not its child or not of the school, replies that the
/// questions do not ask for, or without the right to choose; 409 outside of the survey's days or when it was answered.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewSurveyAnswer) -> Result<SurveyAnswer, Refusal> {
    let survey = surveys::find(tx, &Scope::of::<ReadSurveys>(actor), new.survey_id);
    let survey = survey.map_err(|refusal| refusal.named_at("/survey_id"))?;
    let student = claimed(tx, actor, new.student_id, &survey)?;
    claim_open(tx, &survey)?;
    check(&survey, &new.replies)?;
    let row = SurveyAnswerRow {
        id: Id::fresh(),
        survey_id: survey.row.id,
        school_id: survey.row.school_id,
        student_id: student.row.id,
        person_id: student.row.person_id,
        grade: student.row.grade,
        answered_by_id: actor.user_id,
        answers: Json::of(&new.replies)?,
        state: SurveyAnswerState::Given,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = SurveyAnswer { row, replies: new.replies.clone(), survey: survey.row, path: survey.path };
    record(tx, "given", None, Some(&made))?;
    Ok(made)
}

/// The caller's child, who attends the school that asks: its person claimed first, then the guardianship.
fn claimed(tx: &mut Tx<'_>, actor: &Actor, id: Id, survey: &Survey) -> Result<Student, Refusal> {
    let student = students::claim(tx, &Scope::of::<AnswerSurveys>(actor), id);
    let student = student.map_err(|refusal| refusal.named_at("/student_id"))?;
    if student.row.school_id != survey.row.school_id || student.row.state != StudentState::Attending {
        return Err(Refusal::field("/student_id", Fault::NotForThis));
    }
    if !guardianships::claim_right(tx, actor.user_id, student.row.person_id, Right::Choose)? {
        let document = policy_profiles::nearest(tx, &survey.path, tx.today)?.document;
        return Err(Refusal::by_rules(guardian_consent(false, &document).into_iter().collect()));
    }
    Ok(student)
}

/// The survey takes answers today, and is not closed before this one is written.
fn claim_open(tx: &mut Tx<'_>, survey: &Survey) -> Result<(), Refusal> {
    if survey.row.takes_answers_on(tx.today) && surveys::hold_open(tx, survey.row.id)? {
        return Ok(());
    }
    let (from, to) = (survey.row.opens_on, survey.row.closes_on);
    Err(Refusal::of(Code::SurveyNotOpen).with("opens_on", from).with("closes_on", to))
}

fn check(survey: &Survey, replies: &[SurveyReply]) -> Result<(), Refusal> {
    let faults = reply_faults(&survey.questions, replies);
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}

/// Replaces an answer while the survey is open; survey and pupil stay.
///
/// # Errors
/// 404, 412, 409 outside of the survey's days or for a field that stays as it was created, 422 as [`create`].
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    to: &NewSurveyAnswer,
) -> Result<SurveyAnswer, Refusal> {
    let before = find(tx, &Scope::of::<AnswerSurveys>(actor), id)?;
    seen.expect(before.row.version)?;
    for (field, kept) in
        [("/survey_id", before.row.survey_id == to.survey_id), ("/student_id", before.row.student_id == to.student_id)]
    {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    if before.row.state != SurveyAnswerState::Given {
        return Err(Refusal::state(before.row.state.as_str(), &[]));
    }
    let survey = surveys::find(tx, &Scope::Everything, to.survey_id)?;
    let student = claimed(tx, actor, to.student_id, &survey)?;
    claim_open(tx, &survey)?;
    check(&survey, &to.replies)?;
    let mut after = before.clone();
    after.row.grade = student.row.grade;
    after.row.answered_by_id = actor.user_id;
    after.row.answers = Json::of(&to.replies)?;
    after.replies.clone_from(&to.replies);
    write(tx, "replaced", &before, after)
}

fn write(
    tx: &mut Tx<'_>,
    action: &str,
    before: &SurveyAnswer,
    mut after: SurveyAnswer,
) -> Result<SurveyAnswer, Refusal> {
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}

/// The verbs that `actor` may call now.
///
/// # Errors
/// When the database fails.
pub fn can(tx: &mut Tx<'_>, actor: &Actor, answer: &SurveyAnswer) -> Result<Vec<&'static str>, Refusal> {
    let open = answer.is_open_on(tx.today);
    let may = open && guardianships::has_right(tx, actor.user_id, answer.row.person_id, Right::Choose)?;
    Ok(if may { vec!["update"] } else { Vec::new() })
}

/// One answer within a scope.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<SurveyAnswer, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Answers that the caller may see, in the order in which they were given.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &SurveyAnswerFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<SurveyAnswer>, Refusal> {
    store::list(tx, &Scope::of::<ReadSurveyAnswers>(actor), filter, after, limit)
}

/// What was replied to a survey, with the grade of each pupil, and nothing that says who it is.
///
/// # Errors
/// When the database fails.
pub fn nameless(tx: &mut Tx<'_>, survey: Id) -> Result<Vec<(i32, Vec<SurveyReply>)>, Refusal> {
    let rows = store::of_survey(tx, survey)?;
    rows.into_iter()
        .map(|(grade, Json(answers))| Ok((grade, serde_json::from_value(answers).map_err(Refusal::internal)?)))
        .collect()
}

/// Moves the answers for a person that was merged. Of two to one survey, the one that was given later counts.
///
/// # Errors
/// When the database fails.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<(), Refusal> {
    let staying = store::of_person(tx, into)?;
    for leaving in store::of_person(tx, from)? {
        let counts = |answer: &SurveyAnswer| answer.row.state == SurveyAnswerState::Given;
        let twin = staying.iter().find(|other| other.row.survey_id == leaving.row.survey_id && counts(other));
        let mut after = leaving.clone();
        after.row.person_id = into;
        match twin.filter(|_| counts(&leaving)) {
            Some(twin) if twin.row.updated_at < leaving.row.updated_at => {
                let mut older = twin.clone();
                older.row.state = SurveyAnswerState::Superseded;
                write(tx, "superseded", twin, older)?;
            }
            Some(_) => after.row.state = SurveyAnswerState::Superseded,
            None => {}
        }
        write(tx, "moved", &leaving, after)?;
    }
    Ok(())
}
