//! Texts with limits: newtypes that refuse while they deserialise and give their schema in the same place.
//!
//! A refusal travels through serde's error text, because that is all that serde lets through; `http/json` reads it
//! back.
//!
//! What may stand in a text is asked when somebody enters it ([`as_entered`]). Texts that are kept were judged by the
//! limits of their day and stay readable.

use std::borrow::Cow;
use std::cell::Cell;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::unseen;
use crate::values::check_digits::holds_id_number;
use crate::values::fault::{Fault, FieldError, SAID};
use crate::values::marks::is_unseen;

/// Marks an error text that carries a fault.
const MARK: &str = "kehou-fault:";

/// Makes a serde error that carries a fault.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "mapped over errors")]
pub fn fault<E: serde::de::Error>(error: FieldError) -> E {
    let params = serde_json::to_string(&error.params).unwrap_or_default();
    let (code, said) = (error.code.slug(), error.said.unwrap_or_default());
    E::custom(format_args!("{MARK}{code}:{said}:{params}\n"))
}

/// Reads back what [`fault`] wrote; the pointer is the reader's to add.
#[must_use]
pub fn read_fault(message: &str) -> Option<FieldError> {
    let line = message.split_once(MARK)?.1.lines().next()?;
    let (slug, line) = line.split_once(':')?;
    let (said, params) = line.split_once(':')?;
    Some(FieldError {
        pointer: String::new(),
        code: Fault::parse(slug)?,
        said: SAID.iter().copied().find(|known| *known == said),
        params: serde_json::from_str(params).unwrap_or_default(),
    })
}

