//! Amendments 方案变更 of an approved plan (三.2, 五.4): another plan document, filed and reviewed as the plan was. What is
//! in force is untouched until it is approved; then it takes the plan's place at once. Submitting and reviewing stand
//! in `decisions`.

mod api;
mod model;
mod store;

pub use self::api::{PlanAmendmentOut, routes};
pub use self::model::{Amendment, AmendmentRow, AmendmentState, AmendmentVerb};

use self::model::PlanAmendmentIn;
use crate::auth::permission::{Permission, WritePlans};
use crate::auth::{By, known};
use crate::db::{Id, Json, Rung, Stored, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::plans::checks::Judgement;
use crate::plans::life::Verb;
use crate::plans::plans::{self, Plan, PlanContent, PlanState};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::document::PlanDocument;

/// Drafts an amendment of an approved plan. What the rules say of it comes back with the answer.
///
/// # Errors
/// 422 for a plan that the caller may not write and with everything that does not go together; 409 while the plan is
/// not approved, or has another amendment that is open.
pub fn create(tx: &mut Tx<'_>, by: &By<WritePlans>, new: &PlanAmendmentIn) -> Result<Amendment, Refusal> {
    let named = by.named::<Plan>(tx, new.plan_id, "/plan_id")?;
    let plan = plans::hold(tx, named.id)?;
    if plan.state != PlanState::Approved {
        return Err(Verb::refusal(plan.state));
    }
    plans::check_own(tx, by, &plan, &new.document, "/document")?;
    let number = i32::try_from(store::count_of_plan(tx, plan.id)? + 1).map_err(Refusal::internal)?;
    let row = AmendmentRow {
        id: Id::fresh(),
        plan_id: plan.id,
        school_id: plan.school_id,
        number,
        state: AmendmentState::Draft,
        reason: new.reason.as_str().to_owned(),
        content: Json(PlanContent::of(&new.document)),
        offers: Json(new.document.projects.clone()),
        filing_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = Amendment { row, plan_state: plan.state, path: plan.path.clone(), filing: None };
    record(tx, "created", None, Some(&made))?;
    warn(tx, &plan, &made)?;
    Ok(made)
}

/// Replaces reason and document of a draft or returned amendment.
///
/// # Errors
/// 404, 412, 409 in another state, 422 with everything that does not go together.
pub fn replace(
    tx: &mut Tx<'_>,
    by: &By<WritePlans>,
    id: Id,
    seen: &IfMatchVersion,
    new: &PlanAmendmentIn,
) -> Result<Amendment, Refusal> {
    let (before, plan) = held(tx, by, id, seen)?;
    if before.plan_id != new.plan_id {
        return Err(Refusal::at(Code::ImmutableField, "/plan_id", Fault::Immutable));
    }
    before.leads(AmendmentVerb::Update)?;
    plans::check_own(tx, by, &plan, &new.document, "/document")?;
    let after = step(tx, "updated", &before, AmendmentVerb::Update, |amendment| {
        amendment.reason = new.reason.as_str().to_owned();
        amendment.content = Json(PlanContent::of(&new.document));
        amendment.offers = Json(new.document.projects.clone());
    })?;
    warn(tx, &plan, &after)?;
    Ok(after)
}

fn warn(tx: &mut Tx<'_>, plan: &Plan, amendment: &Amendment) -> Result<(), Refusal> {
    let (_, judgement) = judge(tx, plan, amendment)?;
    tx.findings.extend(judgement.report.findings);
    Ok(())
}

/// Takes an amendment on by a verb, with what else changes of it, and records it as `action`.
///
/// # Errors
/// 409 with the state and what it allows, 412 when another request was faster.
pub fn step(
    tx: &mut Tx<'_>,
    action: &str,
    before: &Amendment,
    verb: AmendmentVerb,
    edit: impl FnOnce(&mut Amendment),
) -> Result<Amendment, Refusal> {
    let state = before.leads(verb)?;
    tx.holds(Rung::Amendment, before.id);
    change(tx, action, before, |amendment| {
        amendment.state = state;
        edit(amendment);
    })
}

/// Keeps the open amendment of an approved plan from being submitted until this transaction ends, so that no submission
/// sees half of its materials; else the plan itself.
///
/// # Errors
/// 422 where the school has no such plan, 409 in a state that cannot be written.
pub fn hold_for_materials(tx: &mut Tx<'_>, plan: Id, school: Id) -> Result<(), Refusal> {
    if store::hold_open(tx, plan, school)? { Ok(()) } else { plans::hold_for_materials(tx, plan, school) }
}

/// The amended plan document, with school and term as they are on record now.
///
/// # Errors
/// When the database fails.
pub fn document(tx: &mut Tx<'_>, plan: &Plan, amendment: &Amendment) -> Result<PlanDocument, Refusal> {
    plans::document_of(tx, plan, &amendment.content, amendment.offers.0.clone())
}

/// What the rules say of an amendment if it were filed today, `fixed-for-term` among them.
///
/// # Errors
/// When the database fails.
pub fn judge(tx: &mut Tx<'_>, plan: &Plan, amendment: &Amendment) -> Result<(PlanDocument, Judgement), Refusal> {
    let in_force = plans::document(tx, plan)?;
    let document = document(tx, plan, amendment)?;
    let judgement = plans::judge_document(tx, plan, &document, Some(in_force))?;
    Ok((document, judgement))
}

/// One amendment within the caller's scope, as it was seen, with its plan, which is held first.
///
/// # Errors
/// 404, 412.
pub fn held<P: Permission>(
    tx: &mut Tx<'_>,
    by: &By<P>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<(Amendment, Plan), Refusal> {
    let found = by.find::<Amendment>(tx, id)?;
    let plan = plans::hold(tx, found.plan_id)?;
    let amendment = known::<Amendment>(tx, id)?;
    seen.expect(amendment.version)?;
    Ok((amendment, plan))
}

/// The amendment of a plan that is not decided.
///
/// # Errors
/// When the database fails.
pub fn open_of(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Amendment>, Refusal> {
    store::open_of(tx, plan)
}
