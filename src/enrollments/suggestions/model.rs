//! A suggestion: of which project, to whom, by whom.

use serde::Serialize;
use time::Date;

use crate::auth::Actor;
use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant};
use crate::http::AnyOf;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Whether a suggestion stands 建议状态. Other states may come.
    pub enum SuggestionState {
        /// 有效
        Standing = "standing",
        /// 已撤回
        Withdrawn = "withdrawn",
    }
}

life! {
    /// What is called on a suggestion.
    pub SuggestionVerb of SuggestionState, "suggestions" {
        Withdraw = "withdraw" by SuggestProjects { Standing => Withdrawn }
    }
}

row! {
    /// The row of a suggestion.
    pub struct SuggestionRow of suggestions {
        id: Id,
        school_id: Id,
        plan_id: Id,
        project_id: Id,
        class_id: Option<Id>,
        student_id: Option<Id>,
        note: String,
        /// For how many it was meant when it was made.
        pupils: i64,
        suggested_on: Date,
        suggested_by_id: Id,
        state: SuggestionState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A suggestion, the person to whom it was made, and the path of the school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    #[serde(flatten)]
    pub row: SuggestionRow,
    #[serde(skip)]
    pub person_id: Option<Id>,
    pub path: String,
}

resource!(Suggestion { row: SuggestionRow, path }, "suggestion", "suggestions");

impl Suggestion {
    /// The verbs that `actor` may call now: a teacher on what it has suggested itself.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let own = self.row.suggested_by_id == actor.user_id;
        SuggestionVerb::such(self.row.state, |verb| own || verb.scope(actor).holds_path(&self.path))
    }

    /// The pupil to whom it was made, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> Option<SeenPerson> {
        Some(SeenPerson { person_id: self.person_id?, school_id: Some(self.row.school_id) })
    }
}

/// A suggestion as a pupil's guardians are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    pub suggestion_id: Id,
    pub project_id: Id,
    pub note: String,
    pub suggested_on: Date,
    pub suggested_by_name: String,
}

filter! {
    /// Which suggestions a list holds.
    pub struct SuggestionFilter {
        /// Only of this plan.
        plan_id: Id,
        /// Only of this project.
        project_id: Id,
        /// Only to this class as a whole.
        class_id: Id,
        /// Only to this pupil alone.
        student_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only those that are in one of these states.
        state: AnyOf<SuggestionState>,
    }
}

body! {
    /// A project that is suggested to a pupil, to a class, or with neither to a whole school.
    pub struct SuggestionIn {
        /// Of a published notice, and still to be applied for.
        project_id: Id,
        /// To the whole class: of a teacher's own ones. Null where it is for a pupil or a school.
        class_id: Option<Id>,
        /// To this pupil alone: of a teacher's own ones. Null where it is for a class or a school.
        student_id: Option<Id>,
        /// Why it would suit, as guardians read it.
        #[schema(inline)]
        note: Line<2, 200>,
    }
}
