//! 五.2: what a plan is filed with.

use kehou::rules::document::MaterialKind::{self, *};
use serde_json::json;

use crate::support::{Case, numbers};

const ALWAYS: [MaterialKind; 6] = [
    ImplementationPlan,
    ProjectsAndFees,
    FacilitiesAndManagers,
    SafetyAndEmergencyPlan,
    RemunerationStandard,
    FundingAndUse,
];

fn with(materials: &[MaterialKind]) -> Case {
    let mut case = Case::compliant();
    case.facts.materials = Some(materials.to_vec());
    case
}

/// The kinds that a rule misses.
fn missing(case: &Case, rule: &str) -> Vec<String> {
    let findings = case.report().findings;
    let own = findings.iter().filter(|finding| finding.rule == rule);
    own.map(|finding| numbers(finding, ["kind"])[0].clone()).collect()
}

#[test]
fn filing_materials_are_six_kinds() {
    assert_eq!(missing(&with(&ALWAYS), "filing-materials"), [] as [&str; 0]);
    for absent in ALWAYS {
        let held: Vec<MaterialKind> = ALWAYS.into_iter().filter(|kind| *kind != absent).collect();
        assert_eq!(missing(&with(&held), "filing-materials"), [absent.as_str()]);
    }
    assert_eq!(missing(&with(&[Other]), "filing-materials").len(), 6, "one finding for each");
    let finding = with(&ALWAYS[1..]).only("filing-materials");
    assert_eq!((finding.clause.as_ref(), finding.pointer.as_str()), ("五.2", ""));
    assert_eq!(numbers(&finding, ["kind_zh", "kind_en"]), ["实施方案", "implementation plan"]);
}

#[test]
fn filing_materials_have_contracts_where_external_staff_are_assigned() {
    for (assigned, expected) in [(None, 0), (Some(false), 0), (Some(true), 1)] {
        let mut case = with(&ALWAYS);
        case.facts.external_staff_assigned = assigned;
        assert_eq!(missing(&case, "filing-materials").len(), expected, "{assigned:?}");
        case.facts.materials.as_mut().unwrap().push(TemporaryStaffContracts);
        assert_eq!(missing(&case, "filing-materials"), [] as [&str; 0], "{assigned:?}");
    }
}

#[test]
fn filing_materials_have_what_the_profile_adds() {
    let case = with(&ALWAYS).under(|profile| profile.materials_required = vec![ImplementationPlan, Other]);
    assert_eq!(missing(&case, "filing-materials"), ["other"]);
}

#[test]
fn partner_materials_go_with_a_partner() {
    let partner = json!({"kind": "institution", "name": "阳光教育公司", "credit_code": "91430600MA4L000000"});
    let without = with(&ALWAYS);
    assert_eq!(missing(&without, "partner-materials"), [] as [&str; 0]);
    for (held, expected) in [
        (vec![], vec!["partner_agreement", "partner_registration"]),
        (vec![PartnerAgreement], vec!["partner_registration"]),
        (vec![PartnerAgreement, PartnerRegistration], vec![]),
    ] {
        let case = with(&[&ALWAYS[..], &held].concat()).set("/projects/1/provider", partner.clone());
        assert_eq!(missing(&case, "partner-materials"), expected);
        assert_eq!(missing(&case, "filing-materials"), [] as [&str; 0]);
    }
}

#[test]
fn filing_materials_and_partner_materials_are_not_judged_while_nothing_is_known() {
    let partner = json!({"kind": "public_interest", "name": "社区志愿者协会", "credit_code": null});
    let mut case = Case::compliant().set("/projects/1/provider", partner);
    case.facts.materials = None;
    assert!(!case.is_judged("filing-materials") && !case.is_judged("partner-materials"));
    let mut alone = Case::compliant();
    alone.facts.materials = None;
    assert!(!alone.is_judged("filing-materials") && alone.is_judged("partner-materials"), "there is no partner");
}
