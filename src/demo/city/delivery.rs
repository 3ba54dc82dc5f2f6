//! How 金桂小学 gives its service: groups, who leads them and where, whom families send to fetch their children, and
//! the first day.

use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use super::entering::pupils_of;
use crate::auth::permission::{ReadFacilities, ReadGroups, ReadRosters, ReadSessions, ReadStaff};
use crate::db::{Id, Tx};
use crate::delivery::groups::{self, Group};
use crate::delivery::rosters::{self, RosterEntry};
use crate::delivery::sessions::{self, Session, SessionFilter};
use crate::delivery::{calendar_feeds, closings, leave_requests, pay_sheets, pickup_persons, timetables};
use crate::demo::acts::{latest_plan, seen};
use crate::demo::stage::{Person, Stage, body, goes_on};
use crate::http::Listing;
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::resources::facilities::Facility;
use crate::safety::{hazards, venue_checks};
use crate::staff::staff_members::{self, StaffMember};
use crate::staff::{performance_pay_totals, staff_vettings};
use crate::values::iso_date::{self, Day};

const ADMIN: &str = "demo.school4";
const TEACHER: &str = "demo.teacher4";
const FIRST_DAY: Date = date!(2024 - 09 - 10);

fn nothing(what: &str) -> Refusal {
    Refusal::internal(format!("a demonstration without {what}"))
}

fn at<T>(of: &[T], place: usize) -> Result<&T, Refusal> {
    of.get(place).ok_or_else(|| nothing("enough of something"))
}

/// The school's own staff, in the order in which they were entered.
fn own_staff(tx: &mut Tx<'_>, admin: &Person) -> Result<Vec<StaffMember>, Refusal> {
    let mut staff = admin.sees::<ReadStaff, StaffMember>(tx)?;
    staff.retain(|member| member.left_on.is_none());
    staff.sort_by_key(|member| member.id);
    Ok(staff)
}

/// Rooms and grounds, in the order in which they were entered.
fn venues(tx: &mut Tx<'_>, admin: &Person) -> Result<Vec<Id>, Refusal> {
    let mut found: Vec<Id> = admin.sees::<ReadFacilities, Facility>(tx)?.iter().map(|facility| facility.id).collect();
    found.sort_unstable();
    Ok(found)
}

/// 2024-09-09: staff is vetted, one of them has the teacher's account, venues are checked, and two hazards found.
pub(super) fn made_safe(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMIN)?;
    let staff = own_staff(tx, &admin)?;
    for member in staff.iter().take(3) {
        for kind in ["character", "health"] {
            goes_on(tx);
            let vetting = json!({
                "staff_member_id": member.id, "kind": kind, "checked_on": "2024-09-02", "valid_until": "2025-07-31",
                "outcome": "passed", "document": "审查记录（演示）"
            });
            staff_vettings::add(tx, &admin.by()?, &body(vetting)?)?;
        }
    }
    let (first, checker) = (at(&staff, 0)?, at(&staff, 2)?.id);
    let to = json!({
        "school_id": first.school_id, "kind": first.kind, "name": first.name, "id_number": null, "phone": null,
        "subject": first.subject, "entered_on": iso_date::text(first.entered_on), "user_id": stage.account(TEACHER)?
    });
    staff_members::update(tx, &admin.by()?, first.id, &seen(first.version), &body(to)?)?;
    let venues = venues(tx, &admin)?;
    for venue in venues.iter().take(3) {
        goes_on(tx);
        let check = json!({
            "facility_id": venue, "checked_on": "2024-09-03", "valid_until_on": "2025-01-17",
            "aspects": ["venue", "fire"], "outcome": "passed", "checked_by_id": checker, "note": null
        });
        venue_checks::create(tx, &admin.by()?, &body(check)?)?;
    }
    for (place, is_serious, told) in [(2, false, "篮球架护垫脱落（演示）"), (3, true, "书架未固定（演示）")]
    {
        goes_on(tx);
        let found = json!({
            "facility_id": at(&venues, place)?, "aspect": "equipment", "is_serious": is_serious, "description": told,
            "found_on": "2024-09-06"
        });
        let hazard = hazards::create(tx, &admin.by()?, &body(found)?)?;
        if !is_serious {
            let done = body(json!({"cleared_on": "2024-09-09", "clearance": "已更换护垫（演示）"}))?;
            hazards::clear(tx, &admin.by()?, hazard.id, &seen(hazard.version), &done)?;
        }
    }
    Ok(())
}

