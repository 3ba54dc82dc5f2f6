//! 服务人员 (四.1, 六.3): who leads projects is qualified, under contract and vetted, and mainly of the school itself.
//!
//! A project that names nobody yet is not judged. Contracts and qualifications are held against the dates on which the
//! projects of a leader meet, from the filing's own day on; vettings against the first and the last of them.

use time::Date;

use super::Finding;
use super::catalogue::{EXTERNAL_STAFF_CONTRACT, EXTERNAL_STAFF_QUALIFIED, OWN_STAFF_FIRST, STAFF_VETTED};
use super::document::{Period, PlanProject, ProviderKind, StaffKind, VettingKind};
use super::facts::StaffFact;
use super::papers::{Coverage, coverage};
use super::rule::Rule;
use super::serving::{named, vetted_until};
use super::submission::{Submission, Verdict};

/// Divisible by every number of leaders that a project can have, so that equal shares of a minute stay whole.
const PARTS_OF_A_MINUTE: i64 = 232_792_560;

/// Somebody who leads projects, the first place that says so, and the dates that are judged, in order.
struct Leader<'a> {
    fact: &'a StaffFact,
    pointer: String,
    dates: Vec<Date>,
    /// Whether any of the projects meets at all.
    meets: bool,
}

/// Everyone who leads projects, in the order of the document; nothing where the facts are not there.
fn leaders<'a>(plan: &Submission<'a>) -> Option<Vec<Leader<'a>>> {
    let staff = plan.facts.staff.as_ref()?;
    let mut found: Vec<Leader<'a>> = Vec::new();
    for (p, project) in plan.projects() {
        for (l, id) in project.leader_ids.iter().enumerate() {
            let known = found.iter().any(|leader| leader.fact.id == *id);
            let Some(fact) = staff.iter().find(|fact| fact.id == *id).filter(|_| !known) else { continue };
            let all = dates_of(plan, fact);
            let served = |date: &Date| fact.left_on.is_none_or(|left_on| *date <= left_on);
            let dates = all.iter().copied().filter(|date| plan.is_judged_on(*date) && served(date)).collect();
            found.push(Leader { fact, pointer: pointer_to(p, l), dates, meets: !all.is_empty() });
        }
    }
    Some(found)
}

fn pointer_to(project: usize, leader: usize) -> String {
    format!("/projects/{project}/leader_ids/{leader}")
}

