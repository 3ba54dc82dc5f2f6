//! SQL of classes.

use diesel::prelude::*;

use super::model::{ClassFilter, ClassRow};
use crate::db::schema::classes;
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
