//! Answers of guardians to surveys (五.1), one per survey and child. Whose they are is for guardians alone; schools read
//! what came of them (`surveys::results`).

mod api;
mod model;
mod store;

pub use self::api::{SurveyAnswerOut, routes};
pub use self::model::{SurveyAnswer, SurveyAnswerIn, SurveyAnswerVerb, SurveyReply};

use self::model::{SurveyAnswerFilter, SurveyAnswerRow, SurveyAnswerState, reply_faults};
use crate::auth::permission::{AnswerSurveys, ReadSurveyAnswers, ReadSurveys};
use crate::auth::{By, known};
use crate::db::{Id, Json, Stored as _, Tx};
use crate::http::{IfMatchVersion, Listing};
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::policy_profiles;
use crate::rules::enrollment::guardian_consent;
use crate::students::guardianships::{self, Right};
use crate::students::students::{self, Student, StudentState};
use crate::surveys::surveys::{self, Survey};

/// Answers a survey for one's child.
///
/// # Errors
/// 422 for a survey that the caller does not see, a pupil that is not its child or not of the school, replies that the
/// questions do not ask for, or without the right to choose; 409 outside of the survey's days or when it was answered.
pub fn create(tx: &mut Tx<'_>, by: &By<AnswerSurveys>, new: &SurveyAnswerIn) -> Result<SurveyAnswer, Refusal> {
    let survey: Survey = By::<ReadSurveys>::of(by.actor.clone())?.named(tx, new.survey_id, "/survey_id")?;
    let student = claimed(tx, by, new.student_id, &survey)?;
    claim_open(tx, &survey)?;
    check(&survey, &new.answers)?;
    let row = SurveyAnswerRow {
        id: Id::fresh(),
        survey_id: survey.id,
        school_id: survey.school_id,
        student_id: student.row.id,
        person_id: student.row.person_id,
        grade: student.row.grade,
        answered_by_id: by.user_id,
        answers: Json(new.answers.clone()),
        state: SurveyAnswerState::Given,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = SurveyAnswer { row, survey: survey.row, is_replaceable: true, path: survey.path };
    record(tx, "given", None, Some(&made))?;
    Ok(made)
}

/// The caller's child, who attends the school that asks: its person claimed first, then the guardianship.
fn claimed(tx: &mut Tx<'_>, by: &By<AnswerSurveys>, id: Id, survey: &Survey) -> Result<Student, Refusal> {
    let student = students::claim(tx, &by.scope(), id);
    let student = student.map_err(|refusal| refusal.named_at("/student_id"))?;
    if student.row.school_id != survey.school_id || student.row.state != StudentState::Attending {
        return Err(Refusal::field("/student_id", Fault::NotForThis));
    }
    if !guardianships::claim_right(tx, by.user_id, student.row.person_id, Right::Choose)? {
        let document = policy_profiles::nearest(tx, &survey.path, tx.today)?.document;
        return Err(Refusal::by_rules(guardian_consent(false, &document).into_iter().collect()));
    }
    Ok(student)
}

/// The survey takes answers today, and is not closed before this one is written.
fn claim_open(tx: &mut Tx<'_>, survey: &Survey) -> Result<(), Refusal> {
    if survey.takes_answers_on(tx.today) && surveys::hold_open(tx, survey.id)? {
        return Ok(());
    }
    let (from, to) = (survey.opens_on, survey.closes_on);
    Err(Refusal::of(Code::SurveyNotOpen).with("opens_on", from).with("closes_on", to))
}

fn check(survey: &Survey, replies: &[SurveyReply]) -> Result<(), Refusal> {
    let faults = reply_faults(&survey.questions.0, replies);
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}

/// Replaces an answer while the survey is open; survey and pupil stay.
///
/// # Errors
/// 404, 412, 409 outside of the survey's days or for a field that stays as it was created, 422 as [`create`].
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<AnswerSurveys>,
    id: Id,
    seen: &IfMatchVersion,
    to: &SurveyAnswerIn,
) -> Result<SurveyAnswer, Refusal> {
    let before: SurveyAnswer = by.find(tx, id)?;
    seen.expect(before.version)?;
    for (field, kept) in
        [("/survey_id", before.survey_id == to.survey_id), ("/student_id", before.student_id == to.student_id)]
    {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    SurveyAnswerVerb::Update.from(before.state)?;
    let survey: Survey = known(tx, to.survey_id)?;
    let student = claimed(tx, by, to.student_id, &survey)?;
    claim_open(tx, &survey)?;
    check(&survey, &to.answers)?;
    change(tx, "replaced", &before, |answer| {
        answer.grade = student.row.grade;
        answer.answered_by_id = by.user_id;
        answer.answers = Json(to.answers.clone());
        answer.is_replaceable = true;
    })
}

/// One answer that the caller may see, and whether it may replace it.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, by: &By<ReadSurveyAnswers>, id: Id) -> Result<SurveyAnswer, Refusal> {
    let mut found: SurveyAnswer = by.find(tx, id)?;
    tell_replaceable(tx, by, std::slice::from_mut(&mut found))?;
    Ok(found)
}