/// 2024-09-09: groups are proposed for homework and three clubs. Homework and the first club are confirmed, the second
/// is thought better of, the third is a draft.
pub(super) fn grouped(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMIN)?;
    let plan = latest_plan(tx, &admin)?;
    let offered = projects::ids(tx, plan.id)?;
    let (staff, venues) = (own_staff(tx, &admin)?, venues(tx, &admin)?);
    let homework = proposed(tx, &admin, *at(&offered, 0)?)?;
    for (place, group) in homework.iter().take(2).enumerate() {
        let assistants = if place == 0 { vec![at(&staff, 2)?.id] } else { Vec::new() };
        confirmed(tx, &admin, group, (at(&staff, place)?.id, assistants, *at(&venues, place)?))?;
    }
    let club = proposed(tx, &admin, *at(&offered, 2)?)?;
    confirmed(tx, &admin, at(&club, 0)?, (at(&staff, 1)?.id, Vec::new(), *at(&venues, 0)?))?;
    let given_up = proposed(tx, &admin, *at(&offered, 3)?)?;
    let given_up = at(&given_up, 0)?;
    let why = body(json!({"reason": "拟与墨韵书法合并开展（演示）"}))?;
    timetables::dissolve(tx, &admin.by()?, given_up.row.id, &seen(given_up.row.version), &why)?;
    proposed(tx, &admin, *at(&offered, 4)?).map(drop)
}

fn proposed(tx: &mut Tx<'_>, admin: &Person, project: Id) -> Result<Vec<Group>, Refusal> {
    goes_on(tx);
    groups::propose(tx, &admin.by()?, &body(json!({"project_id": project, "size_max": 30, "slots": []}))?)
}

fn confirmed(
    tx: &mut Tx<'_>,
    admin: &Person,
    group: &Group,
    (leader, assistants, venue): (Id, Vec<Id>, Id),
) -> Result<(), Refusal> {
    goes_on(tx);
    let to = json!({
        "project_id": group.row.project_id, "name": group.row.name, "slots": group.row.slots.0, "leader_id": leader,
        "assistant_ids": assistants, "venue_id": venue
    });
    let group = groups::update(tx, &admin.by()?, group.row.id, &seen(group.row.version), &body(to)?)?;
    goes_on(tx);
    let from = body(json!({"from_on": iso_date::text(FIRST_DAY)}))?;
    timetables::confirm(tx, &admin.by()?, group.row.id, &seen(group.row.version), &from)?;
    Ok(())
}

/// 2024-09-09: families say who fetches their children; of one child a court says who must not.
pub(super) fn fetched_by(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let guardian = stage.enters(tx, "demo.guardian4")?;
    let children = pupils_of(tx, &guardian)?;
    let child = at(&children, 0)?.id;
    let mut named = Vec::new();
    for (kind, name, phone, relation) in [
        ("named", "周奶奶", Some("19900008801"), "奶奶"),
        ("named", "周小姑", Some("19900008802"), "姑姑"),
        ("alone", "本人", None, "学生本人"),
    ] {
        goes_on(tx);
        let new = json!({
            "student_id": child, "kind": kind, "name": name, "phone": phone, "relation": relation,
            "from_on": iso_date::text(tx.today), "to_on": "2025-01-17"
        });
        named.push(pickup_persons::name(tx, &guardian.by()?, &body(new)?)?);
    }
    let ended = at(&named, 1)?;
    let why = body(json!({"reason": "已到外地工作（演示）"}))?;
    pickup_persons::end(tx, &guardian.by()?, ended.row.id, &seen(ended.row.version), &why)?;
    for (from_on, stays) in [("2024-09-12", true), ("2024-09-13", false)] {
        goes_on(tx);
        let new = json!({"student_id": child, "from_on": from_on, "to_on": from_on, "reason": "看牙医（演示）"});
        let asked = leave_requests::ask(tx, &guardian.by()?, &body(new)?)?;
        if !stays {
            leave_requests::withdraw(tx, &guardian.by()?, asked.row.id, &seen(asked.row.version))?;
        }
    }
    let admin = stage.enters(tx, ADMIN)?;
    let pupils = pupils_of(tx, &admin)?;
    let new = json!({
        "student_id": at(&pupils, 5)?.id, "name": "吴某", "phone": null, "relation": "原同居家庭成员",
        "document": "人身安全保护令（演示）", "from_on": "2024-09-01", "to_on": null
    });
    pickup_persons::forbid(tx, &admin.by()?, &body(new)?)?;
    Ok(())
}

/// 2024-09-10: the first day. One group's homework is over and on record, another's has begun, one is not held on
/// Friday, and on Thursday somebody steps in.
pub(super) fn first_day(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMIN)?;
    let mut met = admin.sees::<ReadGroups, Group>(tx)?;
    met.retain(|group| group.row.from_on.is_some());
    let [first, second, club] = met.as_slice() else { return Err(nothing("its groups")) };
    let cancelled = of_day(tx, &admin, club, date!(2024 - 09 - 13))?;
    let why = body(json!({"reason": "场地另有安排（演示）"}))?;
    sessions::cancel(tx, &admin.by()?, cancelled.row.id, &seen(cancelled.row.version), &why)?;
    goes_on(tx);
    let staff = own_staff(tx, &admin)?;
    let replaced = of_day(tx, &admin, club, date!(2024 - 09 - 12))?;
    let who = body(json!({"staff_member_id": at(&staff, 1)?.id, "substitute_id": at(&staff, 2)?.id}))?;
    sessions::substitute(tx, &admin.by()?, replaced.row.id, &seen(replaced.row.version), &who)?;

    let begun = started(tx, &admin, second)?;
    marked(tx, &admin, &begun)?;
    let teacher = stage.enters(tx, TEACHER)?;
    let begun = started(tx, &teacher, first)?;
    let entries = marked(tx, &teacher, &begun)?;
    left(tx, &teacher, &begun, &entries)?;
    goes_on(tx);
    let now = of_day(tx, &teacher, first, FIRST_DAY)?;
    let said = json!({
        "began_at": null, "ended_at": "17:05", "form": "homework", "content": "完成当天作业，教师巡回答疑（演示）",
        "served": [{"staff_member_id": at(&staff, 2)?.id, "minutes": 0}]
    });
    closings::close(tx, &teacher.by()?, now.row.id, &seen(now.row.version), &body(said)?)?;
    Ok(())
}

