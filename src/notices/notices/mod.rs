//! Notices 告知 (二.2, 五.3): what guardians are told before they choose, in six items. One is published for a plan at a
//! time, from the first submission on; it says whether the fees are approved yet.

mod api;
mod model;
mod store;

pub use self::api::{NoticeOut, routes};
pub use self::model::{Contact, FeesState, Notice, NoticeFilter, NoticeIn, NoticeState, NoticeVerb};

use std::sync::Arc;

use time::Date;

use self::model::{NoticeRow, ShownNoticeFilter};
use crate::auth::permission::PublishNotices;
use crate::auth::{By, known};
use crate::db::{Id, Json, Rung, Stored, Tx};
use crate::filings::filings::{self, Filed, Filing};
use crate::http::{IfMatchVersion, Listing};
use crate::journal::{change, record};
use crate::plans::plans::{self, Plan, PlanState};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::regulation::policy_profiles;
use crate::rules::document::{PlanDocument, PlanNotice, PlanProject, Prose};
use crate::rules::enrollment::published_before_enrolling;
use crate::rules::profile::Profile;
use crate::rules::{notice_complete, off_campus_advice};

/// Drafts a notice of a plan; items that are left out are those of the plan document, and a contact that is left out is
/// the one of the school's last notice.
///
/// # Errors
/// 422 for a plan that the caller may not write notices of.
pub fn create(tx: &mut Tx<'_>, by: &By<PublishNotices>, new: &NoticeIn) -> Result<Notice, Refusal> {
    let plan = by.named::<Plan>(tx, new.plan_id, "/plan_id")?;
    check(&new.items)?;
    let items = filled_in(&new.items, &plans::document(tx, &plan)?.notice);
    let contact = match new.contact_after(Contact::default()) {
        Contact { name: None, phone: None } => store::last_contact(tx, plan.school_id)?.unwrap_or_default(),
        given => given,
    };
    insert_draft(tx, &plan, items, contact)
}

