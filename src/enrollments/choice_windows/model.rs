//! A window of a plan, its states, and what is drawn in it.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::db::{Id, Instant, Json, Placed};
use crate::http::AnyOf;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::within;
use crate::values::iso_date;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Where a choice window stands 选课窗口状态. Other states may come.
    pub enum ChoiceWindowState {
        /// 已公布
        Announced = "announced",
        /// 已抽签
        Drawn = "drawn",
        /// 已取消
        Cancelled = "cancelled",
    }
}

life! {
    /// What is called on a choice window.
    pub ChoiceWindowVerb of ChoiceWindowState, "choice-windows" for ChoiceWindow {
        Draw = "draw" by ManageChoiceWindows { Announced => Drawn }
        Cancel = "cancel" by ManageChoiceWindows { Announced => Cancelled }
    }
}

/// How many seats of a project were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeatsDrawn {
    pub project_id: Id,
    /// Seats that were free when it was drawn.
    pub seats: i64,
}

row! {
    /// The row of a choice window.
    pub struct ChoiceWindowRow of choice_windows, "choice-window", "choice-windows" {
        id: Id,
        plan_id: Id,
        school_id: Id,
        opens_on: Date,
        closes_on: Date,
        wishes_max: i32,
        places_max: i32,
        siblings_together: bool,
        seed_sha256: String,
        #[serde(skip)]
        seed_sealed: String,
        seed: Option<String>,
        /// What was offered when it was drawn.
        filing_id: Option<Id>,
        seats: Json<Vec<SeatsDrawn>>,
        drawn_on: Option<Date>,
        state: ChoiceWindowState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A window with the path of its school.
pub type ChoiceWindow = Placed<ChoiceWindowRow>;

impl ChoiceWindowRow {
    /// Its first and last day.
    #[must_use]
    pub const fn days(&self) -> (Date, Date) {
        (self.opens_on, self.closes_on)
    }
}

filter! {
    /// Which choice windows a list holds.
    pub struct ChoiceWindowFilter {
        /// Only of this plan.
        plan_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only windows in one of these states.
        state: AnyOf<ChoiceWindowState>,
    }
}

body! {
    /// A window for the wishes of a plan, as it is announced.
    pub struct ChoiceWindowIn {
        /// A plan with a published notice.
        plan_id: Id,
        /// First day of wishing; not before today.
        #[serde(with = "iso_date")]
        opens_on: Date,
        /// Last day of wishing; it is drawn on a later day.
        #[serde(with = "iso_date")]
        closes_on: Date,
        /// Wishes that a child may have, 1 to 10.
        #[schema(minimum = 1, maximum = 10)]
        #[serde(deserialize_with = "within::<_, _, 1, 10>")]
        wishes_max: u8,
        /// Places that a child gets at most in the draw, 1 to 10: 1 is one club a child.
        #[schema(minimum = 1, maximum = 10)]
        #[serde(deserialize_with = "within::<_, _, 1, 10>")]
        places_max: u8,
        /// Whether siblings who wish for the same project have one number in the draw, where the profile allows it.
        siblings_together: bool,
    }
}

impl ChoiceWindowIn {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self, today: Date, last_service_date: Date) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.opens_on < today {
            faults.push(FieldError::new("/opens_on", Fault::OutOfRange).said("over"));
        }
        if self.closes_on < self.opens_on {
            faults.push(FieldError::new("/closes_on", Fault::EndsBeforeStart));
        } else if self.closes_on >= last_service_date {
            faults.push(FieldError::new("/closes_on", Fault::OutOfRange).said("outside-term"));
        }
        if self.places_max > self.wishes_max {
            let fault = FieldError::new("/places_max", Fault::OutOfRange).said("between");
            faults.push(fault.with("min", 1).with("max", self.wishes_max));
        }
        faults
    }
}
