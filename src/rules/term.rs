//! 三.2: what is offered is fixed for the term; only the authority lets it change midway.

use std::collections::BTreeSet;

use super::Finding;
use super::catalogue::FIXED_FOR_TERM;
use super::document::{PlanProject, PlanSlot};
use super::schedule::Running;
use super::submission::{Submission, Verdict};
use crate::values::local_time::LocalTime;

/// From when to when a project meets on a day.
type Spans = BTreeSet<(LocalTime, LocalTime)>;

/// `fixed-for-term`: an amendment keeps days, hours and duration of what is in force. Contents, groups, leaders,
/// venues, seats, fees, partners and new projects are not its matter.
pub(super) fn fixed_for_term(plan: &Submission<'_>) -> Verdict {
    let Some(amended) = &plan.facts.amended else { return Vec::new().into() };
    let mut findings = Vec::new();
    let (old, new) = (&amended.in_force.term, &plan.document.term);
    for (field, before, after) in [
        ("service_from", old.first_service_date(), new.first_service_date()),
        ("service_to", old.last_service_date(), new.last_service_date()),
    ] {
        if before != after {
            let finding = plan.error(&FIXED_FOR_TERM, format!("/term/{field}")).variant("period");
            findings.push(finding.with("before", before).with("after", after));
        }
    }
    for old in &amended.in_force.projects {
        if let Some((place, new)) = plan.projects().find(|(_, new)| new.name == old.name) {
            findings.extend(changes(plan, place, old, new));
        } else {
            let finding = plan.error(&FIXED_FOR_TERM, "/projects").variant("dropped");
            findings.push(finding.project(old.name.as_str()));
        }
    }
    findings.into()
}

/// What changes of a project's week and of its lessons.
fn changes(plan: &Submission<'_>, place: usize, old: &PlanProject, new: &PlanProject) -> Vec<Finding> {
    let mut findings = Vec::new();
    let weekdays: BTreeSet<i64> = old.slots.iter().chain(&new.slots).map(|slot| slot.weekday.get()).collect();
    for weekday in weekdays {
        let on = |slots: &[PlanSlot], running| spans(slots, weekday, running);
        let differs = |running: &Running| on(&old.slots, *running) != on(&new.slots, *running);
        let Some(running) = Running::ALL.into_iter().find(differs) else { continue };
        let (before, after) = (on(&old.slots, running), on(&new.slots, running));
        let finding = plan.error(&FIXED_FOR_TERM, format!("/projects/{place}/slots"));
        let finding = finding.project(new.name.as_str()).weekday(weekday).timetable(running);
        findings.push(finding.spans("before_zh", "before_en", &before).spans("after_zh", "after_en", &after));
    }
    for (field, variant, before, after) in [
        ("lessons_per_day", "lessons-per-day", old.lessons_per_day.get(), new.lessons_per_day.get()),
        ("lesson_minutes", "lesson-minutes", old.lesson_minutes.get(), new.lesson_minutes.get()),
    ] {
        if before != after {
            let finding = plan.error(&FIXED_FOR_TERM, format!("/projects/{place}/{field}")).variant(variant);
            findings.push(finding.project(new.name.as_str()).with("before", before).with("after", after));
        }
    }
    findings
}

fn spans(slots: &[PlanSlot], weekday: i64, running: Running) -> Spans {
    let met = slots.iter().filter(|slot| slot.weekday.get() == weekday && running.holds(slot.timetable));
    met.map(|slot| (slot.starts_at, slot.ends_at)).collect()
}

impl Finding {
    /// Adds spans in words of both languages.
    fn spans(self, zh: &'static str, en: &'static str, spans: &Spans) -> Self {
        let text = |none: &str, between: &str| {
            let each: Vec<String> = spans.iter().map(|(from, to)| format!("{from}–{to}")).collect();
            if each.is_empty() { none.to_owned() } else { each.join(between) }
        };
        self.with(zh, text("无服务", "、")).with(en, text("no service", ", "))
    }
}
