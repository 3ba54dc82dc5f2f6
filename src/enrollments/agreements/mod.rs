//! Agreements 课后服务协议 (五.3): made from the published text, and signed with its hash, so that what was signed is what
//! was published. What was signed never changes; when the terms do, it is superseded and signed again.

mod api;
mod joint;
mod model;
mod store;
mod text;

pub use self::api::{AgreementOut, routes};
pub use self::joint::{Joint, PROJECTS_MAX, joint, sign_all, total_of};
pub use self::model::{Agreement, AgreementRow, AgreementText, Signed, Signer};

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use time::Date;

use self::text::Part;
use super::enrollments::{self, Callable, Enrollment, EnrollmentVerb, With};
use crate::auth::permission::{ReadEnrollments, SignAgreements};
use crate::auth::{By, known};
use crate::db::{Id, Tx};
use crate::filings::filings::{self, Filed};
use crate::http::IfMatchVersion;
use crate::journal::{Recorded, record};
use crate::notices::notices;
use crate::notices::notices::Published;
use crate::refusal::{Code, Fault, Refusal};
use crate::rules::document::PlanProject;
use crate::rules::enrollment::signed_agreement;
use crate::sealing::hex;
use crate::students::students::Student;

impl Recorded for Agreement {
    const RESOURCE: &'static str = "agreement";
    type Row = AgreementRow;

