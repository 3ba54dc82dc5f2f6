//! SQL of teachers of classes.

use diesel::prelude::*;
use time::Date;

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

/// Names of the classes that an account teaches a subject on a day.
pub(super) fn taught_on(tx: &mut Tx<'_>, user: Id, day: Date) -> Result<Vec<String>, Refusal> {
    let standing = class_teachers::table
        .inner_join(classes::table.on(classes::id.eq(class_teachers::class_id)))
        .filter(class_teachers::user_id.eq(user).and(class_teachers::subject.is_not_null()))
        .filter(class_teachers::starts_on.le(day))
        .filter(class_teachers::ends_on.is_null().or(class_teachers::ends_on.ge(day)));
    Ok(standing.order(classes::id).select(classes::name).load(tx.conn)?)
}

pub(super) fn teaches(tx: &mut Tx<'_>, user: Id, class: Id) -> Result<bool, Refusal> {
    let taught = classes_taught!(user, tx.today);
    let query = classes::table.filter(classes::id.eq(class).and(classes::id.nullable().eq_any(taught)));
    Ok(query.select(classes::id).first::<Id>(tx.conn).optional()?.is_some())
}
