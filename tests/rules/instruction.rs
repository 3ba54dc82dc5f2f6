//! 二.3, 六.5: never collective teaching or make-up lessons, in any guise.

use serde_json::{Value, json};

use crate::support::{Case, numbers};

/// Severity and word of each hit in a text, which stands in the outline, and in the name if it is short enough.
fn hits(text: &str) -> Vec<String> {
    let read = |field: &str| {
        let report = Case::compliant().set(&format!("/projects/1/{field}"), json!(text)).report();
        let found = report.findings.into_iter().filter(|finding| finding.rule == "no-collective-instruction");
        let lines = found.map(|finding| {
            assert_eq!(finding.pointer, format!("/projects/1/{field}"));
            format!("{:?} {}", finding.severity, numbers(&finding, ["word"])[0])
        });
        lines.collect::<Vec<_>>()
    };
    let outline = read("outline");
    if !text.contains('\n') && text.chars().count() <= 60 {
        assert_eq!(read("name"), outline, "{text}");
    }
    outline
}

#[test]
fn no_collective_instruction_refuses_its_words() {
    for (text, word) in
        [("周末补课", "补课"), ("讲授新课", "新课"), ("数理培优班招生", "培优班"), ("提前学下册内容", "提前学")]
    {
        let found = hits(text);
        assert!(found.contains(&format!("Error {word}")), "{text}: {found:?}");
    }
    assert_eq!(hits("数学补课"), ["Warning 数学", "Error 补课"]);
    assert_eq!(hits("补课，还是补课"), ["Error 补课"], "each word once a text");
}

#[test]
fn no_collective_instruction_sees_through_traditional_characters_and_separators() {
    for text in ["補課", "补·课", "补-课", "补“课”班", "周末補·課", "补★课", "补\u{336}课"] {
        assert!(hits(text).contains(&"Error 补课".to_owned()), "{text}");
    }
    for (text, word) in [("周末补习", "补习"), ("集体上课", "集体上课"), ("全班集體教學", "集体教学")]
    {
        assert!(hits(text).contains(&format!("Error {word}")), "{text}");
    }
    assert_eq!(hits("培优补差"), ["Warning 培优"]);
    assert_eq!(hits("由任课教师对全班统一讲授"), ["Warning 统一讲授"]);
    // Words of a profile are folded as well.
    let own = Case::compliant().under(|profile| profile.words.refused.push("衝刺班".to_owned()));
    let own = own.set("/projects/1/name", json!("冲刺班"));
    assert_eq!(own.says("no-collective-instruction"), ["error /projects/1/name"]);
}

#[test]
fn no_collective_instruction_warns_of_subjects_and_tutoring_at_most() {
    for word in ["语文", "数学", "英语", "物理", "化学", "生物", "历史", "地理", "政治", "道德与法治", "辅导", "奥数"]
    {
        assert_eq!(hits(&format!("趣味{word}")), [format!("Warning {word}")], "{word}");
    }
}

#[test]
fn no_collective_instruction_sees_through_spaces_and_full_width_forms() {
    for text in ["补 课", "补　课", "补\u{200b}课", "补\u{ad}课", "⽇常补课", "（补课）"] {
        assert!(hits(text).contains(&"Error 补课".to_owned()), "{text:?}");
    }
    // Words of a profile in Latin letters: full-width and compatibility forms are the same word.
    let case = |text: &str| {
        let change = |words: &mut Vec<String>| words.push("VIP班".to_owned());
        Case::compliant().under(|profile| change(&mut profile.words.refused)).set("/projects/1/name", json!(text))
    };
    for text in ["VIP班", "ＶＩＰ班", "Ｖ Ｉ Ｐ 班", "V\u{2060}IP班"] {
        assert_eq!(case(text).says("no-collective-instruction"), ["error /projects/1/name"], "{text}");
    }
}

