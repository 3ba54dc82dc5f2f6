//! What came of a survey: counts by question, option and grade, and projects drafted from what was wished and what the
//! school has (五.1). Nothing here says who answered what, and nothing changes anything.

mod api;
mod model;

use std::collections::BTreeMap;

pub use self::api::routes;

use self::model::{SurveyDraftProjectOut, Tally};
use crate::auth::permission::{ManageSurveys, ReadSurveyResults};
use crate::auth::{By, known};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::resources::facilities;
use crate::rules::document::ProjectCategory;
use crate::surveys::survey_answers;
use crate::surveys::surveys::{self, Survey, SurveyVerb};

/// A survey in the caller's scope, and what came of it so far.
///
/// # Errors
/// 404.
pub fn of_survey(tx: &mut Tx<'_>, by: &By<ReadSurveyResults>, id: Id) -> Result<(Survey, Tally), Refusal> {
    let survey: Survey = by.find(tx, id)?;
    let asked = surveys::asked(tx, &survey)?;
    let replies = survey_answers::nameless(tx, id)?;
    let tally = model::tally(&survey.questions.0, &asked, &replies);
    Ok((survey, tally))
}

/// For how many pupils a project of each category was wished; a category that is not there was wished for nobody.
///
/// # Errors
/// 404.
pub fn wishes(tx: &mut Tx<'_>, survey: Id) -> Result<BTreeMap<ProjectCategory, i64>, Refusal> {
    let survey: Survey = known(tx, survey)?;
    let replies = survey_answers::nameless(tx, survey.id)?;
    Ok(model::wishes(&survey.questions.0, &replies))
}

/// Drafts of projects from the wishes of a closed survey and the facilities of its school.
///
/// # Errors
/// 404, 409 while it is not closed.
pub fn draft_projects(tx: &mut Tx<'_>, by: &By<ManageSurveys>, id: Id) -> Result<Vec<SurveyDraftProjectOut>, Refusal> {
    let survey: Survey = by.find(tx, id)?;
    SurveyVerb::DraftProjects.from(survey.state)?;
    let replies = survey_answers::nameless(tx, id)?;
    let facilities = facilities::in_use(tx, survey.school_id)?;
    Ok(model::draft_projects(&survey.questions.0, &replies, &facilities))
}
