//! The life of a plan: its states, and which verb leads from one to the next.

use crate::auth::permission::{ReviewFilings, SubmitPlans, WritePlans};
use crate::auth::{Actor, Scope};
use crate::text_enum;

text_enum! {
    /// 方案状态. Other states may come.
    pub enum PlanState {
        /// 草稿
        Draft = "draft",
        /// 已报备，待审核
        Submitted = "submitted",
        /// 退回修改
        Returned = "returned",
        /// 审核同意
        Approved = "approved",
        /// 学期结束
        Closed = "closed",
        /// 已撤回
        Withdrawn = "withdrawn",
    }
}

/// What changes the state of a plan, or the plan itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Update,
    Submit,
    Withdraw,
    Reopen,
    Close,
    /// The authority's, by way of the filing.
    Approve,
    /// The authority's, by way of the filing.
    Return,
    /// An amendment of it moves.
    Amend,
}

impl Verb {
    /// What can be called on a plan itself.
    pub const ALL: [Self; 5] = [Self::Update, Self::Submit, Self::Withdraw, Self::Reopen, Self::Close];

    /// The word in `can` and in the path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Submit => "submit",
            Self::Withdraw => "withdraw",
            Self::Reopen => "reopen",
            Self::Close => "close",
            Self::Approve => "approve",
            Self::Return => "return",
            Self::Amend => "amend",
        }
    }

    /// The state that it leads to from `state`, if it can be done there at all.
    #[must_use]
    pub const fn leads(self, state: PlanState) -> Option<PlanState> {
        match (self, state) {
            (Self::Update, PlanState::Draft | PlanState::Returned) => Some(state),
            (Self::Submit, PlanState::Draft | PlanState::Returned) => Some(PlanState::Submitted),
            (Self::Withdraw, PlanState::Draft | PlanState::Submitted | PlanState::Returned) => {
                Some(PlanState::Withdrawn)
            }
            (Self::Reopen, PlanState::Withdrawn) => Some(PlanState::Draft),
            (Self::Close, PlanState::Approved) => Some(PlanState::Closed),
            (Self::Approve, PlanState::Submitted) | (Self::Amend, PlanState::Approved) => Some(PlanState::Approved),
            (Self::Return, PlanState::Submitted) => Some(PlanState::Returned),
            _ => None,
        }
    }

    /// Where `actor` may do it.
    #[must_use]
    pub fn is_allowed(self, actor: &Actor) -> Scope {
        match self {
            Self::Update => Scope::of::<WritePlans>(actor),
            Self::Submit | Self::Withdraw | Self::Reopen | Self::Close => Scope::of::<SubmitPlans>(actor),
            Self::Approve | Self::Return | Self::Amend => Scope::of::<ReviewFilings>(actor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_verbs_and_no_dead_end_but_the_term_s_end() {
        let table = [
            (PlanState::Draft, vec!["update", "submit", "withdraw"]),
            (PlanState::Submitted, vec!["withdraw"]),
            (PlanState::Returned, vec!["update", "submit", "withdraw"]),
            (PlanState::Approved, vec!["close"]),
            (PlanState::Closed, vec![]),
            (PlanState::Withdrawn, vec!["reopen"]),
        ];
        for (state, verbs) in table {
            let possible: Vec<&str> =
                Verb::ALL.iter().filter(|verb| verb.leads(state).is_some()).map(|verb| verb.as_str()).collect();
            assert_eq!(possible, verbs, "{state:?}");
        }
    }
}
