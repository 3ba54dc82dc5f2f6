//! SQL of classes.

use diesel::prelude::*;

use super::model::{Class, ClassFilter, ClassRow};
use crate::db::schema::{classes, organisations};
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(
    classes,
    ClassRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "school_id, school_year, grade, name")
);

seen!(classes, ClassRow, ClassFilter { school_id, school_year, grade });

pub(super) fn count_roll(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::update(classes::table.find(id))
        .set(classes::roll_version.eq(classes::roll_version + 1))
        .execute(tx.conn)?;
    Ok(())
}

/// A class by what is unique of it.
pub(super) fn of_year(
    tx: &mut Tx<'_>,
    school: Id,
    school_year: &str,
    grade: i32,
    name: &str,
) -> Result<Option<Class>, Refusal> {
    let query = classes::table
        .inner_join(organisations::table)
        .filter(classes::school_id.eq(school).and(classes::school_year.eq(school_year)))
        .filter(classes::grade.eq(grade).and(classes::name.eq(name)))
        .select((ClassRow::as_select(), organisations::path));
    Ok(query.first(tx.conn).optional()?)
}
