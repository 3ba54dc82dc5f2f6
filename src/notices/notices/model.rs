//! A notice to guardians: six items (二.2), its channels, and whether it is shown.

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::IntoParams;

use crate::db::{Id, Instant, Json};
use crate::filings::filings::Filing;
use crate::http::AnyOf;
use crate::plans::plans::FilingState;
use crate::rules::document::{PlanDocument, PlanNotice, Season};
use crate::values::identifiers::{PublicPhone, SchoolCode, SchoolYear};
use crate::values::later::Later;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Where a notice stands 告知状态. Other states may come.
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
    pub NoticeVerb of NoticeState, "notices" for Notice {
        Update = "update" by PublishNotices { Draft => same }
        Publish = "publish" by PublishNotices { Draft => Published }
    }
}

row! {
    /// The row of a notice.
    pub struct NoticeRow of notices {
        id: Id,
        plan_id: Id,
        school_id: Id,
        /// What it tells of; set when it is published.
        filing_id: Option<Id>,
        state: NoticeState,
        items: Json<PlanNotice>,
        contact_name: Option<String>,
        contact_phone: Option<String>,
        /// The business date; what guardians read.
        published_on: Option<Date>,
        published_at: Option<Instant>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A notice with the path of its school and the state of what it tells of.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable)]
pub struct Notice {
    #[serde(flatten)]
    pub row: NoticeRow,
    pub filing_state: Option<FilingState>,
    pub path: String,
}

resource!(Notice { row: NoticeRow, path }, "notice", "notices");

impl Notice {
    /// Where guardians read it without signing in; nowhere while nobody can.
    #[must_use]
    pub fn page(&self) -> Option<String> {
        self.is_shown().then(|| format!("/notices/{}", self.id))
    }

    /// Whether guardians see it: not any more once what it tells of was withdrawn.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.state == NoticeState::Published && self.filing_state != Some(FilingState::Withdrawn)
    }
}

body! {
    /// A notice, as it is drafted or replaced.
    pub struct NoticeIn {
        /// What it tells of. Stays as it was created.
        plan_id: Id,
        /// Six items and the channels. While drafting, what is null or empty is taken from the plan.
        items: PlanNotice,
        /// Contact 咨询联系人: the person or office whom guardians ask. A draft without one takes the school's last.
        #[schema(inline)]
        #[serde(default)]
        contact_name: Later<Line<1, 60>>,
        /// Their telephone 咨询电话, on the page that everybody reads. A draft without one takes the school's last.
        #[schema(inline)]
        #[serde(default)]
        contact_phone: Later<PublicPhone>,
    }
}

/// Whom guardians ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    pub name: Option<String>,
    pub phone: Option<String>,
}

impl NoticeIn {
    /// Whom it names for questions, where somebody was named before.
    #[must_use]
    pub fn contact_after(&self, before: Contact) -> Contact {
        Contact {
            name: self.contact_name.over(before.name, |name| name.as_str().to_owned()),
            phone: self.contact_phone.over(before.phone, |phone| phone.as_str().to_owned()),
        }
    }
}

impl Notice {
    /// Whom it names for questions.
    #[must_use]
    pub fn contact(&self) -> Contact {
        Contact { name: self.row.contact_name.clone(), phone: self.row.contact_phone.clone() }
    }
}

filter! {
    /// Which notices a list holds.
    pub struct NoticeFilter {
        /// Only notices of this plan.
        plan_id: Id,
        /// Only notices of this school.
        school_id: Id,
        /// Only notices in one of these states.
        state: AnyOf<NoticeState>,
    }
}

/// Whose published notices a list holds.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShownNoticeFilter {
    /// Of the school of this id; this or `school_code` must be there.
    #[param(inline)]
    pub school_id: Option<Id>,
    /// Of the school of this code.
    #[param(inline)]
    pub school_code: Option<SchoolCode>,
    /// Only of this school year.
    #[param(inline)]
    pub school_year: Option<SchoolYear>,
    /// Only of this season.
    #[param(inline)]
    pub season: Option<Season>,
}

text_enum! {
    /// Whether the fees of a notice are approved 收费状态. Other states may come.
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
        match filing.state {
            _ if !charges => Self::None,
            FilingState::Approved | FilingState::Superseded => Self::Approved,
            FilingState::Submitted | FilingState::Returned | FilingState::Withdrawn => Self::Pending,
        }
    }
}
