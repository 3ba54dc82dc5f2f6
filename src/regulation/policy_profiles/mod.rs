//! Policy profiles: dated parameters of the rules, set by an authority and inherited down the tree, province to city to
//! district. Rows of one authority never overlap. A change judges what comes later; a filing keeps what judged it.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{InForce, ParameterSource, PolicyProfile, PolicyProfileIn, PolicyProfileVerb};

use std::collections::BTreeSet;

use time::Date;

use self::model::{PolicyProfileRow, in_force_on, nearest_to};
use crate::auth::organisations::ids_on;
use crate::auth::permission::ManagePolicyProfiles;
use crate::auth::{By, known};
use crate::db::{Id, Json, Stored, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, record};
use crate::refusal::{Code, Refusal};
use crate::regulation::authorities::{self, Authority};
use crate::rules::profile::Profile;

/// The authority at which `yueyang-2019` is installed.
const YUEYANG: &str = "430600";

/// Sets parameters of an authority in the caller's scope.
///
/// # Errors
/// 422 with everything that does not go together, 409 when the authority has another row in that time or the code is
/// taken.
pub fn create(tx: &mut Tx<'_>, by: &By<ManagePolicyProfiles>, new: &PolicyProfileIn) -> Result<PolicyProfile, Refusal> {
    let authority = authorities::named_beside(tx, &by.scope(), new.authority_id, new.faults())?;
    insert(tx, authority, new)
}

fn insert(tx: &mut Tx<'_>, authority: Authority, new: &PolicyProfileIn) -> Result<PolicyProfile, Refusal> {
    let row = PolicyProfileRow {
        id: Id::fresh(),
        authority_id: authority.row.id,
        code: new.code.as_str().to_owned(),
        document: new.document.as_str().to_owned(),
        title: new.title.as_str().to_owned(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        parameters: Json(new.parameters.clone()),
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    keep_apart(tx, &row)?;
    row.insert(tx)?;
    let made = PolicyProfile {
        row,
        authority_code: authority.code,
        authority_name: authority.name,
        authority_level: authority.row.level,
        path: authority.path,
    };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

/// Holds the authority, so that what is read now is still so when the row is written, and refuses a shared day.
fn keep_apart(tx: &mut Tx<'_>, row: &PolicyProfileRow) -> Result<(), Refusal> {
    authorities::claim(tx, row.authority_id)?;
    let others = store::of_authorities(tx, vec![row.authority_id])?;
    if others.iter().any(|other| other.row.overlaps(row)) { Err(Refusal::of(Code::Overlap)) } else { Ok(()) }
}

/// Replaces what a profile sets; its authority and code stay.
///
/// # Errors
/// 404 outside the caller's scope, 412, 409 for a field that stays or a shared day, 422 with everything that does not
/// go together.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManagePolicyProfiles>,
    id: Id,
    seen: &IfMatchVersion,
    to: &PolicyProfileIn,
) -> Result<PolicyProfile, Refusal> {
    let before: PolicyProfile = by.find(tx, id)?;
    seen.expect(before.version)?;
    Refusal::unless_kept([
        ("/authority_id", before.authority_id == to.authority_id),
        ("/code", before.code == to.code.as_str()),
    ])?;
    Refusal::unless_none(to.faults())?;
    let row = PolicyProfileRow {
        document: to.document.as_str().to_owned(),
        title: to.title.as_str().to_owned(),
        starts_on: to.starts_on,
        ends_on: to.ends_on,
        parameters: Json(to.parameters.clone().in_place_of(&before.parameters.0)),
        ..before.row.clone()
    };
    keep_apart(tx, &row)?;
    change(tx, "updated", &before, |profile| profile.row = row)
}

/// A profile of any scope, for rooms that say what it would change.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, id: Id) -> Result<PolicyProfile, Refusal> {
    known(tx, id)
}

/// The profile in force on a date at an organisation path, that of an authority or of a school below one: the rows of
/// the authorities on it, from the root down, each where it is in force. Nothing when there is none, or when they leave
/// a parameter open that has no default.
///
/// # Errors
/// When the database fails.
pub fn in_force(tx: &mut Tx<'_>, path: &str, on: Date) -> Result<Option<InForce>, Refusal> {
    Ok(in_force_on(&store::of_authorities(tx, ids_on(path))?, on))
}

/// The rows of the authorities on some paths, read at once, for whoever judges many schools.
#[derive(Debug, Clone)]
pub struct ProfileRows(Vec<PolicyProfile>);

/// Reads what is set on some organisation paths.
///
/// # Errors
/// When the database fails.
pub fn rows_on<'a>(tx: &mut Tx<'_>, paths: impl Iterator<Item = &'a str>) -> Result<ProfileRows, Refusal> {
    let ids: BTreeSet<Id> = paths.flat_map(ids_on).collect();
    Ok(ProfileRows(store::of_authorities(tx, ids.into_iter().collect())?))
}

