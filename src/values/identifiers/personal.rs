//! Identifiers of people: ID number, student number, telephone; and numbers of bank accounts. They never show whole:
//! printing one, even for debugging, masks it, and they cannot be serialised by accident.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use zeroize::Zeroizing;

use crate::values::check_digits::{is_day_of_birth, is_id_number, mod_11_2_fits};
use crate::values::fault::{Fault, FieldError};
use crate::values::text::fault;

/// Characters that stay readable at the end of a masked identifier.
const SHOWN_AT_END: usize = 4;

/// `4306**********002X`: the first `shown` and the last four characters stay.
fn masked(text: &str, shown: usize) -> String {
    let hidden_to = text.chars().count().saturating_sub(SHOWN_AT_END);
    let mask = |(place, character)| if place >= shown && place < hidden_to { '*' } else { character };
    text.chars().enumerate().map(mask).collect()
}

macro_rules! personal {
    ($($(#[$meta:meta])* $name:ident = $said:literal, $pattern:literal, $shown:literal, $fits:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// The whole text: to seal it, to hash it, or to reveal it to who may see it.
            #[must_use]
            pub fn reveal(&self) -> &str {
                &self.0
            }

            /// The text as answers show it.
            #[must_use]
            pub fn masked(&self) -> String {
                masked(&self.0, $shown)
            }

            /// Checks a text.
            ///
            /// # Errors
            /// The fault `format`, without the text.
            pub fn new(text: &str) -> Result<Self, FieldError> {
                let fits: fn(&[u8]) -> bool = $fits;
                if fits(text.as_bytes()) {
                    Ok(Self(Zeroizing::new(text.to_owned())))
                } else {
                    Err(FieldError::new("", Fault::Format).said($said))
                }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.masked())
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

personal! {
    /// 公民身份号码 (GB 11643): region, day of birth, sequence, check digit; a capital X.
    IdNumber = "id-number",
        "^[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$", 4, is_id_number;
    /// 学籍号: `G` and an ID number; `J` and 18 characters with the same check digit; `L`, region, day of birth and four
    /// digits.
    StudentNumber = "student-number", "^[GJL][0-9]{17}[0-9X]$", 5, |text| match text.split_first() {
        Some((b'G', rest)) => is_id_number(rest),
        Some((b'J', rest)) => mod_11_2_fits(rest),
        Some((b'L', rest)) => {
            rest.len() == 18 && rest.iter().all(u8::is_ascii_digit) && rest.get(6..14).is_some_and(is_day_of_birth)
        }
        _ => false,
    };
    /// A telephone number: digits, hyphens between them, a plus sign first for a country.
    Phone = "phone", r"^\+?[0-9][0-9-]{3,17}[0-9]$", 3, is_phone;
    /// 银行账号: digits, which are no ID number.
    BankAccountNumber = "bank-account", "^[0-9]{8,32}$", 0, |text| {
        (8..=32).contains(&text.len()) && text.iter().all(u8::is_ascii_digit) && !is_id_number(text)
    };
}

/// Digits, hyphens between them, a plus sign first for a country.
pub(super) fn is_phone(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let inside = digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
    let ends = [digits.first(), digits.last()].iter().all(|end| end.is_some_and(u8::is_ascii_digit));
    inside && ends && (5..=19).contains(&digits.len()) && !is_id_number(digits)
}

impl StudentNumber {
    /// The ID number that a student number of kind `G` is made from.
    #[must_use]
    pub fn id_number(&self) -> Option<IdNumber> {
        self.0.strip_prefix('G').and_then(|rest| IdNumber::new(rest).ok())
    }
}

impl Phone {
    /// The number in one form, however it is written: digits, without the country code of China, without the zero
    /// before an area code or a hyphen; a number of another country begins with `+`. Nothing for what cannot be
    /// dialled so: too short, without its area code, or with an extension.
    #[must_use]
    pub fn dialled(&self) -> Option<String> {
        let digits: String = self.0.chars().filter(char::is_ascii_digit).collect();
        let abroad = if self.0.starts_with('+') { Some(digits.as_str()) } else { digits.strip_prefix("00") };
        match abroad {
            None => national(&digits).or_else(|| digits.strip_prefix("86").and_then(national)),
            Some(number) => match number.strip_prefix("86") {
                Some(rest) => national(rest),
                None => (8..=15).contains(&number.len()).then(|| format!("+{number}")),
            },
        }
    }
}

impl Phone {
    /// The last four digits as it is dialled: what somebody says of it who has it.
    #[must_use]
    pub fn last_four(&self) -> Option<String> {
        let digits: String = self.0.chars().filter(char::is_ascii_digit).collect();
        let dialled = self.dialled().unwrap_or(digits);
        dialled.get(dialled.len().checked_sub(SHOWN_AT_END)?..).map(str::to_owned)
    }
}

/// A mobile number, or a landline with its area code, without the zero in front.
fn national(digits: &str) -> Option<String> {
    let number = digits.strip_prefix('0').unwrap_or(digits);
    let fits = match number.as_bytes() {
        [b'1', b'3'..=b'9', ..] => number.len() == 11,
        [b'1', b'0', ..] => number.len() == 10,
        [b'2'..=b'9', ..] => (10..=11).contains(&number.len()),
        _ => false,
    };
    fits.then(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_its_form() {
        for (text, id, student) in [
            ("43060220130315002X", true, false),
            ("43060220130315002x", false, false),
            ("４３０６０２２０１３０３１５００２Ｘ", false, false),
            ("430602201313150021", false, false),
            ("G43060220130315002X", false, true),
            ("G430602201303150021", false, false),
            ("G43060220130315002x", false, false),
            ("g43060220130315002X", false, false),
            ("J43060220130315002X", false, true),
            ("J430602201303150020", false, false),
            ("L430621201601010007", false, true),
            ("L43062120160101000X", false, false),
            ("L430621201613010007", false, false),
            ("L4306212016010100", false, false),
            ("K430621201601010007", false, false),
            ("", false, false),
        ] {
            assert_eq!((IdNumber::new(text).is_ok(), StudentNumber::new(text).is_ok()), (id, student), "{text}");
        }
    }

    #[test]
    fn a_telephone_is_digits_and_hyphens() {
        for (text, fits) in [
            ("13807301234", true),
            ("+86-138-0730-1234", true),
            ("0730-8880001", true),
            ("12315", true),
            ("1231", false),
            ("-13807301234", false),
            ("13807301234-", false),
            ("138 0730 1234", false),
            ("43060220130315002X", false),
            ("１３８０７３０１２３４", false),
        ] {
            assert_eq!(Phone::new(text).is_ok(), fits, "{text}");
        }
        assert_eq!(Phone::new("13807301234").map(|phone| phone.masked()).as_deref(), Ok("138****1234"));
    }

    #[test]
    fn a_telephone_has_one_form_however_it_is_written() {
        for (texts, dialled) in [
            (
                &[
                    "13800000001",
                    "138-0000-0001",
                    "+8613800000001",
                    "008613800000001",
                    "86-13800000001",
                    "013800000001",
                ][..],
                Some("13800000001"),
            ),
            (
                &[
                    "07308881234",
                    "0730-8881234",
                    "+867308881234",
                    "+86-0730-8881234",
                    "0086-730-888-1234",
                    "7308881234",
                ],
                Some("7308881234"),
            ),
            (&["010-88812345", "+861088812345", "1088812345"], Some("1088812345")),
            (&["+852-9876-5432", "0085298765432"], Some("+85298765432")),
            (&["8881234", "12345", "0730-8881234-801", "11111111111", "+861234"], None),
        ] {
            for text in texts {
                let found = Phone::new(text).ok().and_then(|phone| phone.dialled());
                assert_eq!(found.as_deref(), dialled, "{text}");
            }
        }
    }

    #[test]
    fn a_telephone_is_known_by_its_last_four_digits() {
        for (text, last_four) in
            [("138-0000-12-34", "1234"), ("+86-0730-8881-234", "1234"), ("+852-9876-5432", "5432"), ("12345", "2345")]
        {
            let found = Phone::new(text).ok().and_then(|phone| phone.last_four());
            assert_eq!(found.as_deref(), Some(last_four), "{text}");
        }
    }

    #[test]
    fn nothing_prints_whole() {
        let id = IdNumber::new("43060220130315002X").map(|number| format!("{number:?}"));
        assert_eq!(id.as_deref(), Ok("4306**********002X"));
        let student = StudentNumber::new("G43060220130315002X");
        assert_eq!(student.as_ref().map(StudentNumber::masked).as_deref(), Ok("G4306**********002X"));
        let of_student = student.ok().and_then(|number| number.id_number());
        assert_eq!(of_student.as_ref().map(IdNumber::reveal), Some("43060220130315002X"));
    }
}
