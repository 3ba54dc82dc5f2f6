//! By what a name is found and ordered beside its own letters: the initials of its pinyin, then its pinyin. `李明` is
//! `lm liming`. Letters and digits stay as they are, in lower case; marks and spaces are left out.

use pinyin::ToPinyin;

/// Longest key in bytes. Names that are alike to there are ordered as they were entered.
const KEY_BYTES_MAX: usize = 96;

/// Characters that are read otherwise as surnames than elsewhere.
const SURNAMES: [(char, &str); 14] = [
    ('单', "shan"),
    ('曾', "zeng"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('查', "zha"),
    ('朴', "piao"),
    ('翟', "zhai"),
    ('盖', "ge"),
    ('任', "ren"),
    ('缪', "miao"),
    ('洗', "xian"),
    ('覃', "qin"),
    ('乐', "yue"),
];

/// The key of a name of a person.
#[must_use]
pub fn of_person(name: &str) -> String {
    let surname = name.chars().next().and_then(|first| SURNAMES.iter().find(|(character, _)| *character == first));
    key(name, surname.map(|(_, reading)| *reading))
}

/// The key of any other name.
#[must_use]
pub fn of_organisation(name: &str) -> String {
    key(name, None)
}

fn key(name: &str, first: Option<&'static str>) -> String {
    let (mut initials, mut whole) = (String::new(), String::new());
    for (at, character) in name.chars().enumerate() {
        let reading = first.filter(|_| at == 0).or_else(|| character.to_pinyin().map(pinyin::Pinyin::plain));
        // The crate writes ü where keyboards write v.
        let spelled = reading.map_or_else(|| folded(character).collect::<String>(), |plain| plain.replace('ü', "v"));
        initials.extend(spelled.chars().take(if reading.is_some() { 1 } else { usize::MAX }));
        whole.push_str(&spelled);
    }
    let mut key = format!("{initials} {whole}");
    while key.len() > KEY_BYTES_MAX {
        key.pop();
    }
    key
}

/// What somebody types to find a name by its key: none where it holds characters of which only the name itself knows.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let parts = |character: char| matches!(character, ' ' | '·' | '-' | '\'');
    let known = text.chars().all(|character| character.is_ascii_alphanumeric() || parts(character));
    let folded: String = text.chars().flat_map(folded).collect();
    (known && !folded.is_empty()).then_some(folded)
}

/// A letter or digit in lower case; nothing of any other character.
fn folded(character: char) -> impl Iterator<Item = char> {
    character.to_lowercase().filter(|lower| lower.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_initials_and_pinyin() {
        for (name, key) in [
            ("李明", "lm liming"),
            ("单雄信", "sxx shanxiongxin"),
            ("吕布", "lb lvbu"),
            ("Tom Li", "tomli tomli"),
            ("阿依古丽·买买提", "aygLmmt ayigulimaimaiti"),
            ("·", " "),
        ] {
            assert_eq!(of_person(name), key.to_lowercase(), "{name}");
        }
        assert_eq!(of_organisation("单县3小"), "dx3x danxian3xiao");
        assert!(of_person(&"庄".repeat(60)).len() <= KEY_BYTES_MAX);
    }

    #[test]
    fn what_is_typed_is_folded_as_names_are() {
        for (text, expected) in [
            ("lm", Some("lm")),
            ("LM", Some("lm")),
            ("Tom L", Some("toml")),
            ("李", None),
            ("李m", None),
            ("%", None),
            ("l_%", None),
        ] {
            assert_eq!(typed(text).as_deref(), expected, "{text}");
        }
    }
}
