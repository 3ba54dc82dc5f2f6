//! SQL of standards.

use diesel::prelude::*;

use super::model::{RemunerationStandardFilter, RemunerationStandardRow};
use crate::db::schema::remuneration_standards;
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(once remuneration_standards, RemunerationStandardRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "school_id, item, starts_on"));

seen!(remuneration_standards, RemunerationStandardRow, RemunerationStandardFilter { school_id });

/// The standards of a school, in the order in which they begin.
///
/// # Errors
/// When the database fails.
pub fn of_school(tx: &mut Tx<'_>, school: Id) -> Result<Vec<RemunerationStandardRow>, Refusal> {
    let query = remuneration_standards::table
        .filter(remuneration_standards::school_id.eq(school))
        .order((remuneration_standards::starts_on, remuneration_standards::id));
    Ok(query.select(RemunerationStandardRow::as_select()).load(tx.conn)?)
}
