//! Invented people: names that are put together in one order, and numbers that nobody has.

use crate::refusal::Refusal;
use crate::values::identifiers::IdNumber;

const SURNAMES: [&str; 31] = [
    "李", "王", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "彭",
];

const GIVEN: [&str; 40] = [
    "一诺", "子涵", "雨桐", "梓轩", "欣怡", "浩然", "思远", "佳宁", "俊杰", "诗涵", "明轩", "可欣", "宇航", "梦琪",
    "嘉豪", "语嫣", "天佑", "若曦", "博文", "静怡", "睿哲", "依依", "泽宇", "晨曦", "文博", "雅婷", "志远", "乐怡",
    "承宇", "芷若", "家乐", "书瑶", "景行", "安然", "子墨", "清扬", "星辰", "慕言", "知行", "未晞",
];

/// The name of a pupil: no two of the first 1,240 are alike.
pub(super) fn pupil(number: usize) -> String {
    let surname = surname(number);
    let (round, place) = (number / SURNAMES.len(), number % SURNAMES.len());
    let given = GIVEN.get((round + 7 * place) % GIVEN.len()).copied().unwrap_or("安");
    format!("{surname}{given}")
}

/// The name of a pupil whose guardian is called as somebody is.
pub(super) fn child_of(guardian: &str, number: usize) -> String {
    guardian.chars().take(1).chain(pupil(number).chars().skip(1)).collect()
}

/// What its guardian is called.
pub(super) fn guardian(number: usize) -> String {
    let title = if number.is_multiple_of(3) { "先生" } else { "女士" };
    format!("{}{title}", surname(number))
}

/// What a teacher is called.
pub(super) fn teacher(number: usize) -> String {
    format!("{}老师", surname(number * 5 + 3))
}

fn surname(number: usize) -> &'static str {
    SURNAMES.iter().cycle().nth(number % SURNAMES.len()).copied().unwrap_or("李")
}

/// A mobile number that looks invented.
pub(super) fn phone(number: usize) -> String {
    format!("1990000{number:04}")
}

/// An ID number of a region that has issued none, with its check digit: of somebody born in a year.
pub(super) fn id_number(number: usize, born: usize) -> Result<String, Refusal> {
    let (month, day) = (number % 12 + 1, number % 28 + 1);
    let first = format!("430600{born}{month:02}{day:02}{:03}", number % 1_000);
    let mut numbers = "0123456789X".chars().map(|last| format!("{first}{last}"));
    numbers.find(|text| IdNumber::new(text).is_ok()).ok_or_else(|| Refusal::internal("an ID number"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn people_are_told_apart() {
        let names: BTreeSet<String> = (0..1_240).map(pupil).collect();
        assert_eq!(names.len(), 1_240);
        let numbers: BTreeSet<String> = (0..400).filter_map(|number| id_number(number, 2014).ok()).collect();
        assert_eq!(numbers.len(), 400);
    }
}
