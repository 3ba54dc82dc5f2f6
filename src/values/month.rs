//! Months as `2024-09`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::Date;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::iso_date;
use crate::values::fault::{Fault, FieldError};
use crate::values::text::fault;

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(Date);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(day.replace_day(1).unwrap_or(day))
    }

    /// Reads `2024-09`.
    ///
    /// # Errors
    /// The fault `format`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let wrong = |_| FieldError::new("", Fault::Format).said("month");
        iso_date::parse(&format!("{text}-01")).map(Self).map_err(wrong)
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> Date {
        self.0
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Date {
        let days = self.0.month().length(self.0.year());
        self.0.replace_day(days).unwrap_or(self.0)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), u8::from(self.0.month()))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(fault)
    }
}

impl utoipa::PartialSchema for Month {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^[0-9]{4}-(0[1-9]|1[0-2])$"))
            .description(Some("Month of a year"))
            .examples(["2024-09"])
            .into()
    }
}

impl utoipa::ToSchema for Month {}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_month_has_its_first_and_its_last_day_and_comes_back_as_it_was() {
        for (text, first, last) in [
            ("2024-02", date!(2024 - 02 - 01), date!(2024 - 02 - 29)),
            ("2025-12", date!(2025 - 12 - 01), date!(2025 - 12 - 31)),
        ] {
            let month = Month::parse(text).unwrap_or(Month::of(date!(2000 - 01 - 01)));
            assert_eq!((month.first(), month.last(), month.to_string()), (first, last, text.to_owned()));
            assert_eq!(Month::of(last), month);
        }
        for text in ["2024-13", "2024-9", "202409", "2024-09-01", "", "24-09", "２024-09"] {
            assert!(Month::parse(text).is_err(), "{text}");
        }
    }
}
