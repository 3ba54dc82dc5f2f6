//! Closing a session with its record (六.1): only what is missing stops it. What happened is recorded as it was; what
//! was wrong about it is kept with it and goes to the supervisor in the same transaction, and nobody is paid for a
//! lecture until a supervisor has looked at it (六.5). Session, roster and signal each keep their own table.

mod api;

pub use self::api::routes;

use super::groups::{self, Offer};
use super::rosters::{self, Attendance, RosterEntry};
use super::sessions::{
    self, ServedIn, ServingState, Session, SessionCorrection, SessionCorrectionIn, SessionRecordIn, SessionStaff,
    SessionVerb,
};
use crate::auth::By;
use crate::auth::permission::HoldSessions;
use crate::db::{Id, Json, Rung, Tx};
use crate::http::IfMatchVersion;
use crate::journal::change;
use crate::oversight::signals::{self, About};
use crate::refusal::{Fault, FieldError, Refusal};
use crate::rules::held::{Held, Lacking, check_held, handover_complete, not_yet, session_record};
use crate::rules::schedule::Running;
use crate::rules::{Finding, Severity};
use crate::schools::class_teachers;
use crate::staff::staff_members;
use crate::values::local_time::LocalTime;

/// What is said of a session when it is over.
struct Record<'a> {
    began_at: LocalTime,
    ended_at: LocalTime,
    form: sessions::SessionForm,
    content: &'a str,
    served: &'a [ServedIn],
}

/// Closes a session with its record.
///
/// # Errors
/// 404, 412, 409 in another state; 422 before its day, where anything is missing, and where a present pupil has no
/// departure.
pub fn close(
    tx: &mut Tx<'_>,
    by: &By<HoldSessions>,
    id: Id,
    seen: &IfMatchVersion,
    said: &SessionRecordIn,
) -> Result<Session, Refusal> {
    let before: Session = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = SessionVerb::Close.from(before.row.state)?;
    let group = groups::of_id(tx, before.row.group_id)?;
    let offer = groups::offer_for(tx, &group)?;
    let profile = &offer.judged_by()?.profile;
    if before.row.held_on > tx.today {
        return Err(Refusal::by_rules(vec![not_yet(before.row.held_on, profile)]));
    }
    tx.holds(Rung::Session, id);
    rosters::hold_row(tx, id)?;
    let entries = rosters::entries(tx, &before)?;
    let standing = sessions::staff_of(tx, &before)?;
    let record = complete(&before, said, &entries, profile)?;
    let minutes = minutes_of(&record, &standing)?;
    if minutes.iter().flatten().all(|minutes| *minutes == 0) {
        return Err(Refusal::by_rules(session_record(&[Lacking::Staff], profile)));
    }
    let findings = of_record(tx, &before, &offer, &record, &entries)?;
    raise(tx, &before, &findings)?;
    for (one, minutes) in standing.iter().zip(minutes) {
        let Some(minutes) = minutes else { continue };
        serve(tx, one, minutes)?;
    }
    let (kept, pay_held) = kept(findings, record.form);
    tx.findings.extend(kept.iter().cloned());
    let (today, user) = (tx.today, by.user_id);
    change(tx, "closed", &before, |session| {
        let row = &mut session.row;
        row.state = state;
        (row.began_at, row.ended_at) = (Some(record.began_at), Some(record.ended_at));
        row.form = Some(record.form);
        row.content = Some(record.content.to_owned());
        row.findings = Json(kept);
        row.pay_held = pay_held;
        row.closed_on = Some(today);
        row.closed_by_id = Some(user);
    })
}

