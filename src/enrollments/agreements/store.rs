//! SQL of agreements: added once, never changed.

use diesel::prelude::*;

use super::model::AgreementRow;
use crate::db::schema::agreements;
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal, on_unique};

pub(super) fn of_enrollment(tx: &mut Tx<'_>, enrollment: Id) -> Result<Option<AgreementRow>, Refusal> {
    let query = agreements::table.filter(agreements::enrollment_id.eq(enrollment)).select(AgreementRow::as_select());
    Ok(query.first(tx.conn).optional()?)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &AgreementRow) -> Result<(), Refusal> {
    diesel::insert_into(agreements::table)
        .values(row)
        .execute(tx.conn)
        .map_err(on_unique(|| Refusal::of(Code::VersionMismatch)))?;
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
