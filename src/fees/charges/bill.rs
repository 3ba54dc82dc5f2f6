//! What a pupil's signed projects come to by the filing in force: by its document and by what judged it, as it keeps
//! both. In this order: lessons from the day of joining, the standards on file and the plan's ceiling, the concession.

use time::Date;

use crate::auth::known;
use crate::db::{Id, Tx};
use crate::enrollments::enrollments::Payable;
use crate::filings::filings::{self, Filed, Filing, JudgedBy};
use crate::refusal::{Code, Refusal};
use crate::rules::bill::{Joined, Payer, Total, shared, total};
use crate::rules::document::PlanProject;
use crate::rules::schedule::{ProjectFee, ServiceDays};
use crate::students::students::Student;

/// A line before it belongs to a charge.
pub(super) struct BillLine {
    pub enrollment_id: Id,
    pub project_id: Id,
    pub name: String,
    /// As it is charged: lessons and price as approved, and what of the total is this line's.
    pub fee: ProjectFee,
    /// What the pupil pays of the approved fee, if that is less.
    pub pays_percent: Option<i64>,
    /// From this day on it counts.
    pub joins_on: Option<Date>,
}

/// Lines, and what is charged: their sum.
pub(super) struct Bill {
    pub lines: Vec<BillLine>,
    /// What is approved for this pupil, before the concession.
    pub approved_fen: i64,
    pub amount_fen: i64,
}

/// The bill of a pupil's signed enrollments; free projects give no line.
///
/// # Errors
/// 409 when what is approved is not what was signed.
pub(super) fn bill(
    tx: &mut Tx<'_>,
    judged_by: &JudgedBy,
    filed: &Filed,
    payable: &[Payable],
    student: &Student,
) -> Result<Bill, Refusal> {
    let payer = Payer::of(&judged_by.profile, i64::from(student.grade), &student.concession_groups(tx.today));
    let (mut lines, mut joined) = (Vec::new(), Vec::new());
    for enrollment in payable {
        let offer = filed.offer(enrollment.project_id).ok_or_else(|| Refusal::of(Code::TermsChanged))?;
        let days = judged_by.days.since(enrollment.owes_from());
        let fee = if enrollment.filing_id == filed.id {
            days.fee_of(offer)
        } else {
            fee_of_earlier(tx, enrollment, offer, &days)?
        };
        if let Some(fee) = fee.filter(|fee| fee.amount_fen > 0) {
            let name = offer.name.as_str().to_owned();
            let Payable { enrollment_id, project_id, joins_on, .. } = *enrollment;
            lines.push(BillLine { enrollment_id, project_id, name, fee, pays_percent: payer.percent, joins_on });
            joined.push(Joined { project: offer, joins_on: enrollment.owes_from() });
        }
    }
    let amounts: Vec<i64> = lines.iter().map(|line| line.fee.amount_fen).collect();
    let sum = amounts.iter().copied().fold(0_i64, i64::saturating_add);
    let (profile, days) = (&judged_by.profile, &judged_by.days);
    let Total { approved_fen, amount_fen } = total(profile, &filed.document, days, payer, &joined, sum);
    for (line, share) in lines.iter_mut().zip(shared(&amounts, amount_fen)) {
        line.fee.amount_fen = share;
    }
    Ok(Bill { lines, approved_fen, amount_fen })
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
    let signed_days = filings::judged_by(tx, &earlier)?.days.since(enrollment.owes_from());
    let signed = agreed.and_then(|agreed| signed_days.fee_of(agreed));
    Ok(fee.zip(signed).map(|(fee, signed)| if signed.amount_fen < fee.amount_fen { signed } else { fee }))
}
