//! `/suggestions`.

use actix_web::{get, post};
use time::Date;

use super::{Suggestion, SuggestionFilter, SuggestionIn, SuggestionState};
use crate::auth::permission::{ReadSuggestions, SuggestProjects};
use crate::auth::{By, Keyed, List, Read, Write};
use crate::db::Id;
use crate::enrollments::suggestions;
use crate::http::{Answered, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::values::iso_date;

out! {
    /// A project that was suggested 选课建议: advice, never an enrollment.
    pub struct SuggestionOut of (suggestion, by): Suggestion {
        project_id: Id,
        plan_id: Id,
        school_id: Id,
        /// The class to which it was made as a whole; null for a pupil alone, and for a whole school.
        class_id: Option<Id>,
        /// The pupil to whom alone it was made; else null.
        student_id: Option<Id>,
        /// Why it would suit, as guardians read it.
        note: String,
        /// Pupils whom it suited and who had not answered to it when it was made.
        pupils: i64,
        /// The day on which it was made.
        #[serde(with = "iso_date")]
        suggested_on: Date,
        /// Who made it.
        suggested_by_id: Id,
        state: SuggestionState,
    }
    named {
        project_name: String = Project(suggestion.project_id),
        school_name: String = Organisation(suggestion.school_id),
        /// The class to which it was made as a whole; else null.
        class_name: Option<String> = Class(suggestion.class_id),
        /// The pupil to whom alone it was made; else null.
        student_name: Option<String> = Student(suggestion.student_id),
        /// Who made it.
        suggested_by_name: String = Account(suggestion.suggested_by_id),
    }
    shows suggestion.seen_at()
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_suggestions).service(create_suggestion).service(get_suggestion).service(withdraw_suggestion);
}

/// Suggestions in the caller's scope, in the order in which they were made 选课建议列表
#[utoipa::path(tag = "projects", params(List<SuggestionFilter>),
    responses((status = 200, description = "A page of suggestions", body = Page<SuggestionOut>), ReadSuggestions))]
#[get("/suggestions")]
async fn list_suggestions(by: By<ReadSuggestions>, list: List<SuggestionFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Suggestion>(tx, at)).await
}

/// Suggests a project to a pupil, a class or a whole school; its guardians are told 建议选课
#[utoipa::path(tag = "projects", params(Keyed), request_body = SuggestionIn,
    responses((status = 201, description = "The suggestion", body = SuggestionOut), SuggestProjects))]
#[post("/suggestions")]
async fn create_suggestion(by: By<SuggestProjects>, write: Write<Keyed>, Valid(body): Valid<SuggestionIn>) -> Answered {
    write.creates(by, move |tx, by| suggestions::create(tx, by, &body)).await
}

/// One suggestion 选课建议
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The suggestion")),
    responses((status = 200, description = "The suggestion", body = SuggestionOut), ReadSuggestions))]
#[get("/suggestions/{id}")]
async fn get_suggestion(by: By<ReadSuggestions>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<Suggestion>(tx, id.0)).await
}

/// Withdraws a suggestion; what was chosen by it stays 撤回选课建议
#[utoipa::path(tag = "projects", params(("id" = Id, Path, description = "The suggestion")),
    responses((status = 200, description = "The suggestion as it is now", body = SuggestionOut), SuggestProjects))]
#[post("/suggestions/{id}/withdraw")]
async fn withdraw_suggestion(by: By<SuggestProjects>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| suggestions::withdraw(tx, by, id.0, seen)).await
}
