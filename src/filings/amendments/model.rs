//! An amendment: what it would make of its plan, why, and where it stands.

use serde::{Serialize, Serializer};

use crate::auth::Actor;
use crate::db::{Id, Instant, Json};
use crate::http::AnyOf;
use crate::plans::plans::{LatestFiling, PlanContent, PlanState};
use crate::refusal::Refusal;
use crate::rules::document::{PlanDocument, PlanProject};
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Where an amendment stands 方案变更状态. Other states may come.
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

row! {
    /// The row of an amendment.
    pub struct AmendmentRow of plan_amendments {
        id: Id,
        plan_id: Id,
        school_id: Id,
        /// The how-many-eth amendment of its plan it is.
        number: i32,
        state: AmendmentState,
        reason: String,
        #[serde(skip)]
        content: Json<PlanContent>,
        #[serde(skip)]
        offers: Json<Vec<PlanProject>>,
        /// Its latest submission.
        filing_id: Option<Id>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// What a plan is to be, as the journal notes it.
#[derive(Debug, Serialize)]
struct Amended<'a> {
    content: &'a PlanContent,
    offers: &'a [PlanProject],
}

/// An amendment with the path of its school and the state of its plan.
#[derive(Debug, Clone, PartialEq, diesel::Queryable)]
pub struct Amendment {
    pub row: AmendmentRow,
    pub plan_state: PlanState,
    pub path: String,
    pub filing: Option<LatestFiling>,
}

resource!(Amendment { row: AmendmentRow, path }, "plan-amendment", "plan-amendments");

impl Serialize for Amendment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Noted<'a> {
            #[serde(flatten)]
            row: &'a AmendmentRow,
            amended: Amended<'a>,
            plan_state: PlanState,
            path: &'a str,
            filing: Option<&'a LatestFiling>,
        }
        let amended = Amended { content: &self.content, offers: &self.offers };
        let Self { row, plan_state, path, filing } = self;
        Noted { row, amended, plan_state: *plan_state, path, filing: filing.as_ref() }.serialize(serializer)
    }
}

impl Amendment {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        AmendmentVerb::such(self.state, |verb| self.allows(verb) && verb.scope(actor).holds_path(&self.path))
    }

    /// The verbs that its state and its plan's allow, whoever calls.
    #[must_use]
    pub fn possible(&self) -> Vec<&'static str> {
        AmendmentVerb::such(self.state, |verb| self.allows(verb))
    }

    /// Where a verb leads now.
    ///
    /// # Errors
    /// 409 with the state and what it allows.
    pub fn leads(&self, verb: AmendmentVerb) -> Result<AmendmentState, Refusal> {
        let state = verb.leads(self.state).filter(|_| self.allows(verb));
        state.ok_or_else(|| verb.refused(self.state, &self.possible()))
    }

    /// Whether a verb can be called now: of a plan that is closed an amendment can only be withdrawn.
    #[must_use]
    pub fn allows(&self, verb: AmendmentVerb) -> bool {
        let open = self.plan_state == PlanState::Approved || verb == AmendmentVerb::Withdraw;
        open && verb.leads(self.state).is_some()
    }
}

body! {
    /// What is to be changed of an approved plan, and why.
    pub struct PlanAmendmentIn {
        /// The approved plan; it stays the same.
        plan_id: Id,
        /// Why it changes 变更原因.
        #[schema(inline)]
        reason: Line<2, 300>,
        /// The whole document as it is to be, of the same school and term. Projects are the same by their names.
        document: PlanDocument,
    }
}

filter! {
    /// Which amendments a list holds.
    pub struct PlanAmendmentFilter {
        /// Only amendments of this plan.
        plan_id: Id,
        /// Only amendments of this school's plans.
        school_id: Id,
        /// Only amendments in one of these states.
        state: AnyOf<AmendmentState>,
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
