//! 四.1, 六.3: who leads projects is qualified, under contract, vetted, and mainly of the school.

use kehou::rules::document::{LeaderId, Period, StaffKind, VettingKind};
use kehou::rules::facts::{AmendedFact, StaffFact, VettingFact};
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use crate::support::{Case, numbers};

/// First and last day on which the compliant plan has service, a Monday and a Friday.
const FIRST: Date = date!(2024 - 09 - 02);
const LAST: Date = date!(2025 - 01 - 10);
const NONE: [&str; 0] = [];

fn id(number: u128) -> LeaderId {
    LeaderId(uuid::Uuid::from_u128(number))
}

fn passed(kind: VettingKind, valid_until: Date) -> VettingFact {
    VettingFact { kind, passed: true, valid_until }
}

/// Somebody with all papers, exactly for the days of service.
fn person(number: u128, kind: StaffKind) -> StaffFact {
    let whole = Period { from: FIRST, to: LAST };
    StaffFact {
        id: id(number),
        name: "周教练".to_owned(),
        kind,
        left_on: None,
        qualifications: vec![whole],
        contracts: vec![whole],
        vettings: vec![passed(VettingKind::Character, LAST), passed(VettingKind::Health, LAST)],
    }
}

/// The compliant plan, its homework led by these people; it meets from Monday to Friday.
fn led_by(staff: Vec<StaffFact>) -> Case {
    let ids: Vec<LeaderId> = staff.iter().map(|fact| fact.id).collect();
    let mut case = led(Case::compliant().accepted_on(FIRST), 0, &ids);
    case.facts.staff = Some(staff);
    case
}

fn led(mut case: Case, project: usize, ids: &[LeaderId]) -> Case {
    case.plan["projects"][project]["leader_ids"] = json!(ids);
    case
}

fn external(change: impl FnOnce(&mut StaffFact)) -> Case {
    let mut fact = person(1, StaffKind::External);
    change(&mut fact);
    led_by(vec![fact])
}

/// Cases for every sentence of these rules.
pub fn wrong() -> Vec<Case> {
    let early = Period { from: FIRST, to: date!(2024 - 12 - 31) };
    let vetted = |kind, until| move |fact: &mut StaffFact| fact.vettings.push(passed(kind, until));
    let without = |kind: VettingKind| move |fact: &mut StaffFact| fact.vettings.retain(|made| made.kind != kind);
    let health = VettingKind::Health;
    vec![
        external(|fact| fact.qualifications.clear()),
        external(|fact| fact.qualifications = vec![early]),
        external(|fact| fact.contracts.clear()),
        external(|fact| fact.contracts = vec![early]),
        external(without(health)),
        external(|fact| {
            without(health)(fact);
            vetted(health, date!(2024 - 09 - 01))(fact);
        }),
        external(|fact| {
            without(health)(fact);
            vetted(health, date!(2024 - 12 - 31))(fact);
        }),
        external(|fact| fact.vettings.push(VettingFact { passed: false, ..passed(health, LAST) })),
        external(|fact| fact.left_on = Some(date!(2024 - 10 - 31))),
        successor(),
        led(led_by(vec![person(1, StaffKind::Own)]), 1, &[id(1)]),
    ]
}

/// A coach whose papers begin after the amendment that names them.
fn successor() -> Case {
    let mut coach = person(1, StaffKind::External);
    let later = Period { from: date!(2024 - 11 - 04), to: LAST };
    (coach.contracts, coach.qualifications) = (vec![later], vec![later]);
    amended(vec![coach], &[1], &[2])
}

/// Papers over days, and what is said of the dates that they leave out.
fn papers() -> [(Vec<Period>, &'static str, [&'static str; 2]); 9] {
    let period = |from, to| Period { from, to };
    let (dec, jan) = (date!(2024 - 12 - 31), date!(2025 - 01 - 02));
    [
        (vec![period(FIRST, LAST)], "", ["", ""]),
        (vec![period(FIRST, dec), period(jan, LAST)], "", ["", ""]), // 1 January is a holiday
        (vec![], "error", ["", "2024-09-02"]),
        (vec![period(date!(2024 - 09 - 03), LAST)], "error", ["", "2024-09-02"]),
        (vec![period(date!(2020 - 01 - 01), date!(2024 - 09 - 01))], "error", ["", "2024-09-02"]),
        (vec![period(FIRST, FIRST)], "warning", ["2024-09-02", "2024-09-03"]),
        (vec![period(FIRST, dec)], "warning", ["2024-12-31", "2025-01-02"]),
        (vec![period(FIRST, date!(2025 - 01 - 09))], "warning", ["2025-01-09", "2025-01-10"]),
        (vec![period(FIRST, dec), period(date!(2025 - 01 - 03), LAST)], "warning", ["2024-12-31", "2025-01-02"]),
    ]
}

