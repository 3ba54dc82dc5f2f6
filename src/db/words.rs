//! Words, texts and numbers of the rooms as columns: closed sets travel as text, and what a query asks for is compared
//! as what it is.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::expression::AsExpression;
use diesel::sql_types::{Integer, Text};

/// Lets a closed set of words travel as text in both databases.
///
/// The enum needs `as_str`, and `parse` that gives `None` for a word it does not know.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, utoipa::ToSchema)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        $vis enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Their words.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word in JSON and in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word, or nothing.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        $crate::text_column!($name);
    };
}

/// Lets a type with `as_str` and `parse` be read from and written to text columns.
#[macro_export]
macro_rules! text_column {
    ($name:ty) => {
        impl diesel::deserialize::FromSql<diesel::sql_types::Text, $crate::db::MultiBackend> for $name {
            fn from_sql(
                raw: <$crate::db::MultiBackend as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                let word = raw.from_sql::<String, diesel::sql_types::Text>()?;
                Self::parse(&word).ok_or_else(|| format!("{word} is no {}", stringify!($name)).into())
            }
        }

        impl $crate::db::Column for $name {
            fn told(&self) -> serde_json::Result<serde_json::Value> {
                Ok(serde_json::Value::from(self.as_str()))
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg>>::to_sql(
                    self.as_str(),
                    &mut out.reborrow(),
                )
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
            ) -> diesel::serialize::Result {
                out.set_value(self.as_str());
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, $crate::db::MultiBackend> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, $crate::db::MultiBackend>,
            ) -> diesel::serialize::Result {
                out.set_value((diesel::sql_types::Text, self));
                Ok(diesel::serialize::IsNull::No)
            }
        }
    };
}

/// What diesel's derives give an enum of our own, for words of the rules, which know nothing of the database.
macro_rules! stored_words {
    ($($name:ty),+ $(,)?) => {$(
        $crate::text_column!($name);

        impl<DB: Backend, ST: diesel::sql_types::SingleValue> diesel::deserialize::Queryable<ST, DB> for $name
        where
            Self: FromSql<ST, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        impl AsExpression<Text> for $name {
            type Expression = diesel::internal::derives::as_expression::Bound<Text, Self>;

            fn as_expression(self) -> Self::Expression {
                Self::Expression::new(self)
            }
        }

        impl<'e> AsExpression<Text> for &'e $name {
            type Expression = diesel::internal::derives::as_expression::Bound<Text, Self>;

            fn as_expression(self) -> Self::Expression {
                Self::Expression::new(self)
            }
        }
    )+};
}

stored_words!(
    crate::rules::document::Ownership,
    crate::rules::document::SchoolArea,
    crate::rules::document::Season,
    crate::rules::document::ProjectCategory,
    crate::rules::document::StaffKind,
    crate::rules::document::VettingKind,
    crate::rules::document::MaterialKind,
);

/// A time of the day is kept as minutes since midnight.
mod times {
    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql, Queryable};
    use diesel::expression::AsExpression;
    use diesel::pg::Pg;
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::{Integer, Nullable, SingleValue};
    use diesel::sqlite::Sqlite;

    use crate::db::{Column, MultiBackend};
    use crate::values::local_time::LocalTime;

    impl Column for LocalTime {
        fn told(&self) -> serde_json::Result<serde_json::Value> {
            Ok(serde_json::Value::from(self.to_string()))
        }
    }

    impl FromSql<Integer, MultiBackend> for LocalTime {
        fn from_sql(raw: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            let minutes = raw.from_sql::<i32, Integer>()?;
            Self::of_minutes(minutes).ok_or_else(|| format!("{minutes} is no time of the day").into())
        }
    }

    impl ToSql<Integer, Pg> for LocalTime {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            <i32 as ToSql<Integer, Pg>>::to_sql(&i32::from(self.minutes()), &mut out.reborrow())
        }
    }

    impl ToSql<Integer, Sqlite> for LocalTime {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(i32::from(self.minutes()));
            Ok(IsNull::No)
        }
    }

    impl ToSql<Integer, MultiBackend> for LocalTime {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
            out.set_value((Integer, self));
            Ok(IsNull::No)
        }
    }

    impl<DB: Backend, ST: SingleValue> Queryable<ST, DB> for LocalTime
    where
        Self: FromSql<ST, DB>,
    {
        type Row = Self;

        fn build(row: Self) -> deserialize::Result<Self> {
            Ok(row)
        }
    }

    macro_rules! expressed_as {
        ($($sql:ty),+) => {$(
            impl AsExpression<$sql> for LocalTime {
                type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;

                fn as_expression(self) -> Self::Expression {
                    Self::Expression::new(self)
                }
            }

            impl<'e> AsExpression<$sql> for &'e LocalTime {
                type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;

                fn as_expression(self) -> Self::Expression {
                    Self::Expression::new(self)
                }
            }
        )+};
    }

    expressed_as!(Integer, Nullable<Integer>);

    impl<DB: Backend> ToSql<Nullable<Integer>, DB> for LocalTime
    where
        Self: ToSql<Integer, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            <Self as ToSql<Integer, DB>>::to_sql(self, out)
        }
    }
}

/// Lets what a query asks for be compared with a column as the text or number that it is.
macro_rules! compared_as {
    ($($sql:ty, $as:ty: [$($limit:ident: $of:ty),*] $name:ty = |$value:ident| $shape:expr;)+) => {$(
        impl<$(const $limit: $of),*> AsExpression<$sql> for $name {
            type Expression = diesel::internal::derives::as_expression::Bound<$sql, $as>;

            fn as_expression(self) -> Self::Expression {
                let $value = self;
                Self::Expression::new($shape)
            }
        }
    )+};
}

compared_as! {
    Text, String: [MIN: usize, MAX: usize] crate::values::text::Line<MIN, MAX> = |line| line.as_str().to_owned();
    Text, String: [] crate::values::identifiers::SchoolYear = |year| year.as_str().to_owned();
    Text, String: [] crate::values::identifiers::ProfileCode = |code| code.as_str().to_owned();
    Integer, i32: [MIN: i64, MAX: i64] crate::rules::document::Whole<MIN, MAX> = |number| {
        i32::try_from(number.get()).unwrap_or(i32::MAX)
    };
}
