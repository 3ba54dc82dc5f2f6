//! SQL of agreements: added once, superseded once.

use diesel::prelude::*;
use time::Date;

use super::model::AgreementRow;
use crate::db::schema::{agreements, enrollments};
use crate::db::{Id, Tx};
use crate::enrollments::enrollments::EnrollmentState;
use crate::kept;
use crate::refusal::{Code, Refusal, on_unique};

kept!(agreements, AgreementRow);

/// The agreement in force of an enrollment.
pub(super) fn of_enrollment(tx: &mut Tx<'_>, enrollment: Id) -> Result<Option<AgreementRow>, Refusal> {
    let query = agreements::table
        .filter(agreements::enrollment_id.eq(enrollment).and(agreements::superseded_at.is_null()))
        .select(AgreementRow::as_select());
    Ok(query.first(tx.conn).optional()?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &AgreementRow) -> Result<(), Refusal> {
    diesel::insert_into(agreements::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::VersionMismatch)))?;
    Ok(())
}

/// Some of the agreements in force of a plan's active enrollments after one of them, with their projects.
pub(super) fn in_force_of_plan(
    tx: &mut Tx<'_>,
    plan: Id,
    after: Id,
    count: i64,
) -> Result<Vec<(AgreementRow, Id)>, Refusal> {
    let query = agreements::table
        .inner_join(enrollments::table)
        .filter(enrollments::plan_id.eq(plan).and(enrollments::state.eq(EnrollmentState::Active)))
        .filter(agreements::superseded_at.is_null().and(agreements::id.gt(after)))
        .order(agreements::id)
        .limit(count)
        .select((AgreementRow::as_select(), enrollments::project_id));
    Ok(query.load(tx.conn)?)
}

/// All agreements that were signed of an enrollment, the latest first.
pub(super) fn all_of_enrollment(tx: &mut Tx<'_>, enrollment: Id) -> Result<Vec<AgreementRow>, Refusal> {
    let query = agreements::table.filter(agreements::enrollment_id.eq(enrollment)).order(agreements::id.desc());
    Ok(query.select(AgreementRow::as_select()).load(tx.conn)?)
}

/// Projects of a pupil for which one text was signed, with the days from which they are joined.
pub(super) fn projects_of_text(tx: &mut Tx<'_>, student: Id, sha256: &str) -> Result<Vec<(Id, Option<Date>)>, Refusal> {
    let query = agreements::table
        .inner_join(enrollments::table)
        .filter(enrollments::student_id.eq(student).and(agreements::sha256.eq(sha256)))
        .order(agreements::id)
        .select((enrollments::project_id, enrollments::joins_on));
    Ok(query.load(tx.conn)?)
}

pub(super) fn supersede(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    let at = Some(tx.now);
    diesel::update(agreements::table.find(id)).set(agreements::superseded_at.eq(at)).execute(tx.conn)?;
    Ok(())
}

/// Some of all agreements after one of them: id, hash and text.
pub(super) fn signed_after(tx: &mut Tx<'_>, after: Id, count: i64) -> Result<Vec<(Id, String, String)>, Refusal> {
    let query = agreements::table.filter(agreements::id.gt(after)).order(agreements::id).limit(count).select((
        agreements::id,
        agreements::sha256,
        agreements::text,
    ));
    Ok(query.load(tx.conn)?)
}

pub(super) fn count_of(tx: &mut Tx<'_>, enrollment: Id) -> Result<i64, Refusal> {
    let all = agreements::table.filter(agreements::enrollment_id.eq(enrollment));
    Ok(all.count().get_result(tx.conn)?)
}
