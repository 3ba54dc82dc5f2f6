//! A compliant plan in a few lines, and one change at a time.

use kehou::rules::calendar::Calendar;
use kehou::rules::document::{MaterialKind, PlanDocument, PlanProject};
use kehou::rules::facts::{Exemption, Facts, GroundworkFact, SurveyFact};
use kehou::rules::profile::{FeeStandard, Profile};
use kehou::rules::{Finding, Report, Severity, check_plan};
use serde::Deserialize;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

/// The real cases as the examples have them.
pub const MIAOTIAN: &str = include_str!("../../examples/plans/miaotian-2024-autumn.json");
pub const XIANYOU: &str = include_str!("../../examples/plans/xianyou-2022.json");

/// A plan with all that it is judged by.
#[derive(Clone)]
pub struct Case {
    pub plan: Value,
    pub facts: Facts,
    pub profile: Profile,
    pub calendar: Calendar,
}

/// The document of the compliant plan, and its open project.
pub fn document() -> PlanDocument {
    Case::compliant().document()
}

pub fn open_project() -> PlanProject {
    document().projects.remove(0)
}

impl std::fmt::Debug for Case {
    /// Without profile and calendar, which nobody would read.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.plan, self.facts)
    }
}

impl Case {
    /// A primary school's grades 3 and 4, autumn 2024: an open homework project each day, a club on Tuesday that costs
    /// 2 yuan a lesson. Both are dismissed at 16:00. Nothing is wrong; no fee standard is on file.
    pub fn compliant() -> Self {
        Self::of(json!({
            "version": 1,
            "school": {
                "code": "2143000001", "name": "模范小学", "stages": ["primary"], "ownership": "public",
                "area": "town", "boarding": false,
                "grades": [{"grade": 3, "classes": 4}, {"grade": 4, "classes": 4}],
                "dismissals": dismissals(&[3, 4], "16:00"),
                "approved_dismissals": dismissals(&[3, 4], "16:00"),
                "authority_code": "430602",
            },
            "term": {
                "school_year": "2024-2025", "season": "autumn", "opens_on": "2024-09-02", "ends_on": "2025-01-17",
                "service_from": null, "service_to": "2025-01-10",
                "winter_periods": [{"from": "2024-11-01", "to": "2025-02-28"}],
            },
            "provider": {"kind": "school", "name": null, "credit_code": null},
            "projects": [
                project("作业辅导", "homework", &[1, 2, 3, 4, 5], &Value::Null),
                project("乒乓球", "sports", &[2], &json!(200)),
            ],
            "budget": {
                "income": [
                    {"source": "guardians", "amount_fen": 400_000},
                    {"source": "public_money", "amount_fen": 600_000},
                ],
                "expenses": [{"category": "teacher_pay", "amount_fen": 1_000_000}],
                "pupil_term_max_fen": null,
            },
            "notice": {
                "time": "放学后至17:30。", "mode": "按年级编组。", "content": "作业与社团。", "safety": "考勤与交接。",
                "fees": "社团每课时2元。", "spending": "教师报酬。", "channels": ["mobile"],
            },
        }))
        .set("/projects/1/seats_max", json!(30))
    }

    /// 苗田中学, as published.
    pub fn miaotian() -> Self {
        Self::of(serde_json::from_str(MIAOTIAN).unwrap())
    }

    /// 仙游县实验小学, as published, without noon care.
    pub fn xianyou() -> Self {
        Self::of(serde_json::from_str(XIANYOU).unwrap()).accepted_on(date!(2022 - 02 - 16))
    }

    fn of(plan: Value) -> Self {
        let facts = Facts {
            accepted_on: Some(date!(2024 - 09 - 10)),
            has_other_plan: Some(false),
            staff: Some(Vec::new()),
            groundwork: Some(GroundworkFact { ledger_rows: 1, survey: SurveyFact::Closed }),
            materials: Some(MaterialKind::ALL.to_vec()),
            ..Facts::default()
        };
        Self { plan, facts, profile: Profile::yueyang_2019(), calendar: Calendar::built_in() }
    }

    /// Replaces what is there.
    pub fn set(mut self, pointer: &str, value: Value) -> Self {
        *self.plan.pointer_mut(pointer).unwrap_or_else(|| unreachable!("no {pointer}")) = value;
        self
    }

    /// Adds to a list.
    pub fn push(mut self, pointer: &str, value: Value) -> Self {
        self.plan.pointer_mut(pointer).and_then(Value::as_array_mut).unwrap().push(value);
        self
    }

    pub fn accepted_on(mut self, date: Date) -> Self {
        self.facts.accepted_on = Some(date);
        self
    }

    pub fn exempted(self, rule: &str) -> Self {
        self.exempted_by(exemption(rule))
    }

