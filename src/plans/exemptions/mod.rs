//! Exemptions 特殊情况核准 (三.2, 五.2): an authority's dated permission that turns the error of one rule into a warning that
//! cites it. A school asks, or the authority acts of its own motion; a granted one never changes, it is ended.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Exemption, ExemptionVerb};

use time::Date;

use self::model::{ExemptionGrantIn, ExemptionIn, ExemptionReasonIn, ExemptionRow, ExemptionState};
use super::projects;
use crate::auth::permission::{AskForExemptions, DecideExemptions, Permission};
use crate::auth::{By, Role};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::regulation::terms;
use crate::rules::document::Season;
use crate::rules::facts;
use crate::schools::schools::{self, School};
use crate::values::text::Line;

/// Asks for an exemption; an authority gives it of its own motion, and names the document.
///
/// # Errors
/// 422 for a school out of scope, an unknown term, a rule that nothing lifts, and everything that does not go together.
pub fn create(tx: &mut Tx<'_>, by: &By<AskForExemptions>, new: &ExemptionIn) -> Result<Exemption, Refusal> {
    let mut faults = new.faults();
    let gives = by.role == Role::Bureau;
    if gives && new.document.is_none() {
        faults.push(FieldError::new("/document", Fault::Required));
    }
    let school = schools::seen(tx, &by.scope(), new.school_id)?;
    match &school {
        None => faults.push(FieldError::new("/school_id", Fault::NotFound)),
        Some(school) if faults.is_empty() => faults.extend(beyond(tx, school, &Wanted::of(new))?),
        Some(_) => {}
    }
    let Some(school) = school.filter(|_| faults.is_empty()) else { return Err(Refusal::invalid(faults)) };
    if gives && store::was_asked_by(tx, by.user_id, new)? {
        return Err(Refusal::of(Code::OwnRequest));
    }
    let row = ExemptionRow {
        id: Id::fresh(),
        school_id: new.school_id,
        school_year: new.school_year.as_str().to_owned(),
        season: new.season,
        rule: new.rule.as_str().to_owned(),
        project: new.project.as_ref().map(|name| name.as_str().to_owned()),
        weekday: new.weekday.and_then(|weekday| i32::try_from(weekday.get()).ok()),
        first_on: new.first_on,
        last_on: new.last_on,
        reason: new.reason.as_str().to_owned(),
        state: if gives { ExemptionState::Granted } else { ExemptionState::Requested },
        requested_by_id: (!gives).then_some(by.user_id),
        decided_by_id: gives.then_some(by.user_id),
        decided_on: gives.then_some(tx.today),
        document: new.document.as_ref().map(|document| document.as_str().to_owned()),
        remark: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, row.state.as_str(), row, school.path)
}

/// For what an exemption is, of which days.
struct Wanted<'a> {
    school_year: &'a str,
    season: Season,
    project: Option<&'a str>,
    first_on: Date,
    last_on: Date,
}

impl<'a> Wanted<'a> {
    fn of(new: &'a ExemptionIn) -> Self {
        Self {
            school_year: new.school_year.as_str(),
            season: new.season,
            project: new.project.as_ref().map(Line::as_str),
            first_on: new.first_on,
            last_on: new.last_on,
        }
    }

    fn of_row(row: &'a ExemptionRow) -> Self {
        Self {
            school_year: &row.school_year,
            season: row.season,
            project: row.project.as_deref(),
            first_on: row.first_on,
            last_on: row.last_on,
        }
    }
}

/// What reaches beyond the school's term and plan: nothing is lifted that nobody can see.
fn beyond(tx: &mut Tx<'_>, school: &School, wanted: &Wanted<'_>) -> Result<Vec<FieldError>, Refusal> {
    let Some(term) = terms::of_season(tx, &school.path, wanted.school_year, wanted.season)? else {
        return Ok(vec![FieldError::new("/season", Fault::NotFound)]);
    };
    let of_term = term.opens_on..=term.ends_on;
    let days = [("/first_on", wanted.first_on), ("/last_on", wanted.last_on)];
    let outside = days.into_iter().filter(|(_, day)| !of_term.contains(day));
    let mut faults: Vec<FieldError> =
        outside.map(|(at, _)| FieldError::new(at, Fault::OutOfRange).said("outside-term")).collect();
    if let Some(name) = wanted.project
        && !projects::is_planned(tx, school.row.id, wanted.school_year, wanted.season, name)?
    {
        faults.push(FieldError::new("/project", Fault::NotFound));
    }
    Ok(faults)
}

/// Grants what was asked for, by a document.
///
/// # Errors
/// 404, 412, 409 in another state or for what one has asked for oneself, 422 where it reaches beyond the term or names
/// no project of the plan any more.
pub fn grant(
    tx: &mut Tx<'_>,
    by: &By<DecideExemptions>,
    id: Id,
    seen: &IfMatchVersion,
    paper: &ExemptionGrantIn,
) -> Result<Exemption, Refusal> {
    let asked: Exemption = by.find(tx, id)?;
    seen.expect(asked.version)?;
    if asked.state == ExemptionState::Requested {
        let school = schools::known(tx, asked.school_id)?;
        Refusal::unless_none(beyond(tx, &school, &Wanted::of_row(&asked.row))?)?;
    }
    let document = paper.document.as_str().to_owned();
    decide(tx, by, id, seen, ExemptionVerb::Grant, |exemption| exemption.document = Some(document))
}

/// Refuses what was asked for, and says why.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn refuse(
    tx: &mut Tx<'_>,
    by: &By<DecideExemptions>,
    id: Id,
    seen: &IfMatchVersion,
    why: &ExemptionReasonIn,
) -> Result<Exemption, Refusal> {
    let reason = why.reason.as_str().to_owned();
    decide(tx, by, id, seen, ExemptionVerb::Refuse, |exemption| exemption.remark = Some(reason))
}

/// Ends what was granted, and says why. What was filed under it stays as it was judged.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn end(
    tx: &mut Tx<'_>,
    by: &By<DecideExemptions>,
    id: Id,
    seen: &IfMatchVersion,
    why: &ExemptionReasonIn,
) -> Result<Exemption, Refusal> {
    let reason = why.reason.as_str().to_owned();
    decide(tx, by, id, seen, ExemptionVerb::End, |exemption| exemption.remark = Some(reason))
}

/// Takes back what was asked for.
///
/// # Errors
/// 404, 412, 409 in another state.
pub fn withdraw(
    tx: &mut Tx<'_>,
    by: &By<AskForExemptions>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<Exemption, Refusal> {
    decide(tx, by, id, seen, ExemptionVerb::Withdraw, |_| ())
}

fn decide<P: Permission>(
    tx: &mut Tx<'_>,
    by: &By<P>,
    id: Id,
    seen: &IfMatchVersion,
    verb: ExemptionVerb,
    edit: impl FnOnce(&mut Exemption),
) -> Result<Exemption, Refusal> {
    let before: Exemption = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = verb.leads(before.state);
    let state = state.ok_or_else(|| verb.refused(before.state, &before.can(by)))?;
    if before.spares(by.user_id, verb) {
        return Err(Refusal::of(Code::OwnRequest));
    }
    let today = tx.today;
    change(tx, verb.as_str(), &before, |exemption| {
        exemption.state = state;
        (exemption.decided_by_id, exemption.decided_on) = (Some(by.user_id), Some(today));
        edit(exemption);
    })
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
    Ok(store::granted(tx, school, school_year, season)?.iter().map(ExemptionRow::fact).collect())
}
