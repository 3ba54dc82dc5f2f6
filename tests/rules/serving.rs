//! Who may serve where (四.1, 六.3), and what is booked: day by day, at and beyond each bound.

use kehou::rules::document::{LeaderId, Period, StaffKind, VettingKind};
use kehou::rules::facts::{StaffFact, VettingFact};
use kehou::rules::profile::Profile;
use kehou::rules::serving::{Booked, Booking, VenueFact, double_booked, may_serve, own_staff_lead, venue_checked};
use kehou::rules::{Finding, Severity};
use kehou::values::local_time::LocalTime;
use time::Date;
use time::macros::date;
use uuid::Uuid;

const FIRST: Date = date!(2024 - 09 - 03);
const LAST: Date = date!(2024 - 12 - 31);

fn profile() -> Profile {
    Profile::yueyang_2019()
}

fn paper(from: Date, to: Date) -> Period {
    Period { from, to }
}

fn coach(until: Date) -> StaffFact {
    let vetting = |kind| VettingFact { kind, passed: true, valid_until: date!(2025 - 08 - 29) };
    StaffFact {
        id: LeaderId(Uuid::nil()),
        name: "周教练".to_owned(),
        kind: StaffKind::External,
        left_on: None,
        qualifications: vec![paper(date!(2020 - 01 - 01), date!(2030 - 01 - 01))],
        contracts: vec![paper(date!(2024 - 09 - 01), until)],
        vettings: vec![vetting(VettingKind::Character), vetting(VettingKind::Health)],
    }
}

fn said(findings: &[Finding]) -> Vec<(&str, Option<&str>, Severity)> {
    findings.iter().map(|f| (f.rule.as_ref(), f.variant.as_deref(), f.severity)).collect()
}

/// One finding of each sentence that is not said of plans, too.
pub fn every_finding() -> Vec<Finding> {
    let dates = [FIRST, LAST];
    let gone = StaffFact { left_on: Some(FIRST), ..coach(LAST) };
    let mut all = may_serve(&gone, &dates, "/leader_id", &profile());
    let venue = |checks| VenueFact { name: "操场".to_owned(), checks, ..VenueFact::default() };
    all.extend(venue_checked(&venue(Vec::new()), &dates, 1, "/venue_id", &profile()));
    let bad = VenueFact {
        capacity: Some(1),
        retired_on: Some(date!(2024 - 09 - 01)),
        hazards: vec![(FIRST, "墙体开裂".to_owned())],
        ..venue(vec![paper(FIRST, FIRST)])
    };
    all.extend(venue_checked(&bad, &dates, 2, "/venue_id", &profile()));
    let hour = (FIRST, LocalTime::at(16, 30), LocalTime::at(17, 30));
    let taken = [Booking { date: FIRST, from: hour.1, to: hour.2, group: "一组".to_owned() }];
    for what in [Booked::Staff, Booked::Venue, Booked::Pupil] {
        all.extend(double_booked(what, "周教练", &[hour], &taken, "/leader_id", &profile()));
    }
    all
}

#[test]
fn external_staff_contract_covers_every_day_of_a_group_or_says_until_when() {
    let dates = [FIRST, LAST];
    for (until, expected) in [
        (LAST, vec![]),
        (date!(2024 - 12 - 30), vec![("external-staff-contract", Some("renew"), Severity::Warning)]),
        (date!(2024 - 09 - 02), vec![("external-staff-contract", None, Severity::Error)]),
    ] {
        assert_eq!(said(&may_serve(&coach(until), &dates, "/leader_id", &profile())), expected, "{until}");
    }
    let own = StaffFact { kind: StaffKind::Own, qualifications: Vec::new(), contracts: Vec::new(), ..coach(LAST) };
    assert_eq!(said(&may_serve(&own, &dates, "/leader_id", &profile())), [], "own staff needs neither");
}

#[test]
fn external_staff_contract_that_lapses_lets_serve_on_its_last_day_and_not_after() {
    let lapses = coach(date!(2024 - 10 - 31));
    let on = |day| said(&may_serve(&lapses, &[day], "", &profile())).len();
    assert_eq!((on(date!(2024 - 10 - 31)), on(date!(2024 - 11 - 01))), (0, 1));
}