/// Answers that the caller may see, in the order in which they were given, and whether it may replace them.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    by: &By<ReadSurveyAnswers>,
    at: &Listing<SurveyAnswerFilter>,
) -> Result<Vec<SurveyAnswer>, Refusal> {
    let mut found: Vec<SurveyAnswer> = by.list(tx, at)?;
    tell_replaceable(tx, by, &mut found)?;
    Ok(found)
}

fn tell_replaceable(tx: &mut Tx<'_>, by: &By<ReadSurveyAnswers>, answers: &mut [SurveyAnswer]) -> Result<(), Refusal> {
    let persons: Vec<Id> = answers.iter().map(|answer| answer.person_id).collect();
    let rights = guardianships::rights_of(tx, by.user_id, &persons)?;
    for answer in answers {
        let may = rights.contains(&(answer.person_id, Right::Choose));
        answer.is_replaceable = may && answer.is_open_on(tx.today);
    }
    Ok(())
}

/// What was replied to a survey, with the grade of each pupil, and nothing that says who it is.
///
/// # Errors
/// When the database fails.
pub fn nameless(tx: &mut Tx<'_>, survey: Id) -> Result<Vec<(i32, Vec<SurveyReply>)>, Refusal> {
    Ok(store::of_survey(tx, survey)?.into_iter().map(|(grade, Json(replies))| (grade, replies)).collect())
}

/// Moves the answers for a person that was merged. Of two to one survey, the one that was given later counts.
///
/// # Errors
/// When the database fails.
pub fn moved(tx: &mut Tx<'_>, from: Id, into: Id) -> Result<Vec<Id>, Refusal> {
    let mut moved = Vec::new();
    let staying = store::of_person(tx, into)?;
    for leaving in store::of_person(tx, from)? {
        let counts = |answer: &SurveyAnswer| answer.state == SurveyAnswerState::Given;
        let twin = staying.iter().find(|other| other.survey_id == leaving.survey_id && counts(other));
        let mut state = leaving.state;
        match twin.filter(|_| counts(&leaving)) {
            Some(twin) if twin.updated_at < leaving.updated_at => {
                change(tx, "superseded", twin, |older| older.state = SurveyAnswerState::Superseded)?;
            }
            Some(_) => state = SurveyAnswerState::Superseded,
            None => {}
        }
        change(tx, "moved", &leaving, |answer| {
            answer.person_id = into;
            answer.state = state;
        })?;
        moved.push(leaving.row.id);
    }
    Ok(moved)
}

/// Gives answers back to a person who was joined with another by mistake; each counts again.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn given_back(tx: &mut Tx<'_>, ids: &[Id], from: Id, to: Id) -> Result<(), Refusal> {
    for before in store::of_person(tx, from)?.into_iter().filter(|row| ids.contains(&row.row.id)) {
        change(tx, "given-back", &before, |answer| {
            answer.person_id = to;
            answer.state = SurveyAnswerState::Given;
        })?;
    }
    Ok(())
}

/// All answers for a person, whoever asks.
///
/// # Errors
/// When the database fails.
pub fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<SurveyAnswer>, Refusal> {
    store::of_person(tx, person)
}

/// Forgets what was answered in words for a person; what was chosen stays for the numbers. How many answers it was.
///
/// # Errors
/// When somebody else changes one, all is run again.
pub fn erased(tx: &mut Tx<'_>, person: Id) -> Result<usize, Refusal> {
    let all = store::of_person(tx, person)?;
    for before in &all {
        change(tx, "erased", before, |answer| {
            for reply in &mut answer.row.answers.0 {
                reply.text = None;
            }
        })?;
    }
    Ok(all.len())
}