fn papers_are_judged(rule: &str, variant: &str, clause: &str, put: fn(&mut StaffFact, Vec<Period>)) {
    for (papers, severity, [expires_on, date]) in papers() {
        let case = external(|fact| put(fact, papers.clone()));
        let said = match severity {
            "" => vec![],
            "error" => vec!["error /projects/0/leader_ids/0".to_owned()],
            _ => vec![format!("warning/{variant} /projects/0/leader_ids/0")],
        };
        assert_eq!(case.says(rule), said, "{papers:?}");
        if !said.is_empty() {
            let finding = case.only(rule);
            assert_eq!(numbers(&finding, ["person", "expires_on", "date"]), ["周教练", expires_on, date], "{papers:?}");
            assert_eq!(finding.clause, clause);
        }
    }
    for kind in [StaffKind::Own, StaffKind::Volunteer] {
        let mut fact = person(1, kind);
        put(&mut fact, Vec::new());
        assert_eq!(led_by(vec![fact]).says(rule), NONE, "{kind:?}");
    }
    // Only the days of the projects that somebody leads count: the club meets on Tuesdays, last on 7 January.
    let mut fact = person(1, StaffKind::External);
    put(&mut fact, vec![Period { from: date!(2024 - 09 - 03), to: date!(2025 - 01 - 07) }]);
    let mut club = led(Case::compliant().accepted_on(FIRST), 1, &[id(1)]);
    club.facts.staff = Some(vec![fact]);
    assert_eq!(club.says(rule), NONE);
    club = led(club, 0, &[id(1)]);
    assert_eq!(club.says(rule), ["error /projects/0/leader_ids/0"], "once, though both are led");
    is_judged_by_facts(rule);
}

#[test]
fn external_staff_contract_is_judged_from_the_filings_own_day_on() {
    let rule = "external-staff-contract";
    let from = |from| external(|fact| fact.contracts = vec![Period { from, to: LAST }]);
    for (filed_on, says) in [
        (date!(2024 - 09 - 09), vec!["error /projects/0/leader_ids/0"]),
        (date!(2024 - 09 - 10), vec![]),
        (date!(2024 - 12 - 02), vec![]),
    ] {
        let mut case = from(date!(2024 - 09 - 10));
        case.facts.filed_on = Some(filed_on);
        assert_eq!(case.says(rule), says, "{filed_on}");
    }
    // Days before belong to the filing in force then: the day of the first submission does not count.
    let mut again = from(date!(2024 - 10 - 14));
    assert_eq!(again.says(rule).len(), 1);
    again.facts.filed_on = Some(date!(2024 - 10 - 14));
    assert_eq!(again.says(rule), NONE);
}

/// The plan in force is led by person 2; the amendment, filed on a Friday, names others.
fn amended(staff: Vec<StaffFact>, named: &[u128], in_force: &[u128]) -> Case {
    let ids = |numbers: &[u128]| numbers.iter().map(|number| id(*number)).collect::<Vec<_>>();
    let before = led(Case::compliant().accepted_on(FIRST), 0, &ids(in_force)).document();
    let mut case = led(Case::compliant().accepted_on(FIRST), 0, &ids(named));
    let filed_on = date!(2024 - 11 - 01);
    case.facts.amended = Some(AmendedFact { in_force: before, filed_on });
    (case.facts.filed_on, case.facts.staff) = (Some(filed_on), Some(staff));
    case
}

#[test]
fn external_staff_contract_of_who_takes_over_may_begin_after_the_amendment_is_filed() {
    let mut coach = person(1, StaffKind::External);
    let monday = date!(2024 - 11 - 04);
    (coach.contracts, coach.qualifications) =
        (vec![Period { from: monday, to: LAST }], vec![Period { from: monday, to: LAST }]);
    for rule in ["external-staff-contract", "external-staff-qualified"] {
        let case = amended(vec![coach.clone(), person(2, StaffKind::Own)], &[1], &[2]);
        assert_eq!(case.says(rule), ["warning/begins /projects/0/leader_ids/0"], "{rule}");
        let named = amended(vec![coach.clone()], &[1], &[1]);
        assert_eq!(named.says(rule), ["error /projects/0/leader_ids/0"], "{rule}: who leads already is no successor");
    }
    coach.contracts.clear();
    let none = amended(vec![coach], &[1], &[2]);
    assert_eq!(none.says("external-staff-contract"), ["error /projects/0/leader_ids/0"]);
}

