//! An amendment: what it would make of its plan, why, and where it stands.

use serde::Serialize;

use crate::auth::Actor;
use crate::db::{Id, Instant, Json};
use crate::plans::plans::{LatestFiling, PlanContent, PlanState};
use crate::rules::document::{PlanDocument, PlanProject};
use crate::{life, text_enum};

text_enum! {
    /// 方案变更状态. Other states may come.
    pub enum AmendmentState {
        /// 草稿
        Draft = "draft",
        /// 已报备，待审核
        Submitted = "submitted",
        /// 退回修改
        Returned = "returned",
        /// 审核同意，已执行
        Approved = "approved",
        /// 已撤回
        Withdrawn = "withdrawn",
    }
}

life! {
    /// What changes the state of an amendment, or the amendment itself.
    pub AmendmentVerb of AmendmentState, "plan-amendments" {
        Update = "update" by WritePlans { Draft | Returned => same }
        Submit = "submit" by SubmitPlans { Draft | Returned => Submitted }
        Withdraw = "withdraw" by SubmitPlans { Draft | Submitted | Returned => Withdrawn }
        Approve = "approve" by ReviewFilings by way of "filings/approve" { Submitted => Approved }
        Return = "return" by ReviewFilings by way of "filings/return" { Submitted => Returned }
    }
}

/// The row of an amendment.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::plan_amendments, check_for_backend(crate::db::MultiBackend))]
pub struct AmendmentRow {
    pub id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// The how-many-eth amendment of its plan it is.
    pub number: i32,
    pub state: AmendmentState,
    pub reason: String,
    #[serde(skip)]
    pub content: Json,
    #[serde(skip)]
    pub offers: Json,
    /// Its latest submission.
    pub filing_id: Option<Id>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What a plan is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amended {
    pub content: PlanContent,
    pub offers: Vec<PlanProject>,
}

impl From<&PlanDocument> for Amended {
    fn from(document: &PlanDocument) -> Self {
        Self { content: PlanContent::of(document), offers: document.projects.clone() }
    }
}

/// An amendment with the path of its school and the state of its plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Amendment {
    #[serde(flatten)]
    pub row: AmendmentRow,
    pub amended: Amended,
    pub plan_state: PlanState,
    pub path: String,
    pub filing: Option<LatestFiling>,
}

impl Amendment {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        AmendmentVerb::such(self.row.state, |verb| self.allows(verb) && verb.scope(actor).holds_path(&self.path))
    }

    /// The verbs that its state and its plan's allow, whoever calls.
    #[must_use]
    pub fn possible(&self) -> Vec<&'static str> {
        AmendmentVerb::such(self.row.state, |verb| self.allows(verb))
    }

    /// Whether a verb can be called now: of a plan that is closed an amendment can only be withdrawn.
    #[must_use]
    pub fn allows(&self, verb: AmendmentVerb) -> bool {
        let open = self.plan_state == PlanState::Approved || verb == AmendmentVerb::Withdraw;
        open && verb.leads(self.row.state).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_verbs() {
        for (state, verbs) in [
            (AmendmentState::Draft, vec!["update", "submit", "withdraw"]),
            (AmendmentState::Submitted, vec!["withdraw"]),
            (AmendmentState::Returned, vec!["update", "submit", "withdraw"]),
            (AmendmentState::Approved, vec![]),
            (AmendmentState::Withdrawn, vec![]),
        ] {
            assert_eq!(AmendmentVerb::possible(state), verbs, "{state:?}");
        }
    }
}
