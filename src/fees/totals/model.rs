//! By what charges are counted and summed up.

use crate::db::Id;
use crate::fees::charges::ChargeState;
use crate::rules::document::Season;
use crate::values::identifiers::SchoolYear;
use crate::{counts, filter};

counts! {
    /// By what charges may be summed up.
    pub enum ChargeGroup as ChargeGroups {
        State = "state" { state: ChargeState = |key| key.word.as_deref().and_then(ChargeState::parse) },
        Class = "class" {
            /// The pupil's class today.
            class_id: Id = |key| key.id,
            class_name: String = |key| key.name.clone(),
        },
        School = "school" {
            school_id: Id = |key| key.id,
            school_name: String = |key| key.name.clone(),
        },
        Plan = "plan" {
            plan_id: Id = |key| key.id,
            /// Of the plan.
            school_year: String = |key| Some(key.name.as_deref()?.split_once(' ')?.0.to_owned()),
            /// Of the plan.
            season: Season = |key| Season::parse(key.name.as_deref()?.split_once(' ')?.1),
        },
    }
    /// Charges in numbers 收费统计. What was voided is counted, and comes to nothing.
    pub struct ChargeTotalsOut {
        items: ChargeTotalOut,
        /// How many charges.
        count,
        /// What is to be paid altogether.
        amount_fen,
        /// What is conceded beside it.
        conceded_fen,
        paid_fen,
        /// What is still to be paid.
        open_fen,
    }
}

filter! {
    /// By what charges are summed up, and which.
    pub struct ChargeTotalsFilter {
        /// One or two of `state`, `class`, `school` and `plan`, with a comma between; all together where it is left
        /// out.
        group_by: ChargeGroups,
        /// Only charges of this school.
        school_id: Id,
        /// Only of schools of this authority and of those below it.
        authority_id: Id,
        /// Only by this plan.
        plan_id: Id,
        /// Only of pupils of this class.
        class_id: Id,
        /// Only of this school year.
        school_year: SchoolYear,
        /// Only of this season.
        season: Season,
        /// Only in this state.
        state: ChargeState,
    }
}
