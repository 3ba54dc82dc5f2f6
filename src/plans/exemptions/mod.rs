//! Exemptions 特殊情况核准 (三.2, 五.2): an authority's dated permission that turns the error of one rule into a warning that
//! cites it. A school asks, or the authority acts of its own motion; a granted one never changes, it is ended.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Exemption, ExemptionState, ExemptionVerb, NewExemption};
pub use self::store::ExemptionFilter;

use self::model::ExemptionRow;
use crate::auth::permission::{AskForExemptions, ReadExemptions};
use crate::auth::{Actor, Role, Scope};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::regulation::terms;
use crate::rules::document::Season;
use crate::rules::facts;
use crate::schools::schools;

impl Recorded for Exemption {
    const RESOURCE: &'static str = "exemption";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Asks for an exemption; an authority gives it of its own motion, and names the document.
///
/// # Errors
/// 422 for a school out of scope, an unknown term, a rule that nothing lifts, and everything that does not go together.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewExemption) -> Result<Exemption, Refusal> {
    let mut faults = new.faults();
    let gives = actor.role == Role::Bureau;
    if gives && new.document.is_none() {
        faults.push(FieldError::new("/document", Fault::Required));
    }
    let school = schools::seen(tx, &Scope::of::<AskForExemptions>(actor), new.school_id)?;
    match &school {
        None => faults.push(FieldError::new("/school_id", Fault::NotFound)),
        Some(school) => {
            if terms::of_season(tx, &school.path, &new.school_year, new.season)?.is_none() {
                faults.push(FieldError::new("/season", Fault::NotFound));
            }
        }
    }
    let Some(school) = school.filter(|_| faults.is_empty()) else { return Err(Refusal::invalid(faults)) };
    let row = ExemptionRow {
        id: Id::fresh(),
        school_id: new.school_id,
        school_year: new.school_year.clone(),
        season: new.season,
        rule: new.rule.clone(),
        project: new.project.clone(),
        weekday: new.weekday,
        first_on: new.first_on,
        last_on: new.last_on,
        reason: new.reason.clone(),
        state: if gives { ExemptionState::Granted } else { ExemptionState::Requested },
        requested_by_id: (!gives).then_some(actor.user_id),
        decided_by_id: gives.then_some(actor.user_id),
        decided_on: gives.then_some(tx.today),
        document: new.document.clone(),
        remark: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let made = Exemption { row, path: school.path };
    record(tx, made.row.state.as_str(), None, Some(&made))?;
    Ok(made)
}

/// Grants what was asked for, by a document.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn grant(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    document: &str,
) -> Result<Exemption, Refusal> {
    decide(tx, actor, id, seen, ExemptionVerb::Grant, |row| row.document = Some(document.to_owned()))
}

/// Refuses what was asked for, and says why.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn refuse(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    reason: &str,
) -> Result<Exemption, Refusal> {
    decide(tx, actor, id, seen, ExemptionVerb::Refuse, |row| row.remark = Some(reason.to_owned()))
}

/// Ends what was granted, and says why. What was filed under it stays as it was judged.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn end(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion, reason: &str) -> Result<Exemption, Refusal> {
    decide(tx, actor, id, seen, ExemptionVerb::End, |row| row.remark = Some(reason.to_owned()))
}

/// Takes back what was asked for.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<Exemption, Refusal> {
    decide(tx, actor, id, seen, ExemptionVerb::Withdraw, |_| ())
}

fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    verb: ExemptionVerb,
    edit: impl FnOnce(&mut ExemptionRow),
) -> Result<Exemption, Refusal> {
    let before = find_in(tx, &verb.scope(actor), id)?;
    seen.expect(before.row.version)?;
    let Some(state) = verb.leads(before.row.state) else {
        return Err(Refusal::state(before.row.state.as_str(), &before.can(actor)));
    };
    let mut after = before.clone();
    after.row.state = state;
    (after.row.decided_by_id, after.row.decided_on) = (Some(actor.user_id), Some(tx.today));
    edit(&mut after.row);
    after.row.version += 1;
    after.row.updated_at = tx.now;
    if !store::update(tx, &after.row)? {
        return Err(Refusal::of(Code::VersionMismatch));
    }
    record(tx, verb.as_str(), Some(&before), Some(&after))?;
    Ok(after)
}

/// What is granted for a school's term, as the rules take it.
///
/// # Errors
/// When the database fails.
pub fn facts_for(
    tx: &mut Tx<'_>,
    school: Id,
    school_year: &str,
    season: Season,
) -> Result<Vec<facts::Exemption>, Refusal> {
    Ok(store::granted(tx, school, school_year, season)?.iter().map(Exemption::fact).collect())
}

fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Exemption, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// One exemption that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: Id) -> Result<Exemption, Refusal> {
    find_in(tx, &Scope::of::<ReadExemptions>(actor), id)
}

/// Exemptions that the caller may see, in the order in which they were asked for.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &ExemptionFilter,
    after: Option<Id>,
    limit: PageLimit,
) -> Result<Vec<Exemption>, Refusal> {
    store::list(tx, &Scope::of::<ReadExemptions>(actor), filter, after, limit)
}
