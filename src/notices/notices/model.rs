//! A notice to guardians: six items (二.2), its channels, and whether it is shown.

use serde::Serialize;
use time::Date;

use crate::auth::Actor;
use crate::db::{Id, Instant, Json};
use crate::filings::filings::Filing;
use crate::plans::plans::FilingState;
use crate::rules::document::{PlanDocument, PlanNotice};
use crate::{life, text_enum};

text_enum! {
    /// 告知状态. Other states may come.
    pub enum NoticeState {
        /// 草稿
        Draft = "draft",
        /// 已公布
        Published = "published",
        /// 已被新的告知取代
        Superseded = "superseded",
    }
}

life! {
    /// What is called on a notice.
    pub NoticeVerb of NoticeState, "notices" {
        Update = "update" by PublishNotices { Draft => same }
        Publish = "publish" by PublishNotices { Draft => Published }
    }
}

/// The row of a notice.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::notices, check_for_backend(crate::db::MultiBackend))]
pub struct NoticeRow {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// What it tells of; set when it is published.
    pub filing_id: Option<Id>,
    pub state: NoticeState,
    #[serde(skip)]
    pub items: Json,
    /// The business date; what guardians read.
    pub published_on: Option<Date>,
    pub published_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A notice with the path of its school and the state of what it tells of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    #[serde(flatten)]
    pub row: NoticeRow,
    pub items: PlanNotice,
    pub filing_state: Option<FilingState>,
    pub path: String,
}

impl Notice {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        NoticeVerb::can(actor, self.row.state, &self.path)
    }

    /// Whether guardians see it: not any more once what it tells of was withdrawn.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.row.state == NoticeState::Published && self.filing_state != Some(FilingState::Withdrawn)
    }
}

text_enum! {
    /// 收费状态 of what a notice tells. Other states may come.
    pub enum FeesState {
        /// 不收费
        None = "none",
        /// 待审核，不得收费
        Pending = "pending",
        /// 已审核同意
        Approved = "approved",
    }
}

impl FeesState {
    /// Whether the fees of a filing are approved, if it has any (五.2).
    #[must_use]
    pub fn of(filing: &Filing, document: &PlanDocument) -> Self {
        let charges = document.projects.iter().any(|project| project.fee.paid_fen().is_some());
        match filing.row.state {
            _ if !charges => Self::None,
            FilingState::Approved | FilingState::Superseded => Self::Approved,
            FilingState::Submitted | FilingState::Returned | FilingState::Withdrawn => Self::Pending,
        }
    }
}
