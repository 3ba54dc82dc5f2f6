//! SQL of answers to surveys; the scope comes first. Nobody but guardians sees whose they are.

use diesel::prelude::*;

use super::model::{SurveyAnswer, SurveyAnswerRow, SurveyAnswerState};
use crate::auth::Scope;
use crate::auth::scope::children_of;
use crate::db::schema::{organisations, survey_answers, surveys};
use crate::db::{Id, Json, Tx};
use crate::http::PageLimit;
use crate::refusal::{Code, Refusal, on_unique};
use crate::surveys::surveys::SurveyRow;

type Loaded = (SurveyAnswerRow, SurveyRow, String);

fn answer((row, survey, path): Loaded) -> Result<SurveyAnswer, Refusal> {
    let replies = serde_json::from_value(row.answers.0.clone()).map_err(Refusal::internal)?;
    Ok(SurveyAnswer { row, replies, survey, path })
}

/// What a list of answers may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct SurveyAnswerFilter {
    pub survey_id: Option<Id>,
    pub student_id: Option<Id>,
}

/// Answers within a scope, with their surveys and the paths of the schools.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = survey_answers::table
            .inner_join(organisations::table)
            .inner_join(surveys::table)
            .select((SurveyAnswerRow::as_select(), SurveyRow::as_select(), organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(survey_answers::person_id.eq_any(children_of!(*user, $tx.today))),
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<SurveyAnswer>, Refusal> {
    seen!(tx, scope).filter(survey_answers::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(answer).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &SurveyAnswerFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<SurveyAnswer>, Refusal> {
    let mut query = seen!(tx, scope).order(survey_answers::id).limit(limit.rows());
    if let Some(survey) = filter.survey_id {
        query = query.filter(survey_answers::survey_id.eq(survey));
    }
    if let Some(student) = filter.student_id {
        query = query.filter(survey_answers::student_id.eq(student));
    }
    if let Some(after) = after {
        query = query.filter(survey_answers::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(answer).collect()
}

/// All answers for a person, whoever asks.
pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<SurveyAnswer>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(survey_answers::person_id.eq(person)).order(survey_answers::id);
    query.load::<Loaded>(tx.conn)?.into_iter().map(answer).collect()
}

/// Grade and answer of everybody who answered a survey, and nothing that says who.
pub(super) fn of_survey(tx: &mut Tx<'_>, survey: Id) -> Result<Vec<(i32, Json)>, Refusal> {
    let query = survey_answers::table
        .filter(survey_answers::survey_id.eq(survey).and(survey_answers::state.eq(SurveyAnswerState::Given)))
        .select((survey_answers::grade, survey_answers::answers));
    Ok(query.load(tx.conn)?)
}

fn taken() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "survey_id, student_id")
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &SurveyAnswerRow) -> Result<(), Refusal> {
    diesel::insert_into(survey_answers::table).values(row).execute(tx.conn).map_err(on_unique(taken))?;
    Ok(())
}

/// Writes the row over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &SurveyAnswerRow) -> Result<(), Refusal> {
    let read = survey_answers::table.find(row.id).filter(survey_answers::version.eq(row.version - 1));
    let changed = diesel::update(read)
        .set((
            survey_answers::person_id.eq(row.person_id),
            survey_answers::grade.eq(row.grade),
            survey_answers::answered_by_id.eq(row.answered_by_id),
            survey_answers::answers.eq(&row.answers),
            survey_answers::state.eq(row.state),
            survey_answers::version.eq(row.version),
            survey_answers::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(taken))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
