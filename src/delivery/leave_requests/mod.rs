//! Leave 请假: a guardian says that its child does not come, for a range of days. In time it needs nobody's answer; later
//! the school says, day by day, whether it counts.

mod api;
mod model;
mod store;

pub use self::api::{LeaveRequestOut, routes};
pub use self::model::{LeaveAnswer, LeaveRequest, LeaveRequestIn, LeaveState, LeaveVerb};

use std::collections::HashMap;

use time::{Date, Duration, Time};

use self::model::{LeaveAnswerIn, LeaveDay, LeaveRequestRow};
use crate::auth::permission::{AnswerLeaveRequests, AskForLeave};
use crate::auth::{By, Role};
use crate::db::{Id, Json, Stored as _, Tx, local_moment};
use crate::delivery::sessions;
use crate::http::IfMatchVersion;
use crate::inbox::messages::{self, MessageKind, News, Pupil};
use crate::journal::{change, record};
use crate::refusal::{Fault, FieldError, Refusal};
use crate::regulation::policy_profiles;
use crate::students::guardianships::{self, Right};
use crate::students::persons;
use crate::students::students::Student;
use crate::values::local_time::LocalTime;

/// Days of one request after its first.
const DAYS_MAX: i64 = 60;

/// Asks for leave of a pupil.
///
/// # Errors
/// 422 for a pupil out of scope, days that do not go together or are over, and where the pupil is expected on none.
pub fn ask(tx: &mut Tx<'_>, by: &By<AskForLeave>, new: &LeaveRequestIn) -> Result<LeaveRequest, Refusal> {
    check(tx, new)?;
    let child: Student = by.named(tx, new.student_id, "/student_id")?;
    persons::claim(tx, child.row.person_id)?;
    if by.role == Role::Guardian && !guardianships::claim_right(tx, by.user_id, child.row.person_id, Right::Read)? {
        return Err(Refusal::field("/student_id", Fault::NotFound));
    }
    let minutes = policy_profiles::nearest(tx, &child.path, tx.today)?.leave_minutes_before;
    let now = tx.now;
    let in_time = |(day, at): &(Date, LocalTime)| {
        let start = local_moment(*day, Time::MIDNIGHT).plus(Duration::minutes(i64::from(at.minutes())));
        now <= start.plus(-Duration::minutes(minutes))
    };
    let expected = sessions::expected_on(tx, child.row.id, new.from_on, new.to_on)?;
    let answer = |meeting: &(Date, LocalTime)| LeaveDay {
        day: meeting.0,
        answer: if in_time(meeting) { LeaveAnswer::Granted } else { LeaveAnswer::Late },
    };
    let days: Vec<LeaveDay> = expected.iter().map(answer).collect();
    if days.is_empty() {
        return Err(Refusal::field("/from_on", Fault::NotForThis).said("no-session"));
    }
    let row = LeaveRequestRow {
        id: Id::fresh(),
        school_id: child.row.school_id,
        student_id: child.row.id,
        from_on: new.from_on,
        to_on: new.to_on,
        reason: new.reason.as_str().to_owned(),
        days: Json(days),
        asked_by_id: by.user_id,
        state: LeaveState::Standing,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = LeaveRequest { row, person_id: child.row.person_id, path: child.path };
    record(tx, "asked", None, Some(&made))?;
    Ok(made)
}

fn check(tx: &Tx<'_>, new: &LeaveRequestIn) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    if new.from_on < tx.today {
        faults.push(FieldError::new("/from_on", Fault::OutOfRange).said("before-today"));
    }
    if new.to_on < new.from_on {
        faults.push(FieldError::new("/to_on", Fault::EndsBeforeStart));
    } else if new.to_on - new.from_on > Duration::days(DAYS_MAX) {
        faults.push(FieldError::new("/to_on", Fault::TooMany).with("max", DAYS_MAX + 1));
    }
    Refusal::unless_none(faults)
}

/// Says to days that were asked for late whether they count, and tells who has asked.
///
/// # Errors
/// 404, 412, 409 once it is taken back; 422 for a day that is not one of the request.
pub fn answer(
    tx: &mut Tx<'_>,
    by: &By<AnswerLeaveRequests>,
    id: Id,
    seen: &IfMatchVersion,
    said: &LeaveAnswerIn,
) -> Result<LeaveRequest, Refusal> {
    let before: LeaveRequest = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    LeaveVerb::Answer.from(before.row.state)?;
    let mut days = before.row.days.0.clone();
    let mut faults = Vec::new();
    for (index, one) in said.days.iter().enumerate() {
        match days.iter_mut().find(|day| day.day == one.day) {
            Some(day) => day.answer = if one.is_granted { LeaveAnswer::Granted } else { LeaveAnswer::Refused },
            None => faults.push(FieldError::new(format!("/days/{index}/day"), Fault::NotForThis)),
        }
    }
    Refusal::unless_none(faults)?;
    let after = change(tx, "answered", &before, |request| request.row.days = Json(days))?;
    let pupil = Pupil { student_id: after.row.student_id, person_id: after.person_id, school_id: after.row.school_id };
    let round = i32::try_from(after.row.version).unwrap_or(i32::MAX);
    let news = News::new(MessageKind::LeaveAnswered, "leave-requests", after.row.id).again(round);
    messages::tell_guardians(tx, pupil, None, &news)?;
    Ok(after)
}

/// Takes a request back.
///
/// # Errors
/// 404, 412, 409 once it is taken back, or where somebody else has asked.
pub fn withdraw(tx: &mut Tx<'_>, by: &By<AskForLeave>, id: Id, seen: &IfMatchVersion) -> Result<LeaveRequest, Refusal> {
    let before: LeaveRequest = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = LeaveVerb::Withdraw.from(before.row.state)?;
    if !before.can(by).contains(&LeaveVerb::Withdraw.as_str()) {
        return Err(LeaveVerb::Withdraw.refused(before.row.state, &[]));
    }
    change(tx, "withdrawn", &before, |request| request.row.state = state)
}

/// Which of some pupils are on leave on a day, and what was said to it; granted leave counts before any other.
///
/// # Errors
/// When the database fails.
pub fn on_leave(tx: &mut Tx<'_>, pupils: &[Id], day: Date) -> Result<HashMap<Id, LeaveAnswer>, Refusal> {
    let mut found: HashMap<Id, LeaveAnswer> = HashMap::new();
    for request in store::standing_on(tx, pupils, day)? {
        if let Some(answer) = request.answer_on(day) {
            let known = found.entry(request.row.student_id).or_insert(answer);
            if answer == LeaveAnswer::Granted {
                *known = answer;
            }
        }
    }
    Ok(found)
}

/// What was ever asked for some pupils.
///
/// # Errors
/// When the database fails.
pub fn of_pupils(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<LeaveRequest>, Refusal> {
    store::all_of(tx, pupils)
}

/// Takes out why leave was asked for some pupils; how many requests they were.
///
/// # Errors
/// When the database fails.
pub fn erased(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<usize, Refusal> {
    let all = store::all_of(tx, pupils)?;
    for request in &all {
        change(tx, "erased", request, |request| request.row.reason = "—".to_owned())?;
    }
    Ok(all.len())
}