/// The dates on which any project of a leader meets.
fn dates_of(plan: &Submission<'_>, fact: &StaffFact) -> Vec<Date> {
    let own = plan.document.projects.iter().filter(|project| project.leader_ids.contains(&fact.id));
    let mut dates: Vec<Date> = own.flat_map(|project| plan.days.dates_of(project)).collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// Whether somebody comes new to the projects by an amendment: until then, who led before leads on.
fn takes_over(plan: &Submission<'_>, fact: &StaffFact) -> bool {
    let in_force = plan.facts.amended.as_ref().map(|amended| &amended.in_force.projects);
    in_force.is_some_and(|projects| projects.iter().all(|project| !project.leader_ids.contains(&fact.id)))
}

/// What is said of one external leader's papers.
fn of_papers(
    plan: &Submission<'_>,
    rule: &'static Rule,
    running_out: &'static str,
    leader: &Leader<'_>,
    papers: &[Period],
) -> Option<Finding> {
    let begins = |date: Date| papers.iter().map(|paper| paper.from).filter(|from| *from > date).min();
    let warning = |variant| plan.warning(rule, &*leader.pointer).variant(variant);
    let finding = match coverage(&leader.dates, papers) {
        Coverage::Whole => return None,
        Coverage::NotAtFirst(date) => match begins(date).filter(|_| takes_over(plan, leader.fact)) {
            Some(starts_on) => warning("begins").with("date", date).with("starts_on", starts_on),
            None => plan.error(rule, &*leader.pointer).with("date", date),
        },
        Coverage::Until { expires_on, uncovered } => {
            warning(running_out).with("expires_on", expires_on).with("date", uncovered)
        }
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

/// The first and the last date that are judged; those of the plan for somebody whose projects never meet. Nothing
/// where all days were before, or after somebody left.
fn bounds(plan: &Submission<'_>, leader: &Leader<'_>) -> Option<(Date, Date)> {
    if leader.meets {
        return leader.dates.first().copied().zip(leader.dates.last().copied());
    }
    let term = &plan.document.term;
    Some((term.first_service_date(), term.last_service_date()))
}

/// Somebody who has left cannot serve on the days that are left of a project that names nobody else. For the days up to
/// leaving, and in an amendment that leaves the name where it was, somebody may stay named.
fn gone(plan: &Submission<'_>, leader: &Leader<'_>) -> Option<Finding> {
    let left_on = leader.fact.left_on?;
    plan.projects().find_map(|(p, project)| {
        let l = project.leader_ids.iter().position(|id| *id == leader.fact.id)?;
        let dates: Vec<Date> = plan.days.dates_of(project).collect();
        let first = dates.first().copied().unwrap_or_else(|| plan.document.term.first_service_date());
        let last = dates.last().copied().unwrap_or_else(|| plan.document.term.last_service_date());
        let needed = left_on < last && plan.is_judged_on(last);
        if !needed || (first <= left_on && others_serve(plan, project, leader.fact, last)) {
            return None;
        }
        let was_named = plan.facts.amended.as_ref().is_some_and(|amended| {
            let same = amended.in_force.projects.iter().find(|known| known.name == project.name);
            same.is_some_and(|known| known.leader_ids.contains(&leader.fact.id))
        });
        let at = pointer_to(p, l);
        let finding = if was_named { plan.warning(&STAFF_VETTED, at) } else { plan.error(&STAFF_VETTED, at) };
        Some(named(finding.variant("left").with("left_on", left_on).with("date", last), leader.fact))
    })
}

/// Whether the project names somebody else who is there on a date.
fn others_serve(plan: &Submission<'_>, project: &PlanProject, fact: &StaffFact, date: Date) -> bool {
    let mut others = plan.facts.staff.iter().flatten().filter(|other| other.id != fact.id);
    others.any(|other| project.leader_ids.contains(&other.id) && other.left_on.is_none_or(|left_on| date <= left_on))
}

/// What stands against a leader's vettings of a kind.
fn of_vetting(plan: &Submission<'_>, leader: &Leader<'_>, kind: VettingKind) -> Option<Finding> {
    let (first, last) = bounds(plan, leader)?;
    let (error, at) = (plan.error(&STAFF_VETTED, &*leader.pointer), &*leader.pointer);
    let finding = match vetted_until(&leader.fact.vettings, kind) {
        Err(true) => error.variant("failed"),
        Err(false) => error,
        Ok(expires_on) if expires_on < first => {
            error.variant("expired").with("expires_on", expires_on).with("date", first)
        }
        Ok(expires_on) if expires_on < last => {
            plan.warning(&STAFF_VETTED, at).variant("expires").with("expires_on", expires_on).with("date", last)
        }
        Ok(_) => return None,
    };
    let finding = named(finding, leader.fact).with("kind_zh", kind.zh()).with("kind_en", kind.en());
    Some(if kind == VettingKind::RecordCheck { plan.by("record_check_required", finding) } else { finding })
}

/// `own-staff-first`: own staff lead so many percent of the minutes that groups meet in a week. A project is shared
/// equally among its leaders; one of the school that names nobody is not counted, one of a partner is the partner's.
pub(super) fn own_staff_first(plan: &Submission<'_>) -> Verdict {
    let Some(staff) = &plan.facts.staff else { return Verdict::not_judged() };
    let (mut all, mut own) = (0_i64, 0_i64);
    for (_, project) in plan.projects() {
        let leaders: Vec<&StaffFact> = staff.iter().filter(|fact| project.leader_ids.contains(&fact.id)).collect();
        if leaders.is_empty() && project.provider.kind != ProviderKind::School {
            all += share_of(plan, project, 1).unwrap_or_default();
        }
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
        let finding = plan.warning(&OWN_STAFF_FIRST, "/projects");
        plan.by("own_staff_percent_min", finding.with("percent", percent).with("percent_min", percent_min))
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
            plan.running(project, slot).map(|_| length.max(0)).sum::<i64>()
        })
        .sum();
    i64::try_from(leaders).ok().filter(|leaders| *leaders > 0).map(|leaders| minutes * PARTS_OF_A_MINUTE / leaders)
}
