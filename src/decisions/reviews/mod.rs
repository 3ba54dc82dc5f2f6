//! Reviews 审核 (五.2): the authority's decision on a filing, and everything that it moves in one transaction: the filing,
//! its plan or amendment, and, once it is approved, what guardians are told.

mod api;

pub use self::api::routes;

use time::Date;

use super::publications;
use super::subject::{Amending, Step, Subject};
use crate::auth::permission::ReviewFilings;
use crate::auth::{Actor, By, Role, Scope, known, users};
use crate::db::{Id, Json, Tx};
use crate::filings::amendments::Amendment;
use crate::filings::filings::{self, Filing, FilingVerb, ReturnReason, Review, ReviewDecision};
use crate::http::IfMatchVersion;
use crate::inbox::messages::{self, MessageKind, News};
use crate::plans::plans::{self, FilingState, Plan, PlanContent, PlanState, Verb};
use crate::plans::projects;
use crate::refusal::{Code, Fault, FieldError, Refusal};

/// What a reviewer decided.
#[derive(Debug, Clone)]
pub enum Decision {
    Approve { remark: Option<String> },
    Return { reasons: Vec<ReturnReason>, due_on: Date },
}

impl Decision {
    fn state(&self) -> FilingState {
        match self {
            Self::Approve { .. } => FilingState::Approved,
            Self::Return { .. } => FilingState::Returned,
        }
    }

    fn verb(&self) -> FilingVerb {
        match self {
            Self::Approve { .. } => FilingVerb::Approve,
            Self::Return { .. } => FilingVerb::Return,
        }
    }

    fn step(&self) -> Step {
        match self {
            Self::Approve { .. } => Step::Approve,
            Self::Return { .. } => Step::Return,
        }
    }

    /// What the school is told.
    fn news(&self, filing: &Filing) -> News {
        let (kind, until) = match self {
            Self::Approve { .. } => (MessageKind::PlanApproved, None),
            Self::Return { due_on, .. } => (MessageKind::PlanReturned, Some(*due_on)),
        };
        News::new(kind, "filings", filing.id).at(filing.school_id).until(until)
    }

    /// As the filing keeps it.
    fn review(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<Review, Refusal> {
        let (decision, remark, reasons, due_on) = match self.clone() {
            Self::Approve { remark } => (ReviewDecision::Approved, remark, Vec::new(), None),
            Self::Return { reasons, due_on } => (ReviewDecision::Returned, None, reasons, Some(due_on)),
        };
        let (reviewer_id, at) = (actor.user_id, tx.now);
        let reviewer_name = users::find(tx, &Scope::Everything, reviewer_id)?.row.display_name;
        Ok(Review { decision, remark, reasons, due_on, reviewer_id, reviewer_name, at })
    }
}

/// Decides on a filing that waits; the reviewer names the hash of what was read.
///
/// # Errors
/// 404 outside the reviewer's scope, 412, 409 in another state or for one's own filing, 422 for another hash, a pointer
/// to nothing or a due date that is over.
pub fn review(
    tx: &mut Tx<'_>,
    by: &By<ReviewFilings>,
    id: Id,
    seen: &IfMatchVersion,
    sha256: &str,
    decision: &Decision,
) -> Result<Filing, Refusal> {
    let before = by.find::<Filing>(tx, id)?;
    seen.expect(before.version)?;
    decision.verb().from(before.state)?;
    if before.is_filed_by(by.user_id) {
        return Err(Refusal::of(Code::OwnRequest));
    }
    if sha256 != before.sha256 {
        return Err(Refusal::field("/sha256", Fault::Mismatch).said("sha256"));
    }
    if let Decision::Return { reasons, due_on } = decision {
        check_return(tx.today, &before, reasons, *due_on)?;
    }
    let plan = move_on(tx, by, &before, decision)?;
    let review = decision.review(tx, by)?;
    let after = filings::step_to(tx, by, decision.state().as_str(), &before, decision.state(), Some(review))?;
    if after.state == FilingState::Approved {
        publications::follow(tx, &plan, &after)?;
    }
    messages::tell_holders(tx, plan.school_id, Role::SchoolAdmin, &decision.news(&after))?;
    Ok(after)
}

fn check_return(today: Date, filing: &Filing, reasons: &[ReturnReason], due_on: Date) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    let document: serde_json::Value = serde_json::from_str(&filing.document).map_err(Refusal::internal)?;
    for (index, reason) in reasons.iter().enumerate() {
        if reason.pointer.as_ref().is_some_and(|pointer| document.pointer(pointer).is_none()) {
            faults.push(FieldError::new(format!("/reasons/{index}/pointer"), Fault::NotFound));
        }
    }
    if due_on < today {
        faults.push(FieldError::new("/due_on", Fault::OutOfRange).said("over"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}

/// Who finds another state than a submitted filing's was overtaken between two reads.
fn overtaken(refusal: Refusal) -> Refusal {
    match refusal.code() {
        Some(Code::StateConflict) => Refusal::of(Code::VersionMismatch),
        _ => refusal,
    }
}

/// Moves what was filed; an amendment that is approved takes its plan's place. The plan as it is then.
fn move_on(tx: &mut Tx<'_>, actor: &Actor, filing: &Filing, decision: &Decision) -> Result<Plan, Refusal> {
    let plan = plans::hold(tx, filing.plan_id)?;
    let Some(amendment) = filing.amendment_id else {
        return plan.take(tx, decision.step()).map_err(overtaken);
    };
    if plan.state != PlanState::Approved {
        return Err(Verb::refusal(plan.state)); // it was closed meanwhile
    }
    let amending = Amending { amendment: known::<Amendment>(tx, amendment)?, plan };
    let moved = amending.take(tx, decision.step()).map_err(overtaken)?;
    match decision {
        Decision::Approve { .. } => put_in_force(tx, actor, &moved.plan, filing),
        Decision::Return { .. } => Ok(moved.plan),
    }
}

/// Lets an amendment's filing take the place of the one in force: plan, projects and filing at once.
fn put_in_force(tx: &mut Tx<'_>, actor: &Actor, before: &Plan, filing: &Filing) -> Result<Plan, Refusal> {
    let document = filings::document(filing)?;
    let plan = plans::step(tx, "amended", before, Verb::Amend, |plan| {
        plan.content = Json(PlanContent::of(&document));
        plan.filing_ordinal = filing.ordinal;
    })?;
    projects::replace_all(tx, plan.id, plan.school_id, &document.projects)?;
    filings::name_projects(tx, filing)?;
    if let Some(replaced) = filings::in_force(tx, plan.id)? {
        let review = replaced.review.as_ref().map(|review| review.0.clone());
        filings::step_to(tx, actor, "superseded", &replaced, FilingState::Superseded, review)?;
    }
    Ok(plan)
}
