//! Notices 告知 (二.2, 五.3): what guardians are told before they choose, in six items. One is published for a plan at a
//! time, from the first submission on; it says whether the fees are approved yet.

mod api;
mod model;
mod page;
mod store;

pub use self::api::{NoticeOut, page_routes, routes};
pub use self::model::{Notice, NoticeState, NoticeVerb};
pub use self::store::{NoticeFilter, ShownFilter};

use std::sync::Arc;

use self::model::NoticeRow;
use crate::auth::permission::{PublishNotices, ReadPlans};
use crate::auth::{Actor, Scope};
use crate::db::{Id, Json, Tx};
use crate::filings::filings::{self, Filed, Filing};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::plans::plans::{self, Plan, PlanState};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::regulation::policy_profiles;
use crate::rules::document::{PlanDocument, PlanNotice, PlanProject, Prose};
use crate::rules::notice_complete;

impl Recorded for Notice {
    const RESOURCE: &'static str = "notice";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Drafts a notice of a plan; items that are left out are those of the plan document.
///
/// # Errors
/// 422 for a plan that the caller may not write notices of.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, plan: Id, items: &PlanNotice) -> Result<Notice, Refusal> {
    let plan = plans::named_in_body(plans::find_for::<PublishNotices>(tx, actor, plan))?;
    check(items)?;
    let items = filled_in(items, &plans::document(tx, &plan)?.notice);
    insert_draft(tx, &plan, items)
}

fn insert_draft(tx: &mut Tx<'_>, plan: &Plan, items: PlanNotice) -> Result<Notice, Refusal> {
    let row = NoticeRow {
        id: Id::fresh(),
        plan_id: plan.row.id,
        school_id: plan.row.school_id,
        filing_id: None,
        state: NoticeState::Draft,
        items: Json::of(&items)?,
        published_on: None,
        published_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = Notice { row, items, filing_state: None, path: plan.path.clone() };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn check(items: &PlanNotice) -> Result<(), Refusal> {
    let again = |(index, channel)| items.channels.iter().take(index).any(|earlier| earlier == channel);
    let repeated = items.channels.iter().enumerate().filter(|pair| again(*pair));
    let faults = repeated.map(|(index, _)| FieldError::new(format!("/items/channels/{index}"), Fault::Duplicate));
    let faults: Vec<FieldError> = faults.collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(faults)) }
}

fn filled_in(items: &PlanNotice, planned: &PlanNotice) -> PlanNotice {
    let item = |own: &Option<Prose<4000>>, planned: &Option<Prose<4000>>| own.clone().or_else(|| planned.clone());
    let channels = if items.channels.is_empty() { &planned.channels } else { &items.channels };
    PlanNotice {
        time: item(&items.time, &planned.time),
        mode: item(&items.mode, &planned.mode),
        content: item(&items.content, &planned.content),
        safety: item(&items.safety, &planned.safety),
        fees: item(&items.fees, &planned.fees),
        spending: item(&items.spending, &planned.spending),
        off_campus_advice: items.off_campus_advice.clone().or_else(|| planned.off_campus_advice.clone()),
        channels: channels.clone(),
    }
}

/// Replaces the items of a draft.
///
/// # Errors
/// 404, 412, 409 once it is published or for another plan.
pub fn update(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    plan: Id,
    items: &PlanNotice,
) -> Result<Notice, Refusal> {
    let before = draft(tx, actor, id, seen)?;
    if before.row.plan_id != plan {
        return Err(Refusal::at(Code::ImmutableField, "/plan_id", Fault::Immutable));
    }
    check(items)?;
    let mut after = Notice { items: items.clone(), ..before.clone() };
    after.row.items = Json::of(items)?;
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, "updated", Some(&before), Some(&after))?;
    Ok(after)
}

