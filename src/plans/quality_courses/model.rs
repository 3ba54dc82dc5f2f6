//! The mark of a quality course.

use time::Date;

use crate::db::{Id, Instant, Placed};
use crate::http::AnyOf;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Where a mark stands 精品课程状态. Other states may come.
    pub enum QualityCourseState {
        /// 已认定
        Marked = "marked",
        /// 已终止
        Ended = "ended",
    }
}

life! {
    /// What is called on a mark.
    pub QualityCourseVerb of QualityCourseState, "quality-courses" for QualityCourse {
        End = "end" by MarkQualityCourses { Marked => Ended }
    }
}

row! {
    /// The row of a mark.
    pub struct QualityCourseRow of quality_courses, "quality-course", "quality-courses" {
        id: Id,
        project_id: Id,
        school_id: Id,
        state: QualityCourseState,
        document: String,
        marked_on: Date,
        ended_on: Option<Date>,
        end_reason: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A mark with the path of the project's school.
pub type QualityCourse = Placed<QualityCourseRow>;

body! {
    /// A project that is to be marked, and by which document.
    pub struct QualityCourseIn {
        project_id: Id,
        /// Number or name of the document.
        #[schema(inline)]
        document: Line<2, 120>,
    }
}

body! {
    /// Why a mark ends.
    pub struct QualityCourseEndIn {
        #[schema(inline)]
        reason: Line<2, 300>,
    }
}

filter! {
    /// Which marks a list holds.
    pub struct QualityCourseFilter {
        /// Only marks of this project.
        project_id: Id,
        /// Only marks of this school's projects.
        school_id: Id,
        /// Only marks in one of these states.
        state: AnyOf<QualityCourseState>,
    }
}
