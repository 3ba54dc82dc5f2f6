//! The real cases, as far as a plan alone says: what the schools published, judged by `yueyang-2019`.

use kehou::rules::document::{PlanDocument, PlanProject};
use kehou::rules::facts::Facts;
use kehou::rules::profile::FeeStandard;
use kehou::rules::schedule::ServiceDays;
use serde_json::{Value, json};
use time::macros::date;

use crate::support::{Case, dismissals, numbers, project, slot, standard};

const NONE: [&str; 0] = [];

/// What the projects of one pupil come to in a term.
#[derive(Debug, PartialEq, Eq)]
struct PupilTerm {
    /// Days on which any of the projects meets.
    service_days: i64,
    lessons: i64,
    fee_fen: i64,
}

/// As a charge adds it up.
fn pupil_term(days: &ServiceDays, document: &PlanDocument, projects: &[&PlanProject]) -> PupilTerm {
    let any = projects.iter().map(|project| (*project).clone()).collect();
    let fees = projects.iter().filter_map(|project| days.fee_of(project)).map(|fee| fee.amount_fen).sum();
    PupilTerm {
        service_days: days.with_service(&PlanDocument { projects: any, ..document.clone() }),
        lessons: projects.iter().map(|project| days.lessons_of(project)).sum(),
        fee_fen: document.budget.capped(fees),
    }
}

/// Homework, and one of the clubs that run at the same time: what each pupil of case A takes.
fn two_lessons(case: &Case) -> PupilTerm {
    let document = case.document();
    let days = ServiceDays::of(&document.term, &case.profile, &case.calendar, &[]);
    pupil_term(&days, &document, &[&document.projects[0], &document.projects[1]])
}

#[test]
fn case_a_passes_with_two_warnings_for_the_reviewer() {
    let report = Case::miaotian().report();
    let found: Vec<_> = report.findings.iter().map(|finding| finding.rule.as_ref()).collect();
    assert_eq!(found, ["no-collective-instruction", "no-standard-on-file"], "its outline forbids 新课");
    assert_eq!(report.not_judged, NONE);
}

#[test]
fn case_a_comes_to_87_days_and_696_yuan_and_a_week_later_to_736() {
    for (last, service_days, lessons, fee_fen) in [("2025-01-10", 87, 174, 69_600), ("2025-01-17", 92, 184, 73_600)] {
        let case = Case::miaotian().set("/term/service_to", json!(last));
        assert_eq!(two_lessons(&case), PupilTerm { service_days, lessons, fee_fen }, "{last}");
    }
}

#[test]
fn case_a_is_filed_by_the_make_up_saturday() {
    for (accepted_on, late) in [(date!(2024 - 09 - 14), false), (date!(2024 - 09 - 15), true)] {
        let case = Case::miaotian().accepted_on(accepted_on);
        let expected: &[&str] = if late { &["filing-window /term/opens_on"] } else { &[] };
        assert_eq!(case.errors(), expected, "{accepted_on}");
    }
    let finding = Case::miaotian().accepted_on(date!(2024 - 09 - 15)).only("filing-window");
    assert_eq!(numbers(&finding, ["deadline"]), ["2024-09-14"]);
}

#[test]
fn case_a_breaks_a_term_cap_of_700_yuan_in_its_longer_form() {
    for (last, over) in [("2025-01-10", false), ("2025-01-17", true)] {
        let cap = FeeStandard { per_term_max_fen: Some(70_000), ..standard() };
        let case = Case::miaotian().set("/term/service_to", json!(last)).standard(cap);
        let expected: &[&str] = if over {
            &["error/grade /school/grades/0", "error/grade /school/grades/1", "error/grade /school/grades/2"]
        } else {
            &[]
        };
        assert_eq!(case.says("fee-within-standard"), expected, "{last}");
    }
}