/// The record where nothing is missing.
fn complete<'a>(
    session: &Session,
    said: &'a SessionRecordIn,
    entries: &[RosterEntry],
    profile: &crate::rules::profile::Profile,
) -> Result<Record<'a>, Refusal> {
    let began_at = said.began_at.or(session.row.began_at);
    let unmarked = entries.iter().filter(|entry| entry.is_expected && entry.attendance.is_none()).count();
    let lacks = |is_missing: bool, what| is_missing.then_some(what);
    let lacking: Vec<Lacking> = [
        lacks(began_at.is_none(), Lacking::Began),
        lacks(said.ended_at.is_none(), Lacking::Ended),
        lacks(said.form.is_none(), Lacking::Form),
        lacks(said.content.is_none(), Lacking::Content),
        lacks(unmarked > 0, Lacking::Attendance(i64::try_from(unmarked).unwrap_or(i64::MAX))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut findings = session_record(&lacking, profile);
    let stays = |one: &Attendance| one.mark.attended() && one.departure.is_none();
    let missing: Vec<String> = entries
        .iter()
        .filter(|entry| entry.attendance.as_ref().is_some_and(stays))
        .map(|entry| entry.student_id.to_string())
        .collect();
    findings.extend(handover_complete(&missing, profile));
    let (Some(began_at), Some(ended_at), Some(form), Some(content), true) =
        (began_at, said.ended_at, said.form, said.content.as_ref(), findings.is_empty())
    else {
        return Err(Refusal::by_rules(findings));
    };
    if ended_at <= began_at {
        return Err(Refusal::field("/ended_at", Fault::EndsBeforeStart));
    }
    Ok(Record { began_at, ended_at, form, content: content.as_str(), served: &said.served })
}

/// Minutes from one time of a day to another.
fn whole(from: LocalTime, to: LocalTime) -> i32 {
    i32::from(to.minutes()) - i32::from(from.minutes())
}

/// How long each of those who serve was there: from beginning to end, unless it is said.
fn minutes_of(record: &Record<'_>, standing: &[SessionStaff]) -> Result<Vec<Option<i32>>, Refusal> {
    let whole = whole(record.began_at, record.ended_at);
    let serves = |one: &SessionStaff| one.row.state != ServingState::Released;
    let is_strange = |served: &ServedIn| {
        !standing.iter().any(|one| serves(one) && one.row.staff_member_id == served.staff_member_id)
    };
    let faults = record.served.iter().enumerate().filter_map(|(index, served)| {
        let at = |field: &str| format!("/served/{index}/{field}");
        if is_strange(served) {
            return Some(FieldError::new(at("staff_member_id"), Fault::NotFound));
        }
        (served.minutes > whole)
            .then(|| FieldError::new(at("minutes"), Fault::OutOfRange).said("longer-than-session").with("max", whole))
    });
    Refusal::unless_none(faults.collect())?;
    let minutes = |one: &SessionStaff| {
        let said = record.served.iter().find(|served| served.staff_member_id == one.row.staff_member_id);
        serves(one).then(|| said.map_or(whole, |served| served.minutes))
    };
    Ok(standing.iter().map(minutes).collect())
}

fn serve(tx: &mut Tx<'_>, one: &SessionStaff, minutes: i32) -> Result<(), Refusal> {
    let state = if minutes > 0 { ServingState::Served } else { ServingState::Absent };
    change(tx, state.as_str(), one, |one| {
        one.row.state = state;
        one.row.minutes = Some(minutes);
    })?;
    Ok(())
}

/// What the rules say of a session as it was held: what was done, and who served where by the facts of its day.
fn of_record(
    tx: &mut Tx<'_>,
    session: &Session,
    offer: &Offer,
    record: &Record<'_>,
    entries: &[RosterEntry],
) -> Result<Vec<Finding>, Refusal> {
    let profile = &offer.judged_by()?.profile;
    let term = &offer.filed.document.term;
    let taught = match staff_members::account_of(tx, session.row.leader_id)? {
        Some(leader) => class_teachers::taught_on(tx, leader, session.row.held_on)?,
        None => Vec::new(),
    };
    let there: Vec<&RosterEntry> =
        entries.iter().filter(|entry| entry.attendance.as_ref().is_some_and(|one| one.mark.attended())).collect();
    let many = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let own = taught.iter().map(|class| {
        let of_class = there.iter().filter(|entry| entry.class_name.as_deref() == Some(class.as_str())).count();
        (class.as_str(), many(of_class), many(there.len()))
    });
    let held = Held {
        project: offer.project()?,
        date: session.row.held_on,
        running: if term.is_winter(session.row.held_on) { Running::Winter } else { Running::Standard },
        ended_at: record.ended_at,
        is_teaching: record.form.is_teaching(),
        own_class: own.max_by_key(|(_, of_class, _)| *of_class),
    };
    let mut findings = check_held(&held, profile);
    findings.extend(sessions::of_the_day(tx, session, profile)?);
    Ok(findings)
}

/// What was wrong goes to the supervisor: each rule of a session once.
fn raise(tx: &mut Tx<'_>, session: &Session, findings: &[Finding]) -> Result<(), Refusal> {
    let is_wrong =
        |finding: &&Finding| finding.severity != Severity::Warning || finding.variant.as_deref() == Some("held");
    for finding in findings.iter().filter(is_wrong) {
        let about = About {
            school_id: session.row.school_id,
            path: session.path.clone(),
            plan_id: Some(session.row.plan_id),
            class_id: None,
            subject: format!("session {} {}", session.row.id, finding.variant.as_deref().unwrap_or_default()),
        };
        signals::raise(tx, about, finding)?;
    }
    Ok(())
}

/// What stays with the session, none of which stops it any more, and whether pay is held.
fn kept(findings: Vec<Finding>, form: sessions::SessionForm) -> (Vec<Finding>, bool) {
    let said = findings.into_iter().filter(|finding| finding.severity != Severity::Signal);
    let warning = |finding: Finding| Finding { severity: Severity::Warning, ..finding };
    (said.map(warning).collect(), form.is_teaching())
}

/// Corrects the record of a session: the version of before stays with it, with who, when and why.
///
/// # Errors
/// 404, 412, 409 before it is closed; 422 where the month is over and the caller is not the school's administrator, and
/// as for a record.
pub fn correct(
    tx: &mut Tx<'_>,
    by: &By<HoldSessions>,
    id: Id,
    seen: &IfMatchVersion,
    to: &SessionCorrectionIn,
) -> Result<Session, Refusal> {
    let before: Session = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    SessionVerb::Correct.from(before.row.state)?;
    let group = groups::of_id(tx, before.row.group_id)?;
    let offer = groups::offer_for(tx, &group)?;
    sessions::correctable(tx, by.role, &before)?;
    if to.ended_at <= to.began_at {
        return Err(Refusal::field("/ended_at", Fault::EndsBeforeStart));
    }
    tx.holds(Rung::Session, id);
    rosters::hold_row(tx, id)?;
    let (entries, standing) = (rosters::entries(tx, &before)?, sessions::staff_of(tx, &before)?);
    let record = Record {
        began_at: to.began_at,
        ended_at: to.ended_at,
        form: to.form,
        content: to.content.as_str(),
        served: &to.served,
    };
    let minutes = minutes_of(&record, &standing)?;
    let findings = of_record(tx, &before, &offer, &record, &entries)?;
    raise(tx, &before, &findings)?;
    let lasted = before.row.began_at.zip(before.row.ended_at).map(|(from, to)| whole(from, to));
    for (one, now) in standing.iter().zip(minutes) {
        let is_said = to.served.iter().any(|served| served.staff_member_id == one.row.staff_member_id);
        // Who was there from beginning to end still was; nobody served longer than the session lasted.
        let stays = one.row.minutes.filter(|_| !is_said && one.row.minutes != lasted);
        let now = now.map(|now| stays.map_or(now, |stays| stays.min(now)));
        if let Some(minutes) = now.filter(|minutes| Some(*minutes) != one.row.minutes) {
            serve(tx, one, minutes)?;
        }
    }
    let (kept, is_teaching) = kept(findings, record.form);
    tx.findings.extend(kept.iter().cloned());
    let was = SessionCorrection {
        corrected_at: tx.now,
        corrected_by_id: by.user_id,
        reason: to.reason.as_str().to_owned(),
        began_at: before.row.began_at,
        ended_at: before.row.ended_at,
        form: before.row.form,
        content: before.row.content.clone(),
    };
    change(tx, "corrected", &before, |session| {
        let row = &mut session.row;
        row.corrections.0.push(was);
        (row.began_at, row.ended_at) = (Some(record.began_at), Some(record.ended_at));
        row.form = Some(record.form);
        row.content = Some(record.content.to_owned());
        row.findings = Json(kept);
        // What a supervisor was told of is not taken back by calling it otherwise.
        row.pay_held = row.pay_held || (is_teaching && row.pay_release_reason.is_none());
    })
}