#[test]
fn staff_vetted_is_asked_for_the_days_on_which_somebody_serves() {
    let until = |valid_until| {
        let vetting = |kind| VettingFact { kind, passed: true, valid_until };
        let vettings = vec![vetting(VettingKind::Character), vetting(VettingKind::Health)];
        StaffFact { vettings, ..coach(LAST) }
    };
    let ask = |who: &StaffFact| {
        let found = may_serve(who, &[FIRST, LAST], "", &profile());
        found.iter().map(|f| (f.variant.clone().unwrap_or_default().into_owned(), f.severity)).collect::<Vec<_>>()
    };
    assert_eq!(ask(&until(LAST)), []);
    let expires = ("expires".to_owned(), Severity::Warning);
    assert_eq!(ask(&until(date!(2024 - 12 - 30))), [expires.clone(), expires]);
    let is_over = ("expired".to_owned(), Severity::Error);
    assert_eq!(ask(&until(date!(2024 - 09 - 02))), [is_over.clone(), is_over]);
    let mut failed = until(LAST);
    failed.vettings.push(VettingFact { kind: VettingKind::Health, passed: false, valid_until: LAST });
    assert_eq!(ask(&failed), [("failed".to_owned(), Severity::Error)], "the last one decides");
    let strict = Profile { record_check_required: true, ..profile() };
    assert_eq!(may_serve(&until(LAST), &[FIRST], "", &strict).len(), 1);
}

#[test]
fn venue_checked_needs_a_check_in_date_and_no_serious_hazard() {
    let venue = VenueFact { name: "操场".to_owned(), checks: vec![paper(FIRST, LAST)], ..VenueFact::default() };
    let ask = |venue: &VenueFact, dates: &[Date], pupils| {
        let found = venue_checked(venue, dates, pupils, "/venue_id", &profile());
        found.iter().map(|f| (f.variant.clone().unwrap_or_default().into_owned(), f.severity)).collect::<Vec<_>>()
    };
    assert_eq!(ask(&venue, &[FIRST, LAST], 40), []);
    let late = [FIRST, date!(2025 - 01 - 01)];
    assert_eq!(ask(&venue, &late, 40), [("expires".to_owned(), Severity::Warning)]);
    let early = [date!(2024 - 09 - 02), LAST];
    assert_eq!(ask(&venue, &early, 40), [(String::new(), Severity::Error)]);
    let cracked = VenueFact { hazards: vec![(FIRST, "墙体开裂".to_owned())], ..venue.clone() };
    assert_eq!(ask(&cracked, &[LAST], 40), [("hazard".to_owned(), Severity::Error)]);
    let small = VenueFact { capacity: Some(40), ..venue };
    assert_eq!(ask(&small, &[FIRST], 40), []);
    assert_eq!(ask(&small, &[FIRST], 41), [("capacity".to_owned(), Severity::Warning)]);
}

#[test]
fn no_clash_finds_what_is_booked_at_one_time_and_lets_neighbours_be() {
    let hour = |from: u16, to: u16| (FIRST, LocalTime::at(from, 30), LocalTime::at(to, 30));
    let booking = |from: u16, to: u16, date| Booking {
        date,
        from: LocalTime::at(from, 30),
        to: LocalTime::at(to, 30),
        group: "一组".to_owned(),
    };
    for (taken, clashes) in [
        (booking(16, 17, FIRST), true),
        (booking(15, 16, FIRST), false),
        (booking(17, 18, FIRST), false),
        (booking(15, 18, FIRST), true),
        (booking(16, 17, LAST), false),
    ] {
        let found =
            double_booked(Booked::Staff, "周教练", &[hour(16, 17)], std::slice::from_ref(&taken), "", &profile());
        assert_eq!(found.is_some(), clashes, "{taken:?}");
    }
}

#[test]
fn own_staff_first_is_counted_by_real_minutes() {
    for (own, all, warned) in [(0, 0, false), (50, 100, false), (49, 100, true), (100, 100, false)] {
        assert_eq!(own_staff_lead(own, all, &profile()).is_some(), warned, "{own} of {all}");
    }
}
