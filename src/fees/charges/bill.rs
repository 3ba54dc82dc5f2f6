//! What a pupil's signed projects come to by the filing in force.

use crate::db::{Id, Tx};
use crate::enrollments::enrollments::Payable;
use crate::filings::filings::{self, Filing};
use crate::refusal::{Code, Refusal};
use crate::regulation::{calendar, policy_profiles};
use crate::rules::document::{ConcessionGroup, PlanDocument};
use crate::rules::profile::Profile;
use crate::rules::schedule::{ProjectFee, ServiceDays};

/// A line before it belongs to a charge.
pub(super) struct BillLine {
    pub enrollment_id: Id,
    pub project_id: Id,
    pub name: String,
    /// As it is charged.
    pub fee: ProjectFee,
    /// What the pupil pays of the approved fee, if that is less.
    pub pays_percent: Option<i64>,
}

/// Lines, and what is charged: their sum, but not more than the plan's own ceiling.
pub(super) struct Bill {
    pub lines: Vec<BillLine>,
    pub amount_fen: i64,
}

/// The bill of signed enrollments; free projects give no line.
///
/// # Errors
/// 409 when what is approved is not what was signed, 422 without profile or calendar.
pub(super) fn bill(
    tx: &mut Tx<'_>,
    filing: &Filing,
    payable: &[Payable],
    groups: &[ConcessionGroup],
) -> Result<Bill, Refusal> {
    let filed = filings::filed(tx, filing.row.id)?;
    let profile = profile_of(tx, &filing.path, &filed.document)?;
    let days = service_days(tx, &filing.path, &filed.document, &profile)?;
    let percent = Some(profile.pays_percent(groups)).filter(|percent| *percent < 100);
    let mut lines = Vec::new();
    for enrollment in payable {
        let offer = filed.offer(enrollment.project_id).ok_or_else(|| Refusal::of(Code::TermsChanged))?;
        let fee = days.fee_of(offer);
        if enrollment.filing_id != filing.row.id && signed_fee(tx, &filing.path, enrollment)? != fee {
            return Err(Refusal::of(Code::TermsChanged));
        }
        if let Some(mut fee) = fee {
            if let Some(percent) = percent {
                fee.amount_fen = fee.amount_fen.saturating_mul(percent) / 100;
            }
            let name = offer.name.as_str().to_owned();
            let Payable { enrollment_id, project_id, .. } = *enrollment;
            lines.push(BillLine { enrollment_id, project_id, name, fee, pays_percent: percent });
        }
    }
    let sum = lines.iter().map(|line| line.fee.amount_fen).fold(0_i64, i64::saturating_add);
    Ok(Bill { lines, amount_fen: filed.document.budget.capped(sum) })
}

/// What the guardian agreed to pay for a project of the school at `path`.
fn signed_fee(tx: &mut Tx<'_>, path: &str, enrollment: &Payable) -> Result<Option<ProjectFee>, Refusal> {
    let signed = filings::filed(tx, enrollment.filing_id)?;
    let Some(offer) = signed.offer(enrollment.project_id) else { return Ok(None) };
    let profile = profile_of(tx, path, &signed.document)?;
    Ok(service_days(tx, path, &signed.document, &profile)?.fee_of(offer))
}

fn profile_of(tx: &mut Tx<'_>, path: &str, document: &PlanDocument) -> Result<Profile, Refusal> {
    let opens_on = document.term.opens_on;
    let in_force = policy_profiles::in_force(tx, path, opens_on)?;
    Ok(in_force.ok_or_else(|| Refusal::of(Code::ProfileMissing).with("date", opens_on))?.profile)
}

fn service_days(
    tx: &mut Tx<'_>,
    path: &str,
    document: &PlanDocument,
    profile: &Profile,
) -> Result<ServiceDays, Refusal> {
    let calendar = calendar::calendar_at(tx, path)?;
    ServiceDays::of(&document.term, profile, &calendar, false)
        .map_err(|missing| Refusal::of(Code::CalendarMissing).with("date", missing.date))
}