#[test]
fn staff_vetted_lets_who_has_left_stay_named_for_the_days_up_to_leaving() {
    let rule = "staff-vetted";
    let mut gone = person(1, StaffKind::Own);
    gone.left_on = Some(date!(2024 - 10 - 31));
    let other = person(2, StaffKind::Own);
    let both = led_by(vec![gone.clone(), other.clone()]);
    assert_eq!(both.says(rule), NONE, "somebody else leads on");
    assert_eq!(led_by(vec![gone.clone()]).says(rule), ["error/left /projects/0/leader_ids/0"]);
    // An amendment of something else is not stopped by a name that stands in what is in force.
    let amendment = amended(vec![gone.clone()], &[1], &[1]);
    assert_eq!(amendment.says(rule), ["warning/left /projects/0/leader_ids/0"]);
    assert_eq!(amended(vec![gone.clone()], &[1], &[2]).says(rule), ["error/left /projects/0/leader_ids/0"]);
    // Their papers need hold for the days up to leaving only.
    gone.vettings =
        gone.vettings.iter().map(|made| VettingFact { valid_until: date!(2024 - 10 - 31), ..*made }).collect();
    assert_eq!(led_by(vec![gone.clone(), other.clone()]).says(rule), NONE);
    gone.left_on = Some(date!(2024 - 09 - 01));
    assert_eq!(led_by(vec![gone, other]).says(rule).len(), 1, "who left before the first day never leads");
}

#[test]
fn own_staff_first_counts_what_is_bought_in() {
    let rule = "own-staff-first";
    let partner = json!({"kind": "institution", "name": "南湖教育公司", "credit_code": "91430602MA4Q000164"});
    let all =
        Case::compliant().set("/projects/0/provider", partner.clone()).set("/projects/1/provider", partner.clone());
    assert_eq!(all.says(rule), ["warning /projects"]);
    assert_eq!(numbers(&all.only(rule), ["percent"]), ["0"]);
    // The homework is led by own staff: five of six meetings of a week.
    let mut own = led_by(vec![person(1, StaffKind::Own)]).set("/projects/1/provider", partner);
    assert_eq!(own.says(rule), NONE);
    own = own.under(|profile| profile.own_staff_percent_min = 90);
    assert_eq!(numbers(&own.only(rule), ["percent"]), ["83"]);
}

#[test]
fn no_clash_warns_of_a_leader_in_two_projects_at_one_hour() {
    let mut case = led(led_by(vec![person(1, StaffKind::Own), person(2, StaffKind::Own)]), 1, &[id(1)]);
    assert_eq!(case.says("no-clash"), ["warning/leader /projects/0/leader_ids/0"], "person 2 leads one of them");
    let said = numbers(&case.only("no-clash"), ["person", "project", "other_project", "weekday", "from"]);
    assert_eq!(said, ["周教练", "作业辅导", "乒乓球", "2", "16:10"]);
    case = case.set("/projects/1/slots/0", crate::support::slot(2, "17:30", "18:00", "standard"));
    assert_eq!(case.says("no-clash"), NONE, "one after the other");
}

/// Without facts a rule is not judged; with facts and nobody who leads it passes.
fn is_judged_by_facts(rule: &str) {
    let mut case = Case::compliant();
    assert!(case.is_judged(rule) && case.says(rule).is_empty());
    case.facts.staff = None;
    assert!(!case.is_judged(rule));
    let beyond = led_by(vec![person(1, StaffKind::Own)]).set("/term/ends_on", json!("2027-03-01"));
    assert!(beyond.set("/term/service_to", Value::Null).is_judged(rule), "beyond the announced calendar, too");
}

#[test]
fn external_staff_qualified_on_every_date() {
    papers_are_judged("external-staff-qualified", "expires", "四.1", |fact, papers| fact.qualifications = papers);
}

#[test]
fn external_staff_contract_covers_every_date() {
    papers_are_judged("external-staff-contract", "renew", "四.1", |fact, papers| fact.contracts = papers);
}

#[test]
fn staff_vetted_in_character_and_health_whoever_they_are() {
    let rule = "staff-vetted";
    for (until, said) in [
        (date!(2024 - 09 - 01), "error/expired"),
        (FIRST, "warning/expires"),
        (date!(2025 - 01 - 09), "warning/expires"),
        (LAST, ""),
        (date!(2025 - 08 - 31), ""),
    ] {
        for kind in [StaffKind::Own, StaffKind::External, StaffKind::Volunteer] {
            let mut fact = person(1, kind);
            fact.vettings = vec![passed(VettingKind::Character, LAST), passed(VettingKind::Health, until)];
            let case = led_by(vec![fact]);
            let said: Vec<String> = Some(said)
                .filter(|said| !said.is_empty())
                .map(|said| format!("{said} /projects/0/leader_ids/0"))
                .into_iter()
                .collect();
            assert_eq!(case.says(rule), said, "{kind:?} {until}");
        }
    }
    let missing = external(|fact| fact.vettings.clear());
    assert_eq!(missing.says(rule), ["error /projects/0/leader_ids/0", "error /projects/0/leader_ids/0"]);
    let finding = external(|fact| fact.vettings = vec![passed(VettingKind::Character, LAST)]).only(rule);
    assert_eq!(numbers(&finding, ["person", "role_zh", "kind_en"]), ["周教练", "临聘人员", "health vetting"]);
    assert_eq!(finding.clause, "六.3");
    is_judged_by_facts(rule);
}

