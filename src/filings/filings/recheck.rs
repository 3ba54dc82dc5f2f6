//! What approved filings would be told under another profile: a report, which changes nothing and judges nobody.

use time::Date;

use super::{Filing, FilingFilter, document, store};
use crate::auth::permission::ReviewFilings;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Tx, local_date};
use crate::http::PageLimit;
use crate::plans::plans::FilingState;
use crate::refusal::{Code, Refusal};
use crate::regulation::calendar;
use crate::regulation::policy_profiles::{self, PolicyProfile};
use crate::rules::document::PlanDocument;
use crate::rules::facts::Facts;
use crate::rules::profile::Profile;
use crate::rules::{Report, check_plan};

/// A filing, its document, and what it would be told.
pub struct Rechecked {
    pub filing: Filing,
    pub document: PlanDocument,
    pub report: Report,
}

/// Judges approved filings of the profile's authority, as far as the caller reviews there, by what the profile sets
/// over what is in force.
///
/// # Errors
/// 404 for a profile that does not hold where the caller reviews.
pub fn recheck(
    tx: &mut Tx<'_>,
    actor: &Actor,
    profile: Id,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Rechecked>, Refusal> {
    let given = policy_profiles::find(tx, profile)?;
    let reviews = Scope::of::<ReviewFilings>(actor);
    let holds = Scope::Subtree(given.path.clone());
    let scope = match (reviews.holds_path(&given.path), holds.holds_path(&actor.path)) {
        (true, _) => holds,
        (false, true) => reviews,
        (false, false) => return Err(Refusal::of(Code::NotFound)),
    };
    let filter = FilingFilter { states: vec![FilingState::Approved], ..FilingFilter::default() };
    let found = store::list(tx, &scope, &filter, after, limit)?;
    found.into_iter().map(|filing| judge(tx, filing, &given)).collect()
}

fn judge(tx: &mut Tx<'_>, filing: Filing, given: &PolicyProfile) -> Result<Rechecked, Refusal> {
    let document = document(&filing)?;
    let opens_on = document.term.opens_on;
    let facts =
        Facts { accepted_on: Some(local_date(filing.row.created_at)), has_other_plan: Some(false), ..Facts::default() };
    let profile = under(tx, &filing.path, opens_on, given)?;
    let calendar = calendar::calendar_at(tx, &filing.path)?;
    let report = check_plan(&document, &facts, &profile, &calendar);
    Ok(Rechecked { filing, document, report })
}

/// What is in force at `path`, with what `given` sets in its place, whenever that begins to hold.
fn under(tx: &mut Tx<'_>, path: &str, on: Date, given: &PolicyProfile) -> Result<Profile, Refusal> {
    let in_force = policy_profiles::in_force(tx, path, on)?.map(|in_force| in_force.profile);
    let base = match in_force {
        Some(profile) => profile,
        None => policy_profiles::nearest(tx, path, on)?,
    };
    let row = &given.row;
    Ok(Profile {
        id: row.code.clone(),
        document: row.document.clone(),
        title: row.title.clone(),
        in_force_from: on,
        in_force_to: None,
        ..base.with(&given.parameters)
    })
}
