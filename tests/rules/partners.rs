//! 四.2, 四.3, 六.5: whom a school lets run projects, on what terms, and whether they may.
//!
//! The club of the compliant plan meets on Tuesdays, from 2024-09-03 to 2025-01-07; the plan is filed on 2024-09-10.

use kehou::rules::document::ProviderKind;
use kehou::rules::partners::{LicenceFact, PartnerAgreementFact, PartnerBanFact, PartnerFact, PartnerReviewFact};
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::support::{Case, numbers};

const NOTHING: [&str; 0] = [];
const CODE: &str = "91430602MA4Q000164";

fn provider(kind: &str) -> Value {
    json!({"kind": kind, "name": "南湖教育公司", "credit_code": CODE})
}

fn signed(starts_on: Date, ends_on: Date) -> PartnerAgreementFact {
    let (title, necessity) = ("合作协议".to_owned(), Some("本校没有机器人教师。".to_owned()));
    PartnerAgreementFact { title, starts_on, ends_on, is_paid: false, necessity }
}

/// A partner with nothing wrong.
fn fact(kind: ProviderKind) -> PartnerFact {
    PartnerFact {
        kind,
        credit_code: CODE.to_owned(),
        name: "南湖教育有限公司".to_owned(),
        licence_number: "教民143060270000011".to_owned(),
        licence_starts_on: date!(2020 - 01 - 01),
        licence_ends_on: Some(date!(2030 - 12 - 31)),
        earlier_licences: Vec::new(),
        bans: Vec::new(),
        review: Some(PartnerReviewFact {
            reviewed_on: date!(2024 - 06 - 03),
            qualified_until: Some(date!(2027 - 06 - 02)),
        }),
        agreements: vec![signed(date!(2024 - 09 - 01), date!(2025 - 01 - 31))],
        wanted_by: Some(12),
    }
}

fn run_by(kind: ProviderKind, change: impl FnOnce(&mut PartnerFact)) -> Case {
    let mut partner = fact(kind);
    change(&mut partner);
    let mut case = Case::compliant().set("/projects/1/provider", provider(kind.as_str()));
    case.facts.partners = Some(vec![partner]);
    case
}

fn institution(change: impl FnOnce(&mut PartnerFact)) -> Case {
    run_by(ProviderKind::Institution, change)
}

fn volunteers(change: impl FnOnce(&mut PartnerFact)) -> Case {
    let case = run_by(ProviderKind::PublicInterest, change);
    case.set("/projects/1/fee", json!({"kind": "free", "amount_fen": null, "price_document": null}))
}

fn ban(starts_on: Date, ends_on: Option<Date>) -> PartnerBanFact {
    PartnerBanFact { starts_on, ends_on, document: "岳楼教罚〔2024〕1号".to_owned() }
}

/// Plans that are wrong in every way that these rules have a sentence for.
pub fn wrong() -> Vec<Case> {
    let bans = |partner: &mut PartnerFact| partner.bans = vec![ban(date!(2024 - 09 - 03), None)];
    let unknown = |mut case: Case| {
        case.facts.partners = Some(Vec::new());
        case
    };
    let until = |day: Date| Some(PartnerReviewFact { reviewed_on: date!(2024 - 06 - 03), qualified_until: Some(day) });
    vec![
        unknown(volunteers(|_| {})),
        unknown(institution(|_| {})),
        run_by(ProviderKind::PublicInterest, |partner| partner.kind = ProviderKind::Institution),
        institution(|partner| partner.kind = ProviderKind::PublicInterest),
        volunteers(|partner| partner.agreements[0].is_paid = true)
            .push("/budget/expenses", json!({"category": "partner_pay", "amount_fen": 1})),
        volunteers(|partner| partner.agreements.clear()),
        volunteers(bans),
        institution(bans),
        institution(|partner| {
            partner.agreements.clear();
            partner.wanted_by = Some(0);
            partner.licence_starts_on = date!(2024 - 10 - 01);
            partner.review = None;
        }),
        institution(|partner| partner.licence_ends_on = Some(date!(2024 - 12 - 01))),
        institution(|partner| {
            let number = "旧证".to_owned();
            let (starts_on, ends_on) = (date!(2020 - 01 - 01), date!(2024 - 12 - 01));
            partner.earlier_licences = vec![LicenceFact { number, starts_on, ends_on }];
            partner.licence_starts_on = date!(2025 - 01 - 01);
        }),
        institution(|partner| {
            partner.licence_ends_on = Some(date!(2024 - 09 - 01));
            partner.review = until(date!(2024 - 09 - 01));
        }),
        institution(|partner| partner.review = until(date!(2024 - 12 - 01))),
        institution(|partner| {
            partner.review =
                until(date!(2024 - 12 - 01)).map(|review| PartnerReviewFact { qualified_until: None, ..review });
        }),
    ]
}

