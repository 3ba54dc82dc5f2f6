//! The life of a plan: its states, and which verb leads from one to the next.

use crate::{life, text_enum};

text_enum! {
    /// Where a plan stands 方案状态. Other states may come.
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

life! {
    /// What changes the state of a plan, or the plan itself.
    pub Verb of PlanState, "plans" {
        Update = "update" by WritePlans { Draft | Returned => same }
        Submit = "submit" by SubmitPlans { Draft | Returned => Submitted }
        Withdraw = "withdraw" by SubmitPlans { Draft | Submitted | Returned => Withdrawn }
        Reopen = "reopen" by SubmitPlans { Withdrawn => Draft }
        Close = "close" by SubmitPlans { Approved => Closed }
        Approve = "approve" by ReviewFilings by way of "filings/approve" { Submitted => Approved }
        Return = "return" by ReviewFilings by way of "filings/return" { Submitted => Returned }
        /// An amendment of it moves.
        Amend = "amend" by ReviewFilings by way of "filings/approve" { Approved => same }
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
            assert_eq!(Verb::possible(state), verbs, "{state:?}");
        }
    }
}
