//! What holds for every plan: nothing panics, the same facts give the same report, and stricter facts clear nothing.

use std::collections::BTreeSet;

use kehou::rules::calendar::Calendar;
use kehou::rules::facts::Exemption;
use kehou::rules::schedule::ServiceDays;
use kehou::rules::{RULES, Severity, filing_deadline, service_date};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use time::Duration;

use crate::generated::case;
use crate::support::{Case, exemption};

/// Places at which a rule finds something, each with its variant.
fn found(case: &Case, rule: &str) -> BTreeSet<String> {
    case.says(rule).into_iter().collect()
}

fn minutes(time: &Value) -> i64 {
    let (hour, minute) = time.as_str().and_then(|text| text.split_once(':')).unwrap();
    hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()
}

/// Moves a time of the day, within the day.
fn moved(time: &mut Value, by: i64) {
    let at = (minutes(time) + by).clamp(0, 23 * 60 + 59);
    *time = json!(format!("{:02}:{:02}", at / 60, at % 60));
}

fn list<'a>(case: &'a mut Case, pointer: &str) -> &'a mut Vec<Value> {
    case.plan.pointer_mut(pointer).and_then(Value::as_array_mut).unwrap()
}

fn each_slot(case: &mut Case, change: impl Fn(&mut Value)) {
    for project in list(case, "/projects") {
        project["slots"].as_array_mut().unwrap().iter_mut().for_each(&change);
    }
}

