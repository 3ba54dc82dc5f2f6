//! What a parents' committee said of a plan.

use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Placed};
use crate::rules::document::Whole;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, row, text_enum};

text_enum! {
    /// What a parents' committee thinks of a plan 家委会态度. Other stances may come.
    pub enum CommitteeStance {
        /// 赞成
        Supports = "supports",
        /// 赞成，有建议
        SupportsWithSuggestions = "supports_with_suggestions",
        /// 不赞成
        Objects = "objects",
    }
}

row! {
    /// The row of an opinion.
    pub struct CommitteeOpinionRow of committee_opinions, "committee-opinion", "committee-opinions" {
        id: Id,
        plan_id: Id,
        school_id: Id,
        /// When the committee met.
        held_on: Date,
        members_present: i64,
        stance: CommitteeStance,
        opinion: String,
        recorded_by_id: Id,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// An opinion with the path of its school.
pub type CommitteeOpinion = Placed<CommitteeOpinionRow>;

impl CommitteeOpinion {
    /// Nothing is called on it, whoever asks.
    #[must_use]
    pub fn can(&self, _: &Actor) -> Vec<&'static str> {
        Vec::new()
    }
}

filter! {
    /// Which opinions a list holds.
    pub struct CommitteeOpinionFilter {
        /// Only opinions of this plan.
        plan_id: Id,
        /// Only opinions of this school's committee.
        school_id: Id,
    }
}

body! {
    /// What a parents' committee said of a plan.
    pub struct CommitteeOpinionIn {
        plan_id: Id,
        /// When the committee met, today at the latest.
        #[serde(with = "iso_date")]
        held_on: Date,
        /// Members who were there.
        #[schema(inline)]
        members_present: Whole<1, 200>,
        stance: CommitteeStance,
        #[schema(inline)]
        opinion: Line<2, 500>,
    }
}
