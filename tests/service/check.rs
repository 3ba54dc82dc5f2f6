//! `kehou check`: the rules at the command line, without a service and without a database.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::process::kehou;

const MIAOTIAN: &str = include_str!("../../examples/plans/miaotian-2024-autumn.json");
const XIANYOU: &str = include_str!("../../examples/plans/xianyou-2022.json");

/// It is not there, and is not asked for.
const NO_DATABASE: &str = "sqlite:///nowhere/kehou.db";

struct Printed {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Printed {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

/// Runs `kehou check` with a document on standard input.
fn check(document: &str, arguments: &[&str]) -> Printed {
    let mut command = kehou(NO_DATABASE);
    command.args(["check", "-"]).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(document.as_bytes()); // a refusal may close it early
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Printed { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn example(name: &str) -> String {
    format!("{}/examples/plans/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Five mistakes at once, in four projects.
fn wrong() -> Value {
    let mut plan: Value = serde_json::from_str(MIAOTIAN).unwrap();
    plan["projects"][0]["grades"] = json!([8, 9]); // grade 7 is left with the clubs, whose seats are limited
    plan["projects"][1]["name"] = json!("数学补课");
    plan["projects"][1]["slots"][0]["ends_at"] = json!("18:01");
    plan["projects"][1]["slots"][6]["ends_at"] = json!("17:31"); // Tuesday in winter
    plan["projects"][2]["slots"][0]["weekday"] = json!(6);
    plan
}

#[test]
fn a_plan_that_passes_exits_with_0_and_shows_its_days() {
    for (arguments, said) in [
        (
            vec![],
            [
                "警告  no-standard-on-file  六.2 岳教体发〔2019〕11号  /projects/0/fee",
                "服务日：87天",
                "报备截止日期：2024-09-14",
                "2024-09-07 双休日",
                "报备期限、一期一报备、临聘人员有资质",
                "0个错误，2个警告",
            ],
        ),
        (
            vec!["--lang", "en"],
            [
                "warning  no-standard-on-file  六.2 岳教体发〔2019〕11号  /projects/0/fee",
                "Service days: 87",
                "File by: 2024-09-14",
                "2024-09-07 weekend",
                "Not judged",
                "errors 0, warnings 2",
            ],
        ),
    ] {
        let output = kehou(NO_DATABASE)
            .arg("check")
            .arg(example("miaotian-2024-autumn.json"))
            .args(&arguments)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        for part in said {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        assert!(!text.contains("check.") && !text.contains("%{"), "{text}");
    }
}

#[test]
fn the_json_is_what_the_api_is_to_answer() {
    let checked = check(MIAOTIAN, &["--json"]);
    let out = checked.json();
    assert_eq!(checked.code, Some(0));
    let mut fields: Vec<&str> = out.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected =
        ["filing_deadline", "findings", "not_judged", "passes", "profile", "provisional_days", "service_days"];
    assert_eq!(fields, expected);
    assert_eq!(out["provisional_days"], 0);
    assert_eq!(out["profile"], json!({"id": "yueyang-2019", "document": "岳教体发〔2019〕11号"}));
    assert_eq!((&out["passes"], &out["service_days"]), (&json!(true), &json!(87)));
    assert_eq!(out["filing_deadline"], "2024-09-14");
    assert_eq!(out["not_judged"], not_judged(&["filing-window", "one-filing-per-term"]));
}

/// These, and the rules about what no document holds.
fn not_judged(ids: &[&str]) -> Value {
    let of_records = [
        "external-staff-qualified",
        "external-staff-contract",
        "own-staff-first",
        "staff-vetted",
        "survey-before-plan",
        "filing-materials",
    ];
    json!([ids, &of_records[..]].concat())
}

#[test]
fn a_day_of_filing_is_judged_at_and_after_the_deadline() {
    for (filed_on, code) in [("2024-08-20", 0), ("2024-09-14", 0), ("2024-09-15", 1)] {
        let checked = check(MIAOTIAN, &["--json", "--filed-on", filed_on]);
        let out = checked.json();
        assert_eq!((checked.code, &out["passes"]), (Some(code), &json!(code == 0)), "{filed_on}");
        assert_eq!(out["not_judged"], not_judged(&["one-filing-per-term"]));
    }
}

#[test]
fn case_c_exits_with_1_for_its_six_slots() {
    let checked = check(XIANYOU, &["--json"]);
    let out = checked.json();
    let findings = out["findings"].as_array().unwrap();
    let rules: Vec<&str> = findings.iter().filter_map(|f| f["rule"].as_str()).collect();
    assert_eq!((checked.code, rules), (Some(1), vec!["service-end-time"; 2]), "one for each project");
    let places: usize = findings.iter().map(|finding| finding["places"].as_array().unwrap().len()).sum();
    assert_eq!(places, 6);
}

#[test]
fn everything_is_said_at_once_with_clause_document_place_and_numbers() {
    let checked = check(&wrong().to_string(), &["--json"]);
    assert_eq!(checked.code, Some(1), "{}", checked.err);
    let out = checked.json();
    let findings = out["findings"].as_array().unwrap();
    for (rule, clause, pointer, params) in [
        ("no-refusal", "二.2", "/school/grades/0", json!({"grade": "7"})),
        ("no-collective-instruction", "六.5", "/projects/1/name", json!({"word": "补课"})),
        ("service-days", "三.2", "/projects/2/slots/0/weekday", json!({"weekday": "6"})),
        ("service-end-time", "三.2", "/projects/1/slots/0/ends_at", json!({"ends_at": "18:01", "latest": "18:00"})),
        ("service-end-time", "三.2", "/projects/1/slots/6/ends_at", json!({"ends_at": "17:31", "latest": "17:30"})),
    ] {
        let error = |f: &&Value| f["rule"] == rule && f["pointer"] == pointer && f["severity"] == "error";
        let finding = findings.iter().find(error).unwrap_or_else(|| panic!("{rule} {pointer}: {}", checked.out));
        assert_eq!((&finding["clause"], &finding["document"]), (&json!(clause), &json!("岳教体发〔2019〕11号")));
        for (name, value) in params.as_object().unwrap() {
            assert_eq!(&finding["params"][name], value, "{rule} {name}");
        }
        assert!(!finding["message"].as_str().unwrap().contains("%{"), "{finding}");
    }
    for (language, sentence) in [("zh", "星期一18:01结束，晚于18:00"), ("en", "on Monday at 18:01, later than 18:00")]
    {
        let shown = check(&wrong().to_string(), &["--lang", language]);
        assert_eq!(shown.code, Some(1));
        for part in [sentence, "/projects/2/slots/0/weekday", "17:31", "二.2 岳教体发〔2019〕11号", "数学补课"]
        {
            assert!(shown.out.contains(part), "{part}: {}", shown.out);
        }
    }
}

#[test]
fn a_document_of_the_wrong_shape_exits_with_2_and_names_the_places() {
    let with = |pointer: &str, value: Value| {
        let mut plan: Value = serde_json::from_str(MIAOTIAN).unwrap();
        *plan.pointer_mut(pointer).unwrap() = value;
        plan.to_string()
    };
    let twice = MIAOTIAN.replacen("\"version\": 1,", "\"version\": 1, \"version\": 1,", 1);
    for (document, pointer, code) in [
        (String::new(), "", "json-syntax"),
        ("[1".to_owned(), "", "json-syntax"),
        ("[]".to_owned(), "", "wrong-type"),
        ("{}".to_owned(), "/version", "required"),
        (twice, "/version", "duplicate"),
        (with("/school", json!(["3143000123"])), "/school", "wrong-type"),
        (with("/version", json!(2)), "/version", "out-of-range"),
        (with("/projects/0/slots/0/ends_at", json!("25:00")), "/projects/0/slots/0/ends_at", "format"),
        (with("/projects/0/category", json!("tutoring")), "/projects/0/category", "not-one-of"),
    ] {
        let checked = check(&document, &["--json"]);
        let out = checked.json();
        assert_eq!(checked.code, Some(2), "{document}");
        assert_eq!((&out["errors"][0]["pointer"], &out["errors"][0]["code"]), (&json!(pointer), &json!(code)), "{out}");
        assert!(!out["errors"][0]["message"].as_str().unwrap().contains("%{"), "{out}");
    }
}

#[test]
fn what_does_not_go_together_is_said_all_at_once() {
    let mut plan: Value = serde_json::from_str(MIAOTIAN).unwrap();
    plan["term"]["ends_on"] = json!("2024-08-01");
    plan["projects"][1]["name"] = plan["projects"][0]["name"].clone();
    plan["projects"][2]["slots"][0]["ends_at"] = json!("17:00");
    plan["projects"][3]["fee"]["amount_fen"] = Value::Null;
    let out = check(&plan.to_string(), &["--json"]).json();
    let pointers: Vec<&str> = out["errors"].as_array().unwrap().iter().filter_map(|e| e["pointer"].as_str()).collect();
    for pointer in ["/term/ends_on", "/projects/1/name", "/projects/2/slots/0/ends_at", "/projects/3/fee/amount_fen"] {
        assert!(pointers.contains(&pointer), "{pointer}: {pointers:?}");
    }
    let shown = check(&plan.to_string(), &["--lang", "en"]);
    assert_eq!((shown.code, shown.out.as_str()), (Some(2), ""));
    assert!(shown.err.contains("Standard input is not a plan document") && shown.err.contains("/projects/1/name"));
}

#[test]
fn what_cannot_be_read_exits_with_2() {
    let run = |arguments: &[&str]| kehou(NO_DATABASE).arg("check").args(arguments).output().unwrap();
    let directory = std::env::temp_dir();
    for arguments in [
        vec!["no-such-file.json"],
        vec![directory.to_str().unwrap()],
        vec!["-", "--lang", "fr"],
        vec!["-", "--filed-on", "2024-9-1"],
        vec![],
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
    let too_large = check(&" ".repeat((1 << 20) + 1), &[]);
    assert!(too_large.code == Some(2) && too_large.err.contains("larger than"), "{}", too_large.err);
    let at_the_limit = check(&format!("{MIAOTIAN}{}", " ".repeat((1 << 20) - MIAOTIAN.len())), &[]);
    assert_eq!(at_the_limit.code, Some(0), "{}", at_the_limit.err);
}

#[test]
fn a_term_before_the_policy_is_told_so_and_nothing_else() {
    let mut plan: Value = serde_json::from_str(MIAOTIAN).unwrap();
    plan["term"] =
        json!({"school_year": "2018-2019", "season": "spring", "opens_on": "2019-02-18", "ends_on": "2019-06-28"});
    let checked = check(&plan.to_string(), &["--json"]);
    let out = checked.json();
    assert_eq!((checked.code, &out["findings"][0]["rule"]), (Some(1), &json!("profile-missing")));
    assert_eq!((&out["service_days"], &out["filing_deadline"]), (&Value::Null, &Value::Null));
}
