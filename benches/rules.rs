//! How long the rules take on a plan of 50 projects: case A, its six projects repeated. The budget is 200 µs.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use kehou::rules::calendar::Calendar;
use kehou::rules::check_plan;
use kehou::rules::document::PlanDocument;
use kehou::rules::facts::Facts;
use kehou::rules::profile::{FeeStandard, Profile};
use serde::Deserialize;
use serde_json::{Value, json};
use time::macros::date;

const MIAOTIAN: &str = include_str!("../examples/plans/miaotian-2024-autumn.json");

fn plan_of(count: usize) -> PlanDocument {
    let mut plan: Value = serde_json::from_str(MIAOTIAN).unwrap();
    let projects = plan["projects"].as_array().unwrap().clone();
    let numbered = projects.iter().cycle().take(count).enumerate().map(|(number, project)| {
        let mut project = project.clone();
        project["name"] = json!(format!("{}{number}", project["name"].as_str().unwrap()));
        project
    });
    plan["projects"] = numbered.collect();
    let document = PlanDocument::deserialize(&plan).unwrap();
    assert_eq!((document.projects.len(), document.faults()), (count, Vec::new()));
    document
}

fn rules(criterion: &mut Criterion) {
    let (profile, calendar) = (Profile::yueyang_2019(), Calendar::built_in());
    // With a standard of every kind, so that no rule has an easy way out.
    let standard = FeeStandard {
        document: "岳发改价〔2020〕8号".to_owned(),
        stage: None,
        area: None,
        per_lesson_max_fen: Some(400),
        per_day_max_fen: Some(800),
        per_month_max_fen: None,
        per_term_max_fen: Some(80_000),
        lessons_billed_a_day: Some(2),
    };
    let facts = Facts {
        accepted_on: Some(date!(2024 - 09 - 10)),
        has_other_plan: Some(false),
        fee_standards: vec![standard],
        ..Facts::default()
    };
    for count in [6, 50] {
        let document = plan_of(count);
        let report = check_plan(&document, &facts, &profile, &calendar);
        assert!(report.findings.is_empty() && report.not_judged.is_empty(), "{report:?}");
        criterion.bench_function(&format!("rules on {count} projects"), |bencher| {
            bencher.iter(|| check_plan(black_box(&document), &facts, &profile, &calendar));
        });
    }
    // What is refused most: every slot ends late, which is a finding each.
    let strict = Profile { latest_end: profile.latest_end_winter, ..profile };
    let document = plan_of(50);
    let findings = check_plan(&document, &facts, &strict, &calendar).findings.len();
    criterion.bench_function(&format!("rules on 50 projects with {findings} findings"), |bencher| {
        bencher.iter(|| check_plan(black_box(&document), &facts, &strict, &calendar));
    });
}

criterion_group!(benches, rules);
criterion_main!(benches);
