//! 服务人员 (四.1, 六.3): who leads projects is qualified, under contract and vetted, and mainly of the school itself.
//!
//! A project that names nobody yet is not judged. Contracts and qualifications are held against the dates on which the
//! projects of a leader meet; vettings against the first and the last of them.

use time::Date;

use super::Finding;
use super::catalogue::{EXTERNAL_STAFF_CONTRACT, EXTERNAL_STAFF_QUALIFIED, OWN_STAFF_FIRST, STAFF_VETTED};
use super::document::{Period, PlanProject, StaffKind, VettingKind};
use super::facts::StaffFact;
use super::rule::Rule;
use super::schedule::ServiceDays;
use super::submission::{Submission, Verdict};

/// Divisible by every number of leaders that a project can have, so that equal shares of a minute stay whole.
const PARTS_OF_A_MINUTE: i64 = 232_792_560;

/// Somebody who leads projects, the first place that says so, and the dates on which they meet, in order.
struct Leader<'a> {
    fact: &'a StaffFact,
    pointer: String,
    dates: Vec<Date>,
}

/// Everyone who leads projects, in the order of the document; nothing where the facts are not there.
fn leaders<'a>(plan: &Submission<'a>) -> Option<Vec<Leader<'a>>> {
    let (staff, days) = (plan.facts.staff.as_ref()?, plan.days.as_ref().ok()?);
    let mut found: Vec<Leader<'a>> = Vec::new();
    for (p, project) in plan.projects() {
        for (l, id) in project.leader_ids.iter().enumerate() {
            let known = found.iter().any(|leader| leader.fact.id == *id);
            let Some(fact) = staff.iter().find(|fact| fact.id == *id).filter(|_| !known) else { continue };
            let dates = dates_of(plan, days, fact);
            found.push(Leader { fact, pointer: format!("/projects/{p}/leader_ids/{l}"), dates });
        }
    }
    Some(found)
}

