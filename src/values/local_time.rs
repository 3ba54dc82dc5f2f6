//! Times of the day in Asia/Shanghai, as `17:30`: minutes, never seconds.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::values::fault::{Fault, FieldError};
use crate::values::text::fault;

/// Minutes since midnight, 00:00 to 23:59.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalTime(u16);

impl LocalTime {
    /// Reads `17:30`.
    ///
    /// # Errors
    /// The fault `format`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let number = |part: &str, below: u16| {
            let two_digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u16>().ok().filter(|number| two_digits && *number < below)
        };
        let parsed = text.split_once(':').and_then(|(hour, minute)| Some((number(hour, 24)?, number(minute, 60)?)));
        parsed
            .map(|(hour, minute)| Self(hour * 60 + minute))
            .ok_or_else(|| FieldError::new("", Fault::Format).said("time"))
    }

    /// The time of an hour and a minute that are known to be right; larger ones start again from 0.
    #[must_use]
    pub const fn at(hour: u16, minute: u16) -> Self {
        Self(hour % 24 * 60 + minute % 60)
    }

    /// The time so many minutes after midnight, where a day has it.
    #[must_use]
    pub fn of_minutes(minutes: i32) -> Option<Self> {
        u16::try_from(minutes).ok().filter(|minutes| *minutes < 24 * 60).map(Self)
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for LocalTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(fault)
    }
}

impl utoipa::PartialSchema for LocalTime {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"))
            .description(Some("Time of the day in Asia/Shanghai"))
            .examples(["17:30"])
            .into()
    }
}

impl utoipa::ToSchema for LocalTime {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_two_digits_twice_and_comes_back_as_it_was() {
        for (text, minutes) in [("00:00", Some(0)), ("17:30", Some(1_050)), ("23:59", Some(1_439))] {
            let parsed = LocalTime::parse(text).ok();
            assert_eq!(parsed.map(LocalTime::minutes), minutes);
            assert_eq!(parsed.map(|time| time.to_string()).as_deref(), Some(text));
        }
        for text in ["24:00", "17:60", "7:30", "17:3", "1730", "17:30:00", "+7:30", "", "１７:30"] {
            assert!(LocalTime::parse(text).is_err(), "{text}");
        }
    }
}
