//! Dates as `2024-09-02`, with a fault that says so.

use serde::{Deserialize, Deserializer, Serializer};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};

use crate::values::fault::{Fault, FieldError};
use crate::values::text::fault;

const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// The date of a text.
///
/// # Errors
/// The fault `format`.
pub fn parse(text: &str) -> Result<Date, FieldError> {
    let wrong = || FieldError::new("", Fault::Format).said("date");
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if plain { Date::parse(text, FORMAT).map_err(|_| wrong()) } else { Err(wrong()) }
}

/// A date as a text.
#[must_use]
pub fn text(date: Date) -> String {
    date.format(FORMAT).unwrap_or_default()
}

/// Reads a date.
///
/// # Errors
/// The fault `format`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    parse(&text).map_err(fault)
}

/// Writes a date.
///
/// # Errors
/// Never for a date of four-digit years.
pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&date.format(FORMAT).map_err(serde::ser::Error::custom)?)
}

/// A date as a parameter has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Self)
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Date);
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).format(Some(format)).into()
    }
}

impl utoipa::ToSchema for Day {}

/// The same for dates that may be missing.
pub mod option {
    use super::{Date, Deserialize, Deserializer, Serializer};

    /// Reads a date or null.
    ///
    /// # Errors
    /// The fault `format`.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.map(|text| super::parse(&text)).transpose().map_err(super::fault)
    }

    /// Writes a date or null.
    ///
    /// # Errors
    /// As the date alone.
    pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => super::serialize(date, serializer),
            None => serializer.serialize_none(),
        }
    }
}
