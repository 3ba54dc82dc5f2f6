//! 家委会意见 (六.4): the parents' committee takes part. What it said of a plan is recorded once and shown to who reviews it;
//! it stops nothing.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{CommitteeOpinion, CommitteeStance, NewCommitteeOpinion};
pub use self::store::CommitteeOpinionFilter;

use self::model::CommitteeOpinionRow;
use super::plans;
use crate::auth::permission::{ReadPlans, WritePlans};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx};
use crate::http::PageLimit;
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};

impl Recorded for CommitteeOpinion {
    const RESOURCE: &'static str = "committee-opinion";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Records what the committee said of a plan.
///
/// # Errors
/// 422 for a plan that the caller may not write, or a meeting that has not been held yet.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewCommitteeOpinion) -> Result<CommitteeOpinion, Refusal> {
    let plan = plans::named_in_body(plans::find_for::<WritePlans>(tx, actor, new.plan_id))?;
    if new.held_on > tx.today {
        return Err(Refusal::field("/held_on", Fault::OutOfRange));
    }
    let row = CommitteeOpinionRow {
        id: Id::fresh(),
        plan_id: plan.row.id,
        school_id: plan.row.school_id,
        held_on: new.held_on,
        members_present: new.members_present,
        stance: new.stance,
        opinion: new.opinion.clone(),
        recorded_by_id: actor.user_id,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = CommitteeOpinion { row, path: plan.path };
    record(tx, "recorded", None, Some(&made))?;
    Ok(made)
}

/// One opinion that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<CommitteeOpinion, Refusal> {
    store::find(tx, &Scope::of::<ReadPlans>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Opinions that the caller may see, in the order in which they were recorded.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &CommitteeOpinionFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<CommitteeOpinion>, Refusal> {
    store::list(tx, &Scope::of::<ReadPlans>(actor), filter, after, limit)
}
