//! What schools print and keep 打印与导出: the roll of a group for a month, who signs in on a day, and a pay sheet; each
//! as a page and as a workbook. A slice without tables.

mod api;
mod store;
mod wording;

pub use self::api::routes;

use std::collections::HashMap;

use time::Date;

use self::wording::Words;
use super::groups::Group;
use super::pay_sheets::{PaySheet, PersonPay};
use super::rosters::{self, AttendanceMark};
use super::sessions::{ServingState, Session};
use crate::auth::By;
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::{ReadGroupMembers, ReadPaySheets, ReadStaff};
use crate::db::{Id, Tx};
use crate::delivery::sessions;
use crate::http::Language;
use crate::http::sheet::{Cell, Column, Sheet};
use crate::refusal::{Code, Refusal};
use crate::schools::schools;
use crate::values::iso_date;
use crate::values::month::Month;

fn text(said: impl Into<String>) -> Cell {
    Cell::Text(said.into())
}

fn number(many: usize) -> Cell {
    Cell::Number(i64::try_from(many).unwrap_or(i64::MAX))
}

/// The roll of a group for a month 点名册: a row for each pupil, a column for each session; and whom it shows.
///
/// # Errors
/// 404.
pub fn roll(
    tx: &mut Tx<'_>,
    by: &By<ReadGroupMembers>,
    id: Id,
    month: Option<Month>,
    language: Language,
) -> Result<(Sheet, Vec<SeenPerson>), Refusal> {
    let group: Group = by.find(tx, id)?;
    let month = month.unwrap_or(Month::of(tx.today));
    let words = Words(language);
    let held = sessions::of_group(tx, id, month.first(), month.last())?;
    let ids: Vec<Id> = held.iter().map(|session| session.row.id).collect();
    let mut marks: HashMap<(Id, Id), AttendanceMark> = HashMap::new();
    for one in rosters::of_sessions(tx, &ids)? {
        marks.insert((one.session_id, one.student_id), one.mark);
    }
    let pupils = store::pupils_between(tx, id, month.first(), month.last())?;
    let mut columns = vec![words.column("number", 5), words.column("name", 12), words.column("class", 14)];
    columns.extend(held.iter().map(|session| Column { name: day_of(session), width: 6 }));
    columns.push(words.column("attended", 7));
    let row = |(place, pupil): (usize, &store::Pupil)| {
        let mark = |session: &Session| marks.get(&(session.row.id, pupil.student_id)).copied();
        let told = |session: &Session| mark(session).map_or(Cell::Blank, |mark| text(words.mark(mark)));
        let attended = held.iter().filter(|session| mark(session).is_some_and(AttendanceMark::attended)).count();
        let mut cells = vec![number(place + 1), text(&pupil.name), text(pupil.class_name.clone().unwrap_or_default())];
        cells.extend(held.iter().map(told));
        cells.push(number(attended));
        cells
    };
    let named = store::of_group(tx, group.row.id)?;
    let sheet = Sheet {
        title: words.said("roll-title", &[("school", &named.school), ("month", &month.to_string())]),
        heads: vec![words.said(
            "roll-head",
            &[
                ("project", &named.project),
                ("group", &group.row.name),
                ("leader", named.leader.as_deref().unwrap_or("—")),
                ("venue", named.venue.as_deref().unwrap_or("—")),
            ],
        )],
        columns,
        rows: pupils.iter().enumerate().map(row).collect(),
        feet: vec![words.marks()],
        made_on: tx.today,
        name: format!("roll-{month}"),
    };
    let seen = |pupil: &store::Pupil| SeenPerson { person_id: pupil.person_id, school_id: Some(group.row.school_id) };
    Ok((sheet, pupils.iter().map(seen).collect()))
}

/// Month and day of a session, and its hour where the group meets twice on it.
fn day_of(session: &Session) -> String {
    format!("{}/{}", u8::from(session.row.held_on.month()), session.row.held_on.day())
}

