//! Characters that do not show, digits of every script, and the form in which texts are compared.

use unicode_normalization::UnicodeNormalization;

/// Characters that do not show, of the basic plane, as the inside of a class in a pattern. (Beyond that plane patterns
/// cannot name a range that JavaScript, Python and Rust read alike; [`is_unseen`] knows those, too.)
#[macro_export]
macro_rules! unseen {
    () => {
        concat!(
            r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff",
            r"\uffa0\ufff0-\ufffb"
        )
    };
}

/// Whether a character does not show, or turns the direction of writing: by it two names look alike that are not, and
/// `fdp.exe` reads as `exe.pdf`. Marks that choose a glyph (U+FE0F and the like) are none: names are written with them.
#[must_use]
pub const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
    )
}

/// Whether a character only chooses the glyph of the one before it.
const fn chooses_glyph(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// A text as names are compared: two that look alike are one.
#[must_use]
pub fn compared(text: &str) -> String {
    text.nfc().filter(|c| !is_unseen(*c) && !chooses_glyph(*c) && !c.is_control()).collect()
}

/// The zero of each script that has ten digits in a row, as Unicode's category Nd has them; those that NFKC makes ASCII
/// are not among them.
const ZEROS: [char; 65] = [
    '0',
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{11f50}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e4f0}',
    '\u{1e950}',
    '\u{10d40}',
    '\u{11bf0}',
    '\u{16130}',
    '\u{16d70}',
];

/// The ASCII digit that a character stands for, after NFKC: of any script, 〇 to 九 of Han among them.
fn digit(c: char) -> Option<u8> {
    const HAN: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if c.is_ascii() {
        return u8::try_from(c).ok().filter(u8::is_ascii_digit);
    }
    let of_han = || HAN.iter().position(|han| *han == c).or_else(|| (c == '零').then_some(0));
    let of_script = || {
        let after = |zero: &char| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10);
        ZEROS.iter().find_map(after).and_then(|value| usize::try_from(value).ok())
    };
    let value = of_han().or_else(of_script)?;
    u8::try_from(value).ok().map(|value| b'0' + value)
}

/// A character that says something, and what stands between it and the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sign {
    /// An ASCII digit, an X, or a hyphen for whatever no number has.
    pub plain: u8,
    /// Spaces and marks, each once where it is repeated; what does not show is left out.
    pub gap: String,
}

/// The signs of a text, folded as NFKC folds them. What follows the last one is a gap before a hyphen.
pub(super) fn signs(text: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut gap = String::new();
    for c in text.nfkc().filter(|c| !is_unseen(*c) && !chooses_glyph(*c)) {
        let plain = match digit(c) {
            Some(digit) => digit,
            None if c == 'x' || c == 'X' => b'X',
            None if c.is_alphanumeric() => b'-',
            None => {
                if !gap.ends_with(c) {
                    gap.push(c);
                }
                continue;
            }
        };
        signs.push(Sign { plain, gap: std::mem::take(&mut gap) });
    }
    signs.push(Sign { plain: b'-', gap });
    signs
}

/// Whether a text has so few digits that no long number can stand in it. (A sign may stand for two, such as ⑫.)
pub(super) fn has_few_digits(text: &str, digits_min: usize) -> bool {
    let counts = |c: &char| c.is_numeric() || digit(*c).is_some();
    text.chars().filter(counts).count() * 2 < digits_min
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_has_its_ten_digits() {
        for zero in ZEROS {
            let of_script = (0..10).filter_map(|value| char::from_u32(u32::from(zero) + value));
            let digits: Vec<u8> = of_script.inspect(|c| assert!(c.is_numeric(), "{c:?}")).filter_map(digit).collect();
            assert_eq!(digits, b"0123456789", "{zero:?}");
            assert!(char::from_u32(u32::from(zero) - 1).and_then(digit).is_none_or(|digit| digit == b'9'), "{zero:?}");
        }
        assert_eq!((digit('七'), digit('零'), digit('十'), digit('a')), (Some(b'7'), Some(b'0'), None, None));
    }

    #[test]
    fn names_that_look_alike_are_compared_as_one() {
        for (a, b, same) in [
            ("书法", "书\u{200b}法", true),
            ("书法", "\u{feff}书法", true),
            ("葛\u{e0100}", "葛", true),
            ("é", "e\u{301}", true),
            ("书法", "书 法", false),
            ("书法一", "书法二", false),
        ] {
            assert_eq!(compared(a) == compared(b), same, "{a:?} {b:?}");
        }
    }

    #[test]
    fn the_pattern_and_the_function_name_the_same_characters() {
        let mut class: Vec<(u32, u32)> = Vec::new();
        for part in unseen!().split(r"\u").filter(|part| !part.is_empty()) {
            let is_start = part.ends_with('-');
            let Ok(number) = u32::from_str_radix(part.trim_end_matches('-'), 16) else { unreachable!("{part}") };
            match class.last_mut() {
                Some(last) if last.1 == u32::MAX => last.1 = number,
                _ => class.push((number, if is_start { u32::MAX } else { number })),
            }
        }
        for c in '\0'..='\u{ffff}' {
            let named = class.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(c)));
            assert_eq!(named, is_unseen(c), "{c:?}");
        }
    }
}