    pub fn exempted_by(mut self, exemption: Exemption) -> Self {
        self.facts.exemptions.push(exemption);
        self
    }

    pub fn under(mut self, change: impl FnOnce(&mut Profile)) -> Self {
        change(&mut self.profile);
        self
    }

    pub fn standard(mut self, standard: FeeStandard) -> Self {
        self.facts.fee_standards.push(standard);
        self
    }

    pub fn document(&self) -> PlanDocument {
        PlanDocument::deserialize(&self.plan).unwrap()
    }

    pub fn report(&self) -> Report {
        check_plan(&self.document(), &self.facts, &self.profile, &self.calendar)
    }

    /// What one rule says, as `severity pointer` or `severity/variant pointer`, for each place of each finding.
    pub fn says(&self, rule: &str) -> Vec<String> {
        self.report().findings.iter().filter(|finding| finding.rule == rule).flat_map(lines).collect()
    }

    /// The only finding of a rule.
    pub fn only(&self, rule: &str) -> Finding {
        let mut found: Vec<Finding> = self.report().findings.into_iter().filter(|found| found.rule == rule).collect();
        assert_eq!(found.len(), 1, "{rule}: {found:?}");
        found.remove(0)
    }

    /// Which exemptions the findings of a rule cite.
    pub fn exemptions_of(&self, rule: &str) -> Vec<String> {
        let findings = self.report().findings.into_iter().filter(|finding| finding.rule == rule);
        findings.filter_map(|finding| finding.exemption).collect()
    }

    /// `rule pointer` of every error.
    pub fn errors(&self) -> Vec<String> {
        let report = self.report();
        let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let lines = |finding: &Finding| {
            let places = finding.all_places();
            places.into_iter().map(|place| format!("{} {place}", finding.rule)).collect::<Vec<_>>()
        };
        errors.flat_map(lines).collect()
    }

    pub fn is_judged(&self, rule: &str) -> bool {
        !self.report().not_judged.contains(&rule)
    }
}

fn lines(finding: &Finding) -> Vec<String> {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Signal => "signal",
    };
    let variant = finding.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
    finding.all_places().into_iter().map(|place| format!("{severity}{variant} {place}")).collect()
}

/// The numbers of a finding, by name.
pub fn numbers<const N: usize>(finding: &Finding, names: [&str; N]) -> [String; N] {
    names.map(|name| finding.params.get(name).cloned().unwrap_or_default())
}

/// Monday to Friday, both timetables.
pub fn dismissals(grades: &[i64], at: &str) -> Value {
    let rows = grades.iter().flat_map(|grade| (1..=5).map(move |weekday| (grade, weekday)));
    rows.map(|(grade, weekday)| json!({"grade": grade, "weekday": weekday, "timetable": "all", "at": at})).collect()
}

/// An open project of the school for grades 3 and 4, 16:10 to 17:30 the whole term; a fee is by lesson.
pub fn project(name: &str, category: &str, weekdays: &[i64], fee_fen: &Value) -> Value {
    let kind = if fee_fen.is_null() { "free" } else { "per_lesson" };
    let price_document = if fee_fen.is_null() { Value::Null } else { json!("岳发改价〔2019〕1号") };
    json!({
        "name": name, "category": category, "outline": null, "grades": [3, 4],
        "provider": {"kind": "school", "name": null, "credit_code": null},
        "seats_max": null, "seats_min": null, "apply_until": null,
        "slots": weekdays.iter().map(|weekday| slot(*weekday, "16:10", "17:30", "all")).collect::<Value>(),
        "lessons_per_day": 1, "lesson_minutes": 40,
        "fee": {"kind": kind, "amount_fen": fee_fen, "price_document": price_document},
    })
}

pub fn slot(weekday: i64, starts_at: &str, ends_at: &str, timetable: &str) -> Value {
    json!({"weekday": weekday, "starts_at": starts_at, "ends_at": ends_at, "timetable": timetable})
}

/// A standard without any limit, to be filled in.
pub fn standard() -> FeeStandard {
    FeeStandard {
        document: "岳发改价〔2020〕8号".to_owned(),
        stage: None,
        area: None,
        per_lesson_max_fen: None,
        per_day_max_fen: None,
        per_month_max_fen: None,
        per_term_max_fen: None,
        lessons_billed_a_day: None,
    }
}

/// An exemption from a rule, everywhere and always.
pub fn exemption(rule: &str) -> Exemption {
    Exemption {
        id: "TX-1".to_owned(),
        document: "岳楼教函〔2024〕12号".to_owned(),
        rule: rule.to_owned(),
        project: None,
        weekday: None,
        first_on: time::macros::date!(2000 - 01 - 01),
        last_on: time::macros::date!(2099 - 12 - 31),
    }
}
