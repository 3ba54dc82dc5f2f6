//! Column types that both databases share: ids, instants and JSON as newtypes with their own SQL types.
//!
//! DDL says `UUID`, `TIMESTAMPTZ` and `JSONB` on both. PostgreSQL has them natively; SQLite keeps 16 bytes,
//! microseconds since 1970 as an integer, and text.

use std::cell::Cell;
use std::io::Write as _;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, HasSqlType, SqlType, Text, Timestamptz, Uuid as PgUuid};
use diesel::sqlite::Sqlite;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::MultiBackend;

/// The first byte of a JSONB on the wire.
const JSONB_VERSION: u8 = 1;

/// SQL type of [`Id`].
#[derive(Debug, Clone, Copy, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct IdSql;

/// SQL type of [`Instant`].
#[derive(Debug, Clone, Copy, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct InstantSql;

/// SQL type of [`Json`].
#[derive(Debug, Clone, Copy, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct JsonSql;

/// The id of a resource: a UUIDv7.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, AsExpression, FromSqlRow, utoipa::ToSchema,
)]
#[diesel(sql_type = IdSql)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid, example = "0192f0c1-2b3a-7c4d-8e5f-60718293a4b5")]
pub struct Id(pub Uuid);

impl Id {
    /// The id of nothing.
    pub const NIL: Self = Self(Uuid::nil());

    /// A fresh id, ordered by time.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }
}

impl std::str::FromStr for Id {
    type Err = uuid::Error;

    /// The hyphenated form only: the others that the uuid crate knows are not in the contract.
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse::<uuid::fmt::Hyphenated>().map(|id| Self(id.into_uuid()))
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use crate::values::text::fault;
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|_| fault(crate::refusal::FieldError::new("", crate::refusal::Fault::Format).said("id")))
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A moment of system time, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, utoipa::ToSchema)]
#[diesel(sql_type = InstantSql)]
#[derive(Deserialize)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime, example = "2024-09-10T00:00:00.000000Z")]
pub struct Instant(#[serde(with = "time::serde::rfc3339")] OffsetDateTime);

/// UTC with all six digits, so that texts sort as the moments do.
const SHOWN: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

thread_local! {
    static HASHING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `write` with instants as hashes have always had them, without zeros at the end of the fraction: what was hashed
/// once must give the same hash for ever.
pub fn as_hashed<T>(write: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            HASHING.set(self.0);
        }
    }
    let _before = Before(HASHING.replace(true));
    write()
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if HASHING.get() {
            return time::serde::rfc3339::serialize(&self.0, serializer);
        }
        let shown = self.0.to_offset(UtcOffset::UTC).format(SHOWN).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&shown)
    }
}

impl Instant {
    /// Cuts `at` to whole microseconds.
    #[must_use]
    pub fn new(at: OffsetDateTime) -> Self {
        let nanos = i64::from(at.nanosecond() % 1_000);
        Self(at - Duration::nanoseconds(nanos))
    }

    /// The moment as the time crate has it.
    #[must_use]
    pub fn at(self) -> OffsetDateTime {
        self.0
    }

    /// Whole seconds since 1970, as JWT wants them.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// Microseconds since 1970.
    #[must_use]
    pub fn unix_micros(self) -> i64 {
        i64::try_from(self.0.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
    }

    /// Earlier or later by `by`.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self::new(self.0.saturating_add(by))
    }
}

/// A JSON value in a column, of a known form or any: objects and arrays only, so that SQLite never takes it for a
/// number.
#[derive(Debug, Clone, PartialEq, Serialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = JsonSql)]
#[serde(transparent)]
pub struct Json<T = serde_json::Value>(pub T);

impl<T> std::ops::Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl Json {
    /// A value as it goes into a column.
    ///
    /// # Errors
    /// A defect: the value cannot be written as JSON.
    pub fn of(value: &impl Serialize) -> Result<Self, crate::refusal::Refusal> {
        serde_json::to_value(value).map(Self).map_err(crate::refusal::Refusal::internal)
    }
}

macro_rules! in_both_databases {
    ($type:ty, $sql:ty $(, $of:ident: $($bound:tt)+)?) => {
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<$sql>(lookup)
            }
        }
        impl$(<$of: $($bound)+>)? FromSql<$sql, MultiBackend> for $type {
            fn from_sql(raw: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                raw.from_sql::<Self, $sql>()
            }
        }
        impl$(<$of: $($bound)+>)? ToSql<$sql, MultiBackend> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((<$sql>::default(), self));
                Ok(IsNull::No)
            }
        }
        impl Default for $sql {
            fn default() -> Self {
                Self
            }
        }
    };
}

in_both_databases!(Id, IdSql);
in_both_databases!(Instant, InstantSql);
in_both_databases!(Json<T>, JsonSql, T: Serialize + DeserializeOwned + std::fmt::Debug + Send + Sync + 'static);

impl FromSql<IdSql, Pg> for Id {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <Uuid as FromSql<PgUuid, Pg>>::from_sql(raw).map(Id)
    }
}

impl ToSql<IdSql, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <Uuid as ToSql<PgUuid, Pg>>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl FromSql<IdSql, Sqlite> for Id {
    fn from_sql(raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(raw)?;
        Ok(Self(Uuid::from_slice(&bytes)?))
    }
}

impl ToSql<IdSql, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<InstantSql, Pg> for Instant {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <OffsetDateTime as FromSql<Timestamptz, Pg>>::from_sql(raw).map(Instant::new)
    }
}

impl ToSql<InstantSql, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <OffsetDateTime as ToSql<Timestamptz, Pg>>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl FromSql<InstantSql, Sqlite> for Instant {
    fn from_sql(raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<BigInt, Sqlite>>::from_sql(raw)?;
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)?;
        Ok(Self::new(at))
    }
}

impl ToSql<InstantSql, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.unix_micros());
        Ok(IsNull::No)
    }
}

impl<T: DeserializeOwned> FromSql<JsonSql, Pg> for Json<T> {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        match raw.as_bytes() {
            [JSONB_VERSION, json @ ..] => Ok(Self(serde_json::from_slice(json)?)),
            _ => Err("a JSONB of another version".into()),
        }
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<JsonSql, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl<T: DeserializeOwned> FromSql<JsonSql, Sqlite> for Json<T> {
    fn from_sql(raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(raw)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<JsonSql, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_six_digits_but_in_hashes_that_were_made_before() {
        for (given, shown, hashed) in [
            ("2024-09-10T08:00:00+08:00", "2024-09-10T00:00:00.000000Z", "2024-09-10T08:00:00+08:00"),
            ("2024-09-10T00:00:00.12Z", "2024-09-10T00:00:00.120000Z", "2024-09-10T00:00:00.12Z"),
            ("2024-09-10T00:00:00.123456789Z", "2024-09-10T00:00:00.123456Z", "2024-09-10T00:00:00.123456Z"),
        ] {
            let instant = Instant::new(
                serde_json::from_value::<Instant>(given.into()).map_or(OffsetDateTime::UNIX_EPOCH, Instant::at),
            );
            let written = || serde_json::to_value(instant).unwrap_or_default();
            assert_eq!((written(), as_hashed(written), written()), (shown.into(), hashed.into(), shown.into()));
        }
    }
}
