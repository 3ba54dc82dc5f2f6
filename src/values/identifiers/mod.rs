//! Identifiers of the field, checked where they come in: each refuses while it deserialises, and gives its pattern to
//! the contract.

mod personal;

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use self::personal::is_phone;
pub use self::personal::{BankAccountNumber, IdNumber, Phone, StudentNumber};

use crate::values::check_digits::is_credit_code;
use crate::values::fault::{Fault, FieldError};
use crate::values::text::fault;

macro_rules! identifiers {
    ($($(#[$meta:meta])* $name:ident = $said:literal, $pattern:literal, $fits:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Checks a text.
            ///
            /// # Errors
            /// The fault `format`.
            pub fn new(text: &str) -> Result<Self, FieldError> {
                let fits: fn(&[u8]) -> bool = $fits;
                let wrong = || FieldError::new("", Fault::Format).said($said);
                if fits(text.as_bytes()) { Ok(Self(text.to_owned())) } else { Err(wrong()) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(&Cow::<'de, str>::deserialize(deserializer)?).map_err(fault)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).pattern(Some($pattern)).into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

identifiers! {
    /// An authority's code: GB/T 2260 (`430602`), or a local one of a functional area (`4306L1`).
    AuthorityCode = "authority-code", "^[0-9]{4}([0-9]{2}|L[0-9])$", |text| match text.split_at_checked(4) {
        Some((city, [one, two])) => digits(city) && two.is_ascii_digit() && (one.is_ascii_digit() || *one == b'L'),
        _ => false,
    };
    /// 学校（机构）标识码: ten digits; no check digit is known.
    SchoolCode = "school-code", "^[0-9]{10}$", |text| text.len() == 10 && digits(text);
    /// A SHA-256, in lower-case hex.
    Sha256Hex = "sha256", "^[0-9a-f]{64}$", |text| {
        text.len() == 64 && text.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
    };
    /// 统一社会信用代码 (GB 32100): eighteen characters, the last one a check character.
    CreditCode = "credit-code", "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$", is_credit_code;
    /// 学年: two years that follow each other, `2024-2025`.
    SchoolYear = "school-year", "^[0-9]{4}-[0-9]{4}$", |text| match text.split_at_checked(4) {
        Some((first, [b'-', second @ ..])) => number(first).is_some_and(|year| number(second) == Some(year + 1)),
        _ => false,
    };
    /// A telephone that an office gives to everybody: digits, hyphens between them.
    PublicPhone = "phone", r"^\+?[0-9][0-9-]{3,17}[0-9]$", is_phone;
    /// The short name of a policy profile: `yueyang-2019`.
    ProfileCode = "profile-code", "^[a-z][a-z0-9-]{2,63}$", |text| match text {
        [first, rest @ ..] => {
            let fits = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
            first.is_ascii_lowercase() && (2..=63).contains(&rest.len()) && rest.iter().all(fits)
        }
        [] => false,
    };
}

impl SchoolYear {
    /// The calendar year in which it begins.
    #[must_use]
    pub fn first_year(&self) -> i32 {
        first_year_of(self.as_str())
    }
}

/// The calendar year in which a school year begins, as it is kept.
#[must_use]
pub fn first_year_of(school_year: &str) -> i32 {
    school_year.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default()
}

/// Four digits as a number.
fn number(text: &[u8]) -> Option<u16> {
    std::str::from_utf8(text).ok()?.parse().ok().filter(|_| text.len() == 4 && digits(text))
}

fn digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_identifier_has_its_form() {
        for (text, authority, school, year) in [
            ("430602", true, false, false),
            ("4306L1", true, false, false),
            ("43L601", false, false, false),
            ("4306LL", false, false, false),
            ("2143000001", false, true, false),
            ("214300000X", false, false, false),
            ("2024-2025", false, false, true),
            ("2024", false, false, false),
            ("24-25", false, false, false),
            ("2024-2026", false, false, false),
            ("2025-2024", false, false, false),
            ("2024–2025", false, false, false),
            ("2024-20255", false, false, false),
            ("+024-2025", false, false, false),
            ("", false, false, false),
            ("岳阳", false, false, false),
        ] {
            let found =
                (AuthorityCode::new(text).is_ok(), SchoolCode::new(text).is_ok(), SchoolYear::new(text).is_ok());
            assert_eq!(found, (authority, school, year), "{text}");
        }
        for (text, fits) in
            [("yueyang-2019", true), ("abc", true), ("ab", false), ("2019-yueyang", false), ("岳阳", false)]
        {
            assert_eq!(ProfileCode::new(text).is_ok(), fits, "{text}");
        }
    }
}
