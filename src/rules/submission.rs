//! A plan in front of its judges: document, facts, profile and calendar, and what several rules need from them.

use time::Date;

use super::calendar::Calendar;
use super::dismissals::Dismissals;
use super::document::{PlanDocument, PlanProject, PlanSlot};
use super::facts::Facts;
use super::profile::{FeeStandard, Profile};
use super::rule::{Rule, by};
use super::schedule::{Running, ServiceDays};
use super::{Finding, Severity};

/// A rule of plans.
pub(super) type Judge = fn(&Submission<'_>) -> Verdict;

/// What a rule says, and whether it had all the facts to say it.
pub(super) struct Verdict {
    pub(super) findings: Vec<Finding>,
    pub(super) judged: bool,
}

impl Verdict {
    /// The facts are not there.
    pub(super) const fn not_judged() -> Self {
        Self { findings: Vec::new(), judged: false }
    }

    /// Something is not known: that stops a submission with a finding; a check is only told that it was not judged.
    pub(super) fn unknown(&mut self, plan: &Submission<'_>, finding: impl FnOnce() -> Finding) {
        if plan.facts.decides {
            self.findings.push(finding());
        } else {
            self.judged = false;
        }
    }
}

impl From<Vec<Finding>> for Verdict {
    fn from(findings: Vec<Finding>) -> Self {
        Self { findings, judged: true }
    }
}

impl From<Option<Finding>> for Verdict {
    fn from(finding: Option<Finding>) -> Self {
        finding.into_iter().collect::<Vec<_>>().into()
    }
}

/// A plan with all that it is judged by.
pub(super) struct Submission<'a> {
    pub(super) document: &'a PlanDocument,
    pub(super) facts: &'a Facts,
    pub(super) profile: &'a Profile,
    pub(super) calendar: &'a Calendar,
    pub(super) days: ServiceDays,
    pub(super) dismissals: Dismissals,
}

impl<'a> Submission<'a> {
    pub(super) fn of(
        document: &'a PlanDocument,
        facts: &'a Facts,
        profile: &'a Profile,
        calendar: &'a Calendar,
    ) -> Self {
        Self {
            document,
            facts,
            profile,
            calendar,
            days: ServiceDays::of(&document.term, profile, calendar, &facts.exemptions),
            dismissals: Dismissals::of_school(&document.school),
        }
    }

    pub(super) fn error(&self, rule: &'static Rule, pointer: impl Into<String>) -> Finding {
        rule.finding(Severity::Error, &self.profile.document, pointer)
    }

    pub(super) fn warning(&self, rule: &'static Rule, pointer: impl Into<String>) -> Finding {
        rule.finding(Severity::Warning, &self.profile.document, pointer)
    }

    /// Projects with their places in the document.
    pub(super) fn projects(&self) -> impl Iterator<Item = (usize, &'a PlanProject)> + use<'a> {
        self.document.projects.iter().enumerate()
    }

    /// Slots with their projects and pointers.
    pub(super) fn slots(&self) -> impl Iterator<Item = PlacedSlot<'a>> + use<'a> {
        self.projects().flat_map(|(p, project)| {
            project.slots.iter().enumerate().map(move |(s, slot)| PlacedSlot { project, slot, place: (p, s) })
        })
    }

    /// Whether papers are judged for a date: from the filing's own day on.
    pub(super) fn is_judged_on(&self, date: Date) -> bool {
        self.facts.judged_from().is_none_or(|from| from <= date)
    }

    /// The timetables during which a slot meets.
    pub(super) fn running(
        &self,
        project: &PlanProject,
        slot: &PlanSlot,
    ) -> impl Iterator<Item = Running> + Clone + use<> {
        let meets =
            |running| self.days.types().iter().any(|t| t.key.running == running && t.key.has_slot(project, slot));
        // A slot that never meets is still judged by what is written.
        let written = Running::ALL.map(|running| running.holds(slot.timetable));
        let met = Running::ALL.map(|running| running.holds(slot.timetable) && meets(running));
        let chosen = if met.contains(&true) { met } else { written };
        Running::ALL.into_iter().zip(chosen).filter_map(|(running, chosen)| chosen.then_some(running))
    }

    /// The same finding, by the document that set a parameter of the profile.
    pub(super) fn by(&self, parameter: &'static str, finding: Finding) -> Finding {
        by(self.profile, parameter, finding)
    }

    /// Fee standards for pupils of a grade, the profile's first.
    pub(super) fn standards(&self, grade: i64) -> impl Iterator<Item = &'a FeeStandard> + use<'a> {
        let area = self.document.school.area;
        let all = self.profile.fee_standards.iter().chain(&self.facts.fee_standards);
        all.filter(move |standard| standard.is_for(area, grade))
    }
}

/// A slot and where it stands.
#[derive(Clone, Copy)]
pub(super) struct PlacedSlot<'a> {
    pub(super) project: &'a PlanProject,
    pub(super) slot: &'a PlanSlot,
    pub(super) place: (usize, usize),
}

impl PlacedSlot<'_> {
    pub(super) fn pointer(&self, field: &str) -> String {
        format!("/projects/{}/slots/{}/{field}", self.place.0, self.place.1)
    }
}