#[test]
fn public_interest_partner_has_an_agreement_and_is_paid_nothing() {
    assert_eq!(volunteers(|_| {}).says("public-interest-partner"), NOTHING);
    let paid = volunteers(|partner| partner.agreements[0].is_paid = true);
    assert_eq!(paid.says("public-interest-partner"), ["error /projects/1/provider"]);
    let finding = paid.only("public-interest-partner");
    assert_eq!(numbers(&finding, ["partner", "credit_code", "agreement"]), ["南湖教育有限公司", CODE, "合作协议"]);
    assert_eq!(finding.clause, "四.2");
    let over = volunteers(|partner| {
        let old = signed(date!(2023 - 09 - 01), date!(2024 - 01 - 31));
        partner.agreements.push(PartnerAgreementFact { is_paid: true, ..old });
    });
    assert_eq!(over.says("public-interest-partner"), NOTHING, "what was paid in another term is not of this one");
}

#[test]
fn public_interest_partner_with_a_fee_is_shown_to_the_reviewer() {
    let case = run_by(ProviderKind::PublicInterest, |_| {});
    assert_eq!(case.says("public-interest-partner"), ["warning/fee /projects/1/fee"]);
    assert_eq!(numbers(&case.only("public-interest-partner"), ["amount_yuan"]), ["2.00"]);
}

#[test]
fn public_interest_partner_has_no_line_of_the_budget() {
    let pay = json!({"category": "partner_pay", "amount_fen": 1});
    let case = volunteers(|_| {}).push("/budget/expenses", pay.clone());
    assert_eq!(case.says("public-interest-partner"), ["error/budget /budget/expenses/1"]);
    let nothing = volunteers(|_| {}).push("/budget/expenses", json!({"category": "partner_pay", "amount_fen": 0}));
    assert_eq!(nothing.says("public-interest-partner"), NOTHING);
    let beside = volunteers(|_| {}).push("/budget/expenses", pay).set("/projects/0/provider", provider("institution"));
    assert!(
        !beside.says("public-interest-partner").iter().any(|said| said.contains("budget")),
        "it is an institution's"
    );
}

#[test]
fn public_interest_partner_is_judged_by_what_is_on_file() {
    let mut case = volunteers(|_| {});
    case.facts.partners = None;
    assert!(!case.is_judged("public-interest-partner"));
    case.facts.partners = Some(Vec::new());
    assert_eq!(case.says("public-interest-partner"), ["error/unknown /projects/1/provider"]);
    assert_eq!(volunteers(|p| p.kind = ProviderKind::Institution).says("public-interest-partner").len(), 1);
    let banned = volunteers(|partner| partner.bans = vec![ban(date!(2025 - 01 - 07), None)]);
    assert_eq!(banned.says("public-interest-partner"), ["error/ban /projects/1/provider"]);
    assert!(Case::compliant().is_judged("public-interest-partner"), "a plan without partners needs no facts");
}

#[test]
fn institution_necessity_is_said_by_a_signed_agreement() {
    assert_eq!(institution(|_| {}).says("institution-necessity"), NOTHING);
    let unsaid = institution(|partner| partner.agreements[0].necessity = None);
    assert_eq!(unsaid.says("institution-necessity"), ["error /projects/1/provider"]);
    assert_eq!(numbers(&unsaid.only("institution-necessity"), ["date"]), ["2024-09-10"]);
    assert_eq!(unsaid.only("institution-necessity").clause, "四.3");
}

