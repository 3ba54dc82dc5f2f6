//! SQL of pay sheets and their lines; the scope comes first.

use diesel::dsl::{count_star, sql, sum};
use diesel::prelude::*;
use diesel::sql_types;
use time::Date;

use super::model::{PayLine, PayLineFilter, PayLineRow, PaySheet, PaySheetFilter, PaySheetRow};
use crate::auth::scope::{placed, staff_of};
use crate::auth::{Scope, Seen};
use crate::db::schema::{pay_lines, pay_sheets, projects, service_sessions, session_staff, staff_members};
use crate::db::{Id, ROWS_AT_ONCE, Tx};
use crate::delivery::sessions::{ServingState, SessionState};
use crate::http::Listing;
use crate::refusal::{Code, Refusal, on_unique};
use crate::rules::document::{ProjectCategory, StaffKind};
use crate::{insert_many, page, stored};

stored!(pay_sheets, PaySheetRow, taken => Refusal::of(Code::AlreadyExists).with("field", "school_id, month"));
stored!(once pay_lines, PayLineRow);

impl Seen for PaySheet {
    type Filter = PaySheetFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = placed!(pay_sheets, PaySheetRow, scope.bounds()).filter(pay_sheets::id.eq(id));
        Ok(found.first::<Self>(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PaySheetFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = placed!(pay_sheets, PaySheetRow, scope.bounds()).into_boxed();
        let mut query = page!(seen, pay_sheets, at, { school_id, [state] });
        if let Some(month) = at.filter.month {
            query = query.filter(pay_sheets::month_on.eq(month.first()));
        }
        Ok(query.load::<Self>(tx.conn)?)
    }
}

/// Lines within a scope, with the paths of their schools: of one's own those that are approved.
macro_rules! seen {
    ($scope:expr) => {
        match $scope {
            Scope::OwnGroups(user) => placed!(pay_lines, PayLineRow, Scope::Everything.bounds())
                .into_boxed()
                .filter(pay_lines::staff_member_id.eq_any(staff_of!(*user)).and(pay_lines::number.is_not_null())),
            scope => placed!(pay_lines, PayLineRow, scope.bounds()).into_boxed(),
        }
    };
}

impl Seen for PayLine {
    type Filter = PayLineFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(scope).filter(pay_lines::id.eq(id)).first::<Self>(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<PayLineFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(scope);
        let query = page!(seen, pay_lines, at, { pay_sheet_id, staff_member_id, session_id, school_id, kind });
        Ok(query.load::<Self>(tx.conn)?)
    }
}

/// Somebody who served at a session that is closed, or was to.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub(super) struct Served {
    pub id: Id,
    pub session_id: Id,
    pub staff_member_id: Id,
    pub held_on: Date,
    pub minutes: Option<i32>,
    pub pay_held: bool,
    pub project_name: String,
    pub category: ProjectCategory,
    pub staff_kind: StaffKind,
    pub staff_name: String,
}

/// Who served at closed sessions of a school: all in a range of days, and of earlier ones those that are not paid as
/// they are on record.
pub(super) fn served(tx: &mut Tx<'_>, school: Id, from: Date, to: Date) -> Result<Vec<Served>, Refusal> {
    let unpaid = sql::<sql_types::Bool>("(session_staff.held_on >= ").bind::<sql_types::Date, _>(from).sql(
        " OR COALESCE((SELECT SUM(line.minutes) FROM pay_lines line \
         WHERE line.session_staff_id = session_staff.id AND line.number IS NOT NULL), 0) \
         <> CASE WHEN service_sessions.pay_held THEN 0 ELSE COALESCE(session_staff.minutes, 0) END)",
    );
    let query = session_staff::table
        .inner_join(service_sessions::table.on(service_sessions::id.eq(session_staff::session_id)))
        .inner_join(projects::table.on(projects::id.eq(service_sessions::project_id)))
        .inner_join(staff_members::table.on(staff_members::id.eq(session_staff::staff_member_id)))
        .filter(session_staff::school_id.eq(school).and(session_staff::held_on.le(to)))
        .filter(service_sessions::state.eq(SessionState::Closed))
        .filter(session_staff::state.eq_any([ServingState::Served, ServingState::Absent]))
        .filter(staff_members::kind.ne(StaffKind::Volunteer))
        .filter(unpaid)
        .order((session_staff::held_on, session_staff::id))
        .select((
            session_staff::id,
            session_staff::session_id,
            session_staff::staff_member_id,
            session_staff::held_on,
            session_staff::minutes,
            service_sessions::pay_held,
            projects::name,
            projects::category,
            staff_members::kind,
            staff_members::name,
        ));
    Ok(query.load(tx.conn)?)
}

