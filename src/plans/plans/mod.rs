//! Plans 课后服务工作方案: what a school offers after school in one term. The body of a plan is the plan document itself;
//! school and term are taken from what the authority keeps, so a document that says otherwise is refused.

mod api;
mod facts;
mod model;
mod store;
mod window;

pub use self::api::{PlanOut, routes};
pub use self::model::{FilingState, LatestFiling, Plan, PlanContent, PlanFilter, PlanRow};
pub use self::window::deadline_of;
pub use super::life::{PlanState, Verb};

use self::model::{mismatches, term_on_record};
use super::checks::{self, Judgement};
use super::projects;
use crate::auth::permission::{SubmitPlans, WritePlans};
use crate::auth::{By, known, organisations};
use crate::db::{Id, Json, Rung, Stored, Tx};
use crate::finding::Finding;
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::regulation::policy_profiles;
use crate::regulation::terms::{self, Term};
use crate::rules::document::{PlanDocument, PlanProject, PlanSchool, Whole};
use crate::rules::facts::{AmendedFact, Facts};
use crate::rules::left_by_its_term;
use crate::schools::schools::{self, School};
use crate::staff;
use crate::values::identifiers::{AuthorityCode, SchoolCode};
use crate::values::text::Line;

/// Drafts a plan of a school in the caller's scope. What the rules say of it comes back with the answer; only a second
/// plan of the same term stops it.
///
/// # Errors
/// 422 with everything that does not go together, or by `one-filing-per-term`.
pub fn create(tx: &mut Tx<'_>, by: &By<WritePlans>, document: &PlanDocument) -> Result<Plan, Refusal> {
    let (school, term) = on_record(tx, by, document)?;
    if store::standing(tx, school.row.id, document.term.school_year.as_str(), document.term.season)?.is_some() {
        return Err(second_plan(tx, &school.path, document)?);
    }
    let row = PlanRow {
        id: Id::fresh(),
        school_id: school.row.id,
        school_year: term.row.school_year.clone(),
        season: term.row.season,
        state: PlanState::Draft,
        content: Json(PlanContent::of(document)),
        first_submitted_on: None,
        filing_deadline_on: None,
        filings_count: 0,
        filing_ordinal: 0,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    if untaken(tx.savepoint(|tx| row.insert(tx)))?.is_none() {
        return Err(second_plan(tx, &school.path, document)?); // another request was faster
    }
    projects::replace_all(tx, row.id, row.school_id, &document.projects)?;
    let (school_code, school_name, path) = (school.code, school.name, school.path);
    let term_is_over = term.row.ends_on < tx.today;
    let made = Plan { row, school_code, school_name, path, filing: None, term_is_over };
    record(tx, "created", None, Some(&made))?;
    warn(tx, &made)?;
    Ok(made)
}

/// Nothing where the unique index of standing plans refused.
fn untaken<T>(outcome: Result<T, Refusal>) -> Result<Option<T>, Refusal> {
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(refusal) if refusal.code() == Some(Code::AlreadyExists) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The refusal of a second plan of one term (五.2).
fn second_plan(tx: &mut Tx<'_>, path: &str, document: &PlanDocument) -> Result<Refusal, Refusal> {
    let facts = Facts { has_other_plan: Some(true), ..Facts::default() };
    let findings = checks::judge(tx, path, document, &facts)?.report.findings;
    Ok(Refusal::by_rules(findings.into_iter().filter(|finding| finding.rule == "one-filing-per-term").collect()))
}

/// School and term of a document, when it agrees with both.
fn on_record(tx: &mut Tx<'_>, by: &By<WritePlans>, document: &PlanDocument) -> Result<(School, Term), Refusal> {
    let mut faults = document.faults();
    let not_found = |at: &str| FieldError::new(at, Fault::NotFound);
    let school = schools::by_code(tx, document.school.code.as_str())?.filter(|school| by.holds(&school.path));
    let Some(school) = school else {
        faults.push(not_found("/school/code"));
        return Err(Refusal::invalid(faults));
    };
    let term = &document.term;
    let Some(term) = terms::of_season(tx, &school.path, term.school_year.as_str(), term.season)? else {
        faults.push(not_found("/term/season"));
        return Err(Refusal::invalid(faults));
    };
    let authority = authority_of(tx, &school)?;
    faults.extend(mismatches(document, &school, authority.as_str(), &term));
    faults.extend(staff::leader_faults(tx, school.row.id, &document.projects)?);
    if faults.is_empty() { Ok((school, term)) } else { Err(Refusal::invalid(faults)) }
}

/// The code of the authority to which a school files.
fn authority_of(tx: &mut Tx<'_>, school: &School) -> Result<AuthorityCode, Refusal> {
    let found = school.authority_id.map(|id| organisations::find(tx, id)).transpose()?.flatten();
    let code = found.and_then(|authority| AuthorityCode::new(&authority.code).ok());
    code.ok_or_else(|| Refusal::internal("a school without a filing authority"))
}

/// Says what the rules say of a plan as it stands.
fn warn(tx: &mut Tx<'_>, plan: &Plan) -> Result<(), Refusal> {
    let (_, judgement) = judge(tx, plan)?;
    tx.findings.extend(judgement.report.findings);
    Ok(())
}

/// Replaces a draft or returned plan by a document of the same school and term. Projects keep their ids by their names.
///
/// # Errors
/// 404, 412, 409 in another state or for what stays as it was created, 422 with everything that does not go together.
pub fn replace(
    tx: &mut Tx<'_>,
    by: &By<WritePlans>,
    id: Id,
    seen: &IfMatchVersion,
    document: &PlanDocument,
) -> Result<Plan, Refusal> {
    let before = by.find::<Plan>(tx, id)?;
    seen.expect(before.version)?;
    Verb::Update.from(before.state)?;
    check_own(tx, by, &before, document, "")?;
    let content = Json(PlanContent::of(document));
    let after = step(tx, "updated", &before, Verb::Update, |plan| plan.content = content)?;
    projects::replace_all(tx, id, after.school_id, &document.projects)?;
    warn(tx, &after)?;
    Ok(after)
}

/// Whether a document, which stands at `at` in the body, is one of the plan's school and term and goes together with
/// them.
///
/// # Errors
/// 409 for what stays as it was created, 422 with everything that does not go together.
pub fn check_own(
    tx: &mut Tx<'_>,
    by: &By<WritePlans>,
    plan: &Plan,
    document: &PlanDocument,
    at: &str,
) -> Result<(), Refusal> {
    for (field, kept) in [
        ("/school/code", document.school.code.as_str() == plan.school_code),
        ("/term/school_year", document.term.school_year.as_str() == plan.school_year),
        ("/term/season", document.term.season == plan.season),
    ] {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable).below(at));
        }
    }
    on_record(tx, by, document).map_err(|refusal| refusal.below(at))?;
    Ok(())
}

