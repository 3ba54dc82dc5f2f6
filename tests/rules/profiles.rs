//! Profiles: what lies over what, and what one row may set.

use kehou::refusal::Fault;
use kehou::rules::RULES;
use kehou::rules::document::{ConcessionGroup, ProjectCategory};
use kehou::rules::profile::{FeeStandard, Profile, ProfileHeading, ProfileParameters};
use kehou::values::local_time::LocalTime;
use serde_json::{Value, json};

use crate::support::Case;

fn heading(profile: &Profile) -> ProfileHeading {
    ProfileHeading {
        id: profile.id.clone(),
        document: profile.document.clone(),
        title: profile.title.clone(),
        in_force_from: profile.in_force_from,
        in_force_to: profile.in_force_to,
    }
}

fn set(parameters: Value) -> ProfileParameters {
    serde_json::from_value(parameters).unwrap_or_else(|error| unreachable!("{error}"))
}

#[test]
fn a_profile_is_what_it_sets() {
    let built_in = Profile::yueyang_2019();
    let parameters = ProfileParameters::of(&built_in);
    assert!(parameters.is_complete());
    assert_eq!(Profile::of(heading(&built_in), &parameters).as_ref(), Some(&built_in));
    assert_eq!(built_in.clone().with(&ProfileParameters::default()), built_in);
    assert_eq!(built_in.clone().with(&parameters), built_in);
    let stored = serde_json::to_value(&parameters).unwrap_or_default();
    assert_eq!(set(stored.clone()), parameters);
    assert!(stored.get("earliest_end").is_none(), "what nobody sets is not there");
}

#[test]
fn what_lies_below_wins_and_leaves_the_rest() {
    let city = set(json!({"latest_end": "18:00", "filing_window_working_days": 10, "fee_standards": []}));
    let county = set(json!({"latest_end": "17:45", "earliest_end": "17:00"}));
    let both = city.with(&county);
    assert_eq!(both.names(), ["latest_end", "earliest_end", "filing_window_working_days", "fee_standards"]);
    let all = json!({
        "latest_end": "17:45", "earliest_end": "17:00", "filing_window_working_days": 10, "fee_standards": []
    });
    assert_eq!(both, set(all));
    let profile = Profile::yueyang_2019().with(&county);
    assert_eq!((profile.latest_end, profile.earliest_end), (LocalTime::at(17, 45), Some(LocalTime::at(17, 0))));
    assert_eq!(profile.latest_end_winter, LocalTime::at(17, 30));
}

#[test]
fn a_profile_needs_all_that_has_no_default() {
    let built_in = Profile::yueyang_2019();
    let whole = ProfileParameters::of(&built_in);
    for (without, complete) in [
        (ProfileParameters { latest_end: None, ..whole.clone() }, false),
        (ProfileParameters { words: None, ..whole.clone() }, false),
        (ProfileParameters { fee_standards: None, ..whole.clone() }, false),
        (ProfileParameters { earliest_end: None, ..whole.clone() }, true),
        (ProfileParameters { review_reminder_working_days: None, ..whole.clone() }, true),
    ] {
        assert_eq!(without.is_complete(), complete, "{without:?}");
        let profile = Profile::of(heading(&built_in), &without);
        assert_eq!(profile.is_some(), complete);
        assert!(profile.is_none_or(|profile| profile.review_reminder_working_days == 10));
    }
}

#[test]
fn what_a_row_sets_has_limits() {
    let standard = |change: (&str, Value)| {
        let mut standard = json!({"document": "湘发改价费〔2019〕1号", "per_lesson_max_fen": 300});
        standard[change.0] = change.1;
        json!({"fee_standards": [standard]})
    };
    let words = |refused: Value| {
        json!({"words": {
            "refused": refused, "doubtful": [], "passing": [], "forbidding": [], "not_forbidding": [],
            "forbidding_reach": 16
        }})
    };
    for (parameters, right) in [
        (json!({}), true),
        (json!({"latest_end": null}), true),
        (json!({"service_weekdays": [1, 7]}), true),
        (json!({"service_weekdays": []}), false),
        (json!({"service_weekdays": [8]}), false),
        (json!({"service_weekdays": [1, 2, 3, 4, 5, 6, 7, 1]}), false),
        (json!({"filing_window_working_days": 1}), true),
        (json!({"filing_window_working_days": 0}), false),
        (json!({"filing_window_working_days": 100}), true),
        (json!({"filing_window_working_days": 101}), false),
        (json!({"review_reminder_working_days": 0}), false),
        (json!({"concession_groups": [{"group": "poverty", "pays_percent": 0}]}), true),
        (json!({"concession_groups": [{"group": "poverty", "pays_percent": 100}]}), false),
        (json!({"concession_groups": [{"group": "rich", "pays_percent": 50}]}), false),
        (json!({"latest_end": "24:00"}), false),
        (json!({"caps": 1}), false),
        (words(json!(["补课"])), true),
        (words(json!([""])), false),
        (words(json!(vec!["补课"; 501])), false),
        (json!({"words": {"refused": []}}), false),
        (standard(("stage", json!("primary"))), true),
        (standard(("document", json!(""))), false),
        (standard(("per_day_max_fen", json!(-1))), false),
        (standard(("lessons_billed_a_day", json!(25))), false),
        (standard(("surcharge", json!(1))), false),
    ] {
        assert_eq!(serde_json::from_value::<ProfileParameters>(parameters.clone()).is_ok(), right, "{parameters}");
    }
}

