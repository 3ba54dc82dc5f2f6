//! SQL of marks.

use diesel::prelude::*;

use super::model::{QualityCourseFilter, QualityCourseRow};
use crate::db::schema::quality_courses;
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(quality_courses, QualityCourseRow, taken => Refusal::of(Code::AlreadyExists).with("field", "project_id"));

seen!(quality_courses, QualityCourseRow, QualityCourseFilter { project_id, school_id, [state] });
