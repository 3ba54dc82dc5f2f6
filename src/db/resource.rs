//! What is kept as a row and shown as a resource: said once for each row, so that `journal::enter` and
//! `journal::change` can write it, and an answer knows its tag and its place.

use std::ops::{Deref, DerefMut};

use serde::Serialize;

use super::{Id, Instant, Kept, Tx};
use crate::refusal::Refusal;

/// A row that is entered.
pub trait Stored: Clone + Kept {
    /// Its key.
    fn id(&self) -> Id;

    /// Counts its changes, from 1.
    fn version(&self) -> i64;

    /// Adds it to its table.
    ///
    /// # Errors
    /// The slice's own refusal where a unique index is broken.
    fn insert(&self, tx: &mut Tx<'_>) -> Result<(), Refusal>;
}

/// A row that changes.
pub trait Changing: Stored {
    /// Moves it one version on.
    fn step(&mut self, now: Instant);

    /// Writes every column that may change over the version that was read.
    ///
    /// # Errors
    /// 412 when another request was faster, and the slice's own refusal where a unique index is broken.
    fn update(&self, tx: &mut Tx<'_>) -> Result<(), Refusal>;
}

/// A thing of the API: a row with what else is shown and recorded of it.
pub trait Resource: Serialize + Clone {
    /// The row that is written.
    type Row: Stored;
    /// Singular, kebab-case: its name in the journal.
    const NOUN: &'static str;
    /// Plural, kebab-case: its name in paths.
    const PLURAL: &'static str;

    /// Its row.
    fn row(&self) -> &Self::Row;

    /// Its row, to be changed.
    fn row_mut(&mut self) -> &mut Self::Row;

    /// Path of the organisation it belongs to; empty for what belongs to the platform.
    fn path(&self) -> &str;

    /// Its key.
    fn id(&self) -> Id {
        self.row().id()
    }

    /// Counts its changes.
    fn version(&self) -> i64 {
        self.row().version()
    }
}

/// The names of a row that is a thing of the API as it is.
pub trait Named {
    /// As [`Resource::NOUN`].
    const NOUN: &'static str;
    /// As [`Resource::PLURAL`].
    const PLURAL: &'static str;
}

/// A row with the path of its organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable)]
pub struct Placed<R> {
    #[serde(flatten)]
    pub row: R,
    pub path: String,
}

impl<R> Deref for Placed<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.row
    }
}

impl<R> DerefMut for Placed<R> {
    fn deref_mut(&mut self) -> &mut R {
        &mut self.row
    }
}

impl<R: Stored + Named + Serialize> Resource for Placed<R> {
    type Row = R;
    const NOUN: &'static str = R::NOUN;
    const PLURAL: &'static str = R::PLURAL;

    fn row(&self) -> &R {
        &self.row
    }

    fn row_mut(&mut self) -> &mut R {
        &mut self.row
    }

    fn path(&self) -> &str {
        &self.path
    }
}

/// Names a thing of the API: `resource!(QualityCourseRow, "quality-course", "quality-courses")` for a row that is one
/// with its path ([`Placed`]); `resource!(Plan { row: PlanRow, path }, "plan", "plans")` for a struct that holds more.
#[macro_export]
macro_rules! resource {
    ($row:ty, $noun:literal, $plural:literal) => {
        impl $crate::db::Named for $row {
            const NOUN: &'static str = $noun;
            const PLURAL: &'static str = $plural;
        }
    };
    ($whole:ident { row: $row:ty, path }, $noun:literal, $plural:literal) => {
        impl $crate::db::Resource for $whole {
            type Row = $row;
            const NOUN: &'static str = $noun;
            const PLURAL: &'static str = $plural;

            fn row(&self) -> &$row {
                &self.row
            }

            fn row_mut(&mut self) -> &mut $row {
                &mut self.row
            }

            fn path(&self) -> &str {
                &self.path
            }
        }

        impl std::ops::Deref for $whole {
            type Target = $row;

            fn deref(&self) -> &$row {
                &self.row
            }
        }

        impl std::ops::DerefMut for $whole {
            fn deref_mut(&mut self) -> &mut $row {
                &mut self.row
            }
        }
    };
}