#[test]
fn what_does_not_go_together_is_named_all_at_once() {
    let standard = |per_lesson_max_fen, lessons_billed_a_day| FeeStandard {
        document: "湘发改价费〔2019〕1号".to_owned(),
        stage: None,
        area: None,
        per_lesson_max_fen,
        per_day_max_fen: None,
        per_month_max_fen: None,
        per_term_max_fen: None,
        lessons_billed_a_day,
    };
    let parameters = ProfileParameters {
        service_weekdays: Some(vec![1, 2, 1]),
        categories_refused: Some(vec![ProjectCategory::Meals, ProjectCategory::Meals]),
        fee_standards: Some(vec![standard(Some(300), None), standard(None, Some(2)), standard(None, None)]),
        ..ProfileParameters::default()
    };
    let found: Vec<_> = parameters.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect();
    let expected = [
        ("/service_weekdays/2", Fault::Duplicate),
        ("/categories_refused/1", Fault::Duplicate),
        ("/fee_standards/2/per_lesson_max_fen", Fault::Required),
    ];
    assert_eq!(found, expected.map(|(pointer, fault)| (pointer.to_owned(), fault)));
    assert_eq!(ProfileParameters::of(&Profile::yueyang_2019()).faults(), []);
}

#[test]
fn every_parameter_of_the_catalogue_is_a_value_of_the_profile() {
    let profile = Profile::yueyang_2019();
    let known: Vec<&str> = profile.values().iter().chain(&profile.date_values()).map(|(name, _)| *name).collect();
    for rule in RULES {
        for parameter in rule.parameters {
            assert!(known.contains(parameter), "{} reads {parameter}", rule.id);
        }
    }
    let value = |name: &str| profile.values().into_iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    assert_eq!(value("latest_end").as_deref(), Some("\"18:00\""));
    assert_eq!(value("service_weekdays").as_deref(), Some("[1,2,3,4,5]"));
    assert_eq!(value("earliest_end").as_deref(), Some("null"));
    assert_eq!(profile.date_values()[0].1, "\"2019-09-01\"");
}

#[test]
fn the_lowest_share_of_a_pupil_s_groups_counts() {
    let profile = Profile::later_practice();
    for (groups, percent) in [
        (vec![], 100),
        (vec![ConcessionGroup::MigrantWorker], 100),
        (vec![ConcessionGroup::LeftBehind], 50),
        (vec![ConcessionGroup::LeftBehind, ConcessionGroup::Disabled], 0),
    ] {
        assert_eq!(profile.pays_percent(&groups), percent, "{groups:?}");
        assert_eq!(Profile::yueyang_2019().pays_percent(&groups), 100, "the policy of 2019 names none");
    }
}

#[test]
fn a_finding_cites_the_document_that_set_the_value() {
    let district = "岳楼教〔2021〕1号";
    let later = Case::compliant().under(|profile| {
        profile.service_days_a_week_min = Some(6);
        profile.latest_end_winter = LocalTime::at(17, 15);
        profile.documents.insert("service_days_a_week_min", district.to_owned());
        profile.documents.insert("latest_end_winter", district.to_owned());
    });
    for rule in ["service-days", "service-end-time"] {
        let findings = later.report().findings.into_iter().filter(|found| found.rule == rule);
        let cited: Vec<_> = findings.map(|found| (found.document, found.clause.into_owned())).collect();
        assert!(
            !cited.is_empty() && cited.iter().all(|cited| *cited == (district.to_owned(), String::new())),
            "{cited:?}"
        );
    }
    // What the policy itself says is the policy's.
    let weekend = later.set("/projects/1/slots/0/weekday", json!(6));
    let finding =
        weekend.report().findings.into_iter().find(|found| found.rule == "service-days" && found.variant.is_none());
    let finding = finding.unwrap();
    assert_eq!((finding.document.as_str(), finding.clause.as_ref()), ("岳教体发〔2019〕11号", "三.2"));
}
