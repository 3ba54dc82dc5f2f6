//! 二.1: the school itself is the provider.

use serde_json::{Value, json};

use crate::support::{Case, numbers};

#[test]
fn provider_is_school_and_no_other() {
    for (kind, name, other) in [
        ("school", Value::Null, false),
        ("school", json!("模范小学"), false),
        ("school", json!("模范小学（分校）"), true),
        ("school", json!("阳光教育公司"), true),
        ("institution", json!("阳光教育公司"), true),
        ("institution", json!("模范小学"), true),
        ("public_interest", json!("社区志愿者协会"), true),
    ] {
        let case = Case::compliant().set("/provider", json!({"kind": kind, "name": name, "credit_code": null}));
        let expected: &[&str] = if other { &["error /provider"] } else { &[] };
        assert_eq!(case.says("provider-is-school"), expected, "{kind} {name}");
    }
}

#[test]
fn provider_is_school_in_any_width_of_its_name() {
    let case =
        Case::compliant().set("/school/name", json!("第2小学(东区)")).set("/provider/name", json!("第２小学（东区）"));
    assert_eq!(case.says("provider-is-school"), [] as [&str; 0]);
}

#[test]
fn provider_is_school_of_the_plan_while_partners_run_projects() {
    let partner = json!({"kind": "institution", "name": "阳光教育公司", "credit_code": "91430600MA4L000000"});
    let case = Case::compliant().set("/projects/1/provider", partner.clone());
    assert_eq!(case.says("provider-is-school"), [] as [&str; 0]);
    let finding = Case::compliant().set("/provider", partner).only("provider-is-school");
    assert_eq!(numbers(&finding, ["school", "provider_zh"]), ["模范小学", "阳光教育公司"]);
    assert_eq!(finding.clause, "二.1");
}

#[test]
fn provider_is_school_by_no_company_s_code() {
    for (kind, code, says) in [
        ("school", "91430602MA4Q000164", vec!["error/company /projects/1/provider/credit_code"]),
        ("school", "12430602MB0000017X", vec![]),
        ("institution", "91430602MA4Q000164", vec![]),
    ] {
        let provider = json!({"kind": kind, "name": "模范小学", "credit_code": code});
        let case = Case::compliant().set("/projects/1/provider", provider);
        assert_eq!(case.says("provider-is-school"), says, "{kind} {code}");
    }
}
