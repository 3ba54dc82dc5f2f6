//! SQL of receipts: guardianships that hold today, with the message that told of a notice, and what was answered.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::Told;
use super::model::{NoticeReceipt, NoticeReceiptFilter, ReceiptAnswer, ReceiptCountsFilter, ReceiptGroup};
use crate::auth::Scope;
use crate::auth::counted::{Columns, Found, GROUPS_FETCHED, GroupBy, counted};
use crate::auth::scope::{Bounds, classes_taught};
use crate::db::schema::{enrollments, guardianships, messages, organisations, plans, students};
use crate::db::{Id, Instant, Resource, Tx};
use crate::enrollments::enrollments::EnrollmentState;
use crate::http::Listing;
use crate::inbox::messages::MessageKind;
use crate::refusal::Refusal;
use crate::students::guardianships::{self as held, Guardianship};

type GuardianshipRow = <Guardianship as Resource>::Row;

/// Guardianships that hold today of the pupils for whom a notice is, with the message that told of it.
macro_rules! to_be_told {
    ($tx:expr, $told:expr) => {{
        let message = messages::resource_id
            .eq($told.notice_id)
            .and(messages::kind.eq(MessageKind::NoticePublished))
            .and(messages::user_id.nullable().eq(guardianships::user_id))
            .and(messages::student_id.eq(students::id.nullable()));
        guardianships::table
            .inner_join(students::table.on(students::person_id.eq(guardianships::person_id)))
            .inner_join(organisations::table.on(organisations::id.eq(students::school_id)))
            .inner_join(plans::table.on(plans::school_id.eq(students::school_id)))
            .left_join(messages::table.on(message.assume_not_null()))
            .filter(plans::id.eq($told.plan_id))
            .filter(students::state.eq("attending").and(students::grade.eq_any($told.grades.clone())))
            .filter(guardianships::state.eq("active").and(guardianships::starts_on.le($tx.today)))
            .filter(guardianships::ends_on.is_null().or(guardianships::ends_on.ge($tx.today).assume_not_null()))
    }};
}

/// Whether anything of a child's enrollments in a plan is so.
macro_rules! chose {
    ($told:expr, $such:expr) => {
        exists(
            enrollments::table
                .filter(enrollments::person_id.eq(guardianships::person_id))
                .filter(enrollments::plan_id.eq($told.plan_id).and($such))
                .select(enrollments::id),
        )
    };
}

macro_rules! stands {
    ($told:expr) => {
        chose!($told, enrollments::state.ne_all([EnrollmentState::Withdrawn, EnrollmentState::Declined]))
    };
}

macro_rules! any {
    ($told:expr) => {
        chose!($told, enrollments::id.is_not_null())
    };
}