/// A row of a table, whose fields are its columns; with its names where it is a thing of the API as it is ([`Placed`]).
///
/// ```text
/// row! {
///     /// The row of a mark.
///     pub struct QualityCourseRow of quality_courses, "quality-course", "quality-courses" { id: Id, … }
/// }
/// ```
#[macro_export]
macro_rules! row {
    (
        $(#[$meta:meta])*
        pub struct $row:ident of $table:ident $(, $noun:literal, $plural:literal)? {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
        #[diesel(table_name = $crate::db::schema::$table, check_for_backend($crate::db::MultiBackend))]
        #[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
        pub struct $row { $( $(#[$field_meta])* pub $field: $type ),* }

        $crate::columns!($row { $($field),* });

        $( $crate::resource!($row, $noun, $plural); )?
    };
}

/// Writes rows of a table: `stored!(quality_courses, QualityCourseRow, taken => refusal)`. The columns come from the
/// row's `Insertable` and `AsChangeset`, so that none is forgotten. What never changes after it is entered is
/// `stored!(once …)`. What is found by its name is `stored!(named name by name_key::of_person, students, …)`: the key
/// of the name is written beside the row and recorded nowhere, since it follows from the name.
#[macro_export]
macro_rules! stored {
    (named $name:ident by $key:path, $table:ident, $row:ty $(, taken => $taken:expr)?) => {
        $crate::stored!(@entered $table, $row, |row| (row, $table::name_key.eq($key(&row.$name))) $(, $taken)?);
        $crate::stored!(@changed $table, $row, |row| (row, $table::name_key.eq($key(&row.$name))) $(, $taken)?);
        $crate::keyed!($table, $name by $key);
    };
    (once $table:ident, $row:ty $(, taken => $taken:expr)?) => {
        $crate::stored!(@entered $table, $row, |row| row $(, $taken)?);
    };
    ($table:ident, $row:ty $(, taken => $taken:expr)?) => {
        $crate::stored!(@entered $table, $row, |row| row $(, $taken)?);
        $crate::stored!(@changed $table, $row, |row| row $(, $taken)?);
    };
    (@entered $table:ident, $row:ty, |$whole:ident| $values:expr $(, $taken:expr)?) => {
        $crate::kept!($table, $row);

        impl $crate::db::Stored for $row {
            fn id(&self) -> $crate::db::Id {
                self.id
            }

            fn version(&self) -> i64 {
                self.version
            }

            fn insert(&self, tx: &mut $crate::db::Tx<'_>) -> Result<(), $crate::refusal::Refusal> {
                let $whole = self;
                let outcome = diesel::insert_into($table::table).values($values).execute(tx.conn);
                $(let outcome = outcome.map_err($crate::refusal::on_unique(|| $taken));)?
                outcome?;
                Ok(())
            }
        }
    };
    (@changed $table:ident, $row:ty, |$whole:ident| $values:expr $(, $taken:expr)?) => {
        impl $crate::db::Changing for $row {
            fn step(&mut self, now: $crate::db::Instant) {
                self.version += 1;
                self.updated_at = now;
            }

            fn update(&self, tx: &mut $crate::db::Tx<'_>) -> Result<(), $crate::refusal::Refusal> {
                use $crate::db::Prepare as _;
                let $whole = self;
                let seen = $table::table.find(self.id).filter($table::version.eq(self.version - 1));
                let changed = diesel::update(seen).set($values).returning($table::id).prepared();
                let changed = changed.count::<$crate::db::Id>(tx.conn);
                $(let changed = changed.map_err($crate::refusal::on_unique(|| $taken));)?
                match changed? {
                    1 => Ok(()),
                    _ => Err($crate::refusal::Refusal::of($crate::refusal::Code::VersionMismatch)),
                }
            }
        }
    };
}

/// Fills the keys of names that were written before there were keys: `keyed!(students, name by name_key::of_person)`.
#[macro_export]
macro_rules! keyed {
    ($table:ident, $name:ident by $key:path) => {
        /// Fills the keys of some names that have none; how many they were.
        ///
        /// # Errors
        /// When the database fails.
        pub fn key_names(tx: &mut $crate::db::Tx<'_>, limit: i64) -> Result<usize, $crate::refusal::Refusal> {
            use $crate::db::Prepare as _;
            let without = $table::table.filter($table::name_key.eq("")).order($table::id).limit(limit);
            let rows: Vec<($crate::db::Id, String)> = without.select(($table::id, $table::$name)).load(tx.conn)?;
            for (id, name) in &rows {
                // Who is renamed meanwhile gets its key with its name.
                let same = $table::table.find(*id).filter($table::$name.eq(name));
                let keyed = diesel::update(same).set($table::name_key.eq($key(name))).returning($table::id);
                keyed.prepared().count::<$crate::db::Id>(tx.conn)?;
            }
            Ok(rows.len())
        }
    };
}
