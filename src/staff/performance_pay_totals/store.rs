//! SQL of totals.

use diesel::prelude::*;
use time::Date;

use super::model::{PerformancePayTotalFilter, PerformancePayTotalRow};
use crate::db::schema::performance_pay_totals;
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::{seen, stored};

stored!(once performance_pay_totals, PerformancePayTotalRow);

seen!(performance_pay_totals, PerformancePayTotalRow, PerformancePayTotalFilter { school_id });

/// The totals of a school that pay a day from one to another; of the same days the one that was given last.
///
/// # Errors
/// When the database fails.
pub fn over(tx: &mut Tx<'_>, school: Id, from: Date, to: Date) -> Result<Vec<PerformancePayTotalRow>, Refusal> {
    let query = performance_pay_totals::table
        .filter(performance_pay_totals::school_id.eq(school))
        .filter(performance_pay_totals::from_on.le(to).and(performance_pay_totals::to_on.ge(from)))
        .order((performance_pay_totals::from_on, performance_pay_totals::to_on, performance_pay_totals::id.desc()));
    let mut totals: Vec<PerformancePayTotalRow> = query.select(PerformancePayTotalRow::as_select()).load(tx.conn)?;
    totals.dedup_by_key(|total| (total.from_on, total.to_on));
    Ok(totals)
}
