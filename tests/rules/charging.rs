//! 五.2, 六.2, 六.5: approved first, once a term, into the dedicated account, what is listed, by the school.

use kehou::rules::calendar::{DayKind, SpecialDay};
use kehou::rules::charging::{ChargeFacts, FeeItem, asked_again, check_charge, second_charge};
use kehou::rules::document::{Collector, FeeItemKind, Season};
use kehou::rules::facts::Facts;
use kehou::rules::schedule::ServiceDays;
use kehou::rules::{Finding, Severity};
use serde_json::json;
use time::macros::date;

use crate::support::Case;

fn right() -> ChargeFacts<'static> {
    ChargeFacts {
        document: "岳教体发〔2019〕11号",
        school_year: "2024-2025",
        season: Season::Autumn,
        is_approved: true,
        is_charged: false,
        has_account: true,
        collector: Collector::School,
        items: &[],
    }
}

/// Wrong in every way that a rule has a sentence for.
pub fn wrong() -> ChargeFacts<'static> {
    ChargeFacts {
        is_approved: false,
        is_charged: true,
        has_account: false,
        collector: Collector::Partner,
        items: meals(),
        ..right()
    }
}

fn meals() -> &'static [FeeItem] {
    let item = |kind, name: &str| FeeItem { kind, name: name.to_owned(), amount_fen: 1_500 };
    Box::leak(Box::new([item(FeeItemKind::Meal, "晚餐"), item(FeeItemKind::Other, "资料")]))
}

fn said(charge: &ChargeFacts<'_>) -> Vec<String> {
    let findings = check_charge(charge);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Error));
    findings.iter().map(|finding| format!("{} {}", finding.rule, finding.pointer).trim_end().to_owned()).collect()
}

fn only(charge: &ChargeFacts<'_>) -> Finding {
    let mut findings = check_charge(charge);
    assert_eq!(findings.len(), 1);
    findings.remove(0)
}

#[test]
fn a_charge_by_the_book_passes_and_every_fault_is_said_at_once() {
    assert_eq!(said(&right()), Vec::<String>::new());
    let all = [
        "approved-before-charging",
        "once-per-term-fee /student_id",
        "dedicated-account",
        "no-unlisted-charge /items/0",
        "no-unlisted-charge /items/1",
        "no-duplicate-charge /collector",
    ];
    assert_eq!(said(&wrong()), all);
}

#[test]
fn approved_before_charging_waits_for_the_approval() {
    let finding = only(&ChargeFacts { is_approved: false, ..right() });
    assert_eq!((finding.rule.as_ref(), finding.clause.as_ref()), ("approved-before-charging", "五.2"));
}

#[test]
fn once_per_term_fee_names_the_term_and_nothing_else() {
    let finding = only(&ChargeFacts { is_charged: true, ..right() });
    assert_eq!(finding, second_charge("岳教体发〔2019〕11号", "2024-2025", Season::Autumn));
    let known: Vec<&str> = finding.params.keys().map(AsRef::as_ref).collect();
    assert_eq!(known, ["school_year", "season", "season_en", "season_zh"], "never the other school");
}

#[test]
fn dedicated_account_must_be_there() {
    assert_eq!(said(&ChargeFacts { has_account: false, ..right() }), ["dedicated-account"]);
}

#[test]
fn no_unlisted_charge_points_at_every_item() {
    let charge = ChargeFacts { items: meals(), ..right() };
    assert_eq!(said(&charge), ["no-unlisted-charge /items/0", "no-unlisted-charge /items/1"]);
    let first = &check_charge(&charge)[0];
    assert_eq!((first.params["kind_zh"].as_str(), first.params["amount_yuan"].as_str()), ("餐费", "15.00"));
}

#[test]
fn no_duplicate_charge_binds_every_collector_but_the_school() {
    for (collector, fine) in [
        (Collector::School, true),
        (Collector::Partner, false),
        (Collector::ParentsCommittee, false),
        (Collector::SocialBody, false),
    ] {
        let expected: &[&str] = if fine { &[] } else { &["no-duplicate-charge /collector"] };
        assert_eq!(said(&ChargeFacts { collector, ..right() }), expected, "{collector:?}");
    }
}

#[test]
fn calendar_missing_is_not_asked_again_by_another_calendar_than_the_one_that_counted_the_days() {
    // A term of a year that is not built in: its days were counted once it was entered, and nothing is wrong.
    let case = Case::compliant()
        .set("/term/opens_on", json!("2027-09-01"))
        .set("/term/ends_on", json!("2027-12-31"))
        .set("/term/service_to", json!("2027-12-31"));
    let holiday = SpecialDay {
        date: date!(2027 - 10 - 01),
        kind: DayKind::Holiday,
        zh: "国庆节".to_owned(),
        en: "National Day".to_owned(),
    };
    let entered = case.calendar.clone().with_year(2027, [holiday]);
    let document = case.document();
    let days = ServiceDays::of(&document.term, &case.profile, &entered, &[]);
    let facts = Facts { accepted_on: Some(date!(2027 - 10 - 08)), ..Facts::default() };
    assert_eq!(asked_again(&document, &facts, &case.profile, &days), []);
}