fn draft(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Notice, Refusal> {
    let found = store::find(tx, &Scope::of::<PublishNotices>(actor), id)?;
    let found = found.ok_or_else(|| Refusal::of(Code::NotFound))?;
    seen.expect(found.row.version)?;
    if found.row.state != NoticeState::Draft {
        return Err(NoticeVerb::refusal(found.row.state));
    }
    Ok(found)
}

/// Publishes a draft once its plan is submitted; the one before is superseded. The plan is held first: a decision on
/// what it stands on waits meanwhile, or has been seen.
///
/// # Errors
/// 404, 412, 409 before the plan is submitted, 422 by `notice-complete`.
pub fn publish(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Published, Refusal> {
    let before = draft(tx, actor, id, seen)?;
    let plan = plans::hold(tx, before.row.plan_id)?;
    let Some(filing) = submitted(tx, &plan)? else {
        return Err(Refusal::of(Code::NotSubmitted).with("state", plan.row.state.as_str()));
    };
    let opens_on = filings::document(&filing)?.term.opens_on;
    let profile = match policy_profiles::in_force(tx, &before.path, opens_on)? {
        Some(in_force) => in_force.profile,
        None => policy_profiles::nearest(tx, &before.path, opens_on)?,
    };
    let missing = notice_complete(&before.items, "/items", &profile);
    if !missing.is_empty() {
        return Err(Refusal::by_rules(missing));
    }
    make_public(tx, &before, filing)
}

/// Lets the published notice of a plan follow the filing that was approved, if it told of another one: a new notice of
/// the approved text takes its place, and is given back.
///
/// # Errors
/// When the database fails.
pub fn follow(tx: &mut Tx<'_>, plan: &Plan, filing: &Filing) -> Result<Option<Published>, Refusal> {
    let standing = store::published(tx, plan.row.id)?;
    if standing.is_none_or(|standing| standing.row.filing_id == Some(filing.row.id)) {
        return Ok(None);
    }
    let items = filings::document(filing)?.notice;
    let draft = insert_draft(tx, plan, items)?;
    make_public(tx, &draft, filing.clone()).map(Some)
}

fn make_public(tx: &mut Tx<'_>, before: &Notice, filing: Filing) -> Result<Published, Refusal> {
    if let Some(standing) = store::published(tx, before.row.plan_id)? {
        let mut superseded = standing.clone();
        superseded.row.state = NoticeState::Superseded;
        superseded.row.version += 1;
        superseded.row.updated_at = tx.now;
        store::update(tx, &superseded.row)?;
        record(tx, "superseded", Some(&standing), Some(&superseded))?;
    }
    let mut after = Notice { filing_state: Some(filing.row.state), ..before.clone() };
    after.row.filing_id = Some(filing.row.id);
    after.row.state = NoticeState::Published;
    after.row.published_on = Some(tx.today);
    after.row.published_at = Some(tx.now);
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, "published", Some(before), Some(&after))?;
    with(tx, after, filing)
}

/// What the plan is submitted as; nothing for a draft or a withdrawn plan.
fn submitted(tx: &mut Tx<'_>, plan: &Plan) -> Result<Option<Filing>, Refusal> {
    match plan.row.state {
        PlanState::Draft | PlanState::Withdrawn | PlanState::Closed => Ok(None),
        PlanState::Submitted | PlanState::Returned | PlanState::Approved => filings::latest(tx, plan),
    }
}

/// One notice that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Notice, Refusal> {
    store::find(tx, &Scope::of::<ReadPlans>(actor), id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Notices that the caller may see.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &NoticeFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Notice>, Refusal> {
    store::list(tx, &Scope::of::<ReadPlans>(actor), filter, after, limit)
}

/// A published notice with what it tells of: for everybody.
#[derive(Debug, Clone)]
pub struct Published {
    pub notice: Notice,
    pub filing: Filing,
    pub document: PlanDocument,
    /// Projects of the filing with their ids.
    pub projects: Vec<Id>,
}

/// A notice that everybody may see now.
///
/// # Errors
/// 404.
pub fn shown(tx: &mut Tx<'_>, id: Id) -> Result<Published, Refusal> {
    let notice = store::find(tx, &Scope::Everything, id)?.filter(Notice::is_shown);
    with_filing(tx, notice.ok_or_else(|| Refusal::of(Code::NotFound))?)
}

/// The published notice of a plan, if guardians see one.
///
/// # Errors
/// When the database fails.
pub fn shown_of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Published>, Refusal> {
    store::published(tx, plan)?.filter(Notice::is_shown).map(|notice| with_filing(tx, notice)).transpose()
}

/// What a notice of any state and scope told, for rooms whose own rows the caller may see.
///
/// # Errors
/// 404.
pub fn told(tx: &mut Tx<'_>, id: Id) -> Result<Published, Refusal> {
    let notice = store::find(tx, &Scope::Everything, id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    with_filing(tx, notice)
}

impl Published {
    /// What it tells of a project; nothing for a project that is not in it.
    #[must_use]
    pub fn offer(&self, project: Id) -> Option<&PlanProject> {
        filings::offer_in(&self.document, &self.projects, project)
    }
}

/// What guardians may choose from by a plan's published notice.
#[derive(Debug, Clone)]
pub struct Offered {
    pub notice_id: Id,
    pub filed: Arc<Filed>,
}

/// The same as [`shown_of_plan`] for whoever needs the notice's id alone, and of its filing what never changes.
///
/// # Errors
/// When the database fails.
pub fn offered_by_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Option<Offered>, Refusal> {
    let Some((notice_id, filing)) = store::shown_ids(tx, plan)? else { return Ok(None) };
    Ok(Some(Offered { notice_id, filed: filings::filed(tx, filing)? }))
}

/// Notices of a school that everybody may see.
///
/// # Errors
/// When the database fails.
pub fn list_shown(
    tx: &mut Tx<'_>,
    filter: &ShownFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Notice>, Refusal> {
    store::shown(tx, filter, after, limit)
}

fn with_filing(tx: &mut Tx<'_>, notice: Notice) -> Result<Published, Refusal> {
    let filing = notice.row.filing_id.ok_or_else(|| Refusal::internal("a published notice of nothing"))?;
    let filing = filings::known(tx, filing)?;
    with(tx, notice, filing)
}

fn with(tx: &mut Tx<'_>, notice: Notice, filing: Filing) -> Result<Published, Refusal> {
    let offers = filings::offers_of(tx, &filing)?;
    let document = filings::document(&filing)?;
    Ok(Published { notice, filing, document, projects: offers.into_iter().map(|(id, _)| id).collect() })
}
