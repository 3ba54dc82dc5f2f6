//! Who teaches which class, from when to when.

use time::Date;

use crate::db::{Id, Instant, Placed};
use crate::http::AnyOf;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// What a teacher is to a class. Other kinds may come.
    pub enum ClassTeacherKind {
        /// 班主任
        Head = "head",
        /// 科任教师
        Subject = "subject",
    }
}

text_enum! {
    /// Whether somebody teaches a class, from its first day to its last.
    pub enum ClassTeacherState {
        /// 任教
        Standing = "standing",
        /// 已结束
        Ended = "ended",
    }
}

life! {
    /// What is called on it.
    pub ClassTeacherVerb of ClassTeacherState, "class-teachers" for ClassTeacher {
        End = "end" by ManageClasses { Standing => Ended }
    }
}

row! {
    /// The row of a teacher of a class.
    pub struct ClassTeacherRow of class_teachers, "class-teacher", "class-teachers" {
        id: Id,
        school_id: Id,
        class_id: Id,
        user_id: Id,
        kind: ClassTeacherKind,
        subject: Option<String>,
        starts_on: Date,
        ends_on: Option<Date>,
        state: ClassTeacherState,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A teacher of a class with the path of the school.
pub type ClassTeacher = Placed<ClassTeacherRow>;

filter! {
    /// Which teachers of classes a list holds.
    pub struct ClassTeacherFilter {
        /// Only teachers of this class.
        class_id: Id,
        /// Only classes of this account.
        user_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only those in one of these states.
        state: AnyOf<ClassTeacherState>,
    }
}

body! {
    /// Who teaches a class, from one day to another, both included.
    pub struct ClassTeacherIn {
        class_id: Id,
        /// An account of the class's school.
        user_id: Id,
        kind: ClassTeacherKind,
        /// Null for a class teacher of no subject.
        #[schema(inline)]
        subject: Option<Line<1, 40>>,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day; null for no end.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        ends_on: Option<Date>,
    }
}

body! {
    /// When somebody taught a class last.
    pub struct ClassTeacherEndIn {
        /// Last day, not after today; today when it is null.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        ends_on: Option<Date>,
    }
}
