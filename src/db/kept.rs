//! A row as its table has it, column by column, in one form on both databases: what the journal hashes, and what
//! `kehou verify` reads again to compare.

use serde::Serialize;
use serde_json::{Map, Value};
use time::Date;

use super::{Id, Instant, Json, Tx};
use crate::refusal::Refusal;

/// The value of a column in the form that is hashed. The form never changes, or all hashes of before would be wrong.
pub trait Column {
    /// The value; `null`, `false`, zero and what is empty count as not there.
    ///
    /// # Errors
    /// A defect: the value cannot be written as JSON.
    fn told(&self) -> serde_json::Result<Value>;
}

/// A row whose columns can be told.
pub trait Columns {
    /// Its columns by name, also those that no answer shows. What is empty is left out, so that a column that is added
    /// later, empty for all rows of before, leaves their hashes as they are.
    ///
    /// # Errors
    /// A defect: a value cannot be written as JSON.
    fn columns(&self) -> serde_json::Result<Map<String, Value>>;
}

/// Rows of a table that are found by their ids. [`kept!`](crate::kept) writes it.
pub trait Kept: Columns + Sized {
    /// Its id.
    fn key(&self) -> Id;

    /// The next ids of the table.
    ///
    /// # Errors
    /// When the database fails.
    fn ids_after(tx: &mut Tx<'_>, after: Id, limit: i64) -> Result<Vec<Id>, Refusal>;

    /// Those rows of the table that are there.
    ///
    /// # Errors
    /// When the database fails.
    fn these(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<Self>, Refusal>;
}

/// Puts a column into the form of its row.
///
/// # Errors
/// As [`Column::told`].
pub fn put(columns: &mut Map<String, Value>, name: &str, value: &impl Column) -> serde_json::Result<()> {
    let told = value.told()?;
    if !is_empty(&told) {
        columns.insert(name.to_owned(), told);
    }
    Ok(())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

/// Leaves out the members that are empty; items of lists stay, since their place says something.
fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, without_empty(value)));
            Value::Object(members.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_empty).collect()),
        other => other,
    }
}

impl Column for String {
    fn told(&self) -> serde_json::Result<Value> {
        Ok(Value::String(self.clone()))
    }
}

impl Column for bool {
    fn told(&self) -> serde_json::Result<Value> {
        Ok(Value::Bool(*self))
    }
}

impl Column for i32 {
    fn told(&self) -> serde_json::Result<Value> {
        Ok(Value::from(*self))
    }
}

/// As text where JSON's numbers end.
impl Column for i64 {
    fn told(&self) -> serde_json::Result<Value> {
        Ok(i32::try_from(*self).map_or_else(|_| Value::String(self.to_string()), Value::from))
    }
}

impl Column for Id {
    fn told(&self) -> serde_json::Result<Value> {
        Ok(Value::String(self.to_string()))
    }
}

/// Microseconds since 1970, whatever answers make of it.
impl Column for Instant {
    fn told(&self) -> serde_json::Result<Value> {
        self.unix_micros().told()
    }
}

impl Column for Date {
    fn told(&self) -> serde_json::Result<Value> {
        Ok(Value::from(self.to_julian_day()))
    }
}

impl<T: Serialize> Column for Json<T> {
    fn told(&self) -> serde_json::Result<Value> {
        serde_json::to_value(&self.0).map(without_empty)
    }
}

impl<T: Column> Column for Option<T> {
    fn told(&self) -> serde_json::Result<Value> {
        self.as_ref().map_or(Ok(Value::Null), Column::told)
    }
}

/// Tells the columns of a row: `columns!(PlanRow { id, school_id })`. [`row!`](crate::row) does so for its rows.
#[macro_export]
macro_rules! columns {
    ($row:ty { $($field:ident),* $(,)? }) => {
        impl $crate::db::Columns for $row {
            fn columns(&self) -> serde_json::Result<serde_json::Map<String, serde_json::Value>> {
                let mut columns = serde_json::Map::new();
                $( $crate::db::kept::put(&mut columns, stringify!($field), &self.$field)?; )*
                Ok(columns)
            }
        }
    };
}

/// Finds rows by their ids, to compare them with the journal: `kept!(plans, PlanRow)`. [`stored!`](crate::stored) does
/// so for its rows.
#[macro_export]
macro_rules! kept {
    ($table:ident, $row:ty) => {
        impl $crate::db::Kept for $row {
            fn key(&self) -> $crate::db::Id {
                self.id
            }

            fn ids_after(
                tx: &mut $crate::db::Tx<'_>,
                after: $crate::db::Id,
                limit: i64,
            ) -> Result<Vec<$crate::db::Id>, $crate::refusal::Refusal> {
                let next = $table::table.filter($table::id.gt(after)).order($table::id).limit(limit);
                Ok(next.select($table::id).load(tx.conn)?)
            }

            fn these(
                tx: &mut $crate::db::Tx<'_>,
                ids: &[$crate::db::Id],
            ) -> Result<Vec<Self>, $crate::refusal::Refusal> {
                let found = $table::table.filter($table::id.eq_any(ids.to_vec()));
                Ok(found.select(<$row>::as_select()).load(tx.conn)?)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::{date, datetime};

    use super::*;

    /// The form is pinned: what it makes of a value stands hashed in every journal.
    #[test]
    fn every_kind_of_column_has_its_form() -> serde_json::Result<()> {
        let nested = json!({"b": [0, "", {"c": null, "d": 1}], "a": false, "e": {"f": []}});
        for (told, expected) in [
            ("武术".to_owned().told()?, json!("武术")),
            (true.told()?, json!(true)),
            (7_i32.told()?, json!(7)),
            (i64::MAX.told()?, json!("9223372036854775807")),
            (12_000_i64.told()?, json!(12_000)),
            (Id::NIL.told()?, json!("00000000-0000-0000-0000-000000000000")),
            (Instant::new(datetime!(2024-09-10 00:00 UTC)).told()?, json!("1725926400000000")),
            (date!(2024 - 09 - 10).told()?, json!(2_460_564)),
            (Some(7_i32).told()?, json!(7)),
            (None::<i32>.told()?, json!(null)),
            (Json(nested).told()?, json!({"b": [0, "", {"d": 1}]})),
        ] {
            assert_eq!(told, expected);
        }
        Ok(())
    }

    #[test]
    fn what_is_empty_is_not_there() -> serde_json::Result<()> {
        let mut columns = Map::new();
        put(&mut columns, "a", &String::new())?;
        put(&mut columns, "b", &false)?;
        put(&mut columns, "c", &0_i64)?;
        put(&mut columns, "d", &None::<Id>)?;
        put(&mut columns, "e", &Json(json!([])))?;
        put(&mut columns, "f", &1_i32)?;
        assert_eq!(Value::Object(columns), json!({"f": 1}));
        Ok(())
    }
}