fn insert_draft(tx: &mut Tx<'_>, plan: &Plan, items: PlanNotice, contact: Contact) -> Result<Notice, Refusal> {
    let row = NoticeRow {
        id: Id::fresh(),
        plan_id: plan.id,
        school_id: plan.school_id,
        filing_id: None,
        state: NoticeState::Draft,
        items: Json(items),
        contact_name: contact.name,
        contact_phone: contact.phone,
        published_on: None,
        published_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = Notice { row, filing_state: None, path: plan.path.clone() };
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
    by: &By<PublishNotices>,
    id: Id,
    seen: &IfMatchVersion,
    new: &NoticeIn,
) -> Result<Notice, Refusal> {
    let before = by.find::<Notice>(tx, id)?;
    seen.expect(before.version)?;
    NoticeVerb::Update.from(before.state)?;
    if before.plan_id != new.plan_id {
        return Err(Refusal::at(Code::ImmutableField, "/plan_id", Fault::Immutable));
    }
    check(&new.items)?;
    change(tx, "updated", &before, |notice| {
        let Contact { name, phone } = new.contact_after(notice.contact());
        notice.items = Json(new.items.clone());
        (notice.row.contact_name, notice.row.contact_phone) = (name, phone);
    })
}

/// Publishes a draft once its plan is submitted; the one before is superseded. The plan is held first: a decision on
/// what it stands on waits meanwhile, or has been seen.
///
/// # Errors
/// 404, 412, 409 before the plan is submitted, 422 by `notice-complete`.
pub fn publish(tx: &mut Tx<'_>, by: &By<PublishNotices>, id: Id, seen: &IfMatchVersion) -> Result<Published, Refusal> {
    let before = by.find::<Notice>(tx, id)?;
    seen.expect(before.version)?;
    NoticeVerb::Publish.from(before.state)?;
    let plan = plans::hold(tx, before.plan_id)?;
    let Some(filing) = submitted(tx, &plan)? else {
        return Err(Refusal::of(Code::NotSubmitted).with("state", plan.state.as_str()));
    };
    let document = filings::document(&filing)?;
    let opens_on = document.term.opens_on;
    let profile = match policy_profiles::in_force(tx, &before.path, opens_on)? {
        Some(in_force) => in_force.profile,
        None => policy_profiles::nearest(tx, &before.path, opens_on)?,
    };
    let missing = notice_complete(&before.items, "/items", &profile);
    if !missing.is_empty() {
        return Err(Refusal::by_rules(missing));
    }
    tx.findings.extend(off_campus_advice(&before.items, &document, "/items", &profile));
    make_public(tx, &before, filing)
}

/// Lets the published notice of a plan follow the filing that was approved, if it told of another one: a new notice
/// takes its place, and is given back. It says what the approved text says otherwise than the one before; where that
/// says nothing new, the school's own words stay. So no complete notice becomes one that lacks something.
///
/// # Errors
/// When the database fails.
pub fn follow(tx: &mut Tx<'_>, plan: &Plan, filing: &Filing) -> Result<Option<Published>, Refusal> {
    let Some(standing) = store::published(tx, plan.id)? else { return Ok(None) };
    let told = match standing.filing_id {
        Some(told) if told != filing.id => known::<Filing>(tx, told)?,
        _ => return Ok(None),
    };
    let (before, after) = (filings::document(&told)?.notice, filings::document(filing)?.notice);
    let draft = insert_draft(tx, plan, followed(&standing.items, &before, &after), standing.contact())?;
    make_public(tx, &draft, filing.clone()).map(Some)
}

/// The items of a notice that follows a changed text.
fn followed(standing: &PlanNotice, before: &PlanNotice, after: &PlanNotice) -> PlanNotice {
    fn item<T: Clone + PartialEq>([standing, before, after]: [&Option<T>; 3]) -> Option<T> {
        let own = standing.clone().or_else(|| after.clone());
        if after == before { own } else { after.clone().or(own) }
    }
    let channels = if after.channels == before.channels || after.channels.is_empty() { standing } else { after };
    PlanNotice {
        time: item([&standing.time, &before.time, &after.time]),
        mode: item([&standing.mode, &before.mode, &after.mode]),
        content: item([&standing.content, &before.content, &after.content]),
        safety: item([&standing.safety, &before.safety, &after.safety]),
        fees: item([&standing.fees, &before.fees, &after.fees]),
        spending: item([&standing.spending, &before.spending, &after.spending]),
        off_campus_advice: item([&standing.off_campus_advice, &before.off_campus_advice, &after.off_campus_advice]),
        channels: channels.channels.clone(),
    }
}

fn make_public(tx: &mut Tx<'_>, before: &Notice, filing: Filing) -> Result<Published, Refusal> {
    if let Some(standing) = store::published(tx, before.plan_id)? {
        tx.holds(Rung::Notice, standing.id);
        change(tx, "superseded", &standing, |notice| notice.state = NoticeState::Superseded)?;
    }
    let (today, now) = (tx.today, tx.now);
    tx.holds(Rung::Notice, before.id);
    let after = change(tx, "published", before, |notice| {
        notice.filing_state = Some(filing.state);
        notice.filing_id = Some(filing.id);
        notice.state = NoticeState::Published;
        notice.published_on = Some(today);
        notice.published_at = Some(now);
    })?;
    with(tx, after, filing)
}

/// What the plan is submitted as; nothing for a draft or a withdrawn plan.
fn submitted(tx: &mut Tx<'_>, plan: &Plan) -> Result<Option<Filing>, Refusal> {
    match plan.state {
        PlanState::Draft | PlanState::Withdrawn | PlanState::Closed => Ok(None),
        PlanState::Submitted | PlanState::Returned | PlanState::Approved => filings::latest(tx, plan),
    }
}

/// Sentences about notices that are published and lack one of the six items (二.2).
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>, batch: i64) -> Result<Vec<String>, Refusal> {
    let (mut wrong, mut after) = (Vec::new(), Id::NIL);
    loop {
        let published = store::published_after(tx, after, batch)?;
        let Some(last) = published.last() else { return Ok(wrong) };
        after = last.id;
        let any = Profile::yueyang_2019();
        let incomplete = published.iter().filter(|row| !notice_complete(&row.items, "", &any).is_empty());
        wrong.extend(incomplete.map(|row| format!("notice {} is published without all six items", row.id)));
    }
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
    let notice = known::<Notice>(tx, id)?;
    if notice.is_shown() { with_filing(tx, notice) } else { Err(Refusal::of(Code::NotFound)) }
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
    let notice = known(tx, id)?;
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

/// The same, or that guardians were never told of the plan (`published-before-enrolling`).
///
/// # Errors
/// 422 by that rule, at `pointer`.
pub fn told_of_plan(tx: &mut Tx<'_>, plan: Id, path: &str, pointer: &str) -> Result<Offered, Refusal> {
    match offered_by_plan(tx, plan)? {
        Some(offered) => Ok(offered),
        None => Err(untold(tx, path)?.findings_at(pointer)),
    }
}

/// What stops whoever chooses from a plan that guardians were never told of.
///
/// # Errors
/// When the database fails.
pub fn untold(tx: &mut Tx<'_>, path: &str) -> Result<Refusal, Refusal> {
    let profile = policy_profiles::nearest(tx, path, tx.today)?;
    Ok(Refusal::by_rules(published_before_enrolling(false, &profile.document).into_iter().collect()))
}

/// Plans of a school that are offered at a time: a term, the next one, and what is not closed yet.
const OFFERED_AT_ONCE: i64 = 4;

/// What guardians may choose from at a school today: by each plan whose service is not over, the latest first.
///
/// # Errors
/// When the database fails.
pub fn offered_at(tx: &mut Tx<'_>, school: Id) -> Result<Vec<(Id, Offered)>, Refusal> {
    let mut offered = Vec::new();
    for (plan, notice_id, filing) in store::shown_ids_of_school(tx, school, OFFERED_AT_ONCE)? {
        let filed = filings::filed(tx, filing)?;
        if filed.document.term.last_service_date() >= tx.today {
            offered.push((plan, Offered { notice_id, filed }));
        }
    }
    Ok(offered)
}

/// Notices of a school that everybody may see.
///
/// # Errors
/// When the database fails.
pub fn list_shown(tx: &mut Tx<'_>, at: &Listing<ShownNoticeFilter>) -> Result<Vec<Notice>, Refusal> {
    if at.filter.school_id.is_none() && at.filter.school_code.is_none() {
        let missing = ["school_id", "school_code"].map(|name| FieldError::new(name, Fault::Required));
        return Err(Refusal::listing(Code::ParameterInvalid, missing.to_vec()));
    }
    store::shown(tx, at)
}

fn with_filing(tx: &mut Tx<'_>, notice: Notice) -> Result<Published, Refusal> {
    let filing = notice.filing_id.ok_or_else(|| Refusal::internal("a published notice of nothing"))?;
    let filing = known(tx, filing)?;
    with(tx, notice, filing)
}

fn with(tx: &mut Tx<'_>, notice: Notice, filing: Filing) -> Result<Published, Refusal> {
    let offers = filings::offers_of(tx, &filing)?;
    let document = filings::document(&filing)?;
    Ok(Published { notice, filing, document, projects: offers.into_iter().map(|(id, _)| id).collect() })
}

/// Published notices behind one of them, so many at most: notice, filing, and the day on which it was published.
///
/// # Errors
/// When the database fails.
pub fn published_after(tx: &mut Tx<'_>, after: Id, count: i64) -> Result<Vec<(Id, Id, Date)>, Refusal> {
    let rows = store::published_after(tx, after, count)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id, row.filing_id?, row.published_on?))).collect())
}
