//! One agreement of several projects of a plan for one pupil: read once and signed once, kept with each enrollment.

use sha2::{Digest, Sha256};
use time::Date;

use super::model::{AgreementText, Signer};
use super::put_under;
use super::text::{self, Part};
use crate::auth::By;
use crate::auth::permission::SignAgreements;
use crate::db::{Id, Tx};
use crate::enrollments::enrollments::{self, Callable, Enrollment, EnrollmentVerb};
use crate::filings::filings::{self, Filed};
use crate::notices::notices;
use crate::plans::projects;
use crate::refusal::{Fault, FieldError, Refusal};
use crate::rules::bill::{Joined, Payer, total};
use crate::rules::document::PlanProject;
use crate::rules::enrollment::guardian_consent;
use crate::sealing::hex;
use crate::students::guardianships;
use crate::students::students::Student;

/// Projects that are signed for together.
pub const PROJECTS_MAX: usize = 20;

/// What would be signed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joint {
    pub text: AgreementText,
    /// In the order of the plan.
    pub projects: Vec<Id>,
    /// From which day the pupil owes.
    pub joins_on: Date,
    /// What the projects come to together, before any concession; none where what judged them was not kept.
    pub total_fen: Option<i64>,
    /// The policy document that judged them.
    pub profile_document: String,
}

/// The agreement of a pupil and some projects of one plan, as it would be signed now; `at` is where they are named.
///
/// # Errors
/// 422 for a project that is not offered, is named twice, or is of another plan than the first.
pub fn joint(tx: &mut Tx<'_>, student: &Student, of: &[Id], at: &str) -> Result<Joint, Refusal> {
    let refused = |index: usize, fault| Refusal::invalid(vec![FieldError::new(format!("{at}/{index}"), fault)]);
    let Some(first) = of.first() else { return Err(Refusal::field(at, Fault::Required)) };
    let plan = projects::place(tx, *first).map_err(|refusal| refusal.named_at(&format!("{at}/0")))?.plan_id;
    let Some(published) = notices::shown_of_plan(tx, plan)? else { return Err(refused(0, Fault::NotFound)) };
    for (index, project) in of.iter().enumerate() {
        if of.iter().take(index).any(|earlier| earlier == project) {
            return Err(refused(index, Fault::Duplicate));
        }
        if published.offer(*project).is_none() {
            return Err(refused(index, Fault::NotFound));
        }
    }
    let filed = filings::filed(tx, published.filing.id)?;
    let joins_on = tx.today.max(student.entered_on);
    let days = filed.days().map(|days| days.since(joins_on));
    let chosen: Vec<(Id, &PlanProject)> =
        filed.projects.iter().copied().zip(&filed.document.projects).filter(|(id, _)| of.contains(id)).collect();
    let fee = |offer| days.as_ref().and_then(|days| days.fee_of(offer));
    let parts: Vec<Part<'_>> = chosen.iter().map(|(_, offer)| Part { offer, joins_on, fee: fee(offer) }).collect();
    let joined: Vec<Joined<'_>> = chosen.iter().map(|(_, project)| Joined { project, joins_on }).collect();
    let total_fen = total_of(&filed, student, &joined);
    let text = text::of_all(student.row.id, &published, &parts, total_fen.filter(|total| *total > 0));
    let sha256 = hex(&Sha256::digest(&text));
    let (filing_id, notice_id) = (published.filing.id, published.notice.row.id);
    Ok(Joint {
        text: AgreementText { text, sha256, filing_id, notice_id, signed: None },
        projects: chosen.iter().map(|(id, _)| *id).collect(),
        joins_on,
        total_fen,
        profile_document: filed.profile_document.clone(),
    })
}

/// What projects come to together that a pupil joined, within all limits and before any concession; none where what
/// judged them was not kept.
#[must_use]
pub fn total_of(filed: &Filed, student: &Student, joined: &[Joined<'_>]) -> Option<i64> {
    let judged_by = filed.judged_by.as_ref()?;
    let fees = joined.iter().filter_map(|own| judged_by.days.since(own.joins_on).fee_of(own.project));
    let sum = fees.fold(0_i64, |sum, fee| sum.saturating_add(fee.amount_fen));
    let payer = Payer { grade: i64::from(student.grade), percent: None };
    Some(total(&judged_by.profile, &filed.document, &judged_by.days, payer, joined, sum).approved_fen)
}

/// Signs one agreement for enrollments that this transaction has made, each with a seat. Their rules have just been
/// asked, and their terms are held by their seats.
///
/// # Errors
/// 422 without the right to sign, or for the hash of another text.
pub fn sign_all(
    tx: &mut Tx<'_>,
    by: &By<SignAgreements>,
    joint: &Joint,
    made: &[Enrollment],
    sha256: &str,
) -> Result<Vec<Callable>, Refusal> {
    let Some(person) = made.first().map(|enrollment| enrollment.person_id) else { return Ok(Vec::new()) };
    if !guardianships::claim_right(tx, by.user_id, person, EnrollmentVerb::Sign.right())? {
        let finding = guardian_consent(false, &joint.profile_document);
        return Err(Refusal::by_rules(finding.into_iter().collect()));
    }
    if joint.text.sha256 != sha256 {
        return Err(Refusal::field("/agreement_sha256", Fault::Mismatch));
    }
    let mut signed = Vec::with_capacity(made.len());
    for enrollment in made {
        enrollments::hold_terms(tx, enrollment, joint.text.notice_id)?;
        let after = put_under(tx, Signer::Account(by.user_id), enrollment, &joint.text, joint.joins_on)?;
        signed.push(enrollments::callable(tx, by, after)?);
    }
    Ok(signed)
}
