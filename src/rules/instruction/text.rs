//! Text as it is read for words: NFKC, simplified, without spaces and invisible marks, and without what separates two
//! Chinese characters of one word. What ends a clause stays.

use std::sync::LazyLock;

use hanconv::{Converter, T2S};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text as words are looked for in it.
pub(super) fn folded(text: &str) -> String {
    static SIMPLIFIED: LazyLock<Converter> = LazyLock::new(|| T2S.new_converter());
    let shown: Vec<char> = text.nfkc().filter(|c| is_shown(*c)).collect();
    let mut joined = String::with_capacity(text.len());
    let mut rest = shown.as_slice();
    while let [c, after @ ..] = rest {
        let next = after.iter().find(|c| !is_separator(**c));
        let between = joined.chars().next_back().is_some_and(is_han) && next.copied().is_some_and(is_han);
        if !(is_separator(*c) && between) {
            joined.push(*c);
        }
        rest = after;
    }
    if joined.is_ascii() { joined } else { SIMPLIFIED.convert(joined) }
}

/// A ban ends with its clause; 、 only separates what is banned, and a colon announces it.
pub(super) const fn ends_clause(c: char) -> bool {
    matches!(c, '\n' | ',' | '.' | '。' | ';' | '!' | '?' | '(' | ')' | '｡')
}

/// Line breaks stay, because they end a clause.
fn is_shown(c: char) -> bool {
    let invisible = matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e01ef}'
    );
    c == '\n' || !(c.is_whitespace() || c.is_control() || invisible || is_combining_mark(c))
}

/// What stands between two Chinese characters of one word, where it ends no clause and separates no list.
fn is_separator(c: char) -> bool {
    let means_something = matches!(c, '\n' | ',' | '。' | ';' | ':' | '!' | '?' | '(' | ')' | '、' | '｡');
    !c.is_alphanumeric() && !means_something
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_a_word_is_taken_away_and_what_ends_a_clause_is_not() {
        for (text, expected) in [
            ("補課", "补课"),
            ("补·课", "补课"),
            ("补 - 课", "补课"),
            ("补“课”班", "补课班"),
            ("补.课", "补课"),
            ("补\u{336}课", "补课"),
            ("补★★课", "补课"),
            ("修补。课桌", "修补。课桌"),
            ("修补、课桌", "修补、课桌"),
            ("ＶＩＰ-班", "VIP-班"),
            ("a b", "ab"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }
}
