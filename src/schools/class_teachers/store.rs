//! SQL of teachers of classes.

use diesel::prelude::*;

use super::model::{ClassTeacherFilter, ClassTeacherRow};
use crate::auth::scope::classes_taught;
use crate::db::schema::{class_teachers, classes};
use crate::db::{Id, Tx};
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(
    class_teachers,
    ClassTeacherRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "class_id, user_id")
);

seen!(class_teachers, ClassTeacherRow, ClassTeacherFilter { class_id, user_id, school_id, [state] });

pub(super) fn teaches(tx: &mut Tx<'_>, user: Id, class: Id) -> Result<bool, Refusal> {
    let taught = classes_taught!(user, tx.today);
    let query = classes::table.filter(classes::id.eq(class).and(classes::id.nullable().eq_any(taught)));
    Ok(query.select(classes::id).first::<Id>(tx.conn).optional()?.is_some())
}
