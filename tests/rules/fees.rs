//! 六.2, 三.3: who may charge, how much, by which document, and what is free.

use kehou::rules::document::{SchoolArea, Stage};
use kehou::rules::profile::FeeStandard;
use serde_json::{Value, json};

use crate::support::{Case, numbers, project, slot, standard};

const NONE: [&str; 0] = [];

#[test]
fn who_may_charge_refuses_each_fee_of_a_private_school() {
    let private = Case::compliant().set("/school/ownership", json!("private"));
    assert_eq!(Case::compliant().says("who-may-charge"), NONE);
    assert_eq!(private.says("who-may-charge"), ["error /projects/1/fee"], "the free project is fine");
    assert_eq!(numbers(&private.only("who-may-charge"), ["ownership", "project"]), ["private", "乒乓球"]);
    assert_eq!(private.only("who-may-charge").clause, "六.2");
    let permitted = private.clone().under(|profile| profile.private_schools_may_charge = true);
    assert_eq!(permitted.says("who-may-charge"), NONE);
    let free = private
        .set("/projects/1/fee", json!({"kind": "free", "amount_fen": null, "price_document": null}))
        .set("/budget/income/0/source", json!("school"));
    assert_eq!(free.says("who-may-charge"), NONE, "a plan with no fees is valid");
}

#[test]
fn free_help_is_free_at_any_amount() {
    for (amount_fen, says) in [(Value::Null, 0), (json!(0), 0), (json!(1), 1), (json!(200), 1)] {
        for kind in ["per_lesson", "per_term", "free"] {
            let case = Case::compliant()
                .set("/projects/1/category", json!("free_help"))
                .set("/projects/1/fee/kind", json!(kind))
                .set("/projects/1/fee/amount_fen", amount_fen.clone());
            assert_eq!(case.says("free-help-is-free").len(), says, "{kind} {amount_fen}");
        }
    }
    let case = Case::compliant().set("/projects/1/category", json!("free_help"));
    let finding = case.only("free-help-is-free");
    assert_eq!((finding.pointer.as_str(), finding.clause.as_ref()), ("/projects/1/fee/amount_fen", "三.3"));
    assert_eq!(numbers(&finding, ["amount_fen", "amount_yuan"]), ["200", "2.00"]);
    let other = case.set("/projects/1/category", json!("homework"));
    assert_eq!(other.says("free-help-is-free"), NONE);
}

#[test]
fn fee_within_standard_asks_for_the_price_document_of_every_fee() {
    let missing = Case::compliant().set("/projects/1/fee/price_document", Value::Null);
    assert_eq!(missing.says("fee-within-standard"), ["error/document /projects/1/fee/price_document"]);
    let free = missing.set("/projects/1/fee/amount_fen", Value::Null).set("/projects/1/fee/kind", json!("free"));
    assert_eq!(free.says("fee-within-standard"), NONE);
}

fn per_lesson(max: i64) -> FeeStandard {
    FeeStandard { per_lesson_max_fen: Some(max), ..standard() }
}

#[test]
fn fee_within_standard_by_lesson() {
    for (amount, over) in [(199, false), (200, false), (201, true)] {
        let case = Case::compliant().set("/projects/1/fee/amount_fen", json!(amount)).standard(per_lesson(200));
        let expected: &[&str] = if over { &["error /projects/1/fee/amount_fen"] } else { &[] };
        assert_eq!(case.says("fee-within-standard"), expected, "{amount}");
    }
    let finding = Case::compliant()
        .set("/projects/1/fee/amount_fen", json!(350))
        .standard(per_lesson(200))
        .only("fee-within-standard");
    assert_eq!(
        numbers(&finding, ["amount_yuan", "max_yuan", "standard", "lessons"]),
        ["3.50", "2.00", "岳发改价〔2020〕8号", "1"]
    );
}