/// The six slots to 18:10: four of homework, two of the choir.
const LATE: [&str; 6] = [
    "service-end-time /projects/1/slots/1/ends_at",
    "service-end-time /projects/1/slots/2/ends_at",
    "service-end-time /projects/1/slots/3/ends_at",
    "service-end-time /projects/1/slots/4/ends_at",
    "service-end-time /projects/2/slots/0/ends_at",
    "service-end-time /projects/2/slots/1/ends_at",
];

#[test]
fn case_c_in_spring_fails_on_its_ten_past_six_slots_only() {
    let case = Case::xianyou();
    assert_eq!(case.errors(), LATE);
    let report = case.report();
    for finding in &report.findings {
        assert_eq!(numbers(finding, ["ends_at", "latest", "timetable"]), ["18:10", "18:00", "standard"]);
    }
}

#[test]
fn case_c_with_noon_care_fails_on_content_and_dismissal_too() {
    let mut noon = project("午间托管", "noon_care", &[1, 2, 3, 4, 5], &Value::Null);
    noon["grades"] = json!([1, 2]);
    noon["slots"] = (1..=5).map(|weekday| slot(weekday, "12:00", "14:00", "all")).collect();
    let case = Case::xianyou().push("/projects", noon);
    let mut expected = vec!["allowed-content /projects/3/category".to_owned()];
    // One finding for two grades on five weekdays.
    expected.extend((0..5).map(|slot| format!("starts-after-dismissal /projects/3/slots/{slot}/starts_at")));
    expected.extend(LATE.map(str::to_owned));
    assert_eq!(case.errors(), expected);
}

#[test]
fn case_c_in_a_winter_period_fails_on_its_twenty_to_six_slots_as_well() {
    let case = Case::xianyou().set("/term/winter_periods", json!([{"from": "2022-02-14", "to": "2022-02-28"}]));
    let twenty_to_six = (1..=4).map(|slot| format!("service-end-time /projects/0/slots/{slot}/ends_at"));
    let expected: Vec<String> = twenty_to_six.chain(LATE.map(str::to_owned)).collect();
    assert_eq!(case.errors(), expected, "16:45 on Monday passes");
    let report = case.report();
    assert!(report.findings.iter().all(|finding| numbers(finding, ["latest"]) == ["17:30"]));
}

/// 常熟市张桥中心小学: 300 yuan a term for all grades.
fn zhangqiao() -> Case {
    let grades: Vec<i64> = (1..=6).collect();
    let rows: Value = grades.iter().map(|grade| json!({"grade": grade, "classes": 4})).collect();
    let fee = json!({"kind": "per_term", "amount_fen": 30_000, "price_document": "invented〔2022〕1号"});
    Case::compliant()
        .set("/school/grades", rows)
        .set("/school/dismissals", dismissals(&grades, "16:00"))
        .set("/school/approved_dismissals", dismissals(&grades, "16:00"))
        .set("/projects", json!([project("课后服务", "homework", &[1, 2, 3, 4, 5], &Value::Null)]))
        .set("/projects/0/grades", json!(grades))
        .set("/projects/0/fee", fee)
}

#[test]
fn case_d_charges_300_yuan_once_and_no_meals() {
    let case = zhangqiao();
    assert_eq!(case.errors(), NONE);
    let document = case.document();
    let days = ServiceDays::of(&document.term, &case.profile, &case.calendar, &[]);
    assert_eq!(pupil_term(&days, &document, &[&document.projects[0]]).fee_fen, 30_000);
    for (cap, says) in [(30_000, 0), (29_999, 6)] {
        let standard = FeeStandard { per_term_max_fen: Some(cap), ..standard() };
        assert_eq!(case.clone().standard(standard).says("fee-within-standard").len(), says, "{cap}");
    }
    let meals = case.push("/projects", project("午餐", "meals", &[1], &json!(1_200)));
    assert!(meals.errors().contains(&"allowed-content /projects/1/category".to_owned()), "{:?}", meals.errors());
}

