//! Plans at random: right and wrong ones alike, as long as the types of the document take them.

use kehou::rules::calendar::Calendar;
use kehou::rules::document::{ExpenseCategory, FeeKind, IncomeSource, ProjectCategory};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use time::macros::date;
use time::{Date, Duration};

use crate::support::{Case, standard};

const TIMETABLES: [&str; 3] = ["standard", "winter", "all"];
const PHRASES: [&str; 10] =
    ["作业辅导", "数学", "补课", "严禁", "不得", "新课标", "。", "Ｖ班", "趣味运动", "不讲新课，"];

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn day(date: Date) -> Value {
    json!(date.to_string())
}

fn slots() -> impl Strategy<Value = Value> {
    let slot = (1..=7_i64, 690..1_080_u16, 1..200_u16, select(&TIMETABLES[..]));
    let slot = slot.prop_map(|(weekday, start, length, timetable)| {
        json!({"weekday": weekday, "starts_at": clock(start), "ends_at": clock(start + length), "timetable": timetable})
    });
    vec(slot, 1..7).prop_map(Value::Array)
}

fn text() -> impl Strategy<Value = String> {
    vec(select(&PHRASES[..]), 1..6).prop_map(|phrases| phrases.concat())
}

fn project(grades: Vec<i64>) -> impl Strategy<Value = Value> {
    let count = grades.len();
    let kinds: Vec<&str> = FeeKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let categories: Vec<&str> = ProjectCategory::ALL.iter().map(|category| category.as_str()).collect();
    let amounts = prop_oneof![1..2_000_i64, Just(1_000_000_000_000)];
    let limits = (option::of(1..99_i64), option::weighted(0.2, 1..9_i64), any::<bool>());
    let fee = (select(kinds), option::of(amounts), option::of(Just("岳发改价〔2019〕1号")));
    let lessons = (1..=6_i64, 10..90_i64);
    let shape = (select(categories), option::of(text()), subsequence(grades, 1..=count), limits, slots(), lessons, fee);
    shape.prop_map(|(category, outline, grades, (most, least, until), slots, (a_day, minutes), (kind, fen, cited))| {
        json!({
            "name": "", "category": category, "outline": outline, "grades": grades,
            "provider": {"kind": "school", "name": null, "credit_code": null},
            "seats_max": most, "seats_min": least, "apply_until": until.then_some("2024-09-20"),
            "slots": slots, "lessons_per_day": a_day, "lesson_minutes": minutes,
            "fee": {"kind": kind, "amount_fen": fen, "price_document": cited},
        })
    })
}

fn term() -> impl Strategy<Value = Value> {
    let season = select(&["autumn", "spring"][..]);
    (0..2_900_i64, 0..250_i64, season, vec((0..250_i64, 0..60_i64), 0..3)).prop_map(
        |(offset, length, season, winters)| {
            let opens_on = date!(2019 - 05 - 01) + Duration::days(offset);
            let winters = winters.into_iter().map(|(from, length)| {
                let from = opens_on + Duration::days(from);
                json!({"from": day(from), "to": day(from + Duration::days(length))})
            });
            json!({
                "school_year": "2024-2025", "season": season, "opens_on": day(opens_on),
                "ends_on": day(opens_on + Duration::days(length)), "winter_periods": winters.collect::<Value>(),
            })
        },
    )
}

fn dismissals(grades: Vec<i64>) -> impl Strategy<Value = Value> {
    let row = (select(grades), 1..=5_i64, select(&TIMETABLES[..]), 690..1_080_u16);
    let row = row.prop_map(|(grade, weekday, timetable, at)| {
        json!({"grade": grade, "weekday": weekday, "timetable": timetable, "at": clock(at)})
    });
    vec(row, 0..30).prop_map(Value::Array)
}

fn budget() -> impl Strategy<Value = Value> {
    let sources: Vec<&str> = IncomeSource::ALL.iter().map(|source| source.as_str()).collect();
    let categories: Vec<&str> = ExpenseCategory::ALL.iter().map(|category| category.as_str()).collect();
    let income = vec((select(sources), 0..50_000_i64), 0..4);
    let expenses = vec((select(categories), 0..50_000_i64), 0..4);
    (income, expenses, option::of(0..90_000_i64)).prop_map(|(income, expenses, ceiling)| {
        let income = income.iter().map(|(source, fen)| json!({"source": source, "amount_fen": fen}));
        let expenses = expenses.iter().map(|(category, fen)| json!({"category": category, "amount_fen": fen}));
        json!({
            "income": income.collect::<Value>(), "expenses": expenses.collect::<Value>(),
            "pupil_term_max_fen": ceiling,
        })
    })
}

fn plan() -> impl Strategy<Value = Value> {
    let grades = subsequence((1..=9_i64).collect::<Vec<_>>(), 1..=4);
    let parts = |grades: Vec<i64>| {
        let projects = vec(project(grades.clone()), 1..5);
        (Just(grades.clone()), dismissals(grades.clone()), dismissals(grades), projects, text())
    };
    let school = (grades.prop_flat_map(parts), any::<bool>(), term(), budget(), option::of(text()));
    school.prop_map(|((grades, own, approved, mut projects, name), public, term, budget, notice)| {
        for (index, project) in projects.iter_mut().enumerate() {
            project["name"] = json!(format!("{name}{index}"));
        }
        json!({
            "version": 1,
            "school": {
                "code": "2143000001", "name": "模范小学", "stages": ["primary"], "area": "town", "boarding": false,
                "ownership": if public { "public" } else { "private" }, "authority_code": "430602",
                "grades": grades.iter().map(|grade| json!({"grade": grade, "classes": 2})).collect::<Value>(),
                "dismissals": own, "approved_dismissals": approved,
            },
            "term": term, "provider": {"kind": "school", "name": null, "credit_code": null},
            "projects": projects, "budget": budget, "notice": {"safety": notice},
        })
    })
}

/// A plan with facts, a filed standard with any limits, and closures; the profile stays `yueyang-2019`.
pub fn case() -> impl Strategy<Value = Case> {
    let limit = || option::of(1..5_000_i64);
    let limits = (limit(), limit(), limit(), option::of(1..4_i64));
    let facts = (option::of(-20..60_i64), option::of(any::<bool>()));
    (plan(), facts, option::of(limits), vec(0..200_i64, 0..4)).prop_map(|(plan, (filed, other), limits, closed)| {
        let opens_on =
            plan["term"]["opens_on"].as_str().and_then(|text| kehou::values::iso_date::parse(text).ok()).unwrap();
        let mut case = Case { plan, ..Case::compliant() };
        case.facts.accepted_on = filed.map(|days| opens_on + Duration::days(days));
        case.facts.has_other_plan = other;
        if let Some((lesson, day, term, billed)) = limits {
            case.facts.fee_standards.push(kehou::rules::profile::FeeStandard {
                per_lesson_max_fen: lesson,
                per_day_max_fen: day,
                per_term_max_fen: term,
                lessons_billed_a_day: billed,
                ..standard()
            });
        }
        let closures = closed.into_iter().map(|days| (opens_on + Duration::days(days), "停课".to_owned()));
        case.calendar = Calendar::built_in().with_closures(closures);
        case
    })
}
