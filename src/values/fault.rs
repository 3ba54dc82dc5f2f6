//! What can be wrong with one field: a word that clients switch on, and the place.

use std::collections::BTreeMap;

macro_rules! field_codes {
    ($($name:ident = $slug:literal;)+) => {
        /// What can be wrong with one field or parameter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Fault { $($name),+ }

        impl Fault {
            /// Every fault, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable word that clients switch on.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),+ }
            }

            /// The fault of a word, or nothing.
            #[must_use]
            pub fn parse(slug: &str) -> Option<Self> {
                match slug { $($slug => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

field_codes! {
    Required = "required";
    Unknown = "unknown";
    Duplicate = "duplicate";
    WrongType = "wrong-type";
    NotOneOf = "not-one-of";
    TooShort = "too-short";
    TooLong = "too-long";
    OutOfRange = "out-of-range";
    ControlCharacter = "control-character";
    OuterSpace = "outer-space";
    Format = "format";
    NotFound = "not-found";
    Immutable = "immutable";
    Mismatch = "mismatch";
    NotForThis = "not-for-this";
    EndsBeforeStart = "ends-before-start";
    Guessable = "guessable";
    Overlapping = "overlapping";
    HoldsIdNumber = "holds-id-number";
    FileType = "file-type";
    ReadRequired = "read-required";
    TooMany = "too-many";
    Refused = "refused";
    NoSeat = "no-seat";
}

/// Every word that [`FieldError::said`] takes: sentences of one fault that fit a place. A test asks for each in both
/// languages.
pub const SAID: &[&str] = &[
    "after-today",
    "authority-code",
    "bank-account",
    "before-today",
    "between",
    "bytes",
    "credit-code",
    "date",
    "empty",
    "entries",
    "exact",
    "fee",
    "flag",
    "free",
    "grade",
    "id",
    "id-number",
    "in-other-group",
    "lessons",
    "list",
    "longer-than-session",
    "month",
    "no-session",
    "nobody-left",
    "object",
    "one",
    "outside-term",
    "over",
    "phone",
    "profile-code",
    "rows",
    "school-code",
    "school-year",
    "seats",
    "secret",
    "sha256",
    "slot",
    "slots",
    "student-number",
    "text",
    "time",
    "too-much",
    "turn-year",
    "username",
    "whole",
];

/// One wrong field of a body, or one wrong parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer into the body (`/slots/0/ends_at`), or the parameter's name.
    pub pointer: String,
    pub code: Fault,
    /// Which of the fault's sentences this is, where it has one for such a place.
    pub said: Option<&'static str>,
    pub params: BTreeMap<String, String>,
}

impl FieldError {
    /// A field error without parameters.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: Fault) -> Self {
        Self { pointer: pointer.into(), code, said: None, params: BTreeMap::new() }
    }

    /// The same fault in the words of its place.
    #[must_use]
    pub fn said(mut self, said: &'static str) -> Self {
        debug_assert!(SAID.contains(&said), "{said} is no word of the table");
        self.said = Some(said);
        self
    }

    /// The key of its sentence: `field.<code>`, or `field.<code>.<said>`.
    #[must_use]
    pub fn text_key(&self) -> String {
        let code = self.code.slug();
        self.said.map_or_else(|| format!("field.{code}"), |said| format!("field.{code}.{said}"))
    }

    /// Adds a parameter of the message.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}
