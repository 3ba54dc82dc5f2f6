//! What is filed and decided on: a plan, or an amendment of an approved one. What is done with either is said here,
//! once: the plan is written or held first, then the amendment, then the filing.

use crate::auth::permission::SubmitPlans;
use crate::auth::{By, known};
use crate::db::{Id, Tx};
use crate::filings::amendments::{self, Amendment, AmendmentVerb};
use crate::filings::filings::{self, Filing};
use crate::http::IfMatchVersion;
use crate::plans::checks::Judgement;
use crate::plans::plans::{self, Plan, Verb};
use crate::refusal::Refusal;
use crate::rules::document::PlanDocument;

/// An amendment with its plan, which is held.
#[derive(Debug, Clone)]
pub struct Amending {
    pub amendment: Amendment,
    pub plan: Plan,
}

/// What is done with what was drafted or filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Withdraw,
    Approve,
    Return,
}

impl Step {
    const fn of_plan(self) -> Verb {
        match self {
            Self::Withdraw => Verb::Withdraw,
            Self::Approve => Verb::Approve,
            Self::Return => Verb::Return,
        }
    }

    const fn of_amendment(self) -> AmendmentVerb {
        match self {
            Self::Withdraw => AmendmentVerb::Withdraw,
            Self::Approve => AmendmentVerb::Approve,
            Self::Return => AmendmentVerb::Return,
        }
    }

    /// The action that the journal notes.
    const fn done(self) -> &'static str {
        match self {
            Self::Withdraw => "withdrawn",
            Self::Approve => "approved",
            Self::Return => "returned",
        }
    }
}

/// What is filed, and decided on.
pub trait Subject: Clone {
    /// What the caller may submit, as it was seen.
    ///
    /// # Errors
    /// 404, 412.
    fn seen_by(tx: &mut Tx<'_>, by: &By<SubmitPlans>, id: Id, seen: &IfMatchVersion) -> Result<Self, Refusal>;

    /// The plan that it is, or that it amends.
    fn plan(&self) -> &Plan;

    /// The amendment that it is.
    fn amendment_id(&self) -> Option<Id>;

    /// Counts a submission of the plan, which claims it; a plan is submitted by that.
    ///
    /// # Errors
    /// 409 in another state, 412 when another request was faster.
    fn claim_for_filing(&self, tx: &mut Tx<'_>) -> Result<Self, Refusal>;

    /// What the rules say of it if it is filed now.
    ///
    /// # Errors
    /// When the database fails.
    fn judge(&self, tx: &mut Tx<'_>) -> Result<(PlanDocument, Judgement), Refusal>;

    /// Lets it stand on its new filing; an amendment is submitted by that.
    ///
    /// # Errors
    /// 412 when another request was faster.
    fn stand_on(self, tx: &mut Tx<'_>, filing: &Filing) -> Result<Self, Refusal>;

    /// Takes a step with it, and notes it.
    ///
    /// # Errors
    /// 409 in another state, 412 when another request was faster.
    fn take(&self, tx: &mut Tx<'_>, step: Step) -> Result<Self, Refusal>;

    /// The submission that it stands on.
    ///
    /// # Errors
    /// When the database fails.
    fn filing(&self, tx: &mut Tx<'_>) -> Result<Option<Filing>, Refusal>;

    /// The same with its filing as it is now.
    #[must_use]
    fn showing(self, filing: &Filing) -> Self;
}

impl Subject for Plan {
    fn seen_by(tx: &mut Tx<'_>, by: &By<SubmitPlans>, id: Id, seen: &IfMatchVersion) -> Result<Self, Refusal> {
        let plan = by.find::<Self>(tx, id)?;
        seen.expect(plan.version)?;
        Ok(plan)
    }

    fn plan(&self) -> &Plan {
        self
    }

    fn amendment_id(&self) -> Option<Id> {
        None
    }

    fn claim_for_filing(&self, tx: &mut Tx<'_>) -> Result<Self, Refusal> {
        let today = tx.today;
        let deadline = match self.first_submitted_on {
            Some(_) => self.filing_deadline_on,
            None => plans::deadline_of(tx, self)?,
        };
        plans::step(tx, "submitted", self, Verb::Submit, |plan| {
            plan.first_submitted_on.get_or_insert(today);
            plan.filing_deadline_on = deadline;
            plan.filings_count += 1;
            plan.filing_ordinal = plan.filings_count;
        })
    }

    fn judge(&self, tx: &mut Tx<'_>) -> Result<(PlanDocument, Judgement), Refusal> {
        plans::judge(tx, self)
    }

    fn stand_on(self, tx: &mut Tx<'_>, filing: &Filing) -> Result<Self, Refusal> {
        filings::name_projects(tx, filing)?;
        Ok(self.showing(filing))
    }

    fn take(&self, tx: &mut Tx<'_>, step: Step) -> Result<Self, Refusal> {
        plans::step(tx, step.done(), self, step.of_plan(), |_| {})
    }

    fn filing(&self, tx: &mut Tx<'_>) -> Result<Option<Filing>, Refusal> {
        filings::latest(tx, self)
    }

    fn showing(self, filing: &Filing) -> Self {
        Self { filing: Some(filings::shown(filing)), ..self }
    }
}

impl Subject for Amending {
    fn seen_by(tx: &mut Tx<'_>, by: &By<SubmitPlans>, id: Id, seen: &IfMatchVersion) -> Result<Self, Refusal> {
        let (amendment, plan) = amendments::held(tx, by, id, seen)?;
        Ok(Self { amendment, plan })
    }

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn amendment_id(&self) -> Option<Id> {
        Some(self.amendment.id)
    }

    fn claim_for_filing(&self, tx: &mut Tx<'_>) -> Result<Self, Refusal> {
        self.amendment.leads(AmendmentVerb::Submit)?; // it is written once it has its filing
        let plan = plans::step(tx, "amendment-submitted", &self.plan, Verb::Amend, |plan| plan.filings_count += 1)?;
        Ok(Self { plan, amendment: self.amendment.clone() })
    }

    fn judge(&self, tx: &mut Tx<'_>) -> Result<(PlanDocument, Judgement), Refusal> {
        amendments::judge(tx, &self.plan, &self.amendment)
    }

    fn stand_on(self, tx: &mut Tx<'_>, filing: &Filing) -> Result<Self, Refusal> {
        let amendment = amendments::step(tx, "submitted", &self.amendment, AmendmentVerb::Submit, |amendment| {
            amendment.filing_id = Some(filing.id);
            amendment.filing = Some(filings::shown(filing));
        })?;
        Ok(Self { amendment, ..self })
    }

    fn take(&self, tx: &mut Tx<'_>, step: Step) -> Result<Self, Refusal> {
        let amendment = amendments::step(tx, step.done(), &self.amendment, step.of_amendment(), |_| {})?;
        Ok(Self { amendment, plan: self.plan.clone() })
    }

    fn filing(&self, tx: &mut Tx<'_>) -> Result<Option<Filing>, Refusal> {
        self.amendment.filing_id.map(|id| known(tx, id)).transpose()
    }

    fn showing(self, filing: &Filing) -> Self {
        let amendment = Amendment { filing: Some(filings::shown(filing)), ..self.amendment };
        Self { amendment, ..self }
    }
}