/// What was approved of some servings, in the order in which it was.
pub(super) fn approved_of(tx: &mut Tx<'_>, servings: &[Id]) -> Result<Vec<PayLineRow>, Refusal> {
    let mut found = Vec::new();
    for some in servings.chunks(ROWS_AT_ONCE) {
        let query = pay_lines::table
            .filter(pay_lines::session_staff_id.eq_any(some).and(pay_lines::number.is_not_null()))
            .order((pay_lines::session_staff_id, pay_lines::number));
        found.extend(query.select(PayLineRow::as_select()).load(tx.conn)?);
    }
    Ok(found)
}

/// How many sessions of a school in a range of days are over and not closed.
pub(super) fn still_open(tx: &mut Tx<'_>, school: Id, from: Date, to: Date) -> Result<i64, Refusal> {
    let query = service_sessions::table
        .filter(service_sessions::school_id.eq(school))
        .filter(service_sessions::held_on.ge(from).and(service_sessions::held_on.le(to)))
        .filter(service_sessions::state.eq_any([SessionState::Planned, SessionState::Started]));
    Ok(query.select(count_star()).first(tx.conn)?)
}

/// What own staff of a school was approved for service in a range of days.
pub(super) fn own_approved(tx: &mut Tx<'_>, school: Id, from: Date, to: Date) -> Result<i64, Refusal> {
    let query = pay_lines::table
        .filter(pay_lines::school_id.eq(school).and(pay_lines::number.is_not_null()))
        .filter(pay_lines::staff_kind.eq(StaffKind::Own))
        .filter(pay_lines::held_on.ge(from).and(pay_lines::held_on.le(to)))
        .select(sql::<sql_types::BigInt>("CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT)"));
    Ok(query.first(tx.conn)?)
}

/// The lines of a sheet, in the order of servings.
pub(super) fn lines_of(tx: &mut Tx<'_>, sheet: Id) -> Result<Vec<PayLineRow>, Refusal> {
    let query = pay_lines::table.filter(pay_lines::pay_sheet_id.eq(sheet)).order(pay_lines::session_staff_id);
    Ok(query.select(PayLineRow::as_select()).load(tx.conn)?)
}

/// Puts lines in the place of those that a sheet has.
pub(super) fn replace_lines(tx: &mut Tx<'_>, sheet: Id, lines: &[PayLineRow]) -> Result<(), Refusal> {
    diesel::delete(pay_lines::table.filter(pay_lines::pay_sheet_id.eq(sheet))).execute(tx.conn)?;
    insert_many!(tx, pay_lines, lines)
}

/// Holds all sheets of a school until the transaction ends.
pub(super) fn hold(tx: &mut Tx<'_>, school: Id) -> Result<(), Refusal> {
    diesel::update(pay_sheets::table.filter(pay_sheets::school_id.eq(school)))
        .set(pay_sheets::updated_at.eq(pay_sheets::updated_at))
        .execute(tx.conn)?;
    Ok(())
}

/// Counts the lines of a sheet among those that were approved of the same servings.
pub(super) fn number_lines(tx: &mut Tx<'_>, sheet: Id) -> Result<(), Refusal> {
    let next = sql::<sql_types::Nullable<sql_types::Integer>>(
        "(SELECT CAST(COUNT(*) + 1 AS INTEGER) FROM pay_lines earlier \
         WHERE earlier.session_staff_id = pay_lines.session_staff_id AND earlier.number IS NOT NULL)",
    );
    diesel::update(pay_lines::table.filter(pay_lines::pay_sheet_id.eq(sheet)))
        .set(pay_lines::number.eq(next))
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::VersionMismatch)))?;
    Ok(())
}

/// The next sheets.
pub(super) fn sheets_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<PaySheetRow>, Refusal> {
    let query = pay_sheets::table.filter(pay_sheets::id.gt(after)).order(pay_sheets::id).limit(limit);
    Ok(query.select(PaySheetRow::as_select()).load(tx.conn)?)
}

/// Servings for which more is approved than was served.
pub(super) fn overpaid(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Id>, Refusal> {
    let query = pay_lines::table
        .filter(pay_lines::number.is_not_null())
        .group_by(pay_lines::session_staff_id)
        .having(sum(pay_lines::minutes).lt(0_i64))
        .select(pay_lines::session_staff_id)
        .limit(limit);
    Ok(query.load(tx.conn)?)
}