#[test]
fn no_collective_instruction_lets_homework_and_free_help_pass() {
    for text in ["作业辅导", "免费辅导", "免费辅导帮助学习有困难的学生", "作业 辅导", "趣味运动"]
    {
        assert_eq!(hits(text), [] as [&str; 0], "{text}");
    }
    assert_eq!(hits("作业辅导与课外辅导"), ["Warning 辅导"], "only the words themselves pass");
    for text in [
        "弥补课业不足",
        "填补课间空档",
        "创新课程",
        "更新课桌",
        "新课标推荐书目",
        "新课堂",
        "新课题",
        "新课改",
        "新课余生活",
        "修补课桌",
        "提前学会",
    ] {
        assert_eq!(hits(text), [] as [&str; 0], "{text}: the characters meet by chance");
    }
}

#[test]
fn no_collective_instruction_reads_a_ban_as_a_promise_and_shows_it() {
    for text in [
        "严禁变相补课",
        "严禁任何形式的补课",
        "不得讲授新课",
        "不讲新课",
        "杜绝补课、提前学",
        "绝不组织学生集体补课",
        "不 得 补 课",
        "没有补课内容",
        "不是补课",
        "不以补课为目的",
        "课后服务禁止：补课、上新课",
        "严禁以任何名义组织学生集体补课",
    ] {
        let found = hits(text);
        assert!(!found.is_empty() && found.iter().all(|hit| hit.starts_with("Warning")), "{text}: {found:?}");
    }
    let shown = Case::compliant().set("/projects/1/outline", json!("严禁变相补课"));
    assert_eq!(shown.says("no-collective-instruction"), ["warning/forbidden /projects/1/outline"]);
    for text in [
        "严禁打闹。周六补课",
        "严禁打闹，周六补课",
        "严禁打闹\n周六补课",
        "严禁打闹；补课",
        "严禁打闹：补课",
        "不得不补课",
        "不得缺席补课",
        "补课，严禁打闹",
        "周六补课，不得拒绝",
        "防止学生成绩下降进行补课",
        "严禁学生不参加补课",
        "严禁请假补课不来",
        "严禁学生不上补课",
        "不以补课费为收入", // the second part of the ban does not follow
    ] {
        assert_eq!(hits(text), ["Error 补课"], "{text}: the ban is about something else");
    }
    assert_eq!(hits("严禁补课，周六补课"), ["Error 补课", "Warning 补课"], "banned here and announced there");
}

#[test]
fn no_collective_instruction_lets_a_ban_reach_sixteen_characters() {
    for (between, banned) in [(14, true), (15, true), (16, false)] {
        let text = format!("严禁{}补课", "在".repeat(between));
        let severity = if banned { "Warning" } else { "Error" };
        assert_eq!(hits(&text), [format!("{severity} 补课")], "{between} characters between");
    }
}

#[test]
fn no_collective_instruction_reads_names_and_outlines_only() {
    for field in ["safety", "content", "time", "mode", "fees", "spending"] {
        let case = Case::compliant().set(&format!("/notice/{field}"), json!("周六补课，讲新课。"));
        assert_eq!(case.says("no-collective-instruction"), [] as [&str; 0], "{field}");
    }
    let both = Case::compliant().set("/projects/0/name", json!("补课班")).set("/projects/0/outline", json!("讲新课"));
    let expected = ["error /projects/0/name", "error /projects/0/outline"];
    assert_eq!(both.says("no-collective-instruction"), expected);
}

#[test]
fn no_collective_instruction_refuses_teaching_by_category() {
    for category in ["regular_teaching", "make_up_lessons"] {
        let case = Case::compliant().set("/projects/1/category", json!(category));
        assert_eq!(case.says("no-collective-instruction"), ["error/category /projects/1/category"], "{category}");
        assert_eq!(case.only("no-collective-instruction").clause, "六.5");
    }
    let homework = Case::compliant().set("/projects/1/category", json!("homework"));
    assert_eq!(homework.says("no-collective-instruction"), [] as [&str; 0]);
}

#[test]
fn no_collective_instruction_is_not_lifted_by_an_exemption() {
    let case = Case::compliant().set("/projects/1/outline", json!("补课")).exempted("no-collective-instruction");
    assert_eq!(case.says("no-collective-instruction"), ["error /projects/1/outline"]);
    let empty = Case::compliant().set("/projects/1/outline", Value::Null);
    assert_eq!(empty.says("no-collective-instruction"), [] as [&str; 0]);
}