/// The plan's built-in calendar with more holidays.
fn with_holidays(case: &Case, days: &[i64]) -> Case {
    let opens_on = case.document().term.opens_on;
    let lines = days.iter().map(|days| format!("{},holiday,假日,Holiday\n", opens_on + Duration::days(*days)));
    let data = include_str!("../../data/calendar/china-2019-2026.csv");
    let calendar = Calendar::parse(&format!("{data}{}", lines.collect::<String>())).unwrap();
    Case { calendar, ..case.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_plan_panics_and_the_same_facts_give_the_same_report(case in case()) {
        let document = case.document();
        let _ = document.faults();
        let report = case.report();
        prop_assert_eq!(&report, &case.report());
        let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        for finding in &report.findings {
            prop_assert!(ids.contains(finding.rule.as_ref()));
            prop_assert!(finding.pointer.is_empty() || case.plan.pointer(&finding.pointer).is_some()
                || finding.pointer.starts_with("/notice/"), "{} is not in the plan", finding.pointer);
        }
    }

    #[test]
    fn a_later_end_clears_no_finding(case in case(), by in 1..120_i64) {
        let mut later = case.clone();
        each_slot(&mut later, |slot| moved(&mut slot["ends_at"], by));
        // Later than 18:00, a slot is no longer one that is to be split only.
        let places = |case: &Case| -> BTreeSet<String> {
            found(case, "service-end-time").into_iter().map(|line| line.replace("/split", "")).collect()
        };
        prop_assert!(places(&later).is_superset(&places(&case)));
    }

    #[test]
    fn an_earlier_start_clears_no_finding(case in case(), by in 1..120_i64) {
        let mut earlier = case.clone();
        each_slot(&mut earlier, |slot| moved(&mut slot["starts_at"], -by));
        prop_assert!(found(&earlier, "starts-after-dismissal").is_superset(&found(&case, "starts-after-dismissal")));
    }

    #[test]
    fn a_stricter_timetable_clears_no_finding(case in case(), by in 1..60_i64) {
        let mut stricter = case.clone();
        for row in list(&mut stricter, "/school/dismissals") {
            moved(&mut row["at"], by);
        }
        prop_assert!(found(&stricter, "starts-after-dismissal").is_superset(&found(&case, "starts-after-dismissal")));
        let mut shortened = case.clone();
        for row in list(&mut shortened, "/school/dismissals") {
            moved(&mut row["at"], -by);
        }
        prop_assert!(found(&shortened, "teaching-time-kept").is_superset(&found(&case, "teaching-time-kept")));
    }

    #[test]
    fn a_later_filing_and_a_shorter_window_clear_no_finding(case in case(), by in 1..30_i64) {
        let mut later = case.clone();
        later.facts.accepted_on = later.facts.accepted_on.map(|date| date + Duration::days(by));
        let shorter = case.clone().under(|profile| profile.filing_window_working_days = 9);
        for stricter in [later, shorter] {
            prop_assert!(stricter.says("filing-window").len() >= case.says("filing-window").len()
                || !stricter.is_judged("filing-window"));
        }
    }

    #[test]
    fn a_higher_fee_clears_no_finding(case in case(), which in any::<Index>(), by in 1..5_000_i64) {
        let mut dearer = case.clone();
        let projects = list(&mut dearer, "/projects");
        let at = which.index(projects.len());
        if let Some(fen) = projects[at]["fee"]["amount_fen"].as_i64() {
            projects[at]["fee"]["amount_fen"] = json!((fen + by).min(1_000_000_000_000));
        }
        for rule in ["fee-within-standard", "free-help-is-free", "who-may-charge", "no-standard-on-file"] {
            prop_assert!(found(&dearer, rule).is_superset(&found(&case, rule)), "{rule}");
        }
    }

    #[test]
    fn lower_caps_clear_no_finding(case in case(), by in 1..3_000_i64) {
        let mut lower = case.clone();
        for standard in &mut lower.facts.fee_standards {
            for limit in [
                &mut standard.per_lesson_max_fen,
                &mut standard.per_day_max_fen,
                &mut standard.per_month_max_fen,
                &mut standard.per_term_max_fen,
            ] {
                *limit = limit.map(|max| (max - by).max(0));
            }
        }
        prop_assert!(found(&lower, "fee-within-standard").is_superset(&found(&case, "fee-within-standard")));
    }

    #[test]
    fn limits_on_seats_clear_no_finding(case in case(), which in any::<Index>(), limit in 0..3_usize) {
        let mut limited = case.clone();
        let projects = list(&mut limited, "/projects");
        let at = which.index(projects.len());
        let limits = [("seats_max", json!(30)), ("seats_min", json!(5)), ("apply_until", json!("2024-09-20"))];
        let (field, value) = limits[limit].clone();
        projects[at][field] = value;
        prop_assert!(found(&limited, "no-refusal").is_superset(&found(&case, "no-refusal")));
    }

    #[test]
    fn fewer_slots_of_the_open_project_clear_no_finding(
        case in case(),
        open in any::<Index>(),
        slot in any::<Index>(),
    ) {
        let mut case = case;
        let projects = list(&mut case, "/projects");
        let open = open.index(projects.len());
        for (index, project) in projects.iter_mut().enumerate() {
            project["seats_max"] = if index == open { Value::Null } else { json!(30) };
            if index == open {
                (project["seats_min"], project["apply_until"]) = (Value::Null, Value::Null);
                project["category"] = json!("homework");
            }
        }
        let mut fewer = case.clone();
        let slots = list(&mut fewer, &format!("/projects/{open}/slots"));
        if slots.len() > 1 {
            slots.remove(slot.index(slots.len()));
        }
        let errors = |case: &Case| -> BTreeSet<String> {
            case.says("no-refusal").into_iter().filter(|line| line.starts_with("error")).collect()
        };
        prop_assert!(errors(&fewer).is_superset(&errors(&case)));
    }

    #[test]
    fn more_forbidden_words_clear_no_finding(case in case(), which in any::<Index>()) {
        let mut worse = case.clone();
        let projects = list(&mut worse, "/projects");
        let at = which.index(projects.len());
        let outline = projects[at]["outline"].as_str().unwrap_or("活动").to_owned();
        projects[at]["outline"] = json!(format!("{outline}。补课"));
        let (before, after) = (found(&case, "no-collective-instruction"), found(&worse, "no-collective-instruction"));
        prop_assert!(after.is_superset(&before));
        let expected = format!("error /projects/{at}/outline");
        let judged = worse.is_judged("no-collective-instruction");
        prop_assert!(after.contains(&expected) || !judged, "{expected} is missing");
        let longer = case.clone().under(|profile| profile.words.refused.push("趣味".to_owned()));
        prop_assert!(found(&longer, "no-collective-instruction").is_superset(&before));
    }

    #[test]
    fn more_income_or_less_cost_clear_no_profit(case in case(), by in 1..90_000_i64) {
        let mut richer = case.clone();
        list(&mut richer, "/budget/income").push(json!({"source": "donation", "amount_fen": by}));
        let mut cheaper = case.clone();
        list(&mut cheaper, "/budget/expenses").pop();
        for stricter in [richer, cheaper] {
            prop_assert!(found(&stricter, "non-profit").is_superset(&found(&case, "non-profit")));
        }
    }

    #[test]
    fn closures_and_holidays_only_take_days_away(case in case(), days in proptest::collection::vec(0..200_i64, 1..6)) {
        let term = case.document().term;
        let closures = days.iter().map(|days| (term.opens_on + Duration::days(*days), "停课".to_owned()));
        let closed = Case { calendar: case.calendar.clone().with_closures(closures), ..case.clone() };
        let held = with_holidays(&case, &days);
        let count = |case: &Case| {
            let days = ServiceDays::of(&term, &case.profile, &case.calendar, &[]);
            days.types().iter().map(|t| t.days).sum::<i64>()
        };
        let free = Case { calendar: Calendar::built_in(), ..case.clone() };
        prop_assert!(count(&closed) <= count(&case));
        prop_assert!(count(&held) <= count(&free));
        for offset in 0..200 {
            let date = term.opens_on + Duration::days(offset);
            let refused =
                |case: &Case| service_date(date, "", &case.profile, &case.calendar).map(|found| found.is_some());
            if let (Ok(true), Ok(still)) = (refused(&case), refused(&closed)) {
                prop_assert!(still, "{date}");
            }
            if let (Ok(true), Ok(still)) = (refused(&free), refused(&held)) {
                // A make-up day that becomes a holiday is refused all the more.
                prop_assert!(still, "{date}");
            }
        }
        let deadline =
            |case: &Case| filing_deadline(term.opens_on, &case.profile, &case.calendar).ok().map(|w| w.deadline);
        prop_assert_eq!(deadline(&closed), deadline(&case), "a closure moves no deadline");
    }

    #[test]
    fn kept_service_days_read_the_same_again(case in case(), lifted in any::<bool>()) {
        let given = [exemption("service-days")];
        let given = if lifted { given.as_slice() } else { &[] };
        let days = ServiceDays::of(&case.document().term, &case.profile, &case.calendar, given);
        let text = serde_json::to_string(&days).unwrap();
        prop_assert_eq!(serde_json::from_str::<ServiceDays>(&text).unwrap(), days);
    }

    #[test]
    fn an_exemption_only_turns_errors_of_its_rule_into_warnings(case in case(), which in any::<Index>()) {
        let rule = RULES[which.index(RULES.len())];
        let lifted = case.clone().exempted(rule.id);
        let (before, after) = (case.report(), lifted.report());
        if rule.id == "service-days" {
            // Weekends become days of service, which other rules then judge, too. Nothing of theirs is cleared, but
            // that a fee for the term is spread over more lessons.
            let others = |rule: &str| !["service-days", "fee-within-standard"].contains(&rule);
            for finding in before.findings.iter().filter(|f| f.severity == Severity::Error && others(&f.rule)) {
                let same = |other: &&kehou::rules::Finding| {
                    (&other.rule, &other.pointer, other.severity) == (&finding.rule, &finding.pointer, finding.severity)
                };
                prop_assert!(after.findings.iter().any(|other| same(&other)), "{finding:?} is gone");
            }
            // What stays an error is a slot that meets on no day that could be lifted.
            let stays = |f: &&kehou::rules::Finding| f.rule == rule.id && f.severity == Severity::Error;
            let lacks = |f: &kehou::rules::Finding| f.params.get("exemption_lacks").is_some_and(|why| why == "days");
            prop_assert!(after.findings.iter().filter(stays).all(lacks));
            return Ok(());
        }
        prop_assert_eq!(before.findings.len(), after.findings.len());
        prop_assert_eq!(&before.not_judged, &after.not_judged);
        let exemption = exemption(rule.id);
        let always = Some((exemption.first_on, exemption.last_on));
        for (before, after) in before.findings.iter().zip(&after.findings) {
            if before.rule == rule.id && rule.exemption.is_some() && before.severity == Severity::Error {
                let exempted = Exemption::lift(std::slice::from_ref(&exemption), rule, always, before.clone());
                prop_assert_eq!(after, &exempted);
                prop_assert_eq!((after.severity, after.exemption.as_deref()), (Severity::Warning, Some("TX-1")));
            } else {
                prop_assert_eq!(before, after);
            }
        }
    }
}
