//! SQL of signals.

use diesel::prelude::*;

use super::model::{SignalFilter, SignalRow};
use crate::db::schema::signals;
use crate::db::{Id, Tx, run_again};
use crate::refusal::Refusal;
use crate::{seen, stored};

stored!(signals, SignalRow, taken => run_again("the signal was raised meanwhile"));

seen!(signals, SignalRow, SignalFilter { school_id, plan_id, [state] });

pub(super) fn is_raised(tx: &mut Tx<'_>, rule: &str, subject: &str) -> Result<bool, Refusal> {
    let query = signals::table.filter(signals::rule.eq(rule).and(signals::subject.eq(subject))).select(signals::id);
    Ok(query.first::<Id>(tx.conn).optional()?.is_some())
}
