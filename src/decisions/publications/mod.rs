//! Publishing 公布: whenever a notice takes the place of another, what guardians have chosen follows it, in this order.

mod api;

pub use self::api::routes;

use crate::auth::By;
use crate::auth::permission::PublishNotices;
use crate::db::{Id, Tx};
use crate::enrollments::{agreements, enrollments, notice_receipts};
use crate::filings::filings::Filing;
use crate::http::IfMatchVersion;
use crate::notices::notices::{self, Notice, Published};
use crate::plans::plans::Plan;
use crate::refusal::Refusal;

/// Publishes a draft once its plan is submitted; the one before is superseded.
///
/// # Errors
/// 404, 412, 409 before the plan is submitted, 422 by `notice-complete`.
pub fn publish(tx: &mut Tx<'_>, by: &By<PublishNotices>, id: Id, seen: &IfMatchVersion) -> Result<Notice, Refusal> {
    let published = notices::publish(tx, by, id, seen)?;
    tell(tx, &published)?;
    Ok(published.notice)
}

/// Lets the published notice of a plan follow the filing that was approved.
///
/// # Errors
/// When the database fails.
pub fn follow(tx: &mut Tx<'_>, plan: &Plan, filing: &Filing) -> Result<(), Refusal> {
    match notices::follow(tx, plan, filing)? {
        Some(published) => tell(tx, &published),
        None => Ok(()),
    }
}

/// Seats first: who loses a project is not asked to sign for it again. Guardians are told last, by a job.
fn tell(tx: &mut Tx<'_>, published: &Published) -> Result<(), Refusal> {
    enrollments::retold(tx, published)?;
    agreements::retold(tx, published)?;
    notice_receipts::plan_telling(tx, published.notice.row.id)
}