/// The club meets on 17 Tuesdays of the term: 2024-09-03 to 2025-01-07 without the two holidays.
#[test]
fn fee_within_standard_by_lesson_binds_a_fee_for_the_term_too() {
    for (amount, over) in [(3_399, false), (3_400, false), (3_401, true)] {
        let case = Case::compliant()
            .set("/projects/1/fee", json!({"kind": "per_term", "amount_fen": amount, "price_document": "x"}))
            .standard(per_lesson(200));
        assert_eq!(case.says("fee-within-standard").len(), usize::from(over), "{amount}");
        if over {
            assert_eq!(numbers(&case.only("fee-within-standard"), ["lessons", "max_fen"]), ["17", "200"]);
        }
    }
}

#[test]
fn fee_within_standard_by_day_adds_what_one_pupil_can_take_on_a_day() {
    let day = |max| FeeStandard { per_day_max_fen: Some(max), ..standard() };
    // The homework lesson ends when the club begins, so a pupil can have both: 2 + 3 yuan.
    let both = Case::compliant()
        .set("/projects/0/fee", json!({"kind": "per_lesson", "amount_fen": 300, "price_document": "x"}))
        .set("/projects/0/slots/1", slot(2, "16:10", "16:50", "all"))
        .set("/projects/1/slots/0", slot(2, "16:50", "17:30", "all"));
    for (max, over) in [(501, false), (500, false), (499, true)] {
        let expected: &[&str] =
            if over { &["error/grade /school/grades/0", "error/grade /school/grades/1"] } else { &[] };
        assert_eq!(both.clone().standard(day(max)).says("fee-within-standard"), expected, "{max}");
    }
    // At the same time there is only one of them, the dearer.
    let clash = both.set("/projects/1/slots/0", slot(2, "16:49", "17:30", "all"));
    for (max, says) in [(300, 0), (299, 2)] {
        assert_eq!(clash.clone().standard(day(max)).says("fee-within-standard").len(), says, "{max}");
    }
    let report = clash.standard(day(299)).report();
    let finding = report.findings.iter().find(|finding| finding.rule == "fee-within-standard").unwrap();
    assert_eq!(numbers(finding, ["grade", "amount_fen", "max_fen", "unit_en"]), ["3, 4", "300", "299", "a day"]);
}

#[test]
fn fee_within_standard_by_term() {
    let term = |max| FeeStandard { per_term_max_fen: Some(max), ..standard() };
    for (max, says) in [(3_401, 0), (3_400, 0), (3_399, 2)] {
        let case = Case::compliant().standard(term(max));
        assert_eq!(case.says("fee-within-standard").len(), says, "17 lessons at 2 yuan, {max}");
    }
    // The plan's own ceiling keeps to the standard.
    for (ceiling, says) in [(3_000, 0), (3_001, 2)] {
        let case = Case::compliant().set("/budget/pupil_term_max_fen", json!(ceiling)).standard(term(3_000));
        assert_eq!(case.says("fee-within-standard").len(), says, "{ceiling}");
    }
    // A fee for the term comes back whole.
    for (max, says) in [(10_000, 0), (9_999, 2)] {
        let fee = json!({"kind": "per_term", "amount_fen": 10_000, "price_document": "x"});
        let case = Case::compliant().set("/projects/1/fee", fee).standard(term(max));
        assert_eq!(case.says("fee-within-standard").len(), says, "{max}");
    }
}

/// December has five Tuesdays, no other month of the autumn more than four.
#[test]
fn fee_within_standard_by_month() {
    for (max, says) in [(1_000, 0), (999, 2)] {
        let case = Case::compliant().standard(FeeStandard { per_month_max_fen: Some(max), ..standard() });
        assert_eq!(case.says("fee-within-standard").len(), says, "{max}");
    }
    let case = Case::compliant().standard(FeeStandard { per_month_max_fen: Some(999), ..standard() });
    let finding = case.report().findings.into_iter().find(|finding| finding.rule == "fee-within-standard").unwrap();
    assert_eq!(numbers(&finding, ["grade", "amount_fen", "max_fen", "unit_en"]), ["3, 4", "1000", "999", "a month"]);
}