/// 2024-09-10: the county gives the total for own staff, the school computes what the first day costs, and a family has
/// the calendar of its child anew.
pub(super) fn paid(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, ADMIN)?;
    let school_id = at(&own_staff(tx, &admin)?, 0)?.school_id;
    let officer = stage.enters(tx, "demo.bureau")?;
    goes_on(tx);
    let total = json!({
        "school_id": school_id, "from_on": "2024-09-01", "to_on": "2025-01-31", "amount_fen": 6_000_000,
        "document": "县人社发〔2024〕9号（演示）"
    });
    performance_pay_totals::give(tx, &officer.by()?, &body(total)?)?;
    goes_on(tx);
    let finance = stage.enters(tx, "demo.finance4")?;
    pay_sheets::create(tx, &finance.by()?, &body(json!({"school_id": school_id, "month": "2024-09"}))?)?;
    let guardian = stage.enters(tx, "demo.guardian4")?;
    let child = at(&pupils_of(tx, &guardian)?, 0)?.id;
    for _ in 0..2 {
        goes_on(tx);
        calendar_feeds::create(tx, &guardian.by()?, &body(json!({"student_id": child}))?)?;
    }
    Ok(())
}

/// The session of a group on a day.
fn of_day(tx: &mut Tx<'_>, reader: &Person, group: &Group, day: Date) -> Result<Session, Refusal> {
    let filter = SessionFilter { group_id: Some(group.row.id), held_on: Some(Day(day)), ..SessionFilter::default() };
    let found = reader.by::<ReadSessions>()?.list::<Session>(tx, &Listing::all(filter))?;
    found.into_iter().next().ok_or_else(|| nothing("a session"))
}

fn started(tx: &mut Tx<'_>, by: &Person, group: &Group) -> Result<Session, Refusal> {
    goes_on(tx);
    let planned = of_day(tx, by, group, FIRST_DAY)?;
    let began = body(json!({"began_at": "16:20"}))?;
    sessions::start(tx, &by.by()?, planned.row.id, &seen(planned.row.version), &began)
}

/// Everybody is there but one who comes late, and one who was first thought absent; on whom, in the order of names.
fn marked(tx: &mut Tx<'_>, by: &Person, session: &Session) -> Result<Vec<RosterEntry>, Refusal> {
    goes_on(tx);
    let entries = rosters::of_session(tx, &by.by::<ReadRosters>()?, session.row.id)?.entries;
    let words = |place: usize| match place {
        1 => "late",
        2 => "absent",
        _ => "present",
    };
    let mark = |(place, entry): (usize, &RosterEntry)| {
        let (student, word) = (entry.student_id, words(place));
        json!({"student_id": student, "mark": word, "made_at": null, "sequence": place + 1})
    };
    let marks: Vec<Value> = entries.iter().enumerate().map(mark).collect();
    let sent = json!({"device": "教师手机（演示）", "marks": marks, "reason": null});
    rosters::mark(tx, &by.by()?, session.row.id, &body(sent)?)?;
    goes_on(tx);
    let second = json!([{
        "student_id": at(&entries, 2)?.student_id, "mark": "late", "made_at": null, "sequence": entries.len() + 1
    }]);
    let sent = json!({"device": "教师手机（演示）", "marks": second, "reason": null});
    rosters::mark(tx, &by.by()?, session.row.id, &body(sent)?)?;
    Ok(entries)
}

/// Fetched by a guardian who may; otherwise handed to who is on duty.
fn left(tx: &mut Tx<'_>, by: &Person, session: &Session, entries: &[RosterEntry]) -> Result<(), Refusal> {
    goes_on(tx);
    let departure = |entry: &RosterEntry| {
        let fetcher = entry.fetchers.iter().find(|one| one.guardianship_id.is_some() && !one.is_forbidden);
        json!({
            "student_id": entry.student_id, "kind": if fetcher.is_some() { "guardian" } else { "duty_holder" },
            "departed_at": "17:10", "pickup_person_id": null,
            "guardianship_id": fetcher.and_then(|one| one.guardianship_id), "note": null
        })
    };
    let departures: Vec<Value> = entries.iter().map(departure).collect();
    let sent = json!({"departures": departures, "reason": null});
    rosters::depart(tx, &by.by()?, session.row.id, &body(sent)?)?;
    Ok(())
}
