//! Submitting 报备 a plan or an amendment, and what takes it back: withdrawing it, and closing the plan. A plan that was
//! withdrawn may be reopened.

mod api;

pub use self::api::routes;

use super::subject::{Amending, Step, Subject};
use crate::auth::By;
use crate::auth::permission::SubmitPlans;
use crate::db::{Id, Tx};
use crate::enrollments::draws;
use crate::enrollments::enrollments::{self, EnrollmentEnd};
use crate::filings::amendments;
use crate::filings::filings::{self, Filing};
use crate::http::IfMatchVersion;
use crate::plans::plans::{self, Plan};
use crate::refusal::Refusal;

/// Files a draft, or what was returned: claims it, judges it by every rule, and keeps its canonical bytes. Of an
/// amendment's plan what is in force stays as it is.
///
/// # Errors
/// 409 in another state, 412 when another request was faster, 422 with all findings when any of them is an error.
pub fn submit<S: Subject>(tx: &mut Tx<'_>, by: &By<SubmitPlans>, before: &S) -> Result<S, Refusal> {
    let claimed = before.claim_for_filing(tx)?;
    let (document, judgement) = claimed.judge(tx)?;
    if judgement.report.has_errors() {
        return Err(Refusal::by_rules(judgement.report.findings));
    }
    let filing = filings::file(tx, by, claimed.plan(), claimed.amendment_id(), &document, &judgement)?;
    let filed = claimed.stand_on(tx, &filing)?;
    tx.findings.extend(judgement.report.findings);
    Ok(filed)
}

/// Withdraws what is not decided, and with it what was filed of it. What is in force stays. With a plan ends what
/// guardians have chosen of it: they see why, and choose anew from the next.
///
/// # Errors
/// 409 in another state, 412 when another request was faster.
pub fn withdraw<S: Subject>(tx: &mut Tx<'_>, by: &By<SubmitPlans>, before: &S) -> Result<S, Refusal> {
    let after = before.take(tx, Step::Withdraw)?;
    let after = match before.filing(tx)?.filter(Filing::is_open) {
        Some(filing) => after.showing(&filings::take_back(tx, by, &filing)?),
        None => after,
    };
    if after.amendment_id().is_none() {
        enrollments::ended(tx, after.plan().id, EnrollmentEnd::PlanWithdrawn)?;
        draws::ended(tx, after.plan().id)?;
    }
    Ok(after)
}

/// Closes an approved plan after the last day of its term. What was to change of it cannot come into force any more: an
/// open amendment is withdrawn. Who took part has completed, and whoever waits waits no longer.
///
/// # Errors
/// 404, 412, 409 in another state or while the term runs.
pub fn close(tx: &mut Tx<'_>, by: &By<SubmitPlans>, id: Id, seen: &IfMatchVersion) -> Result<Plan, Refusal> {
    let closed = plans::close(tx, by, id, seen)?;
    if let Some(amendment) = amendments::open_of(tx, id)? {
        withdraw(tx, by, &Amending { amendment, plan: closed.clone() })?;
    }
    enrollments::ended(tx, id, EnrollmentEnd::TermOver)?;
    draws::ended(tx, id)?;
    Ok(closed)
}