/// Narrows a boxed query to what a scope holds.
macro_rules! within {
    ($query:expr, $tx:expr, $scope:expr) => {
        match $scope {
            Scope::OwnPupils(user) => {
                $query.filter(students::class_id.eq_any(classes_taught!(*user, $tx.today)).assume_not_null())
            }
            scope => {
                let bounds = scope.bounds();
                $query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    };
}

type Loaded = (GuardianshipRow, (Id, Id, String), Option<(Instant, Option<Instant>)>, bool, bool);

fn receipt(
    tx: &Tx<'_>,
    (row, (student_id, school, path), message, stands, any): Loaded,
) -> Result<NoticeReceipt, Refusal> {
    let answer = match (stands, any) {
        (true, _) => ReceiptAnswer::Joined,
        (false, true) => ReceiptAnswer::Declined,
        (false, false) => ReceiptAnswer::Silent,
    };
    Ok(NoticeReceipt {
        guardianship: held::of_row(tx, row, school, path)?,
        student_id,
        made_available_at: message.map(|(at, _)| at),
        opened_at: message.and_then(|(_, opened)| opened),
        answer,
    })
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    told: &Told,
    at: &Listing<NoticeReceiptFilter>,
) -> Result<Vec<NoticeReceipt>, Refusal> {
    let columns = (
        GuardianshipRow::as_select(),
        (students::id, students::school_id, organisations::path),
        (messages::created_at, messages::read_at).nullable(),
        stands!(told),
        any!(told),
    );
    let query = to_be_told!(tx, told).select(columns).into_boxed();
    let mut query = within!(query, tx, scope).order(guardianships::id).limit(at.limit.rows());
    if let Some(class) = at.filter.class_id {
        query = query.filter(students::class_id.eq(class).assume_not_null());
    }
    query = match at.filter.answer {
        Some(ReceiptAnswer::Joined) => query.filter(stands!(told)),
        Some(ReceiptAnswer::Declined) => query.filter(any!(told)).filter(not(stands!(told))),
        Some(ReceiptAnswer::Silent) => query.filter(not(any!(told))),
        None => query,
    };
    query = match at.filter.is_opened {
        Some(true) => query.filter(messages::read_at.is_not_null()),
        Some(false) => query.filter(messages::read_at.is_null()),
        None => query,
    };
    if let Some(after) = at.after {
        query = query.filter(guardianships::id.gt(after));
    }
    let found: Vec<Loaded> = query.load(tx.conn)?;
    found.into_iter().map(|loaded| receipt(tx, loaded)).collect()
}

/// Guardians, and how many of them are reached, have opened, join, decline and are silent.
pub type Numbers = (i64, i64, i64, i64, i64, i64);

fn columns(word: ReceiptGroup) -> Columns {
    match word {
        ReceiptGroup::Class => {
            Columns::named("students.class_id", "(SELECT c.name FROM classes c WHERE c.id = students.class_id)")
        }
        ReceiptGroup::Grade => Columns::told("students.grade", "CAST(students.grade AS TEXT)"),
    }
}

/// How many guardians there are of whose child's enrollments in the plan something is so.
macro_rules! how_many {
    ($is:literal, $such:literal) => {
        concat!(
            "CAST(COALESCE(SUM(CASE WHEN ",
            $is,
            " EXISTS (SELECT 1 FROM enrollments e WHERE e.person_id = guardianships.person_id ",
            "AND e.plan_id = plans.id ",
            $such,
            ") THEN 1 ELSE 0 END), 0) AS BIGINT)"
        )
    };
}

pub(super) fn counted_in(
    tx: &mut Tx<'_>,
    scope: &Scope,
    within: &Bounds,
    told: &Told,
    asked: &ReceiptCountsFilter,
) -> Result<Found<Numbers>, Refusal> {
    let grouped = GroupBy::grouped(asked.group_by.as_ref(), columns);
    let numbers = counted!(
        to_be_told!(tx, told),
        grouped,
        [
            "COUNT(*)",
            "COUNT(guardianships.user_id)",
            "COUNT(messages.read_at)",
            how_many!("", "AND e.state NOT IN ('withdrawn', 'declined')"),
            concat!(
                "CAST(COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM enrollments e WHERE ",
                "e.person_id = guardianships.person_id AND e.plan_id = plans.id) AND NOT EXISTS (SELECT 1 FROM ",
                "enrollments e WHERE e.person_id = guardianships.person_id AND e.plan_id = plans.id AND ",
                "e.state NOT IN ('withdrawn', 'declined')) THEN 1 ELSE 0 END), 0) AS BIGINT)"
            ),
            how_many!("NOT", ""),
        ]
    );
    let query =
        numbers.filter(organisations::path.ge(within.from.clone()).and(organisations::path.lt(within.to.clone())));
    let mut query = within!(query, tx, scope);
    if let Some(class) = asked.class_id {
        query = query.filter(students::class_id.eq(class).assume_not_null());
    }
    Ok(query.limit(GROUPS_FETCHED).load(tx.conn)?)
}

/// A guardian who is to be told: guardianship, account, and the pupil with its person and school.
pub(super) type ToTell = (Id, Id, (Id, Id, Id));

/// Guardians with an account who receive notices and have not been told of this one; those who have not answered, for
/// a reminder.
pub(super) fn to_tell(
    tx: &mut Tx<'_>,
    told: &Told,
    reminds: bool,
    after: Id,
    count: i64,
) -> Result<Vec<ToTell>, Refusal> {
    let columns = (
        guardianships::id,
        guardianships::user_id.assume_not_null(),
        (students::id, students::person_id, students::school_id),
    );
    let mut query = to_be_told!(tx, told)
        .filter(guardianships::user_id.is_not_null().and(guardianships::id.gt(after)))
        .filter(guardianships::rights.like("% receive_notices %"))
        .order(guardianships::id)
        .limit(count)
        .select(columns)
        .into_boxed();
    query = if reminds { query.filter(not(any!(told))) } else { query.filter(messages::id.nullable().is_null()) };
    Ok(query.load(tx.conn)?)
}
