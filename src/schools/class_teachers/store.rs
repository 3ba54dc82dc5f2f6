//! SQL of teachers of classes.

use diesel::prelude::*;

use super::model::{ClassTeacherFilter, ClassTeacherRow};
use crate::db::schema::class_teachers;
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(
    class_teachers,
    ClassTeacherRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "class_id, user_id")
);

seen!(class_teachers, ClassTeacherRow, ClassTeacherFilter { class_id, user_id, school_id, [state] });
