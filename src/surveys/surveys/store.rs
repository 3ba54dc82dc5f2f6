//! SQL of surveys; the scope comes first. A guardian sees those that its children's schools have opened.

use diesel::prelude::*;

use super::model::{Survey, SurveyRow, SurveyState};
use crate::auth::Scope;
use crate::auth::scope::schools_of_children;
use crate::db::schema::{organisations, surveys};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::on_backend;
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::Season;

type Loaded = (SurveyRow, String);

fn survey((row, path): Loaded) -> Result<Survey, Refusal> {
    let questions = serde_json::from_value(row.questions.0.clone()).map_err(Refusal::internal)?;
    let asked = serde_json::from_value(row.asked.0.clone()).map_err(Refusal::internal)?;
    Ok(Survey { row, questions, asked, path })
}

/// What a list of surveys may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct SurveyFilter {
    pub school_id: Option<Id>,
    pub school_year: Option<String>,
    pub season: Option<Season>,
    pub state: Option<SurveyState>,
}

/// Surveys within a scope, with the paths of their schools.
macro_rules! seen {
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

pub(super) fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Survey>, Refusal> {
    seen!(tx, scope).filter(surveys::id.eq(id)).first::<Loaded>(tx.conn).optional()?.map(survey).transpose()
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    filter: &SurveyFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Survey>, Refusal> {
    let mut query = seen!(tx, scope).order(surveys::id).limit(limit.rows());
    if let Some(school) = filter.school_id {
        query = query.filter(surveys::school_id.eq(school));
    }
    if let Some(school_year) = &filter.school_year {
        query = query.filter(surveys::school_year.eq(school_year.clone()));
    }
    if let Some(season) = filter.season {
        query = query.filter(surveys::season.eq(season));
    }
    if let Some(state) = filter.state {
        query = query.filter(surveys::state.eq(state));
    }
    if let Some(after) = after {
        query = query.filter(surveys::id.gt(after));
    }
    query.load::<Loaded>(tx.conn)?.into_iter().map(survey).collect()
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

fn taken() -> Refusal {
    Refusal::of(Code::AlreadyExists).with("field", "school_id, school_year, season")
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &SurveyRow) -> Result<(), Refusal> {
    diesel::insert_into(surveys::table).values(row).execute(tx.conn).map_err(on_unique(taken))?;
    Ok(())
}

/// Writes the row over the version that was read.
pub(super) fn update(tx: &mut Tx<'_>, row: &SurveyRow) -> Result<(), Refusal> {
    let changed = diesel::update(surveys::table.find(row.id).filter(surveys::version.eq(row.version - 1)))
        .set((
            surveys::title.eq(&row.title),
            surveys::opens_on.eq(row.opens_on),
            surveys::closes_on.eq(row.closes_on),
            surveys::questions.eq(&row.questions),
            surveys::asked.eq(&row.asked),
            surveys::state.eq(row.state),
            surveys::version.eq(row.version),
            surveys::updated_at.eq(row.updated_at),
        ))
        .execute(tx.conn)
        .map_err(on_unique(taken))?;
    if changed == 1 { Ok(()) } else { Err(Refusal::of(Code::VersionMismatch)) }
}