#[test]
fn institution_necessity_asks_for_demand_once_a_survey_knows_it() {
    for (wanted_by, said, judged) in [
        (None, [].as_slice(), false),
        (Some(0), ["error/no-demand /projects/1/provider"].as_slice(), true),
        (Some(1), [].as_slice(), true),
    ] {
        let case = institution(|partner| partner.wanted_by = wanted_by);
        assert_eq!(case.says("institution-necessity"), said, "{wanted_by:?}");
        assert_eq!(case.is_judged("institution-necessity"), judged, "{wanted_by:?}");
    }
}

#[test]
fn institution_qualified_by_a_licence_in_date() {
    for (ends_on, said) in [
        (Some(date!(2024 - 09 - 09)), ["error /projects/1/provider"].as_slice()),
        (Some(date!(2024 - 09 - 10)), ["warning/licence-ends /projects/1/provider"].as_slice()),
        (Some(date!(2025 - 01 - 06)), ["warning/licence-ends /projects/1/provider"].as_slice()),
        (Some(date!(2025 - 01 - 07)), [].as_slice()),
        (None, [].as_slice()),
    ] {
        let case = institution(|partner| partner.licence_ends_on = ends_on);
        assert_eq!(case.says("institution-qualified"), said, "{ends_on:?}");
    }
    let warning = institution(|p| p.licence_ends_on = Some(date!(2024 - 12 - 01))).only("institution-qualified");
    let named = numbers(&warning, ["partner", "licence_number", "ends_on", "date"]);
    assert_eq!(named, ["南湖教育有限公司", "教民143060270000011", "2024-12-01", "2025-01-07"]);
    for (starts_on, late) in [(date!(2024 - 09 - 10), false), (date!(2024 - 09 - 11), true)] {
        let case = institution(|partner| partner.licence_starts_on = starts_on);
        let expected: &[&str] = if late { &["error/licence-begins /projects/1/provider"] } else { &[] };
        assert_eq!(case.says("institution-qualified"), expected, "{starts_on}");
    }
}

#[test]
fn institution_qualified_by_two_licences_in_a_row() {
    let renewed = |until, from| {
        institution(|partner| {
            let (number, starts_on) = ("旧证".to_owned(), date!(2020 - 01 - 01));
            partner.earlier_licences = vec![LicenceFact { number, starts_on, ends_on: until }];
            partner.licence_starts_on = from;
        })
    };
    let (old, new) = (date!(2024 - 12 - 31), date!(2025 - 01 - 01));
    assert_eq!(
        renewed(old, new).says("institution-qualified"),
        NOTHING,
        "September by the old one, January by the new"
    );
    // Tuesdays: 31 December is the last before 7 January.
    assert_eq!(renewed(old, date!(2025 - 01 - 07)).says("institution-qualified"), NOTHING, "no service in between");
    let gap = renewed(date!(2024 - 12 - 30), new);
    assert_eq!(gap.says("institution-qualified"), ["warning/licence-gap /projects/1/provider"]);
    let said = numbers(&gap.only("institution-qualified"), ["date", "licence_number", "ends_on", "starts_on"]);
    assert_eq!(said, ["2024-12-31", "旧证", "2024-12-30", "2025-01-01"]);
    let over = renewed(date!(2024 - 09 - 09), new);
    assert_eq!(over.says("institution-qualified"), ["error /projects/1/provider"]);
}

#[test]
fn institution_qualified_by_its_latest_review() {
    for (until, said) in [
        (Some(date!(2024 - 09 - 09)), ["error/review-ended /projects/1/provider"].as_slice()),
        (Some(date!(2024 - 09 - 10)), ["warning/review-ends /projects/1/provider"].as_slice()),
        (Some(date!(2025 - 01 - 06)), ["warning/review-ends /projects/1/provider"].as_slice()),
        (Some(date!(2025 - 01 - 07)), [].as_slice()),
        (None, ["error/not-qualified /projects/1/provider"].as_slice()),
    ] {
        let review = PartnerReviewFact { reviewed_on: date!(2024 - 06 - 03), qualified_until: until };
        let case = institution(|partner| partner.review = Some(review));
        assert_eq!(case.says("institution-qualified"), said, "{until:?}");
    }
    let case = institution(|partner| partner.review = None);
    assert_eq!(case.says("institution-qualified"), ["error/no-review /projects/1/provider"]);
}