#[test]
fn case_e_lets_clubs_of_two_afternoons_stand_beside_an_open_project() {
    let club = |name: &str, weekdays: &[i64]| {
        let mut club = project(name, "sports", weekdays, &json!(200));
        club["seats_max"] = json!(30);
        club
    };
    let case = Case::compliant()
        .set("/term/winter_periods", json!([{"from": "2024-12-01", "to": "2025-02-28"}]))
        .set("/projects/1", club("乒乓球社团", &[1, 5]))
        .push("/projects", club("武术", &[2, 4]));
    assert_eq!(case.errors(), NONE, "pupils leave at 17:30");
    // One pupil in both clubs.
    let document = case.document();
    let days = ServiceDays::of(&document.term, &case.profile, &case.calendar, &[]);
    let [table_tennis, martial_arts] = [1, 2].map(|n| pupil_term(&days, &document, &[&document.projects[n]]));
    let both = pupil_term(&days, &document, &[&document.projects[1], &document.projects[2]]);
    assert_eq!(both.service_days, table_tennis.service_days + martial_arts.service_days, "no day in common");
    assert_eq!(both.fee_fen, table_tennis.fee_fen + martial_arts.fee_fen);
    // Without the open project pupils would be refused.
    let clubs_only = case.set("/projects/0/seats_max", json!(40));
    assert_eq!(clubs_only.errors(), ["no-refusal /school/grades/0", "no-refusal /school/grades/1"]);
}

/// 南夏墅中心小学: the spring before the policy, service from the second week, the fee "collected later".
fn nanxiashu(opens_on: &str, service_from: &str, last: &str) -> Case {
    Case::compliant()
        .set("/term/season", json!("spring"))
        .set("/term/winter_periods", json!([]))
        .set("/term/opens_on", json!(opens_on))
        .set("/term/service_from", json!(service_from))
        .set("/term/service_to", json!(last))
        .set("/term/ends_on", json!(last))
        .set("/projects/0/slots", (1..=5).map(|weekday| slot(weekday, "16:10", "18:00", "all")).collect())
}

#[test]
fn case_f_lies_before_the_policy_and_passes_a_year_later() {
    let published = nanxiashu("2019-02-18", "2019-02-25", "2019-06-28").accepted_on(date!(2019 - 02 - 20));
    assert_eq!(published.errors(), ["profile-missing /term/opens_on"]);
    let later = nanxiashu("2021-02-22", "2021-03-01", "2021-06-30").accepted_on(date!(2021 - 02 - 24));
    assert_eq!(later.errors(), NONE, "18:00 passes, and service need not begin with the term");
    let fee = json!({"kind": "per_lesson", "amount_fen": 200, "price_document": null});
    let pending = later.set("/projects/1/fee", fee);
    assert_eq!(pending.errors(), ["fee-within-standard /projects/1/fee/price_document"], "a fee cites its document");
}

#[test]
fn every_rule_that_fails_is_said_at_once() {
    let mut case = Case::miaotian()
        .accepted_on(date!(2024 - 09 - 15))
        .set("/projects/0/name", json!("数学补课"))
        .set("/projects/0/slots/0/weekday", json!(6))
        .set("/projects/0/slots/1/ends_at", json!("18:01"))
        .set("/projects/0/slots/7/ends_at", json!("17:31"))
        .set("/projects/0/seats_max", json!(45))
        .set("/school/ownership", json!("private"));
    case.facts = Facts { has_other_plan: Some(true), ..case.facts };
    let errors = case.errors();
    for expected in [
        "no-refusal /school/grades/0",
        "no-collective-instruction /projects/0/name",
        "service-days /projects/0/slots/0/weekday",
        "service-end-time /projects/0/slots/1/ends_at",
        "service-end-time /projects/0/slots/7/ends_at",
        "filing-window /term/opens_on",
        "one-filing-per-term /term",
        "who-may-charge /projects/0/fee",
    ] {
        assert!(errors.contains(&expected.to_owned()), "{expected}: {errors:?}");
    }
}
