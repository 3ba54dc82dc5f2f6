//! What a parents' committee said of a plan.

use serde::Serialize;
use time::Date;

use crate::db::{Id, Instant};
use crate::text_enum;

text_enum! {
    /// 家委会态度. Other stances may come.
    pub enum CommitteeStance {
        /// 赞成
        Supports = "supports",
        /// 赞成，有建议
        SupportsWithSuggestions = "supports_with_suggestions",
        /// 不赞成
        Objects = "objects",
    }
}

/// The row of an opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::committee_opinions, check_for_backend(crate::db::MultiBackend))]
pub struct CommitteeOpinionRow {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// When the committee met.
    pub held_on: Date,
    pub members_present: i64,
    pub stance: CommitteeStance,
    pub opinion: String,
    pub recorded_by_id: Id,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// An opinion with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitteeOpinion {
    #[serde(flatten)]
    pub row: CommitteeOpinionRow,
    pub path: String,
}

/// What is to be recorded.
#[derive(Debug, Clone)]
pub struct NewCommitteeOpinion {
    pub plan_id: Id,
    pub held_on: Date,
    pub members_present: i64,
    pub stance: CommitteeStance,
    pub opinion: String,
}
