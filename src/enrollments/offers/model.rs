//! What a pupil is offered: a project of a published notice, as it stands for this pupil today.

use std::sync::Arc;

use serde::Serialize;
use time::Date;

use crate::db::{Id, Resource};
use crate::enrollments::enrollments::{EnrollmentState, Seats};
use crate::enrollments::suggestions::Suggested;
use crate::filings::filings::{FeeLeft, Filed};
use crate::rules::document::PlanProject;
use crate::students::students::Student;
use crate::text_enum;

text_enum! {
    /// Why a pupil is offered nothing. Other reasons may come.
    pub enum NothingOffered {
        /// 学生已离校
        NotAttending = "not_attending",
        /// 学校尚未公布告知
        NoNotice = "no_notice",
        /// 没有面向该年级的项目
        NoneForGrade = "none_for_grade",
    }
}

/// A project that meets at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clashing {
    pub project_id: Id,
    pub name: String,
    /// Whether the pupil has a place in it.
    pub is_taken: bool,
}

/// What the pupil has to do with the project already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    pub id: Id,
    pub state: EnrollmentState,
    pub version: i64,
    pub can: Vec<&'static str>,
}

/// One project that a pupil is offered.
#[derive(Debug, Clone)]
pub struct Offer {
    pub project_id: Id,
    pub plan_id: Id,
    pub notice_id: Id,
    /// What was filed …
    pub filed: Arc<Filed>,
    /// … and where in its document the project stands.
    pub place: usize,
    /// None where it is free, or what judged its filing was not kept.
    pub fee_left: Option<FeeLeft>,
    /// Where to wish for it, while its seats are to be drawn.
    pub choice_window_id: Option<Id>,
    pub seats: Seats,
    pub clashes_with: Vec<Clashing>,
    pub own: Option<Own>,
    pub suggested: Vec<Suggested>,
    pub can: Vec<&'static str>,
}

impl Offer {
    /// What was filed of the project.
    #[must_use]
    pub fn project(&self) -> Option<&PlanProject> {
        self.filed.document.projects.get(self.place)
    }
}

/// What a pupil is offered today.
#[derive(Debug, Clone)]
pub struct Offers {
    pub on: Date,
    /// Why there are none.
    pub nothing: Option<NothingOffered>,
    pub offers: Vec<Offer>,
}

/// A pupil with what is told of it beside its record.
#[derive(Debug, Clone, Serialize)]
pub struct OfStudent<T> {
    #[serde(flatten)]
    pub student: Student,
    #[serde(skip)]
    pub with: T,
}

impl<T: Clone> Resource for OfStudent<T> {
    type Row = <Student as Resource>::Row;
    const NOUN: &'static str = Student::NOUN;
    const PLURAL: &'static str = Student::PLURAL;

    fn row(&self) -> &Self::Row {
        self.student.row()
    }

    fn row_mut(&mut self) -> &mut Self::Row {
        self.student.row_mut()
    }

    fn path(&self) -> &str {
        self.student.path()
    }
}