#[test]
fn staff_vetted_by_the_last_vetting_of_a_kind() {
    let failed = VettingFact { passed: false, ..passed(VettingKind::Health, LAST) };
    let again = passed(VettingKind::Health, LAST);
    for (later, said) in [
        (vec![failed], vec!["error/failed /projects/0/leader_ids/0"]),
        (vec![failed, again], vec![]),
        (vec![failed, passed(VettingKind::Character, LAST)], vec!["error/failed /projects/0/leader_ids/0"]),
        (vec![passed(VettingKind::Health, FIRST)], vec![]), // an earlier one holds for longer
    ] {
        let case = external(|fact| fact.vettings.extend(later.clone()));
        assert_eq!(case.says("staff-vetted"), said, "{later:?}");
    }
}

#[test]
fn staff_vetted_with_a_record_check_where_the_profile_asks() {
    let asked = |fact: StaffFact| led_by(vec![fact]).under(|profile| profile.record_check_required = true);
    let mut fact = person(1, StaffKind::Volunteer);
    assert_eq!(led_by(vec![fact.clone()]).says("staff-vetted"), NONE);
    assert_eq!(asked(fact.clone()).says("staff-vetted"), ["error /projects/0/leader_ids/0"]);
    fact.vettings.push(passed(VettingKind::RecordCheck, LAST));
    assert_eq!(asked(fact).says("staff-vetted"), NONE);
}

#[test]
fn staff_vetted_and_still_at_the_school() {
    for (left_on, said) in [(date!(2025 - 01 - 09), vec!["error/left /projects/0/leader_ids/0"]), (LAST, vec![])] {
        assert_eq!(external(|fact| fact.left_on = Some(left_on)).says("staff-vetted"), said, "{left_on}");
    }
}

#[test]
fn own_staff_first_at_half_of_the_minutes() {
    let rule = "own-staff-first";
    let (own, other, third) =
        (person(1, StaffKind::Own), person(2, StaffKind::External), person(3, StaffKind::Volunteer));
    for (staff, said, percent) in [
        (vec![own.clone()], false, ""),
        (vec![own.clone(), other.clone()], false, ""), // exactly half
        (vec![own.clone(), other.clone(), third.clone()], true, "33"),
        (vec![other.clone()], true, "0"),
        (vec![third.clone()], true, "0"),
    ] {
        let case = led_by(staff);
        assert_eq!(case.says(rule), if said { vec!["warning /projects"] } else { vec![] }, "{:?}", case.facts.staff);
        if said {
            assert_eq!(numbers(&case.only(rule), ["percent", "percent_min"]), [percent, "50"]);
        }
    }
    // Homework has five slots a week and the club one, all of one length: 1 of 6, then 5 of 6, by who leads which.
    for (homework, club, said) in [(2, 1, true), (1, 2, false)] {
        let mut case = led(led(Case::compliant(), 0, &[id(homework)]), 1, &[id(club)]);
        case.facts.staff = Some(vec![own.clone(), other.clone()]);
        assert_eq!(!case.says(rule).is_empty(), said);
    }
    is_judged_by_facts(rule);
}

#[test]
fn own_staff_first_by_the_profile_s_share() {
    let staff = || vec![person(1, StaffKind::Own), person(2, StaffKind::External), person(3, StaffKind::External)];
    for (percent_min, said) in [(0, false), (33, false), (34, true), (100, true)] {
        let case = led_by(staff()).under(|profile| profile.own_staff_percent_min = percent_min);
        assert_eq!(!case.says("own-staff-first").is_empty(), said, "{percent_min}");
    }
}

#[test]
fn leaders_are_named_once_and_by_their_ids() {
    let twice = led(Case::compliant(), 0, &[id(1), id(1)]).document().faults();
    assert_eq!(twice.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/projects/0/leader_ids/1"]);
    let many: Vec<LeaderId> = (0..21).map(id).collect();
    for (ids, right) in [
        (json!([]), true),
        (json!(many[..20]), true),
        (json!(many), false),
        (json!(["周教练"]), false),
        (json!(["0192f0c12b3a7c4d8e5f60718293a4b5"]), false),
    ] {
        let mut plan = Case::compliant().plan;
        plan["projects"][0]["leader_ids"] = ids.clone();
        let read = serde_json::from_value::<kehou::rules::document::PlanDocument>(plan);
        assert_eq!(read.is_ok(), right, "{ids}");
    }
}
