//! What is filed and decided on: a plan, or an amendment of an approved one. What is done with either is said here,
//! once: the plan is written or held first, then the amendment, then the filing.

use crate::auth::Actor;
use crate::auth::permission::SubmitPlans;
use crate::db::{Id, Tx};
use crate::filings::amendments::{self, Amendment, AmendmentVerb};
use crate::filings::filings::{self, Filing};
use crate::http::IfMatchVersion;
use crate::plans::checks::Judgement;
use crate::plans::plans::{self, Plan, Verb};
use crate::refusal::Refusal;
use crate::rules::document::PlanDocument;

/// What is filed, and decided on.
#[derive(Debug, Clone)]
pub enum Subject {
    Plan(Box<Plan>),
    Amendment(Box<Amending>),
}

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

impl Subject {
    /// A plan that the caller may submit, as it was seen.
    ///
    /// # Errors
    /// 404, 412.
    pub fn plan_of(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Self, Refusal> {
        let plan = plans::find_for::<SubmitPlans>(tx, actor, id)?;
        seen.expect(plan.row.version)?;
        Ok(Self::Plan(Box::new(plan)))
    }

    /// An amendment that the caller may submit, as it was seen.
    ///
    /// # Errors
    /// 404, 412.
    pub fn amendment_of(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Self, Refusal> {
        let (amendment, plan) = amendments::held_for::<SubmitPlans>(tx, actor, id, seen)?;
        Ok(Self::Amendment(Box::new(Amending { amendment, plan })))
    }

    /// What was submitted by a filing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(tx: &mut Tx<'_>, filing: &Filing) -> Result<Self, Refusal> {
        let plan = plans::hold(tx, filing.row.plan_id)?;
        Ok(match filing.row.amendment_id {
            None => Self::Plan(Box::new(plan)),
            Some(id) => Self::Amendment(Box::new(Amending { amendment: amendments::known(tx, id)?, plan })),
        })
    }

    /// The plan that it is, or that it amends.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        match self {
            Self::Plan(plan) => plan,
            Self::Amendment(amending) => &amending.plan,
        }
    }

    /// The amendment that it is.
    #[must_use]
    pub fn amendment_id(&self) -> Option<Id> {
        match self {
            Self::Plan(_) => None,
            Self::Amendment(amending) => Some(amending.amendment.row.id),
        }
    }

    /// Counts a submission of the plan, which claims it; a plan is submitted by that.
    ///
    /// # Errors
    /// 409 in another state, 412 when another request was faster.
    pub(super) fn claim_for_filing(&self, tx: &mut Tx<'_>) -> Result<Self, Refusal> {
        match self {
            Self::Plan(before) => {
                let mut plan = plans::change(tx, before, Verb::Submit)?;
                plan.row.first_submitted_on.get_or_insert(tx.today);
                plan.row.filings_count += 1;
                plan.row.filing_ordinal = plan.row.filings_count;
                plans::save(tx, "submitted", before, &plan)?;
                Ok(Self::Plan(Box::new(plan)))
            }
            Self::Amendment(before) => {
                let amendment = before.amendment.clone();
                amendments::change(tx, &amendment, AmendmentVerb::Submit)?; // it is written once it has its filing
                let mut plan = plans::change(tx, &before.plan, Verb::Amend)?;
                plan.row.filings_count += 1;
                plans::save(tx, "amendment-submitted", &before.plan, &plan)?;
                Ok(Self::Amendment(Box::new(Amending { amendment, plan })))
            }
        }
    }

    /// What the rules say of it if it is filed now.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn judge(&self, tx: &mut Tx<'_>) -> Result<(PlanDocument, Judgement), Refusal> {
        match self {
            Self::Plan(plan) => plans::judge(tx, plan),
            Self::Amendment(amending) => amendments::judge(tx, &amending.plan, &amending.amendment),
        }
    }

    /// Lets it stand on its new filing; an amendment is submitted by that.
    ///
    /// # Errors
    /// 412 when another request was faster.
    pub(super) fn stand_on(&self, tx: &mut Tx<'_>, filing: &Filing) -> Result<Self, Refusal> {
        match self {
            Self::Plan(_) => {
                filings::name_projects(tx, filing)?;
                Ok(self.clone().showing(filing))
            }
            Self::Amendment(before) => {
                let mut amendment = amendments::change(tx, &before.amendment, AmendmentVerb::Submit)?;
                amendment.row.filing_id = Some(filing.row.id);
                amendment.filing = Some(filings::shown(filing));
                amendments::save(tx, "submitted", &before.amendment, &amendment)?;
                Ok(Self::Amendment(Box::new(Amending { amendment, plan: before.plan.clone() })))
            }
        }
    }

    /// Takes a step with it, and notes it.
    ///
    /// # Errors
    /// 409 in another state, 412 when another request was faster.
    pub(super) fn take(&self, tx: &mut Tx<'_>, step: Step) -> Result<Self, Refusal> {
        match self {
            Self::Plan(before) => {
                let plan = plans::change(tx, before, step.of_plan())?;
                plans::save(tx, step.done(), before, &plan)?;
                Ok(Self::Plan(Box::new(plan)))
            }
            Self::Amendment(before) => {
                let amendment = amendments::change(tx, &before.amendment, step.of_amendment())?;
                amendments::save(tx, step.done(), &before.amendment, &amendment)?;
                Ok(Self::Amendment(Box::new(Amending { amendment, plan: before.plan.clone() })))
            }
        }
    }

    /// The submission that it stands on.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn filing(&self, tx: &mut Tx<'_>) -> Result<Option<Filing>, Refusal> {
        match self {
            Self::Plan(plan) => filings::latest(tx, plan),
            Self::Amendment(amending) => amending.amendment.row.filing_id.map(|id| filings::known(tx, id)).transpose(),
        }
    }

    /// The same with its filing as it is now.
    pub(super) fn showing(mut self, filing: &Filing) -> Self {
        let shown = Some(filings::shown(filing));
        match &mut self {
            Self::Plan(plan) => plan.filing = shown,
            Self::Amendment(amending) => amending.amendment.filing = shown,
        }
        self
    }
}
