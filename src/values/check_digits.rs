//! Check digits of the field's identifiers, and whether a text holds an ID number: pure arithmetic.

use time::{Date, Month};

use crate::values::marks::{Sign, has_few_digits, signs};

/// Digits of an ID number, its check digit included.
const ID_NUMBER_LENGTH: usize = 18;

/// Characters of a unified social credit code: no I, O, S, V or Z.
const CREDIT_CODE_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The weight of each place before the check character: powers of three, modulo 31.
const CREDIT_CODE_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Whether the last of 18 characters is the check digit of the others: ISO 7064 MOD 11-2, as GB 11643 asks.
#[must_use]
pub fn mod_11_2_fits(text: &[u8]) -> bool {
    let Some((last, first)) = text.split_last() else { return false };
    if text.len() != ID_NUMBER_LENGTH || !first.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum = first.iter().fold(0_u32, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    let check = (12 - sum) % 11;
    if check == 10 { *last == b'X' } else { u32::from(*last) == u32::from(b'0') + check }
}

/// Whether this is an ID number (GB 11643): region, a real day of birth from 1900 to 2099, sequence, check digit.
#[must_use]
pub fn is_id_number(text: &[u8]) -> bool {
    let region = text.first().is_some_and(|first| (b'1'..=b'9').contains(first));
    region && mod_11_2_fits(text) && text.get(6..14).is_some_and(is_day_of_birth)
}

/// Whether eight characters are a day from 1900 to 2099.
#[must_use]
pub fn is_day_of_birth(text: &[u8]) -> bool {
    let number = |range: std::ops::Range<usize>| -> Option<u16> {
        let part = text.get(range).filter(|part| part.iter().all(u8::is_ascii_digit))?;
        std::str::from_utf8(part).ok()?.parse().ok()
    };
    let day = || -> Option<Date> {
        let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
    };
    text.len() == 8 && day().is_some_and(|day| (1900..2100).contains(&day.year()))
}

/// Whether this is a unified social credit code (GB 32100). A remainder of 0 gives the check character 0.
#[must_use]
pub fn is_credit_code(text: &[u8]) -> bool {
    let value = |character: &u8| CREDIT_CODE_CHARACTERS.iter().position(|known| known == character);
    let Some(values) = text.iter().map(value).collect::<Option<Vec<usize>>>() else { return false };
    let Some((last, first)) = values.split_last() else { return false };
    let region = text.get(2..8).is_some_and(|region| region.iter().all(u8::is_ascii_digit));
    let sum: usize = first.iter().zip(CREDIT_CODE_WEIGHTS).map(|(value, weight)| value * weight).sum();
    values.len() == ID_NUMBER_LENGTH && region && *last == (31 - sum % 31) % 31
}

/// Whether an ID number stands anywhere in a text: in digits of any script, with a small x, with what does not show
/// between its digits, or split by spaces and marks, as people write long numbers.
#[must_use]
pub fn holds_id_number(text: &str) -> bool {
    if has_few_digits(text, ID_NUMBER_LENGTH - 1) {
        return false;
    }
    let signs = signs(text);
    let plain: Vec<u8> = signs.iter().map(|sign| sign.plain).collect();
    plain.windows(ID_NUMBER_LENGTH).enumerate().any(|(from, number)| is_id_number(number) && is_one(&signs, from))
}

/// Whether the signs from a place on are one number: nothing between them, or the same mark throughout, or marks where
/// the parts of an ID number meet. Dates and lists of numbers that happen to have the digits are none, so a number
/// that is split neither begins nor ends within another.
fn is_one(signs: &[Sign], from: usize) -> bool {
    let gap = |place: usize| signs.get(from + place).map_or("", |sign| sign.gap.as_str());
    let mut inside = (1..ID_NUMBER_LENGTH).map(gap).filter(|gap| !gap.is_empty());
    let Some(first) = inside.next() else { return true };
    let digit_at =
        |place: Option<usize>| place.and_then(|place| signs.get(place)).is_some_and(|sign| sign.plain.is_ascii_digit());
    let begins = from == 0 || !gap(0).is_empty() || !digit_at(from.checked_sub(1));
    let ends = !gap(ID_NUMBER_LENGTH).is_empty() || !digit_at(Some(from + ID_NUMBER_LENGTH));
    let by_parts = !gap(6).is_empty() && !gap(14).is_empty();
    begins && ends && (by_parts || inside.all(|gap| gap == first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_numbers_have_a_check_digit_and_a_real_day() {
        for (text, fits) in [
            ("43060220130315002X", true),
            ("11010519491231002X", true),
            ("440524188001010014", false), // born in 1880
            ("430602201303150021", false),
            ("43060220130315002x", false),
            ("430602201302300022", false),
            ("430602201302290020", false), // no leap year
            ("030602201303150025", false),
            ("43060220130315002", false),
            ("43060220130315002X0", false),
            ("４３０６０２20130315002X", false),
            ("", false),
        ] {
            assert_eq!(is_id_number(text.as_bytes()), fits, "{text}");
        }
    }

    #[test]
    fn a_remainder_of_nothing_is_the_check_character_0() {
        for (text, fits) in [
            ("12430602MB0000019X", true),
            ("91430602MA4Q000164", true),
            ("12430602MB00001900", true),
            ("81430602MD00000115", true),
            ("52430602MJ0000012J", true),
            ("N2430602MF0000013X", true),
            ("91430602MA4Q000165", false), // as it stands on a paper: docs/API.md says what is done then
            ("12430602MB0000019Y", false),
            ("12430602MB0000190O", false), // a letter O
            ("12430602mb0000019x", false),
            ("1243060AMB0000019X", false),
            ("12430602MB000001", false),
            ("", false),
        ] {
            assert_eq!(is_credit_code(text.as_bytes()), fits, "{text}");
        }
    }

    #[test]
    fn an_id_number_is_found_wherever_it_stands() {
        for (text, holds) in [
            ("43060220130315002X", true),
            ("身份证43060220130315002x号", true),
            ("G43060220130315002X", true),
            ("４３０６０２２０１３０３１５００２Ｘ", true),
            ("见430602201303150021，43060220130315002X。", true),
            ("4306 0220 1303 1500 2X", true),
            ("4306 0220130315002X", true),
            ("4-3-0-6-0-2-2-0-1-3-0-3-1-5-0-0-2-X", true),
            ("430602 2013-03-15 002X", true),
            ("430602，20130315，002X", true),
            ("43060220\u{200b}130315002X", true),
            ("43060220\u{fe0f}130315\u{ad}002X", true),
            ("٤٣٠٦٠٢٢٠١٣٠٣١٥٠٠٢X", true),
            ("𝟒𝟑𝟎𝟔𝟎𝟐20130315002Ⅹ", true),
            ("四三〇六零二二〇一三〇三一五〇〇二X", true),
            ("④③⓪⑥⓪②20130315002x", true),
            ("4306 02-20130315002X", false), // marks that change within a part
            ("14306 0220130315002X", false), // the end of a longer number and another one
            ("2024.09.02-2025.01.17 17:30", false),
            ("0730-8880001、0730-8880002", false),
            ("430602201303150021", false),
            ("12430602MB0000019X", false),
        ] {
            assert_eq!(holds_id_number(text), holds, "{text}");
        }
    }
}