thread_local! {
    static ENTERING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read` for what somebody enters: the texts in it are judged by what they say, too.
pub fn as_entered<T>(read: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            ENTERING.set(self.0);
        }
    }
    let _before = Before(ENTERING.replace(true));
    read()
}

/// How a text may be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    OneLine,
    Paragraphs,
}

/// Checks a text that somebody enters.
///
/// # Errors
/// What is wrong with it, without a pointer.
pub fn check(text: &str, layout: Layout, min: usize, max: usize) -> Result<(), FieldError> {
    if text.chars().any(is_unseen) {
        return Err(FieldError::new("", Fault::ControlCharacter));
    }
    check_form(text, layout, min, max)?;
    // A child's ID number has a field of its own, which is sealed; anywhere else it would be shown to whoever reads.
    if holds_id_number(text) {
        return Err(FieldError::new("", Fault::HoldsIdNumber));
    }
    Ok(())
}

/// Checks a text where it is read: whole if somebody is entering it, its form alone if it was kept.
///
/// # Errors
/// What is wrong with it, without a pointer.
pub fn check_read(text: &str, layout: Layout, min: usize, max: usize) -> Result<(), FieldError> {
    if ENTERING.get() { check(text, layout, min, max) } else { check_form(text, layout, min, max) }
}

/// Checks length and layout alone.
///
/// # Errors
/// What is wrong with it, without a pointer.
pub fn check_form(text: &str, layout: Layout, min: usize, max: usize) -> Result<(), FieldError> {
    let breaks_line = |c| c == '\n' && layout == Layout::Paragraphs;
    if text.chars().any(|c| c.is_control() && !breaks_line(c)) {
        return Err(FieldError::new("", Fault::ControlCharacter));
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Err(FieldError::new("", Fault::OuterSpace));
    }
    let length = text.chars().count();
    let of_length = |fault| FieldError::new("", fault).with("length", length);
    match length {
        _ if (min..=max).contains(&length) => Ok(()),
        0 => Err(of_length(Fault::TooShort).said("empty").with("min", min)),
        _ if min == max => {
            let fault = if length < min { Fault::TooShort } else { Fault::TooLong };
            Err(of_length(fault).said("exact").with("exact", max))
        }
        _ if length < min => Err(of_length(Fault::TooShort).with("min", min)),
        _ => Err(of_length(Fault::TooLong).with("max", max)),
    }
}

/// One line of text, `MIN` to `MAX` characters, no control characters, no space at its ends; where it is entered, no
/// character that does not show, and no ID number in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Line<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Line<MIN, MAX> {
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
        check(text, Layout::OneLine, MIN, MAX)?;
        Ok(Self(text.to_owned()))
    }

    /// Takes a text that is kept, which was judged when it was entered.
    ///
    /// # Errors
    /// What is wrong with its form, without a pointer.
    pub fn kept(text: &str) -> Result<Self, FieldError> {
        check_form(text, Layout::OneLine, MIN, MAX)?;
        Ok(Self(text.to_owned()))
    }
}

/// What [`check`] asks of one line, as a pattern that JavaScript, Python and Rust read alike.
const PATTERN: &str = concat!(
    r"^[^\s\u0000-\u001f\u007f-\u009f",
    unseen!(),
    r"]([^\u0000-\u001f\u007f-\u009f",
    unseen!(),
    r"]*[^\s\u0000-\u001f\u007f-\u009f",
    unseen!(),
    r"])?$"
);

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Line<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        check_read(&text, Layout::OneLine, MIN, MAX).map_err(fault)?;
        Ok(Self(text.into_owned()))
    }
}

impl<const MIN: usize, const MAX: usize> utoipa::PartialSchema for Line<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .min_length(Some(MIN))
            .max_length(Some(MAX))
            .pattern(Some(PATTERN))
            .into()
    }
}

impl<const MIN: usize, const MAX: usize> utoipa::ToSchema for Line<MIN, MAX> {}

/// The name of an account: lower-case letters, digits, dot, hyphen and underscore, 3 to 64, a letter or digit first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks a name from elsewhere than JSON.
    ///
    /// # Errors
    /// What is wrong with it, without a pointer.
    pub fn new(text: &str) -> Result<Self, FieldError> {
        check(text, Layout::OneLine, 3, 64)?;
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !text.starts_with(word) || !text.chars().all(|c| word(c) || matches!(c, '.' | '-' | '_')) {
            return Err(FieldError::new("", Fault::Format).said("username"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Username {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::new(&text).map_err(fault)
    }
}

impl utoipa::PartialSchema for Username {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .min_length(Some(3))
            .max_length(Some(64))
            .pattern(Some("^[a-z0-9][a-z0-9._-]*$"))
            .into()
    }
}

impl utoipa::ToSchema for Username {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_refused_at_each_bound() {
        for (text, wrong) in [
            ("", Some(Fault::TooShort)),
            ("课", None),
            ("课后服", None),
            ("课后服务", Some(Fault::TooLong)),
            ("a\u{7}", Some(Fault::ControlCharacter)),
            (" a", Some(Fault::OuterSpace)),
            ("\u{feff}王", Some(Fault::ControlCharacter)),
            ("王\u{202e}", Some(Fault::ControlCharacter)),
            ("\u{200b}", Some(Fault::ControlCharacter)),
            ("a\u{2028}", Some(Fault::ControlCharacter)),
            ("a\u{e0041}", Some(Fault::ControlCharacter)),
            ("𠮷", None),
            ("阿·买", None),
            ("葛\u{e0100}", None),
            ("❤\u{fe0f}", None),
        ] {
            assert_eq!(Line::<1, 3>::new(text).err().map(|error| error.code), wrong, "{text:?}");
        }
    }

    #[test]
    fn no_text_holds_an_id_number() {
        for text in ["43060220130315002X", "学号G43060220130315002x，转学"] {
            assert_eq!(Line::<1, 60>::new(text).err().map(|error| error.code), Some(Fault::HoldsIdNumber), "{text}");
        }
        assert!(Line::<1, 60>::new("430602201303150021").is_ok());
    }

    #[test]
    fn what_is_kept_stays_readable_and_may_not_be_entered_again() {
        for (kept, wrong) in [
            ("\"王\u{200b}一\"", Some(Fault::ControlCharacter)),
            ("\"43060220130315002X\"", Some(Fault::HoldsIdNumber)),
            ("\"王一\"", None),
        ] {
            let read = || serde_json::from_str::<Line<1, 60>>(kept);
            assert!(read().is_ok(), "{kept}");
            let refused = as_entered(read).err().and_then(|error| read_fault(&error.to_string()));
            assert_eq!(refused.map(|error| error.code), wrong, "{kept}");
            assert!(read().is_ok(), "{kept}");
        }
    }

    #[test]
    fn a_fault_survives_serde() {
        let error = serde_json::from_str::<Line<1, 2>>("\"abc\"").err().map(|e| e.to_string()).unwrap_or_default();
        let fault = read_fault(&error);
        assert_eq!(fault, Some(FieldError::new("", Fault::TooLong).with("length", 3).with("max", 2)));
    }
}
