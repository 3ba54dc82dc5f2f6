//! Erasing persons 删除个人信息: whom no school has any more, on request or once the years of keeping are over. The ledger,
//! the agreements and the numbers of reports stay whole, because the bare rows stay; names, numbers, guardians, papers
//! and what was said in words go, and the files with them.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Erasure, ErasureCause, ErasureCounts, ErasureIn, RetentionRun, RetentionRunIn};

use time::Date;

use self::model::ErasureRow;
use crate::auth::permission::EraseStudents;
use crate::auth::{By, access_log};
use crate::db::{Id, Json, Tx};
use crate::delivery::{leave_requests, pickup_persons, rosters};
use crate::enrollments::{agreements, enrollments, paper_forms, suggestions};
use crate::fees::charges::{self, ChargeState};
use crate::inbox::messages;
use crate::journal::enter;
use crate::materials;
use crate::refusal::{Code, Refusal};
use crate::regulation::policy_profiles;
use crate::schools::schools::School;
use crate::students::persons::{self, Person};
use crate::students::students::{self, Student, StudentState};
use crate::students::{consents, guardianships};
use crate::surveys::survey_answers;

/// Erases a person on request.
///
/// # Errors
/// 422 for a person that the caller does not see, 409 when it attends a school, has attended beyond the scope, is
/// erased already, or a charge is open.
pub fn erase(tx: &mut Tx<'_>, by: &By<EraseStudents>, new: &ErasureIn) -> Result<Erasure, Refusal> {
    let person = persons::erasable(tx, by, new.person_id, "/person_id")?;
    erase_claimed(tx, by, &person, ErasureCause::Request, new.document.as_str())
}

fn erase_claimed(
    tx: &mut Tx<'_>,
    by: &By<EraseStudents>,
    person: &Person,
    cause: ErasureCause,
    document: &str,
) -> Result<Erasure, Refusal> {
    let id = person.row.id;
    let memberships = students::of_person(tx, id)?;
    if memberships.iter().any(|student| student.row.state == StudentState::Attending) {
        return Err(Refusal::of(Code::AlreadyAttending));
    }
    let charged = charges::of_person(tx, id)?;
    if charged.iter().any(|charge| matches!(charge.row.state, ChargeState::Open | ChargeState::PartlyPaid)) {
        return Err(Refusal::of(Code::StillNeeded));
    }
    let last = memberships.last().ok_or_else(|| Refusal::of(Code::NotFound))?.clone();
    let counts = forget(tx, person, &memberships, charged.len())?;
    let row = ErasureRow {
        id: Id::fresh(),
        person_id: id,
        school_id: last.row.school_id,
        cause,
        document: document.to_owned(),
        counts: Json(counts),
        erased_on: tx.today,
        erased_by_id: by.user_id,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "made", row, last.path)
}

/// Lets each room forget what it knows; how much that was, and how much stays.
fn forget(tx: &mut Tx<'_>, person: &Person, memberships: &[Student], charged: usize) -> Result<ErasureCounts, Refusal> {
    let id = person.row.id;
    let pupils: Vec<Id> = memberships.iter().map(|student| student.row.id).collect();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let chosen = enrollments::of_person(tx, id)?;
    let mut signed = 0;
    for enrollment in &chosen {
        signed += agreements::count_of(tx, enrollment.row.id)?;
    }
    let files = paper_forms::erased(tx, &pupils)?;
    for object in &files {
        materials::plan_removal(tx, object)?;
    }
    let counts = ErasureCounts {
        memberships: number(students::erased(tx, id)?.len()),
        guardianships: number(guardianships::erased(tx, id)?),
        consents: number(consents::erased(tx, id)?),
        survey_answers: number(survey_answers::erased(tx, id)?),
        paper_forms: number(files.len()),
        messages: messages::erased(tx, &pupils)?,
        suggestions: number(suggestions::erased(tx, &pupils)?),
        pickup_persons: number(pickup_persons::erased(tx, &pupils)?),
        leave_requests: number(leave_requests::erased(tx, &pupils)?),
        attendances_kept: number(rosters::of_pupils(tx, &pupils)?.len()),
        enrollments_kept: number(chosen.len()),
        agreements_kept: signed,
        charges_kept: number(charged),
        access_log_lines_kept: access_log::count_of(tx, id)?,
    };
    persons::erase(tx, person)?;
    Ok(counts)
}

/// Persons whom one run erases.
pub const RUN_MAX: usize = 100;

/// Erases the persons of a school whose years of keeping are over, so many at most. Whoever still owes or is owed is
/// passed over, and told as held.
///
/// # Errors
/// 422 for a school that the caller does not see.
pub fn run(tx: &mut Tx<'_>, by: &By<EraseStudents>, new: &RetentionRunIn) -> Result<RetentionRun, Refusal> {
    let school: School = by.named(tx, new.school_id, "/school_id")?;
    let years = policy_profiles::nearest(tx, &school.path, tx.today)?.retention_years;
    let before = years_ago(tx.today, years);
    let limit = i64::try_from(RUN_MAX).unwrap_or(i64::MAX) + 1;
    let mut due = persons::left_before(tx, new.school_id, before, limit)?;
    let more = due.len() > RUN_MAX;
    due.truncate(RUN_MAX);
    let mut run = RetentionRun::of(new.school_id, before, more, school);
    for id in due {
        let erased = persons::erasable(tx, by, id, "/school_id")
            .and_then(|person| erase_claimed(tx, by, &person, ErasureCause::Retention, new.document.as_str()));
        match erased {
            Ok(erasure) => run.add(erasure),
            Err(refusal) => match refusal.code() {
                Some(Code::StillNeeded | Code::BeyondScope) => run.held += 1,
                _ => return Err(refusal),
            },
        }
    }
    Ok(run)
}

/// The same day so many years before; the last of February where there is none.
fn years_ago(day: Date, years: i64) -> Date {
    let year = day.year() - i32::try_from(years).unwrap_or_default();
    day.replace_year(year).or_else(|_| Date::from_calendar_date(year, day.month(), 28)).unwrap_or(Date::MIN)
}
