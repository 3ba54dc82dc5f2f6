//! SQL of surveys; the scope comes first. A guardian sees those that its children's schools have opened.

use diesel::prelude::*;

use super::model::{Survey, SurveyFilter, SurveyRow, SurveyState};
use crate::auth::scope::schools_of_children;
use crate::auth::{Scope, Seen};
use crate::db::schema::{organisations, surveys};
use crate::db::{Id, Tx};
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::rules::document::Season;
use crate::{on_backend, page, stored};

stored!(surveys, SurveyRow, taken => Refusal::of(Code::AlreadyExists).with("field", "school_id, school_year, season"));

/// Surveys within a scope, with the paths of their schools.
macro_rules! of_schools {
    ($tx:expr, $scope:expr) => {{
        let query = surveys::table
            .inner_join(organisations::table)
            .select((SurveyRow::as_select(), organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query
                .filter(surveys::state.eq_any([SurveyState::Open, SurveyState::Closed]))
                .filter(surveys::school_id.eq_any(schools_of_children!(*user, $tx.today))),
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for Survey {
    type Filter = SurveyFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(of_schools!(tx, scope).filter(surveys::id.eq(id)).first(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<SurveyFilter>) -> Result<Vec<Self>, Refusal> {
        let mut found = of_schools!(tx, scope);
        if let Some(school_year) = &at.filter.school_year {
            found = found.filter(surveys::school_year.eq(school_year.as_str()));
        }
        Ok(page!(found, surveys, at, { school_id, season, [state] }).load(tx.conn)?)
    }
}

/// The state of the survey of a term that is not cancelled.
pub(super) fn standing(
    tx: &mut Tx<'_>,
    school: Id,
    school_year: &str,
    season: Season,
) -> Result<Option<(Id, SurveyState)>, Refusal> {
    let query = surveys::table
        .filter(surveys::school_id.eq(school).and(surveys::school_year.eq(school_year)))
        .filter(surveys::season.eq(season).and(surveys::state.ne(SurveyState::Cancelled)))
        .select((surveys::id, surveys::state));
    Ok(query.first(tx.conn).optional()?)
}

/// Holds a survey open until the transaction ends, together with others who answer; whether it is. On SQLite there is
/// one writer at a time anyway.
pub(super) fn hold_open(tx: &mut Tx<'_>, id: Id) -> Result<bool, Refusal> {
    let open = surveys::table.find(id).filter(surveys::state.eq(SurveyState::Open)).select(surveys::version);
    let held: Option<i64> = on_backend!(tx.conn,
        postgres: |pg| open.for_share().first(pg).optional(),
        sqlite: |lite| open.first(lite).optional(),
    )?;
    Ok(held.is_some())
}
