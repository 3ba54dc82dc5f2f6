//! Filings 报备: a plan as it was submitted, numbered and hashed, and the authority's review of it (五.2). `decisions`
//! submits, withdraws and reviews, because each changes a filing and its plan or amendment in one transaction.

mod api;
mod comparison;
mod dossier;
mod fee_left;
mod filed;
mod judged_by;
mod model;
mod overdue;
mod recheck;
mod store;

pub use self::api::{FilingOut, recheck_routes, routes};
pub use self::comparison::{Change, ChangeKind, Comparison, compare};
pub use self::fee_left::FeeLeft;
pub use self::filed::{Filed, filed, offer_in, telling_of};
pub use self::judged_by::{JudgedBy, judged_by, kept_facts, settle_days};
pub use self::model::{Filing, FilingFilter, FilingPart, FilingStep, FilingVerb, ReturnReason, Review, ReviewDecision};
pub use self::overdue::{REMIND_BATCH, remind};
pub use self::recheck::{Rechecked, recheck};

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use time::Date;

use self::model::{FilingRow, case_number};
use crate::auth::{Actor, Scope, organisations, users};
use crate::db::{Id, Json, Rung, Stored, Tx};
use crate::journal::{change, record};
use crate::materials::{self, Material};
use crate::plans::checks::Judgement;
use crate::plans::plans::{FilingState, LatestFiling, Plan};
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::rules::calendar::Calendar;
use crate::rules::document::{PlanDocument, PlanProject};
use crate::rules::profile::Profile;
use crate::schools::schools;
use crate::sealing::hex;

/// Filings that the check of the whole database reads at a time.
const VERIFY_BATCH: i64 = 200;

/// A filing as its plan or amendment shows it.
#[must_use]
pub fn shown(filing: &Filing) -> LatestFiling {
    let FilingRow { id, case_number, state, sha256, .. } = filing.row.clone();
    LatestFiling { id, case_number, state, sha256 }
}

