//! SQL of closures: made once.

use diesel::prelude::*;

use super::model::{ProjectClosureFilter, ProjectClosureRow};
use crate::db::schema::project_closures;
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(
    once project_closures,
    ProjectClosureRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "project_id")
);

seen!(project_closures, ProjectClosureRow, ProjectClosureFilter { plan_id, project_id, school_id });
