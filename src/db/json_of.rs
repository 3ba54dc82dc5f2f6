//! A column whose JSON has one shape: it is read with its row, and written with it.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Jsonb;
use diesel::sqlite::Sqlite;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Json, JsonSql, MultiBackend};

/// A value that a column keeps as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = JsonSql)]
#[serde(transparent)]
pub struct JsonOf<T>(pub T);

impl<T> std::ops::Deref for JsonOf<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromSql<JsonSql, MultiBackend> for JsonOf<T> {
    fn from_sql(raw: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let Json(value) = <Json as FromSql<JsonSql, MultiBackend>>::from_sql(raw)?;
        Ok(Self(serde_json::from_value(value)?))
    }
}

impl<T: Serialize + std::fmt::Debug + Send + Sync + 'static> ToSql<JsonSql, MultiBackend> for JsonOf<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((JsonSql, self));
        Ok(IsNull::No)
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<JsonSql, Pg> for JsonOf<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let value = serde_json::to_value(&self.0)?;
        <serde_json::Value as ToSql<Jsonb, Pg>>::to_sql(&value, &mut out.reborrow())
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<JsonSql, Sqlite> for JsonOf<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