/// Keeps the canonical bytes of a document that was judged, numbered and hashed; its plan is claimed.
///
/// # Errors
/// When the database fails.
pub fn file(
    tx: &mut Tx<'_>,
    actor: &Actor,
    plan: &Plan,
    amendment_id: Option<Id>,
    document: &PlanDocument,
    judgement: &Judgement,
) -> Result<Filing, Refusal> {
    let school = schools::known(tx, plan.school_id)?;
    let authority = school.authority_id.map(|id| organisations::find(tx, id)).transpose()?.flatten();
    let authority = authority.ok_or_else(|| Refusal::internal("a school without a filing authority"))?;
    let bytes = serde_json_canonicalizer::to_string(document).map_err(Refusal::internal)?;
    let not_judged = judgement.report.not_judged.iter().map(|rule| (*rule).to_owned()).collect();
    let (judged_by, judged_by_sha256) = judged_by::kept(tx.today, document, judgement)?;
    let step = step(tx, actor, FilingState::Submitted)?;
    let year = tx.today.year();
    // The series is claimed last, so that filings of one authority wait for each other as briefly as can be.
    let number = store::next_number(tx, authority.id, year)?;
    let row = FilingRow {
        id: Id::fresh(),
        plan_id: plan.id,
        amendment_id,
        school_id: plan.school_id,
        authority_id: authority.id,
        ordinal: plan.filings_count,
        year,
        number,
        case_number: case_number(&authority.code, year, number),
        state: FilingState::Submitted,
        sha256: hex(&Sha256::digest(&bytes)),
        document: bytes,
        profile_code: judgement.profile.id.clone(),
        profile_document: judgement.profile.document.clone(),
        findings: Json(judgement.report.findings.clone()),
        not_judged: Json(not_judged),
        due_on: reminder_on(tx.today, &judgement.profile, &judgement.calendar),
        reminded_on: None,
        escalated_on: None,
        escalated_to_id: None,
        review: None,
        steps: Json(vec![step]),
        filed_by: Some(Json(filers(tx, plan.id, actor)?)),
        judged_by: Some(judged_by),
        judged_by_sha256: Some(judged_by_sha256),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let filed_with = materials::latest_of_plan(tx, plan.id)?;
    store::insert_materials(tx, row.id, &filed_with)?;
    let (school_code, school_name, path) = (plan.school_code.clone(), plan.school_name.clone(), plan.path.clone());
    let made = Filing { row, school_code, school_name, path, overdue: false };
    record(tx, "submitted", None, Some(&made))?;
    Ok(made)
}

/// Everybody who has filed a plan, and who files it now.
fn filers(tx: &mut Tx<'_>, plan: Id, actor: &Actor) -> Result<Vec<Id>, Refusal> {
    let before = store::steps_of_plan(tx, plan)?;
    let first = before.iter().filter_map(|steps| steps.first()).map(|step| step.by_id);
    Ok(first.chain([actor.user_id]).collect::<BTreeSet<Id>>().into_iter().collect())
}

/// Says which projects of the plan, as it stands now, are those of a filing's document: when the plan is filed, and
/// when an amendment takes its place.
///
/// # Errors
/// When the database fails.
pub fn name_projects(tx: &mut Tx<'_>, filing: &Filing) -> Result<(), Refusal> {
    let named = projects::ids(tx, filing.plan_id)?;
    store::insert_projects(tx, filing.id, &named)
}

/// The working day after which a review that was not made is reminded of (†); none beyond the calendar.
fn reminder_on(from: Date, profile: &Profile, calendar: &Calendar) -> Option<Date> {
    calendar.working_days_after(from, profile.review_reminder_working_days).ok().map(|days| days.deadline)
}

fn step(tx: &mut Tx<'_>, actor: &Actor, state: FilingState) -> Result<FilingStep, Refusal> {
    let by_name = users::find(tx, &Scope::Everything, actor.user_id)?.row.display_name;
    Ok(FilingStep { state, at: tx.now, by_id: actor.user_id, by_name, role: actor.role.as_str().to_owned() })
}

/// Brings a filing into another state, with who brought it there, and records it as `action`.
///
/// # Errors
/// 412 when another request was faster.
pub fn step_to(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    before: &Filing,
    state: FilingState,
    review: Option<Review>,
) -> Result<Filing, Refusal> {
    let (step, today) = (step(tx, actor, state)?, tx.today);
    tx.holds(Rung::Filing, before.id);
    change(tx, action, before, |filing| {
        filing.state = state;
        filing.due_on = review.as_ref().and_then(|review| review.due_on);
        (filing.reminded_on, filing.escalated_on, filing.escalated_to_id) = (None, None, None);
        filing.review = review.map(Json);
        filing.steps.0.push(step);
        filing.overdue = filing.is_overdue(today);
    })
}

/// Takes a filing back that is not decided.
///
/// # Errors
/// 412 when another request was faster.
pub fn take_back(tx: &mut Tx<'_>, actor: &Actor, filing: &Filing) -> Result<Filing, Refusal> {
    let review = filing.review.as_ref().map(|review| review.0.clone());
    step_to(tx, actor, "withdrawn", filing, FilingState::Withdrawn, review)
}

/// The submission that a plan stands on.
///
/// # Errors
/// When the database fails.
pub fn latest(tx: &mut Tx<'_>, plan: &Plan) -> Result<Option<Filing>, Refusal> {
    store::of_plan(tx, plan.id, plan.filing_ordinal)
}

/// The approved filing of a plan: what is charged by.
///
/// # Errors
/// When the database fails.
pub fn in_force(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Filing>, Refusal> {
    store::in_force(tx, plan)
}

/// The document of a filing, typed.
///
/// # Errors
/// A defect: what was filed cannot be read any more.
pub fn document(filing: &Filing) -> Result<PlanDocument, Refusal> {
    serde_json::from_str(&filing.document).map_err(Refusal::internal)
}

/// The projects of a filing with their ids, in the order of its document.
///
/// # Errors
/// When the database fails.
pub fn offers_of(tx: &mut Tx<'_>, filing: &Filing) -> Result<Vec<(Id, PlanProject)>, Refusal> {
    let ids = store::projects_of(tx, filing.id)?;
    Ok(ids.into_iter().zip(document(filing)?.projects).collect())
}

/// The materials that a filing was filed with, by kind and name.
///
/// # Errors
/// When the database fails.
pub fn materials_of(tx: &mut Tx<'_>, filing: Id) -> Result<Vec<Material>, Refusal> {
    let ids = store::materials_of(tx, filing)?;
    materials::known(tx, ids)
}

/// Sentences about filings whose bytes, or what judged them, are not what was hashed, and about series with a gap;
/// about plans that stand on no filing, and decisions without a review.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let mut wrong = Vec::new();
    let mut after = String::new();
    loop {
        let batch = store::filed_after(tx, &after, VERIFY_BATCH)?;
        for store::Filed { case_number, sha256, document, judged_by, judged_by_sha256 } in &batch {
            if hex(&Sha256::digest(document)) != *sha256 {
                wrong.push(format!("filing {case_number} is not what was hashed when it was submitted"));
            }
            if !judged_by::holds(judged_by.as_deref(), judged_by_sha256.as_deref()) {
                wrong.push(format!("what judged filing {case_number} is not what was hashed when it was kept"));
            }
        }
        match batch.into_iter().last() {
            Some(last) => after = last.case_number,
            None => break,
        }
    }
    for (authority, year, last, filings) in store::series(tx)? {
        if filings != i64::from(last) {
            wrong.push(format!("the case numbers of authority {authority} in {year} have a gap"));
        }
    }
    for (plan, state) in store::plans_without_filing(tx)? {
        wrong.push(format!("plan {plan} is {}, but stands on no filing that is so", state.as_str()));
    }
    let decided = store::decided_without_review(tx)?;
    wrong.extend(decided.iter().map(|case_number| format!("filing {case_number} was decided without a review")));
    Ok(wrong)
}
