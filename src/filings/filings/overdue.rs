//! Filings whose time has passed (†, `review_reminder_working_days`): whoever is to act is reminded, and of a review
//! that still does not come the authority above is told. Nothing is ever approved by silence (五.2).

use time::Date;

use super::model::Filing;
use super::{reminder_on, store};
use crate::auth::{Role, organisations};
use crate::db::{Id, Tx};
use crate::inbox::messages::{self, MessageKind, News};
use crate::journal::record;
use crate::plans::plans::FilingState;
use crate::refusal::Refusal;
use crate::regulation::{calendar, policy_profiles};

/// Filings that are looked at in one transaction.
pub const REMIND_BATCH: i64 = 200;

/// Reminds of what is due, and hands on what was reminded of in vain: so many filings behind one of them. Gives the
/// last one, as long as more may wait behind it; what was reminded of stays late, so only its place says that it was
/// looked at.
///
/// # Errors
/// When the database fails.
pub fn remind(tx: &mut Tx<'_>, after: Id, batch: i64) -> Result<Option<Id>, Refusal> {
    let late = store::late(tx, after, batch)?;
    for filing in &late {
        match filing.reminded_on {
            None => {
                mark(tx, "reminded", filing, |row, today| row.reminded_on = Some(today))?;
                tell_of(tx, filing)?;
            }
            Some(reminded_on) => escalate(tx, filing, reminded_on)?,
        }
    }
    let is_full = i64::try_from(late.len()).is_ok_and(|looked_at| looked_at >= batch);
    Ok(late.last().filter(|_| is_full).map(|filing| filing.id))
}

/// Tells the authority above, once as many working days have passed again.
fn escalate(tx: &mut Tx<'_>, filing: &Filing, reminded_on: Date) -> Result<(), Refusal> {
    if filing.state != FilingState::Submitted {
        return Ok(()); // the school's own delay is for its own authority
    }
    let above = organisations::find(tx, filing.authority_id)?.and_then(|authority| authority.parent_id);
    let due = until(tx, filing, reminded_on)?;
    match (above, due) {
        (Some(above), Some(due)) if due < tx.today => {
            mark(tx, "escalated", filing, |row, today| {
                (row.escalated_on, row.escalated_to_id) = (Some(today), Some(above));
            })?;
            let news = News::new(MessageKind::ReviewOverdue, "filings", filing.id).at(filing.school_id);
            messages::tell_holders(tx, above, Role::Bureau, &news)
        }
        _ => Ok(()),
    }
}

/// Whoever is to act finds it among its messages.
fn tell_of(tx: &mut Tx<'_>, filing: &Filing) -> Result<(), Refusal> {
    if filing.state == FilingState::Submitted {
        let news = News::new(MessageKind::ReviewDue, "filings", filing.id).at(filing.school_id);
        messages::tell_holders(tx, filing.authority_id, Role::Bureau, &news)
    } else {
        let news = News::new(MessageKind::RefilingDue, "filings", filing.id).at(filing.school_id);
        messages::tell_holders(tx, filing.school_id, Role::SchoolAdmin, &news)
    }
}

/// The last working day that is given after a day; none beyond the calendar or without a profile.
fn until(tx: &mut Tx<'_>, filing: &Filing, from: Date) -> Result<Option<Date>, Refusal> {
    let Some(in_force) = policy_profiles::in_force(tx, &filing.path, from)? else { return Ok(None) };
    let calendar = calendar::calendar_at(tx, &filing.path)?;
    Ok(reminder_on(from, &in_force.profile, &calendar))
}

/// Writes what was done about a filing that still waits. Its version stays, so that a review that has begun is not
/// lost.
fn mark(
    tx: &mut Tx<'_>,
    action: &str,
    before: &Filing,
    edit: impl FnOnce(&mut super::model::FilingRow, Date),
) -> Result<(), Refusal> {
    let mut after = before.clone();
    edit(&mut after.row, tx.today);
    if store::mark(tx, &after.row)? {
        record(tx, action, Some(before), Some(&after))?;
    }
    Ok(())
}
