//! Receipts of notices 告知回执 (二.2, 五.3): each guardian is told of a published notice, opens the message or not, and
//! answers or not. Whoever has not answered is reminded on the days of the profile; a "no" is an answer, too.

mod api;
mod model;
mod store;
mod telling;

pub use self::api::routes;
pub use self::model::{
    NoticeReceipt, NoticeReceiptFilter, ReceiptAnswer, ReceiptCountsFilter, ReceiptGroup, ReceiptReach,
};
pub use self::telling::{TELL, plan_reminders, plan_telling};

use crate::auth::By;
use crate::auth::counted::{Groups, within};
use crate::auth::permission::ReadNoticeReceipts;
use crate::db::{Id, Tx};
use crate::filings::filings::Filed;
use crate::http::Listing;
use crate::notices::notices;
use crate::refusal::Refusal;

/// The published notice of a plan, and for whom it is.
#[derive(Debug, Clone)]
struct Told {
    plan_id: Id,
    notice_id: Id,
    grades: Vec<i32>,
}

impl Told {
    fn of(plan_id: Id, notice_id: Id, filed: &Filed) -> Self {
        let grades = filed.document.projects.iter().flat_map(|project| &project.grades);
        let mut grades: Vec<i32> = grades.filter_map(|grade| i32::try_from(grade.get()).ok()).collect();
        grades.sort_unstable();
        grades.dedup();
        Self { plan_id, notice_id, grades }
    }

    /// Of a plan; nobody is told of one whose notice is not published.
    fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Self>, Refusal> {
        let offered = notices::offered_by_plan(tx, plan)?;
        Ok(offered.map(|offered| Self::of(plan, offered.notice_id, &offered.filed)))
    }
}

/// The guardians who are to be told of a plan, in the order in which they were entered.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    by: &By<ReadNoticeReceipts>,
    at: &Listing<NoticeReceiptFilter>,
) -> Result<Vec<NoticeReceipt>, Refusal> {
    match Told::of_plan(tx, at.filter.plan_id)? {
        Some(told) => store::list(tx, &by.scope(), &told, at),
        None => Ok(Vec::new()),
    }
}

/// The same in numbers.
///
/// # Errors
/// 400 for more groups than one answer holds.
pub fn counts(
    tx: &mut Tx<'_>,
    by: &By<ReadNoticeReceipts>,
    asked: &ReceiptCountsFilter,
) -> Result<Groups<ReceiptGroup, store::Numbers>, Refusal> {
    let found = match Told::of_plan(tx, asked.plan_id)? {
        Some(told) => {
            let within = within(tx, None)?;
            store::counted_in(tx, &by.scope(), &within, &told, asked)?
        }
        None => Vec::new(),
    };
    Groups::of(asked.group_by.as_ref(), found)
}