/// The dates on which any project of a leader meets.
fn dates_of(plan: &Submission<'_>, days: &ServiceDays, fact: &StaffFact) -> Vec<Date> {
    let own = plan.document.projects.iter().filter(|project| project.leader_ids.contains(&fact.id));
    let mut dates: Vec<Date> =
        own.flat_map(|project| &project.slots).flat_map(|slot| days.dates_of(slot).collect::<Vec<_>>()).collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// How far dated papers cover dates.
enum Coverage {
    Whole,
    /// The first date is not covered.
    NotAtFirst(Date),
    /// From the first date on, until what covers it runs out.
    Until {
        expires_on: Date,
        uncovered: Date,
    },
}

fn coverage(dates: &[Date], papers: &[Period]) -> Coverage {
    let covers = |date: Date| papers.iter().filter(move |paper| (paper.from..=paper.to).contains(&date));
    let Some(place) = dates.iter().position(|date| covers(*date).next().is_none()) else { return Coverage::Whole };
    let uncovered = dates.get(place).copied();
    let last = place.checked_sub(1).and_then(|before| dates.get(before));
    let expires_on = last.and_then(|date| covers(*date).map(|paper| paper.to).max());
    match (uncovered, expires_on) {
        (Some(uncovered), Some(expires_on)) => Coverage::Until { expires_on, uncovered },
        (Some(uncovered), None) => Coverage::NotAtFirst(uncovered),
        (None, _) => Coverage::Whole,
    }
}

/// What is said of one external leader's papers.
fn of_papers(
    plan: &Submission<'_>,
    rule: &'static Rule,
    running_out: &'static str,
    leader: &Leader<'_>,
    papers: &[Period],
) -> Option<Finding> {
    let finding = match coverage(&leader.dates, papers) {
        Coverage::Whole => return None,
        Coverage::NotAtFirst(date) => plan.error(rule, &*leader.pointer).with("date", date),
        Coverage::Until { expires_on, uncovered } => plan
            .warning(rule, &*leader.pointer)
            .variant(running_out)
            .with("expires_on", expires_on)
            .with("date", uncovered),
    };
    Some(finding.with("person", &leader.fact.name))
}

fn of_external(
    plan: &Submission<'_>,
    rule: &'static Rule,
    running_out: &'static str,
    papers: impl Fn(&StaffFact) -> &[Period],
) -> Verdict {
    let Some(leaders) = leaders(plan) else { return Verdict::not_judged() };
    let external = leaders.iter().filter(|leader| leader.fact.kind == StaffKind::External);
    let said = external.filter_map(|leader| of_papers(plan, rule, running_out, leader, papers(leader.fact)));
    said.collect::<Vec<_>>().into()
}

/// `external-staff-qualified`: a qualification is valid on every date on which an external leader's projects meet.
pub(super) fn external_staff_qualified(plan: &Submission<'_>) -> Verdict {
    of_external(plan, &EXTERNAL_STAFF_QUALIFIED, "expires", |fact| &fact.qualifications)
}

/// `external-staff-contract`: a signed labour contract or service agreement covers every such date.
pub(super) fn external_staff_contract(plan: &Submission<'_>) -> Verdict {
    of_external(plan, &EXTERNAL_STAFF_CONTRACT, "renew", |fact| &fact.contracts)
}

/// `staff-vetted`: everyone who leads has passed what is asked, and it holds on the first of the dates.
pub(super) fn staff_vetted(plan: &Submission<'_>) -> Verdict {
    let Some(leaders) = leaders(plan) else { return Verdict::not_judged() };
    let record_check = plan.profile.record_check_required.then_some(VettingKind::RecordCheck);
    let asked: Vec<VettingKind> =
        [VettingKind::Character, VettingKind::Health].into_iter().chain(record_check).collect();
    let said = leaders.iter().flat_map(|leader| {
        let vetted = asked.iter().filter_map(|kind| of_vetting(plan, leader, *kind));
        gone(plan, leader).into_iter().chain(vetted).collect::<Vec<_>>()
    });
    said.collect::<Vec<_>>().into()
}

/// The first and the last date; those of the plan for somebody whose projects never meet.
fn bounds(plan: &Submission<'_>, leader: &Leader<'_>) -> (Date, Date) {
    let term = &plan.document.term;
    let first = leader.dates.first().copied().unwrap_or_else(|| term.first_service_date());
    (first, leader.dates.last().copied().unwrap_or_else(|| term.last_service_date()))
}

fn named(finding: Finding, leader: &Leader<'_>) -> Finding {
    let kind = leader.fact.kind;
    finding.with("person", &leader.fact.name).with("role_zh", kind.zh()).with("role_en", kind.en())
}

/// Somebody who has left before the last date cannot serve on it.
fn gone(plan: &Submission<'_>, leader: &Leader<'_>) -> Option<Finding> {
    let (_, last) = bounds(plan, leader);
    let left_on = leader.fact.left_on.filter(|left_on| *left_on < last)?;
    let finding = plan.error(&STAFF_VETTED, &*leader.pointer).variant("left");
    Some(named(finding.with("left_on", left_on).with("date", last), leader))
}

/// The last vetting of a kind decides whether it was passed; of those passed since the last failed one, the longest
/// holds.
fn of_vetting(plan: &Submission<'_>, leader: &Leader<'_>, kind: VettingKind) -> Option<Finding> {
    let made: Vec<_> = leader.fact.vettings.iter().filter(|vetting| vetting.kind == kind).collect();
    let failed = made.last().is_some_and(|last| !last.passed);
    let valid_until = made.iter().rev().take_while(|vetting| vetting.passed).map(|vetting| vetting.valid_until).max();
    let (first, last) = bounds(plan, leader);
    let (error, at) = (plan.error(&STAFF_VETTED, &*leader.pointer), &*leader.pointer);
    let finding = match valid_until {
        None if failed => error.variant("failed"),
        None => error,
        Some(expires_on) if expires_on < first => {
            error.variant("expired").with("expires_on", expires_on).with("date", first)
        }
        Some(expires_on) if expires_on < last => {
            plan.warning(&STAFF_VETTED, at).variant("expires").with("expires_on", expires_on).with("date", last)
        }
        Some(_) => return None,
    };
    Some(named(finding, leader).with("kind_zh", kind.zh()).with("kind_en", kind.en()))
}

/// `own-staff-first`: own staff lead so many percent of the minutes that groups meet in a week. A project is shared
/// equally among its leaders; one that names nobody is not counted.
pub(super) fn own_staff_first(plan: &Submission<'_>) -> Verdict {
    let Some(staff) = &plan.facts.staff else { return Verdict::not_judged() };
    let (mut all, mut own) = (0_i64, 0_i64);
    for (_, project) in plan.projects() {
        let leaders: Vec<&StaffFact> = staff.iter().filter(|fact| project.leader_ids.contains(&fact.id)).collect();
        let Some(share) = share_of(plan, project, leaders.len()) else { continue };
        for leader in leaders {
            all += share;
            own += if leader.kind == StaffKind::Own { share } else { 0 };
        }
    }
    let percent_min = i64::from(plan.profile.own_staff_percent_min);
    let too_few = own * 100 < all * percent_min;
    let finding = too_few.then(|| {
        let percent = own * 100 / all;
        plan.warning(&OWN_STAFF_FIRST, "/projects").with("percent", percent).with("percent_min", percent_min)
    });
    finding.into()
}

/// What falls to each leader of a project's minutes in a week, in parts of a minute. A slot counts once for every
/// timetable during which it meets, so that summer and winter weigh the same.
fn share_of(plan: &Submission<'_>, project: &PlanProject, leaders: usize) -> Option<i64> {
    let minutes: i64 = project
        .slots
        .iter()
        .map(|slot| {
            let length = i64::from(slot.ends_at.minutes()) - i64::from(slot.starts_at.minutes());
            plan.running(slot).map(|_| length.max(0)).sum::<i64>()
        })
        .sum();
    i64::try_from(leaders).ok().filter(|leaders| *leaders > 0).map(|leaders| minutes * PARTS_OF_A_MINUTE / leaders)
}