/// Takes a plan on by a verb, with what else changes of it, and records it as `action`.
///
/// # Errors
/// 409 with the state and what it allows, 412 when another request was faster.
pub fn step(
    tx: &mut Tx<'_>,
    action: &str,
    before: &Plan,
    verb: Verb,
    edit: impl FnOnce(&mut Plan),
) -> Result<Plan, Refusal> {
    let state = verb.from(before.state)?;
    tx.holds(Rung::Plan, before.id);
    change(tx, action, before, |plan| {
        plan.state = state;
        edit(plan);
    })
}

/// Claims a plan for a change of one of its parts: its version moves on, so that no submission sees half of it.
///
/// # Errors
/// 409 in a state that cannot be written, 412 when another request was faster.
pub fn claim_for_writing(tx: &mut Tx<'_>, before: &Plan) -> Result<Plan, Refusal> {
    step(tx, "claimed", before, Verb::Update, |_| {})
}

/// Holds a plan of a school that is being written until the end of the transaction, so that no submission sees half of
/// its materials. Its version stays: the document has not changed.
///
/// # Errors
/// 422 where the school has no such plan, 409 in a state that cannot be written.
pub fn hold_for_materials(tx: &mut Tx<'_>, id: Id, school: Id) -> Result<(), Refusal> {
    if store::hold_open(tx, id, school)? {
        tx.holds(Rung::Plan, id);
        return Ok(());
    }
    let plan = known::<Plan>(tx, id).map_err(|refusal| refusal.named_at("/plan_id"))?;
    if plan.school_id == school {
        return Err(Verb::refusal(plan.state));
    }
    Err(Refusal::field("/plan_id", Fault::NotFound))
}

/// Holds a plan of any scope until the transaction ends, and gives it as it stands then: whoever changes it, or what it
/// stands on, waits meanwhile. It comes first in the order of locks.
///
/// # Errors
/// 404.
pub fn hold(tx: &mut Tx<'_>, id: Id) -> Result<Plan, Refusal> {
    tx.holds(Rung::Plan, id);
    store::hold(tx, id)?;
    known(tx, id)
}

/// Takes a withdrawn plan back to draft; its window is judged anew when it is filed.
///
/// # Errors
/// 404, 412, 409 in another state, 422 by `one-filing-per-term` when the term has another plan by now.
pub fn reopen(tx: &mut Tx<'_>, by: &By<SubmitPlans>, id: Id, seen: &IfMatchVersion) -> Result<Plan, Refusal> {
    let before = by.find::<Plan>(tx, id)?;
    seen.expect(before.version)?;
    let afresh = |plan: &mut Plan| (plan.first_submitted_on, plan.filing_deadline_on) = (None, None);
    let reopened = untaken(tx.savepoint(|tx| step(tx, "reopened", &before, Verb::Reopen, afresh)))?;
    if let Some(after) = reopened {
        return Ok(after);
    }
    let document = document(tx, &before)?;
    Err(second_plan(tx, &before.path, &document)?)
}