    fn recorded(&self) -> &AgreementRow {
        &self.row
    }

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// The agreement of an enrollment that the caller sees: as it was signed, else as it would be signed now.
///
/// # Errors
/// 404, also when nothing is signed and nothing is published any more.
pub fn find(tx: &mut Tx<'_>, by: &By<ReadEnrollments>, id: Id) -> Result<With<AgreementText>, Refusal> {
    let enrollment: Enrollment = by.find(tx, id)?;
    let text = match store::of_enrollment(tx, id)? {
        Some(row) => Some(AgreementText::signed(row)),
        None => render(tx, &enrollment)?.map(|current| current.with),
    };
    let text = text.ok_or_else(|| Refusal::of(Code::NotFound))?;
    Ok(With { enrollment, with: text })
}

/// What would be signed now, and what it is made from.
struct Current {
    with: AgreementText,
    student: Student,
    filed: Arc<Filed>,
    offer: PlanProject,
    /// From which day the pupil owes.
    joins_on: Date,
}

/// The text from what is published now; nothing when that is gone, or without the project.
fn render(tx: &mut Tx<'_>, enrollment: &Enrollment) -> Result<Option<Current>, Refusal> {
    let Some(published) = notices::shown_of_plan(tx, enrollment.plan_id)? else { return Ok(None) };
    let Some(offer) = published.offer(enrollment.project_id).cloned() else { return Ok(None) };
    let student = known::<Student>(tx, enrollment.student_id)?;
    let filed = filings::filed(tx, published.filing.id)?;
    let from_now = tx.today.max(student.entered_on);
    let joins_on = match enrollment.joins_on {
        Some(joined) if enrollment.terms_changed_on.is_some() => joined, // by the signature that is asked for again
        stated => stated.map_or(from_now, |stated| stated.max(from_now)),
    };
    let fee = filed.days().and_then(|days| days.since(joins_on).fee_of(&offer));
    let text = text::of(enrollment.id, &published, &Part { offer: &offer, joins_on, fee });
    let sha256 = hex(&Sha256::digest(&text));
    let (filing_id, notice_id) = (published.filing.id, published.notice.id);
    let with = AgreementText { text, sha256, filing_id, notice_id, signed: None };
    Ok(Some(Current { with, student, filed, offer, joins_on }))
}

/// Signs the agreement of an allocated enrollment, which is active from then on.
///
/// # Errors
/// 404, 412, 409 in another state, 422 for the hash of another text, without the right to sign, or by
/// `signed-agreement` and the rules of enrolling, which are asked again.
pub fn sign(
    tx: &mut Tx<'_>,
    by: &By<SignAgreements>,
    id: Id,
    seen: &IfMatchVersion,
    sha256: &str,
) -> Result<Callable, Refusal> {
    let before = enrollments::ready_for(tx, by, id, seen, EnrollmentVerb::Sign)?;
    let current = current(tx, &before)?;
    if current.with.sha256 != sha256 {
        return Err(Refusal::field("/sha256", Fault::Mismatch).said("sha256"));
    }
    let after = put_current(tx, Signer::Account(by.user_id), &before, &current)?;
    enrollments::callable(tx, by, after)
}

/// What would be signed now, if nothing stands against it.
fn current(tx: &mut Tx<'_>, before: &Enrollment) -> Result<Current, Refusal> {
    let Some(current) = render(tx, before)? else {
        let filed = filings::filed(tx, before.filing_id)?;
        return Err(Refusal::by_rules(signed_agreement(false, &filed.profile_document).into_iter().collect()));
    };
    let against = enrollments::against_signing(tx, &current.student, &current.filed, &current.offer);
    if against.is_empty() {
        return Ok(current);
    }
    Err(Refusal::by_rules(against).without_places())
}

fn put_current(tx: &mut Tx<'_>, signer: Signer, before: &Enrollment, current: &Current) -> Result<Enrollment, Refusal> {
    enrollments::hold_terms(tx, before, current.with.notice_id)?;
    put_under(tx, signer, before, &current.with, current.joins_on)
}

/// Whether a text is what would be signed now of an enrollment.
///
/// # Errors
/// 422 by `signed-agreement` and the rules of enrolling.
pub fn is_current(tx: &mut Tx<'_>, enrollment: &Enrollment, sha256: &str) -> Result<bool, Refusal> {
    Ok(current(tx, enrollment)?.with.sha256 == sha256)
}

/// Signs, as a paper says that was checked, the agreement of an allocated enrollment, which is active from then on.
///
/// # Errors
/// 409 `terms-changed` when the text on the paper is not what would be signed now, 422 by `signed-agreement` and the
/// rules of enrolling.
pub fn sign_on_paper(tx: &mut Tx<'_>, form: Id, before: &Enrollment, sha256: &str) -> Result<Enrollment, Refusal> {
    let current = current(tx, before)?;
    if current.with.sha256 != sha256 {
        return Err(Refusal::of(Code::TermsChanged));
    }
    put_current(tx, Signer::Paper(form), before, &current)
}

/// Puts a signature under a text for an enrollment whose terms are held, which is active from then on.
fn put_under(
    tx: &mut Tx<'_>,
    signer: Signer,
    before: &Enrollment,
    text: &AgreementText,
    joins_on: Date,
) -> Result<Enrollment, Refusal> {
    let (signed_by_id, paper_form_id) = match signer {
        Signer::Account(account) => (Some(account), None),
        Signer::Paper(form) => (None, Some(form)),
    };
    let row = AgreementRow {
        id: Id::fresh(),
        enrollment_id: before.id,
        text: text.text.clone(),
        sha256: text.sha256.clone(),
        filing_id: text.filing_id,
        notice_id: text.notice_id,
        signed_by_id,
        paper_form_id,
        signed_at: tx.now,
        superseded_at: None,
    };
    store::insert(tx, &row)?;
    let made = Agreement { row, path: before.path.clone() };
    record(tx, "signed", None, Some(&made))?;
    enrollments::activate(tx, before, made.row.id, joins_on)
}

/// Asks guardians to sign again whose agreements are of other terms than a new notice tells. What was signed is kept.
///
/// # Errors
/// When the database fails.
pub fn retold(tx: &mut Tx<'_>, published: &Published) -> Result<(), Refusal> {
    let (mut notices, mut after) = (HashMap::new(), Id::NIL);
    loop {
        let batch = store::in_force_of_plan(tx, published.notice.row.plan_id, after, BATCH)?;
        let Some((last, _)) = batch.last() else { return Ok(()) };
        after = last.id;
        for (row, project) in batch {
            let told = match notices.entry(row.notice_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(notices::told(tx, row.notice_id)?),
            };
            let terms = |told: &Published| told.offer(project).map(|offer| text::terms(told, offer));
            if terms(told) != terms(published) {
                supersede(tx, &Agreement { row, path: published.notice.path.clone() })?;
            }
        }
    }
}

fn supersede(tx: &mut Tx<'_>, before: &Agreement) -> Result<(), Refusal> {
    let mut after = before.clone();
    after.row.superseded_at = Some(tx.now);
    store::supersede(tx, after.row.id)?;
    record(tx, "superseded", Some(before), Some(&after))?;
    enrollments::ask_again(tx, after.row.enrollment_id)
}

/// Agreements that were signed of an enrollment that the caller sees, the latest first.
///
/// # Errors
/// 404.
pub fn signed(tx: &mut Tx<'_>, by: &By<ReadEnrollments>, id: Id) -> Result<With<Vec<AgreementRow>>, Refusal> {
    let enrollment: Enrollment = by.find(tx, id)?;
    Ok(With { enrollment, with: store::all_of_enrollment(tx, id)? })
}

/// All agreements of an enrollment, for rooms that show the caller its pupil, the latest first.
///
/// # Errors
/// When the database fails.
pub fn all_of(tx: &mut Tx<'_>, enrollment: Id) -> Result<Vec<AgreementRow>, Refusal> {
    store::all_of_enrollment(tx, enrollment)
}

/// How many they are.
///
/// # Errors
/// When the database fails.
pub fn count_of(tx: &mut Tx<'_>, enrollment: Id) -> Result<i64, Refusal> {
    store::count_of(tx, enrollment)
}

/// Projects for which a pupil's guardian signed one text, each with the day from which the pupil owes.
///
/// # Errors
/// When the database fails.
pub fn signed_together(tx: &mut Tx<'_>, student: Id, sha256: &str) -> Result<Vec<(Id, Option<Date>)>, Refusal> {
    store::projects_of_text(tx, student, sha256)
}

/// Agreements that are read at once, texts and all.
const BATCH: i64 = 500;

/// Sentences about agreements that are not what was signed.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let (mut wrong, mut after) = (Vec::new(), Id::NIL);
    loop {
        let batch = store::signed_after(tx, after, BATCH)?;
        let Some((last, ..)) = batch.last() else { return Ok(wrong) };
        after = *last;
        let changed = batch.iter().filter(|(_, sha256, text)| hex(&Sha256::digest(text)) != *sha256);
        wrong.extend(changed.map(|(id, ..)| format!("agreement {id} is not what was signed")));
    }
}
