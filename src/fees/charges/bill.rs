//! What a pupil's signed projects come to by the filing in force: by its document and by what judged it, as it keeps
//! both.

use crate::auth::known;
use crate::db::{Id, Tx};
use crate::enrollments::enrollments::Payable;
use crate::filings::filings::{self, Filing};
use crate::refusal::{Code, Refusal};
use crate::rules::document::{ConcessionGroup, PlanProject};
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
/// 409 when what is approved is not what was signed; 422 where a filing of before keeps nothing, and no profile or no
/// calendar judges it today.
pub(super) fn bill(
    tx: &mut Tx<'_>,
    filing: &Filing,
    payable: &[Payable],
    groups: &[ConcessionGroup],
) -> Result<Bill, Refusal> {
    let filed = filings::filed(tx, filing.row.id)?;
    let judged_by = filings::judged_by(tx, filing)?;
    let percent = Some(judged_by.profile.pays_percent(groups)).filter(|percent| *percent < 100);
    let mut lines = Vec::new();
    for enrollment in payable {
        let offer = filed.offer(enrollment.project_id).ok_or_else(|| Refusal::of(Code::TermsChanged))?;
        let fee = if enrollment.filing_id == filing.row.id {
            judged_by.days.fee_of(offer)
        } else {
            fee_of_earlier(tx, enrollment, offer, &judged_by.days)?
        };
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

/// What a project costs whose agreement was signed of an earlier filing: at the same price, the days in force, but
/// never more than the days that were signed, since nobody asked the guardian again.
fn fee_of_earlier(
    tx: &mut Tx<'_>,
    enrollment: &Payable,
    offer: &PlanProject,
    days: &ServiceDays,
) -> Result<Option<ProjectFee>, Refusal> {
    let earlier = known::<Filing>(tx, enrollment.filing_id)?;
    let filed = filings::filed(tx, enrollment.filing_id)?;
    let agreed = filed.offer(enrollment.project_id);
    let fee = days.fee_of(offer);
    if agreed.and_then(|agreed| days.fee_of(agreed)) != fee {
        return Err(Refusal::of(Code::TermsChanged));
    }
    let signed_days = filings::judged_by(tx, &earlier)?.days;
    let signed = agreed.and_then(|agreed| signed_days.fee_of(agreed));
    Ok(fee.zip(signed).map(|(fee, signed)| if signed.amount_fen < fee.amount_fen { signed } else { fee }))
}
