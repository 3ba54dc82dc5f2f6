//! An amendment: what it would make of its plan, why, and where it stands.

use serde::Serialize;

use crate::auth::permission::{ReviewFilings, SubmitPlans, WritePlans};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant, Json};
use crate::plans::plans::{LatestFiling, PlanContent, PlanState};
use crate::rules::document::{PlanDocument, PlanProject};
use crate::text_enum;

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

/// What changes the state of an amendment, or the amendment itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmendmentVerb {
    Update,
    Submit,
    Withdraw,
    /// The authority's, by way of the filing.
    Approve,
    /// The authority's, by way of the filing.
    Return,
}

impl AmendmentVerb {
    /// What can be called on an amendment itself.
    const ALL: [Self; 3] = [Self::Update, Self::Submit, Self::Withdraw];

    /// The word in `can` and in the path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Submit => "submit",
            Self::Withdraw => "withdraw",
            Self::Approve => "approve",
            Self::Return => "return",
        }
    }

    /// The state that it leads to from `state`, if it can be done there at all.
    #[must_use]
    pub const fn leads(self, state: AmendmentState) -> Option<AmendmentState> {
        use AmendmentState::{Approved, Draft, Returned, Submitted, Withdrawn};
        match (self, state) {
            (Self::Update, Draft | Returned) => Some(state),
            (Self::Submit, Draft | Returned) => Some(Submitted),
            (Self::Withdraw, Draft | Submitted | Returned) => Some(Withdrawn),
            (Self::Approve, Submitted) => Some(Approved),
            (Self::Return, Submitted) => Some(Returned),
            _ => None,
        }
    }

    fn scope(self, actor: &Actor) -> Scope {
        match self {
            Self::Update => Scope::of::<WritePlans>(actor),
            Self::Submit | Self::Withdraw => Scope::of::<SubmitPlans>(actor),
            Self::Approve | Self::Return => Scope::of::<ReviewFilings>(actor),
        }
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
        let may = |verb: &AmendmentVerb| self.allows(*verb) && verb.scope(actor).holds_path(&self.path);
        AmendmentVerb::ALL.iter().filter(|verb| may(verb)).map(|verb| verb.as_str()).collect()
    }

    /// The verbs that its state and its plan's allow, whoever calls.
    #[must_use]
    pub fn possible(&self) -> Vec<&'static str> {
        AmendmentVerb::ALL.iter().filter(|verb| self.allows(**verb)).map(|verb| verb.as_str()).collect()
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
            let possible = AmendmentVerb::ALL.iter().filter(|verb| verb.leads(state).is_some());
            assert_eq!(possible.map(|verb| verb.as_str()).collect::<Vec<_>>(), verbs, "{state:?}");
        }
    }
}
