//! On what it rests that a pupil comes first or gets free help (三.1, 三.3): the paper, and from when to when it holds.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::model::FreeHelpReason;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::{PriorityGroup, at_most};
use crate::values::iso_date;
use crate::values::text::Line;

/// On what one group or one reason rests 认定依据: one of both is named. It holds from its first day to its last, both
/// included; a group or a reason without a ground holds as long as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StudentGround {
    /// A group of `priority_groups`; null for a reason.
    pub priority_group: Option<PriorityGroup>,
    /// A reason of `free_help`; null for a group.
    pub free_help: Option<FreeHelpReason>,
    /// The paper and who issued it, such as `残疾人证，县残联`.
    #[schema(inline)]
    pub source: Line<2, 120>,
    /// First day.
    #[serde(with = "iso_date")]
    pub starts_on: Date,
    /// Last day; null for no end.
    #[serde(default, with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub ends_on: Option<Date>,
}

/// Grounds as they are sent: at most one for each group and reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StudentGrounds(#[serde(deserialize_with = "at_most::<_, _, 8>")] pub Vec<StudentGround>);

impl PartialSchema for StudentGrounds {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Ref::from_schema_name("StudentGround")).max_items(Some(8)).into()
    }
}

impl ToSchema for StudentGrounds {}

impl StudentGround {
    fn holds_on(&self, day: Date) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|last| day <= last)
    }

    fn is_of(&self, groups: &[PriorityGroup], reasons: &[FreeHelpReason]) -> bool {
        match (self.priority_group, self.free_help) {
            (Some(group), None) => groups.contains(&group),
            (None, Some(reason)) => reasons.contains(&reason),
            _ => false,
        }
    }

    fn is_of_same(&self, other: &Self) -> bool {
        (self.priority_group, self.free_help) == (other.priority_group, other.free_help)
    }
}

/// The groups that hold on a day.
#[must_use]
pub fn groups_on(groups: &[PriorityGroup], grounds: &[StudentGround], day: Date) -> Vec<PriorityGroup> {
    let ended = |group: &PriorityGroup| {
        grounds.iter().any(|ground| ground.priority_group == Some(*group) && !ground.holds_on(day))
    };
    groups.iter().copied().filter(|group| !ended(group)).collect()
}

/// The reasons that hold on a day.
#[must_use]
pub fn reasons_on(reasons: &[FreeHelpReason], grounds: &[StudentGround], day: Date) -> Vec<FreeHelpReason> {
    let ended = |reason: &FreeHelpReason| {
        grounds.iter().any(|ground| ground.free_help == Some(*reason) && !ground.holds_on(day))
    };
    reasons.iter().copied().filter(|reason| !ended(reason)).collect()
}

/// Those of what was kept whose group or reason is still on record.
#[must_use]
pub fn kept(grounds: &[StudentGround], groups: &[PriorityGroup], reasons: &[FreeHelpReason]) -> Vec<StudentGround> {
    grounds.iter().filter(|ground| ground.is_of(groups, reasons)).cloned().collect()
}

/// What does not go together of grounds that are sent.
#[must_use]
pub fn faults(grounds: &[StudentGround], groups: &[PriorityGroup], reasons: &[FreeHelpReason]) -> Vec<FieldError> {
    let mut faults = Vec::new();
    for (place, ground) in grounds.iter().enumerate() {
        let at = |field: &str| format!("/grounds/{place}{field}");
        if grounds.iter().take(place).any(|earlier| earlier.is_of_same(ground)) {
            faults.push(FieldError::new(at(""), Fault::Duplicate));
        } else if !ground.is_of(groups, reasons) {
            let field = if ground.priority_group.is_some() { "/priority_group" } else { "/free_help" };
            faults.push(FieldError::new(at(field), Fault::NotForThis));
        }
        if ground.ends_on.is_some_and(|last| last < ground.starts_on) {
            faults.push(FieldError::new(at("/ends_on"), Fault::EndsBeforeStart));
        }
    }
    faults
}
