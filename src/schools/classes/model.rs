//! An administrative class of a school in a school year.

use crate::auth::Standing;
use crate::db::{Id, Instant, Placed};
use crate::rules::document::{Grade, within};
use crate::values::identifiers::{SchoolYear, first_year_of};
use crate::values::text::Line;
use crate::{body, filter, life, row};

life! {
    /// What is called on a class.
    pub ClassVerb of Standing, "classes" for Class {
        Update = "update" by ManageClasses { Standing => same }
        /// Every guardian of the class who has no account.
        Invite = "invitations" by ManageGuardianships { Standing => same }
    }
}

row! {
    /// The row of a class.
    pub struct ClassRow of classes, "class", "classes" {
        id: Id,
        school_id: Id,
        school_year: String,
        grade: i32,
        name: String,
        /// Counts the changes of who is in the class; not part of the version, so no change of the class writes it.
        #[serde(skip)]
        #[diesel(skip_update)]
        roll_version: i64,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl ClassRow {
    /// The first calendar year of its school year.
    #[must_use]
    pub fn first_year(&self) -> i32 {
        first_year_of(&self.school_year)
    }
}

/// A class with the path of its school.
pub type Class = Placed<ClassRow>;

filter! {
    /// Which classes a list holds.
    pub struct ClassFilter {
        /// Only classes of this school.
        school_id: Id,
        /// Only classes of this school year.
        school_year: SchoolYear,
        /// Only classes of this grade.
        grade: Grade,
    }
}

body! {
    /// A class, as it is created or replaced.
    pub struct ClassIn {
        /// Stays as it was created.
        school_id: Id,
        /// Stays as it was created.
        #[schema(inline)]
        school_year: SchoolYear,
        /// 1 to 9, a grade of the school. Stays as it was created.
        #[schema(minimum = 1, maximum = 9)]
        #[serde(deserialize_with = "within::<_, _, 1, 9>")]
        grade: u8,
        /// Unique in its grade and school year, such as `三年级2班`.
        #[schema(inline)]
        name: Line<1, 40>,
    }
}
