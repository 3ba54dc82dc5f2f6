//! Pay sheets 报酬表 (四.1): what a school pays who served, month by month, from closed sessions, with a line for each
//! serving. A month that was approved stays; what is put right later is a signed line of the next sheet.

mod api;
mod computing;
mod model;
mod store;
mod verify;

pub use self::api::routes;
pub use self::model::{
    PayHold, PayLine, PayLineKind, PaySheet, PaySheetIn, PaySheetRow, PaySheetState, PaySheetVerb, PersonPay,
};
pub use self::verify::verify;

use self::computing::Computed;
use crate::auth::By;
use crate::auth::permission::{ApprovePay, ComputePay};
use crate::db::{Id, Json, Placed, Rung, Stored as _, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Fault, Refusal};
use crate::rules::Severity;
use crate::rules::pay::{has_changed, month_runs};
use crate::schools::schools;
use crate::values::month::Month;

/// Computes what a school pays for a month, as a draft.
///
/// # Errors
/// 422 for a school out of scope or a month to come, 409 where the month has a sheet.
pub fn create(tx: &mut Tx<'_>, by: &By<ComputePay>, new: &PaySheetIn) -> Result<PaySheet, Refusal> {
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    let school = school.ok_or_else(|| Refusal::field("/school_id", Fault::NotFound))?;
    if new.month > Month::of(tx.today) {
        return Err(Refusal::field("/month", Fault::OutOfRange));
    }
    let id = Id::fresh();
    let computed = computing::compute(tx, (id, new.school_id, &school.path), new.month)?;
    let mut row = PaySheetRow {
        id,
        school_id: new.school_id,
        month_on: new.month.first(),
        state: PaySheetState::Drafted,
        line_count: 0,
        own_fen: 0,
        external_fen: 0,
        total_fen: 0,
        people: Json(Vec::new()),
        findings: Json(Vec::new()),
        lines_hash: String::new(),
        computed_on: tx.today,
        computed_by_id: by.user_id,
        approved_on: None,
        approved_by_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.says(&computed);
    row.insert(tx)?;
    store::replace_lines(tx, id, &computed.lines)?;
    let made = Placed { row, path: school.path };
    record(tx, "computed", None, Some(&made))?;
    Ok(made)
}

impl PaySheetRow {
    /// Takes over what was computed.
    fn says(&mut self, computed: &Computed) {
        self.line_count = i32::try_from(computed.lines.len()).unwrap_or(i32::MAX);
        (self.own_fen, self.external_fen) = (computed.own_fen, computed.external_fen);
        self.total_fen = computed.own_fen + computed.external_fen;
        self.people = Json(computed.people.clone());
        self.findings = Json(computed.findings.clone());
        self.lines_hash.clone_from(&computed.lines_hash);
    }
}

/// Computes a draft again.
///
/// # Errors
/// 404, 412, 409 once it is approved.
pub fn compute(tx: &mut Tx<'_>, by: &By<ComputePay>, id: Id, seen: &IfMatchVersion) -> Result<PaySheet, Refusal> {
    let before: PaySheet = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    PaySheetVerb::Compute.from(before.row.state)?;
    let computed = computed_now(tx, &before)?;
    let today = tx.today;
    let after = change(tx, "computed", &before, |sheet| {
        sheet.row.says(&computed);
        (sheet.row.computed_on, sheet.row.computed_by_id) = (today, by.user_id);
    })?;
    store::replace_lines(tx, id, &computed.lines)?;
    Ok(after)
}

fn computed_now(tx: &mut Tx<'_>, sheet: &PaySheet) -> Result<Computed, Refusal> {
    let whose = (sheet.row.id, sheet.row.school_id, sheet.path.as_str());
    computing::compute(tx, whose, Month::of(sheet.row.month_on))
}

/// Approves what was computed, once the month is over: it never changes again.
///
/// # Errors
/// 404, 412, 409 once it is approved; 422 while the month runs, where the records have changed since it was computed,
/// and where own staff would be paid more than its total.
pub fn approve(tx: &mut Tx<'_>, by: &By<ApprovePay>, id: Id, seen: &IfMatchVersion) -> Result<PaySheet, Refusal> {
    let before: PaySheet = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = PaySheetVerb::Approve.from(before.row.state)?;
    // Of two sheets that pay the same the second one is computed again.
    tx.holds(Rung::Pay, before.row.school_id);
    store::hold(tx, before.row.school_id)?;
    let computed = computed_now(tx, &before)?;
    let last = Month::of(before.row.month_on).last();
    let mut findings = computed.findings;
    if last > tx.today {
        findings.push(month_runs(last, &computed.profile));
    }
    if computed.lines_hash != before.row.lines_hash {
        findings.push(has_changed(&computed.profile));
    }
    tx.hears(findings)?;
    store::number_lines(tx, id)?;
    let today = tx.today;
    change(tx, "approved", &before, |sheet| {
        sheet.row.state = state;
        (sheet.row.approved_on, sheet.row.approved_by_id) = (Some(today), Some(by.user_id));
        // An error of the draft may have been lifted since, as by another total.
        sheet.row.findings.0.retain(|finding| finding.severity != Severity::Error);
    })
}