#[test]
fn fee_within_standard_by_lessons_billed_a_day() {
    let billed = FeeStandard { lessons_billed_a_day: Some(2), ..standard() };
    for (lessons, over) in [(1, false), (2, false), (3, true)] {
        let case = Case::compliant()
            .set("/projects/1/lessons_per_day", json!(lessons))
            .set("/projects/1/lesson_minutes", json!(20))
            .standard(billed.clone());
        let expected: &[&str] = if over { &["error/lessons /projects/1/lessons_per_day"] } else { &[] };
        assert_eq!(case.says("fee-within-standard"), expected, "{lessons}");
    }
    // With a cap by day beside it, only that many lessons of a day count.
    let capped = FeeStandard { per_day_max_fen: Some(400), lessons_billed_a_day: Some(2), ..standard() };
    let three = Case::compliant()
        .push("/projects", project("绘画", "arts", &[2], &json!(200)))
        .push("/projects", project("合唱", "arts", &[2], &json!(200)))
        .set("/projects/1/slots/0", slot(2, "16:10", "16:30", "all"))
        .set("/projects/2/slots/0", slot(2, "16:30", "16:50", "all"))
        .set("/projects/3/slots/0", slot(2, "16:50", "17:10", "all"));
    assert_eq!(three.clone().standard(capped).says("fee-within-standard"), NONE);
    let uncapped = FeeStandard { per_day_max_fen: Some(400), ..standard() };
    assert_eq!(three.standard(uncapped).says("fee-within-standard").len(), 2);
}

#[test]
fn fee_within_standard_by_stage_and_area() {
    for (stage, area, binds) in [
        (None, None, true),
        (Some(Stage::Primary), None, true),
        (Some(Stage::Junior), None, false),
        (None, Some(SchoolArea::Town), true),
        (None, Some(SchoolArea::Urban), false),
        (None, Some(SchoolArea::Rural), false),
        (Some(Stage::Primary), Some(SchoolArea::Town), true),
        (Some(Stage::Primary), Some(SchoolArea::Urban), false),
    ] {
        let case = Case::compliant().standard(FeeStandard { stage, area, ..per_lesson(100) });
        assert_eq!(case.says("fee-within-standard").len(), usize::from(binds), "{stage:?} {area:?}");
    }
}

#[test]
fn fee_within_standard_takes_the_stage_from_the_grade() {
    for (grade, binds) in [(6, true), (7, false)] {
        let case = Case::compliant()
            .push("/school/grades", json!({"grade": grade, "classes": 2}))
            .set("/projects/1/grades", json!([grade]))
            .standard(FeeStandard { stage: Some(Stage::Primary), ..per_lesson(100) });
        assert_eq!(case.says("fee-within-standard").len(), usize::from(binds), "{grade}");
    }
}

#[test]
fn fee_within_standard_takes_the_strictest_standard_of_profile_and_file() {
    let case = |own: i64, filed: i64| {
        Case::compliant().under(|profile| profile.fee_standards.push(per_lesson(own))).standard(per_lesson(filed))
    };
    for (own, filed, says) in [(200, 300, 0), (300, 200, 0), (199, 300, 1), (300, 199, 1)] {
        assert_eq!(case(own, filed).says("fee-within-standard").len(), says, "{own} {filed}");
    }
}

#[test]
fn fee_within_standard_is_judged_beyond_the_announced_calendar() {
    let beyond =
        |case: Case| case.set("/term/service_to", json!("2027-01-15")).set("/term/ends_on", json!("2027-01-15"));
    let paid = beyond(Case::compliant()).standard(per_lesson(100));
    assert!(paid.is_judged("fee-within-standard"));
    assert_eq!(paid.says("fee-within-standard").len(), 1);
    let free = json!({"kind": "free", "amount_fen": null, "price_document": null});
    assert!(beyond(Case::compliant()).set("/projects/1/fee", free).is_judged("fee-within-standard"));
}

