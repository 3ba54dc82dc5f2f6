//! 三.2: what is offered is fixed for the term; only the authority lets it change midway.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::catalogue::FIXED_FOR_TERM;
use super::document::{PlanProject, PlanSlot, Timetable};
use super::renamed::same_projects;
use super::schedule::Running;
use super::submission::{Submission, Verdict};
use crate::finding::weekday_words;
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
        // What a moved term has cut off is no change of the plan.
        ("service_from", old.first_service_date().max(new.opens_on), new.first_service_date()),
        ("service_to", old.last_service_date().min(new.ends_on), new.last_service_date()),
    ] {
        if before != after {
            let finding = plan.error(&FIXED_FOR_TERM, format!("/term/{field}")).variant("period");
            findings.push(finding.with("before", before).with("after", after));
        }
    }
    let same = same_projects(&amended.in_force.projects, &plan.document.projects);
    for (number, old) in amended.in_force.projects.iter().enumerate() {
        let kept = same.iter().position(|known| *known == Some(number));
        if let Some((place, new)) = kept.and_then(|kept| plan.projects().nth(kept)) {
            findings.extend(changes(plan, place, old, new));
        } else {
            let finding = plan.error(&FIXED_FOR_TERM, "/projects").variant("dropped");
            findings.push(finding.project(old.name.as_str()));
        }
    }
    findings.extend(grades(plan, &amended.in_force.projects));
    findings.into()
}

/// From when to when a grade has service, by weekday and timetable.
type Week = BTreeMap<(i64, Running), (LocalTime, LocalTime)>;

/// What changes of the days and hours of each grade, beside what was said of single projects: a grade that is taken out
/// of them loses its days as well.
fn grades(plan: &Submission<'_>, old: &[PlanProject]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, row) in plan.document.school.grades.iter().enumerate() {
        let grade = row.grade.get();
        let (before, after) = (week_of(old, grade), week_of(&kept_hours(plan, old), grade));
        let said =
            |variant| plan.error(&FIXED_FOR_TERM, format!("/school/grades/{place}")).variant(variant).grade(grade);
        if before.is_empty() {
            continue; // a grade that is served for the first time loses nothing
        }
        if before.keys().ne(after.keys()) {
            let (was, is) = (Words::of(&before), Words::of(&after));
            let finding = said("grade").with("before_zh", was.zh).with("before_en", was.en);
            findings.push(finding.with("after_zh", is.zh).with("after_en", is.en));
        }
        for ((weekday, running), (start, end)) in &before {
            let Some((from, to)) = after.get(&(*weekday, *running)) else { continue };
            if from > start || to < end {
                let finding = said("grade-hours").weekday(*weekday).timetable(*running);
                findings.push(finding.with("before", format!("{start}–{end}")).with("after", format!("{from}–{to}")));
            }
        }
    }
    findings
}

/// The projects as they would be, each with the hours that it has in force, and those that were dropped: what changes
/// of a whole project has been said.
fn kept_hours(plan: &Submission<'_>, old: &[PlanProject]) -> Vec<PlanProject> {
    let same = same_projects(old, &plan.document.projects);
    let kept = plan.document.projects.iter().zip(&same).map(|(project, known)| {
        let known = known.and_then(|place| old.get(place));
        let slots = known.map_or(&project.slots, |known| &known.slots).clone();
        PlanProject { slots, ..project.clone() }
    });
    let dropped = old.iter().enumerate().filter(|(place, _)| !same.contains(&Some(*place)));
    kept.chain(dropped.map(|(_, project)| project.clone())).collect()
}

fn week_of(projects: &[PlanProject], grade: i64) -> Week {
    let mut week = Week::new();
    for slot in projects.iter().filter(|project| project.serves(grade)).flat_map(|project| &project.slots) {
        for running in Running::ALL.into_iter().filter(|running| running.holds(slot.timetable)) {
            let day = week.entry((slot.weekday.get(), running)).or_insert((slot.starts_at, slot.ends_at));
            *day = (day.0.min(slot.starts_at), day.1.max(slot.ends_at));
        }
    }
    week
}

/// The weekdays of a week, in words of both languages.
struct Words {
    zh: String,
    en: String,
}

impl Words {
    fn of(week: &Week) -> Self {
        let text = |running: Running, name: fn(i64) -> &'static str, between: &str| {
            let days = week.keys().filter(|(_, own)| *own == running).map(|(weekday, _)| name(*weekday));
            days.collect::<Vec<_>>().join(between)
        };
        let both = |name: fn(i64) -> &'static str, none: &str, between: &str, word: fn(Timetable) -> &'static str| {
            let [standard, winter] = Running::ALL.map(|running| text(running, name, between));
            let or_none = |days: String| if days.is_empty() { none.to_owned() } else { days };
            if standard == winter {
                return or_none(standard);
            }
            let [first, second] = Running::ALL.map(|running| word(running.timetable()));
            format!("{}（{first}）{}（{second}）", or_none(standard), or_none(winter))
        };
        Self {
            zh: both(|day| weekday_words(day).0, "无服务", "、", Timetable::zh),
            en: both(|day| weekday_words(day).1, "no service", ", ", Timetable::en),
        }
    }
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