/// Closes an approved plan after the last day of its term; `decisions::submissions` withdraws what was to change of it.
///
/// # Errors
/// 404, 412, 409 in another state or while the term runs.
pub fn close(tx: &mut Tx<'_>, by: &By<SubmitPlans>, id: Id, seen: &IfMatchVersion) -> Result<Plan, Refusal> {
    let before = by.find::<Plan>(tx, id)?;
    seen.expect(before.version)?;
    Verb::Close.from(before.state)?;
    let ends_on = term_of(tx, &before)?.ends_on;
    if tx.today <= ends_on {
        return Err(Refusal::of(Code::TermRuns).with("ends_on", ends_on));
    }
    step(tx, "closed", &before, Verb::Close, |_| {})
}

/// The plan as the one typed form, with school and term as they are on record now.
///
/// # Errors
/// When the database fails.
pub fn document(tx: &mut Tx<'_>, plan: &Plan) -> Result<PlanDocument, Refusal> {
    let offers = projects::offers(tx, plan.id)?;
    document_of(tx, plan, &plan.content, offers)
}

/// What a plan's school writes, as a plan document with school and term as they are on record now.
///
/// # Errors
/// When the database fails.
pub fn document_of(
    tx: &mut Tx<'_>,
    plan: &Plan,
    content: &PlanContent,
    projects: Vec<PlanProject>,
) -> Result<PlanDocument, Refusal> {
    let school = schools::known(tx, plan.school_id)?;
    let term = term_of(tx, plan)?;
    let term = term_on_record(&term, content).ok_or_else(|| Refusal::internal("a term without a school year"))?;
    let (code, name) = (SchoolCode::new(&school.code), Line::kept(&school.name));
    let (Ok(version), Ok(code), Ok(name)) = (Whole::new(1), code, name) else {
        return Err(Refusal::internal("a school that no document can name"));
    };
    let own = &content.dismissals;
    let school = PlanSchool {
        code,
        name,
        authority_code: authority_of(tx, &school)?,
        stages: school.row.stages.0,
        ownership: school.row.ownership,
        area: school.row.area,
        boarding: school.row.boarding,
        grades: content.grades.clone(),
        dismissals: if own.is_empty() { school.row.dismissals.0.clone() } else { own.clone() },
        approved_dismissals: school.row.dismissals.0,
    };
    Ok(PlanDocument {
        version,
        school,
        term,
        provider: content.provider.clone(),
        projects,
        budget: content.budget.clone(),
        notice: content.notice.clone(),
    })
}

/// How many plans an answer names, of those whose service a moved term leaves outside.
pub const LEFT_NAMED_MAX: usize = 100;

/// What is to be said of standing plans whose service lies outside of their term as it is now; of the first
/// [`LEFT_NAMED_MAX`].
///
/// # Errors
/// When the database fails.
pub fn left_by_their_term(tx: &mut Tx<'_>, term: &Term) -> Result<Vec<Finding>, Refusal> {
    const BATCH: i64 = 200;
    let today = tx.today;
    let document = policy_profiles::nearest(tx, &term.path, today)?.document;
    let (mut findings, mut after) = (Vec::new(), Id::NIL);
    loop {
        let batch = store::of_term(tx, term, after, BATCH)?;
        for (id, school, content) in &batch {
            let service = (content.service_from, content.service_to);
            let left = left_by_its_term((term.opens_on, term.ends_on), service, &document);
            findings.extend(left.map(|finding| finding.with("school", school).with("plan_id", id)));
        }
        match batch.last() {
            Some((last, ..)) if findings.len() < LEFT_NAMED_MAX => after = *last,
            _ => break,
        }
    }
    findings.truncate(LEFT_NAMED_MAX);
    Ok(findings)
}

fn term_of(tx: &mut Tx<'_>, plan: &Plan) -> Result<Term, Refusal> {
    let term = terms::of_season(tx, &plan.path, &plan.school_year, plan.season)?;
    term.ok_or_else(|| Refusal::internal("a plan without a term"))
}

/// What the rules say of a plan if it were filed today, or were filed on the day of its first submission.
///
/// # Errors
/// When the database fails.
pub fn judge(tx: &mut Tx<'_>, plan: &Plan) -> Result<(PlanDocument, Judgement), Refusal> {
    let document = document(tx, plan)?;
    let judgement = judge_document(tx, plan, &document, None)?;
    Ok((document, judgement))
}

/// What the rules say of a document of a plan; `in_force` is what it is to take the place of.
///
/// # Errors
/// When the database fails.
pub fn judge_document(
    tx: &mut Tx<'_>,
    plan: &Plan,
    document: &PlanDocument,
    in_force: Option<PlanDocument>,
) -> Result<Judgement, Refusal> {
    let known = facts::facts_of(tx, plan, document)?;
    let amended = in_force.map(|in_force| AmendedFact { in_force, filed_on: tx.today });
    checks::judge(tx, &plan.path, document, &Facts { amended, ..known })
}
