//! Numbers, texts and lists with limits: they refuse while they deserialise and give their schema in the same place.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};

use crate::unseen;
use crate::values::fault::{Fault, FieldError};
use crate::values::text::{Layout, Line, check, check_form, check_read, fault};

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Whole<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Checks a number from elsewhere than JSON.
    ///
    /// # Errors
    /// The fault `out-of-range`.
    pub fn new(number: i64) -> Result<Self, FieldError> {
        if (MIN..=MAX).contains(&number) { Ok(Self(number)) } else { Err(beyond(MIN, MAX)) }
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(fault)
    }
}

impl<const MIN: i64, const MAX: i64> std::fmt::Display for Whole<MIN, MAX> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<const MIN: i64, const MAX: i64> utoipa::PartialSchema for Whole<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(MIN))
            .maximum(Some(MAX))
            .into()
    }
}

impl<const MIN: i64, const MAX: i64> utoipa::ToSchema for Whole<MIN, MAX> {}

fn beyond(min: i64, max: i64) -> FieldError {
    FieldError::new("", Fault::OutOfRange).said("between").with("min", min).with("max", max)
}

/// Reads a whole number from `MIN` to `MAX` that is kept as a plain one.
///
/// # Errors
/// The fault `out-of-range`.
pub fn within<'de, D, N, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<i64>,
{
    N::try_from(Whole::<MIN, MAX>::deserialize(deserializer)?.get()).map_err(|_| fault(beyond(MIN, MAX)))
}

/// The same for a number that may be missing.
///
/// # Errors
/// The fault `out-of-range`.
pub fn within_or_none<'de, D, N, const MIN: i64, const MAX: i64>(deserializer: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<i64>,
{
    let given = Option::<Whole<MIN, MAX>>::deserialize(deserializer)?;
    given.map(|number| N::try_from(number.get()).map_err(|_| fault(beyond(MIN, MAX)))).transpose()
}

/// Paragraphs: 1 to `MAX` characters, line breaks but no other control characters, no space at the ends; where they are
/// entered, no character that does not show, and no ID number in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks a text from elsewhere than JSON.
    ///
    /// # Errors
    /// What is wrong with it, without a pointer.
    pub fn new(text: &str) -> Result<Self, FieldError> {
        check(text, Layout::Paragraphs, 1, MAX)?;
        Ok(Self(text.to_owned()))
    }
}

/// What is asked of [`Prose`], as a pattern that JavaScript, Python and Rust read alike.
const PROSE: &str = concat!(
    r"^[^\s\u0000-\u001f\u007f-\u009f",
    unseen!(),
    r"]([^\u0000-\u0009\u000b-\u001f\u007f-\u009f",
    unseen!(),
    r"]*[^\s\u0000-\u001f\u007f-\u009f",
    unseen!(),
    r"])?$"
);

impl<'de, const MAX: usize> Deserialize<'de> for Prose<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        check_read(&text, Layout::Paragraphs, 1, MAX).map_err(fault)?;
        Ok(Self(text.into_owned()))
    }
}

impl<const MAX: usize> utoipa::PartialSchema for Prose<MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .min_length(Some(1))
            .max_length(Some(MAX))
            .pattern(Some(PROSE))
            .into()
    }
}

impl<const MAX: usize> utoipa::ToSchema for Prose<MAX> {}

/// Eighteen characters where a 统一社会信用代码 is asked for. Whether they are one is said with all else that is wrong with
/// a document; one may well read as an ID number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CreditCodeText(String);

impl CreditCodeText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for CreditCodeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        check_form(&text, Layout::OneLine, 18, 18).map_err(fault)?;
        Ok(Self(text.into_owned()))
    }
}

impl utoipa::PartialSchema for CreditCodeText {
    fn schema() -> RefOr<Schema> {
        Line::<18, 18>::schema()
    }
}

impl utoipa::ToSchema for CreditCodeText {}

/// Reads a list of at most `MAX` entries.
///
/// # Errors
/// The fault `too-long`, or what is wrong with an entry.
pub fn at_most<'de, D, T, const MAX: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::<T>::deserialize(deserializer)?;
    if list.len() > MAX {
        return Err(fault(FieldError::new("", Fault::TooLong).said("entries").with("max", MAX)));
    }
    Ok(list)
}

/// Reads a list of 1 to `MAX` entries.
///
/// # Errors
/// The faults `required` and `too-long`, or what is wrong with an entry.
pub fn some<'de, D, T, const MAX: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list: Vec<T> = at_most::<D, T, MAX>(deserializer)?;
    if list.is_empty() {
        return Err(fault(FieldError::new("", Fault::Required).said("entries")));
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_refused_at_each_bound() {
        for (number, right) in [(0, false), (1, true), (9, true), (10, false)] {
            assert_eq!(Whole::<1, 9>::new(number).is_ok(), right, "{number}");
        }
        for (text, right) in [("", false), ("课\n后", true), ("课后服务", false), (" 课", false), ("课\t后", false)]
        {
            assert_eq!(Prose::<3>::new(text).is_ok(), right, "{text:?}");
        }
        for text in ["课\u{200b}后", "见43060220130315002X。", "见\n4306 0220 1303 1500 2X", "课\u{2028}后"] {
            assert!(Prose::<60>::new(text).is_err(), "{text:?}");
        }
    }
}