#[test]
fn no_standard_on_file_tells_the_reviewer_once() {
    assert_eq!(Case::compliant().says("no-standard-on-file"), ["warning /projects/1/fee"]);
    let two = Case::compliant().push("/projects", project("绘画", "arts", &[3], &json!(200)));
    assert_eq!(two.says("no-standard-on-file"), ["warning /projects/1/fee", "warning /projects/2/fee"]);
    assert_eq!(numbers(&two.only("no-standard-on-file"), ["project"]), ["乒乓球、绘画"]);
    let free = json!({"kind": "free", "amount_fen": null, "price_document": null});
    assert_eq!(Case::compliant().set("/projects/1/fee", free).says("no-standard-on-file"), NONE);
}

#[test]
fn no_standard_on_file_knows_which_standards_fit_and_have_a_limit() {
    for (given, missing) in [
        (per_lesson(1), false),
        (FeeStandard { per_day_max_fen: Some(1), ..standard() }, false),
        (FeeStandard { per_term_max_fen: Some(1), ..standard() }, false),
        (standard(), true),
        (FeeStandard { lessons_billed_a_day: Some(2), ..standard() }, true),
        (FeeStandard { stage: Some(Stage::Junior), ..per_lesson(1) }, true),
        (FeeStandard { area: Some(SchoolArea::Rural), ..per_lesson(1) }, true),
    ] {
        let case = Case::compliant().standard(given.clone());
        assert_eq!(!case.says("no-standard-on-file").is_empty(), missing, "{given:?}");
    }
}

#[test]
fn who_may_charge_of_private_schools_that_board_their_pupils() {
    let private = |boarding: bool, all: bool, boarders: Option<bool>| {
        Case::compliant().set("/school/ownership", json!("private")).set("/school/boarding", json!(boarding)).under(
            |profile| {
                profile.private_schools_may_charge = all;
                profile.private_boarding_schools_may_charge = boarders;
            },
        )
    };
    for (boarding, all, boarders, may) in [
        (false, true, Some(false), true),
        (true, true, Some(false), false),
        (true, false, Some(true), true),
        (false, false, Some(true), false),
        (true, true, None, true),
        (true, false, None, false),
    ] {
        let case = private(boarding, all, boarders);
        assert_eq!(case.says("who-may-charge").is_empty(), may, "{boarding} {all} {boarders:?}");
    }
    let mut case = private(true, true, Some(false));
    case.profile.documents.insert("private_boarding_schools_may_charge", "长教通〔2022〕1号".to_owned());
    let finding = case.only("who-may-charge");
    assert_eq!((finding.document.as_str(), finding.clause.as_ref()), ("长教通〔2022〕1号", ""));
}

#[test]
fn who_may_charge_asks_for_guardians_money_in_the_budget_as_well() {
    let free = json!({"kind": "free", "amount_fen": null, "price_document": null});
    let case = Case::compliant().set("/school/ownership", json!("private")).set("/projects/1/fee", free);
    assert_eq!(case.says("who-may-charge"), ["error/income /budget/income/0"]);
    let none = case.set("/budget/income/0/amount_fen", json!(0));
    assert_eq!(none.says("who-may-charge"), [] as [&str; 0]);
}

#[test]
fn fee_within_standard_takes_no_word_for_a_document() {
    for (document, fine) in [
        ("无", false),
        ("暂无。", false),
        ("——", false),
        ("待定", false),
        ("无锡发改价〔2020〕1号", true),
        ("岳发改价〔2020〕8号", true),
    ] {
        let case = Case::compliant().set("/projects/1/fee/price_document", json!(document));
        assert_eq!(case.says("fee-within-standard").is_empty(), fine, "{document}");
    }
}