/// Who serves at a school on a day 签到表, with a place to sign.
///
/// # Errors
/// 404.
pub fn sign_in(
    tx: &mut Tx<'_>,
    by: &By<ReadStaff>,
    id: Id,
    day: Option<Date>,
    language: Language,
) -> Result<Sheet, Refusal> {
    let school = schools::seen(tx, &by.scope(), id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    let (day, words) = (day.unwrap_or(tx.today), Words(language));
    let row = |(place, one): (usize, &store::Serving)| {
        let served = match (one.state, one.minutes) {
            (ServingState::Absent, _) => text(words.plain("absent")),
            (_, Some(minutes)) => Cell::Number(i64::from(minutes)),
            (_, None) => Cell::Blank,
        };
        vec![
            number(place + 1),
            text(format!("{}–{}", one.starts_at, one.ends_at)),
            text(&one.project),
            text(&one.group),
            text(&one.venue),
            text(&one.name),
            text(words.duty(one.duty)),
            Cell::Blank,
            served,
        ]
    };
    let serving = store::serving_on(tx, id, day)?;
    let columns = [
        ("number", 5),
        ("hour", 14),
        ("project", 18),
        ("group", 14),
        ("venue", 16),
        ("name", 12),
        ("duty", 9),
        ("signature", 16),
        ("minutes", 9),
    ];
    let day = iso_date::text(day);
    Ok(Sheet {
        title: words.said("sign-in-title", &[("school", &school.name), ("day", &day)]),
        heads: vec![words.said("sign-in-head", &[("many", &serving.len().to_string())])],
        columns: columns.into_iter().map(|(name, width)| words.column(name, width)).collect(),
        rows: serving.iter().enumerate().map(row).collect(),
        feet: vec![words.plain("sign-in-foot")],
        made_on: tx.today,
        name: format!("sign-in-{day}"),
    })
}

/// What a school pays for a month 报酬表, person by person.
///
/// # Errors
/// 404.
pub fn pay(tx: &mut Tx<'_>, by: &By<ReadPaySheets>, id: Id, language: Language) -> Result<Sheet, Refusal> {
    let paid: PaySheet = by.find(tx, id)?;
    let school = schools::seen(tx, &by.scope(), paid.row.school_id)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    let (month, words) = (Month::of(paid.row.month_on), Words(language));
    let row = |(place, one): (usize, &PersonPay)| {
        vec![
            number(place + 1),
            text(&one.staff_member_name),
            text(words.staff_kind(one.staff_kind)),
            Cell::Number(i64::from(one.sessions)),
            Cell::Number(i64::from(one.minutes)),
            Cell::Money(one.amount_fen),
            Cell::Number(i64::from(one.held_minutes)),
            text(one.benefits.clone().unwrap_or_default()),
            Cell::Blank,
        ]
    };
    let mut rows: Vec<Vec<Cell>> = paid.row.people.0.iter().enumerate().map(row).collect();
    let sum = |of: fn(&PersonPay) -> i32| Cell::Number(paid.row.people.0.iter().map(|one| i64::from(of(one))).sum());
    rows.push(vec![
        Cell::Blank,
        text(words.plain("sum")),
        Cell::Blank,
        sum(|one| one.sessions),
        sum(|one| one.minutes),
        Cell::Money(paid.row.total_fen),
        sum(|one| one.held_minutes),
        Cell::Blank,
        Cell::Blank,
    ]);
    let columns = [
        ("number", 5),
        ("name", 14),
        ("kind", 12),
        ("sessions", 9),
        ("minutes", 9),
        ("amount", 13),
        ("held", 11),
        ("benefits", 24),
        ("signature", 16),
    ];
    let findings = paid.row.findings.0.iter().map(|finding| words.finding(finding));
    Ok(Sheet {
        title: words.said("pay-title", &[("school", &school.name), ("month", &month.to_string())]),
        heads: vec![words.state(&paid.row)],
        columns: columns.into_iter().map(|(name, width)| words.column(name, width)).collect(),
        rows,
        feet: findings.chain([words.plain("pay-foot")]).collect(),
        made_on: tx.today,
        name: format!("pay-{month}"),
    })
}
