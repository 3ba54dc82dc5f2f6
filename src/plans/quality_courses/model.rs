//! The mark of a quality course.

use serde::Serialize;
use time::Date;

use crate::auth::permission::MarkQualityCourses;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::text_enum;

text_enum! {
    /// 精品课程状态. Other states may come.
    pub enum QualityCourseState {
        /// 已认定
        Marked = "marked",
        /// 已终止
        Ended = "ended",
    }
}

/// The row of a mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::quality_courses, check_for_backend(crate::db::MultiBackend))]
pub struct QualityCourseRow {
    pub id: Id,
    pub project_id: Id,
    pub school_id: Id,
    pub state: QualityCourseState,
    pub document: String,
    pub marked_on: Date,
    pub ended_on: Option<Date>,
    pub end_reason: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A mark with the path of the project's school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QualityCourse {
    #[serde(flatten)]
    pub row: QualityCourseRow,
    pub path: String,
}

impl QualityCourse {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let marks = Scope::of::<MarkQualityCourses>(actor).holds_path(&self.path);
        if marks { self.possible().to_vec() } else { Vec::new() }
    }

    /// The verbs that its state allows, whoever calls.
    #[must_use]
    pub fn possible(&self) -> &'static [&'static str] {
        if self.row.state == QualityCourseState::Marked { &["end"] } else { &[] }
    }
}
