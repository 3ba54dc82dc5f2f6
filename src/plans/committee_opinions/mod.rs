//! 家委会意见 (六.4): the parents' committee takes part. What it said of a plan is recorded once and shown to who reviews it;
//! it stops nothing.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::CommitteeOpinion;

use self::model::{CommitteeOpinionIn, CommitteeOpinionRow};
use super::plans::Plan;
use crate::auth::By;
use crate::auth::permission::WritePlans;
use crate::db::{Id, Tx};
use crate::journal::enter;
use crate::refusal::{Fault, Refusal};

/// Records what the committee said of a plan.
///
/// # Errors
/// 422 for a plan that the caller may not write, or a meeting that has not been held yet.
pub fn create(tx: &mut Tx<'_>, by: &By<WritePlans>, new: &CommitteeOpinionIn) -> Result<CommitteeOpinion, Refusal> {
    let plan = by.named::<Plan>(tx, new.plan_id, "/plan_id")?;
    if new.held_on > tx.today {
        return Err(Refusal::field("/held_on", Fault::OutOfRange).said("after-today"));
    }
    let row = CommitteeOpinionRow {
        id: Id::fresh(),
        plan_id: plan.id,
        school_id: plan.school_id,
        held_on: new.held_on,
        members_present: new.members_present.get(),
        stance: new.stance,
        opinion: new.opinion.as_str().to_owned(),
        recorded_by_id: by.user_id,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "recorded", row, plan.path)
}