#[test]
fn institution_qualified_without_a_ban_on_any_day_of_service() {
    for (starts_on, ends_on, date) in [
        (date!(2024 - 08 - 01), Some(date!(2024 - 09 - 02)), None),
        (date!(2024 - 08 - 01), Some(date!(2024 - 09 - 03)), None), // over before the filing
        (date!(2024 - 08 - 01), Some(date!(2024 - 09 - 10)), Some("2024-09-10")),
        (date!(2024 - 09 - 04), Some(date!(2024 - 09 - 09)), None),
        (date!(2025 - 01 - 07), None, Some("2025-01-07")),
        (date!(2025 - 01 - 08), None, None),
    ] {
        let case = institution(|partner| partner.bans = vec![ban(starts_on, ends_on)]);
        let Some(date) = date else {
            assert_eq!(case.says("institution-qualified"), NOTHING, "{starts_on}");
            continue;
        };
        let finding = case.only("institution-qualified");
        assert_eq!((finding.variant.as_deref(), finding.clause.as_ref()), (Some("ban"), "六.5"));
        assert_eq!(numbers(&finding, ["date", "ban"]), [date, "岳楼教罚〔2024〕1号"]);
    }
}

#[test]
fn institution_qualified_by_agreements_that_cover_every_day_of_service() {
    for (agreements, date) in [
        (vec![signed(date!(2024 - 09 - 03), date!(2025 - 01 - 07))], None),
        (vec![signed(date!(2024 - 09 - 10), date!(2025 - 01 - 07))], None), // from the filing's own day on
        (vec![signed(date!(2024 - 09 - 11), date!(2025 - 01 - 07))], Some("2024-09-10")),
        (vec![signed(date!(2024 - 09 - 03), date!(2025 - 01 - 06))], Some("2025-01-07")),
        (
            vec![
                signed(date!(2024 - 09 - 03), date!(2024 - 11 - 05)),
                signed(date!(2024 - 11 - 12), date!(2025 - 01 - 07)),
            ],
            None,
        ),
        (Vec::new(), Some("2024-09-10")),
    ] {
        let case = institution(|partner| partner.agreements.clone_from(&agreements));
        let Some(date) = date else {
            assert_eq!(case.says("institution-qualified"), NOTHING, "{agreements:?}");
            continue;
        };
        let finding = case.only("institution-qualified");
        assert_eq!(finding.variant.as_deref(), Some("no-agreement"));
        assert_eq!(numbers(&finding, ["date"]), [date], "{agreements:?}");
    }
}

#[test]
fn institution_qualified_is_judged_by_what_is_on_file() {
    let mut case = institution(|_| {});
    case.facts.partners = None;
    assert!(!case.is_judged("institution-qualified") && !case.is_judged("institution-necessity"));
    case.facts.partners = Some(Vec::new());
    let finding = case.only("institution-qualified");
    assert_eq!((finding.variant.as_deref(), case.says("institution-necessity").len()), (Some("unknown"), 0));
    assert_eq!(numbers(&finding, ["partner", "credit_code"]), ["南湖教育公司", CODE]);
    let other = institution(|partner| partner.kind = ProviderKind::PublicInterest);
    assert_eq!(other.says("institution-qualified"), ["error/other-kind /projects/1/provider"]);
    let beyond = institution(|_| {}).set("/term/ends_on", json!("2027-03-01")).set("/term/service_to", Value::Null);
    assert!(beyond.is_judged("institution-qualified"), "beyond the announced calendar, too");
    assert!(Case::compliant().is_judged("institution-qualified"), "a plan without partners needs no facts");
}

#[test]
fn a_code_with_a_wrong_check_character_is_a_fault_of_the_document() {
    for (code, fault) in
        [(json!(CODE), None), (json!("91430602MA4Q000165"), Some("format")), (Value::Null, Some("required"))]
    {
        let case = institution(|_| {}).set("/projects/1/provider/credit_code", code.clone());
        let found: Vec<(String, &str)> =
            case.document().faults().into_iter().map(|fault| (fault.pointer, fault.code.slug())).collect();
        let at = "/projects/1/provider/credit_code".to_owned();
        assert_eq!(found, fault.map(|fault| (at, fault)).into_iter().collect::<Vec<_>>(), "{code}");
    }
}
