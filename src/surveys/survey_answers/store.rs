//! SQL of answers to surveys; the scope comes first. Nobody but guardians sees whose they are.

use diesel::prelude::*;

use super::model::{SurveyAnswer, SurveyAnswerFilter, SurveyAnswerRow, SurveyAnswerState, SurveyReply};
use crate::auth::scope::children_of;
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations, survey_answers, surveys};
use crate::db::{Id, Json, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::surveys::surveys::SurveyRow;
use crate::{page, stored};

stored!(survey_answers, SurveyAnswerRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "survey_id, student_id"));

type Loaded = (SurveyAnswerRow, SurveyRow, String);

fn answer((row, survey, path): Loaded) -> SurveyAnswer {
    SurveyAnswer { row, survey, is_replaceable: false, path }
}

/// Answers within a scope, with their surveys and the paths of the schools.
macro_rules! of_children {
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

impl Seen for SurveyAnswer {
    type Filter = SurveyAnswerFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(of_children!(tx, scope).filter(survey_answers::id.eq(id)).first(tx.conn).optional()?.map(answer))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<SurveyAnswerFilter>) -> Result<Vec<Self>, Refusal> {
        let found = page!(of_children!(tx, scope), survey_answers, at, { survey_id, student_id }).load(tx.conn)?;
        Ok(found.into_iter().map(answer).collect())
    }
}

/// All answers for a person, whoever asks.
pub(super) fn of_person(tx: &mut Tx<'_>, person: Id) -> Result<Vec<SurveyAnswer>, Refusal> {
    let found = of_children!(tx, &Scope::Everything).filter(survey_answers::person_id.eq(person));
    Ok(found.order(survey_answers::id).load(tx.conn)?.into_iter().map(answer).collect())
}

/// The grade of somebody who answered, and the answer.
type OfSomebody = (i32, Json<Vec<SurveyReply>>);

/// Grade and answer of everybody who answered a survey, and nothing that says who.
pub(super) fn of_survey(tx: &mut Tx<'_>, survey: Id) -> Result<Vec<OfSomebody>, Refusal> {
    let query = survey_answers::table
        .filter(survey_answers::survey_id.eq(survey).and(survey_answers::state.eq(SurveyAnswerState::Given)))
        .select((survey_answers::grade, survey_answers::answers));
    Ok(query.load(tx.conn)?)
}
