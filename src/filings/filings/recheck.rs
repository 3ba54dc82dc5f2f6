//! What approved filings would be told under another profile: a report, which changes nothing and judges nobody.

use time::Date;

use super::{Filing, FilingFilter, document};
use crate::auth::permission::ReviewFilings;
use crate::auth::{By, Scope, Seen};
use crate::db::{Id, Tx, local_date};
use crate::http::Listing;
use crate::plans::plans::FilingState;
use crate::refusal::{Code, Refusal};
use crate::regulation::calendar::{self, Closures};
use crate::regulation::policy_profiles::{self, PolicyProfile, ProfileRows};
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
/// over what is in force. However many they are, it asks four times.
///
/// # Errors
/// 404 for a profile that does not hold where the caller reviews.
pub fn recheck<F>(
    tx: &mut Tx<'_>,
    by: &By<ReviewFilings>,
    profile: Id,
    at: &Listing<F>,
) -> Result<Vec<Rechecked>, Refusal> {
    let given = policy_profiles::find(tx, profile)?;
    let reviews = by.scope();
    let holds = Scope::Subtree(given.path.clone());
    let scope = match (reviews.holds_path(&given.path), holds.holds_path(&by.path)) {
        (true, _) => holds,
        (false, true) => reviews,
        (false, false) => return Err(Refusal::of(Code::NotFound)),
    };
    let filter = FilingFilter { state: Some(FilingState::Approved.into()), ..FilingFilter::default() };
    let found = Filing::list_in(tx, &scope, &at.narrowed_to(filter))?;
    let paths = || found.iter().map(|filing| filing.path.as_str());
    let (profiles, closures) = (policy_profiles::rows_on(tx, paths())?, calendar::closures_on(tx, paths())?);
    found.into_iter().map(|filing| judge(filing, &given, &profiles, &closures)).collect()
}

fn judge(
    filing: Filing,
    given: &PolicyProfile,
    profiles: &ProfileRows,
    closures: &Closures,
) -> Result<Rechecked, Refusal> {
    let document = document(&filing)?;
    let facts =
        Facts { accepted_on: Some(local_date(filing.created_at)), has_other_plan: Some(false), ..Facts::default() };
    let opens_on = document.term.opens_on;
    let profile = under(profiles.nearest(&filing.path, opens_on), opens_on, given);
    let report = check_plan(&document, &facts, &profile, &closures.calendar_at(&filing.path));
    Ok(Rechecked { filing, document, report })
}

/// What is in force, with what `given` sets in its place, whenever that begins to hold.
fn under(in_force: Profile, on: Date, given: &PolicyProfile) -> Profile {
    let row = &given.row;
    let set = given.parameters.names();
    let others = in_force.values().into_iter().map(|(name, _)| name).filter(|name| !set.contains(name));
    let documents = others.map(|name| (name, in_force.document_of(name).to_owned())).collect();
    Profile {
        documents,
        id: row.code.clone(),
        document: row.document.clone(),
        title: row.title.clone(),
        in_force_from: on,
        in_force_to: None,
        ..in_force.with(&given.parameters)
    }
}