impl ProfileRows {
    /// The profile in force on a date at one of the paths, as [`in_force`] has it.
    #[must_use]
    pub fn in_force(&self, path: &str, on: Date) -> Option<Profile> {
        let rows: Vec<PolicyProfile> = self.0.iter().filter(|row| path.starts_with(&row.path)).cloned().collect();
        in_force_on(&rows, on).map(|in_force| in_force.profile)
    }

    /// The profile in force on a date at one of the paths, or the one that comes closest in time: the built-in one
    /// where there is none at all.
    #[must_use]
    pub fn nearest(&self, path: &str, on: Date) -> Profile {
        let rows: Vec<PolicyProfile> = self.0.iter().filter(|row| path.starts_with(&row.path)).cloned().collect();
        nearest_to(&rows, on).unwrap_or_else(Profile::yueyang_2019)
    }
}

/// The profile in force at an authority on a date.
///
/// # Errors
/// 404 without such an authority, 422 `profile-missing`.
pub fn in_force_at(tx: &mut Tx<'_>, authority: Id, on: Date) -> Result<InForce, Refusal> {
    let path = known::<Authority>(tx, authority)?.path;
    in_force(tx, &path, on)?.ok_or_else(|| Refusal::of(Code::ProfileMissing).with("date", on))
}

/// The profile at an organisation path that comes closest in time, for what is said when none is in force: the built-in
/// one where there is none at all.
///
/// # Errors
/// When the database fails.
pub fn nearest(tx: &mut Tx<'_>, path: &str, on: Date) -> Result<Profile, Refusal> {
    let rows = store::of_authorities(tx, ids_on(path))?;
    Ok(nearest_to(&rows, on).unwrap_or_else(Profile::yueyang_2019))
}

/// Brings in `yueyang-2019` at its city, unless there is any profile. Of two replicas that start at once, one does.
///
/// # Errors
/// When the database fails.
pub fn install_built_in(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    if store::any(tx)? {
        return Ok(());
    }
    let Some(city) = authorities::by_code(tx, YUEYANG)? else { return Ok(()) };
    let new = PolicyProfileIn::of(&Profile::yueyang_2019(), city.id);
    let new = new.map_err(|fault| Refusal::invalid(vec![fault]))?;
    tx.savepoint(|tx| insert(tx, city, &new)).map(|_| ()).or_else(|refusal| match refusal.code() {
        Some(Code::AlreadyExists | Code::Overlap) => Ok(()),
        _ => Err(refusal),
    })
}

/// Sentences about profiles of one authority that overlap; none when the rows are as they must be.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let rows = store::all(tx)?;
    let pairs = rows.iter().zip(rows.iter().skip(1));
    Ok(pairs
        .filter(|(one, next)| one.overlaps(next))
        .map(|(one, next)| {
            format!("policy profiles {} and {} of authority {} overlap", one.id, next.id, one.authority_id)
        })
        .collect())
}
