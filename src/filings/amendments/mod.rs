//! Amendments 方案变更 of an approved plan (三.2, 五.4): another plan document, filed and reviewed as the plan was. What is
//! in force is untouched until it is approved; then it takes the plan's place at once. Submitting and reviewing stand
//! in `decisions`.

mod api;
mod model;
mod store;

pub use self::api::{PlanAmendmentOut, routes};
pub use self::model::{Amended, Amendment, AmendmentRow, AmendmentState, AmendmentVerb};
pub use self::store::AmendmentFilter;

use crate::auth::permission::{Permission, ReadPlans, WritePlans};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Json, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::plans::checks::Judgement;
use crate::plans::life::Verb;
use crate::plans::plans::{self, Plan, PlanState};
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::document::PlanDocument;

impl Recorded for Amendment {
    const RESOURCE: &'static str = "plan-amendment";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Drafts an amendment of an approved plan. What the rules say of it comes back with the answer.
///
/// # Errors
/// 422 for a plan that the caller may not write and with everything that does not go together; 409 while the plan is
/// not approved, or has another amendment that is open.
pub fn create(
    tx: &mut Tx<'_>,
    actor: &Actor,
    plan: Id,
    reason: &str,
    document: &PlanDocument,
) -> Result<Amendment, Refusal> {
    let named = plans::named_in_body(plans::find_for::<WritePlans>(tx, actor, plan))?;
    let plan = plans::hold(tx, named.row.id)?;
    if plan.row.state != PlanState::Approved {
        return Err(Verb::refusal(plan.row.state));
    }
    plans::check_own(tx, actor, &plan, document, "/document")?;
    let amended = Amended::from(document);
    let number = i32::try_from(store::count_of_plan(tx, plan.row.id)? + 1).map_err(Refusal::internal)?;
    let row = AmendmentRow {
        id: Id::fresh(),
        plan_id: plan.row.id,
        school_id: plan.row.school_id,
        number,
        state: AmendmentState::Draft,
        reason: reason.to_owned(),
        content: Json::of(&amended.content)?,
        offers: Json::of(&amended.offers)?,
        filing_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = Amendment { row, amended, plan_state: plan.row.state, path: plan.path.clone(), filing: None };
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
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    (named, reason): (Id, &str),
    document: &PlanDocument,
) -> Result<Amendment, Refusal> {
    let (before, plan) = held_for::<WritePlans>(tx, actor, id, seen)?;
    if before.row.plan_id != named {
        return Err(Refusal::at(Code::ImmutableField, "/plan_id", Fault::Immutable));
    }
    let mut after = change(tx, &before, AmendmentVerb::Update)?;
    plans::check_own(tx, actor, &plan, document, "/document")?;
    after.amended = Amended::from(document);
    reason.clone_into(&mut after.row.reason);
    after.row.content = Json::of(&after.amended.content)?;
    after.row.offers = Json::of(&after.amended.offers)?;
    save(tx, "updated", &before, &after)?;
    warn(tx, &plan, &after)?;
    Ok(after)
}

fn warn(tx: &mut Tx<'_>, plan: &Plan, amendment: &Amendment) -> Result<(), Refusal> {
    let (_, judgement) = judge(tx, plan, amendment)?;
    tx.findings.extend(judgement.report.findings);
    Ok(())
}

/// The amendment one version on, in the state to which the verb leads.
///
/// # Errors
/// 409 with the state and what it allows.
pub fn change(tx: &Tx<'_>, before: &Amendment, verb: AmendmentVerb) -> Result<Amendment, Refusal> {
    let state = verb.leads(before.row.state).filter(|_| before.allows(verb));
    let state = state.ok_or_else(|| Refusal::state(before.row.state.as_str(), &before.possible()))?;
    let mut after = before.clone();
    (after.row.state, after.row.version, after.row.updated_at) = (state, before.row.version + 1, tx.now);
    Ok(after)
}

/// Writes a changed amendment over the version that was read, and records it as `action`.
///
/// # Errors
/// 412 when another request was faster.
pub fn save(tx: &mut Tx<'_>, action: &str, before: &Amendment, after: &Amendment) -> Result<(), Refusal> {
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(after))
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
    let Amended { content, offers } = &amendment.amended;
    plans::document_of(tx, plan, content, offers.clone())
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

/// One amendment that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Amendment, Refusal> {
    find_for::<ReadPlans>(tx, actor, id)
}

/// One amendment within the caller's scope under a permission.
///
/// # Errors
/// 404.
pub fn find_for<P: Permission>(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Amendment, Refusal> {
    store::find(tx, &Scope::of::<P>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// One amendment within the caller's scope under a permission, as it was seen, with its plan, which is held first.
///
/// # Errors
/// 404, 412.
pub fn held_for<P: Permission>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<(Amendment, Plan), Refusal> {
    let found = find_for::<P>(tx, actor, id)?;
    let plan = plans::hold(tx, found.row.plan_id)?;
    let amendment = known(tx, id)?;
    seen.expect(amendment.row.version)?;
    Ok((amendment, plan))
}

/// The amendment of a plan that is not decided.
///
/// # Errors
/// When the database fails.
pub fn open_of(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Amendment>, Refusal> {
    store::open_of(tx, plan)
}

/// An amendment of any scope, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn known(tx: &mut Tx<'_>, id: Id) -> Result<Amendment, Refusal> {
    store::find(tx, &Scope::Everything, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Amendments that the caller may see, in the order in which they were drafted.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &AmendmentFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Amendment>, Refusal> {
    store::list(tx, &Scope::of::<ReadPlans>(actor), filter, after, limit)
}
