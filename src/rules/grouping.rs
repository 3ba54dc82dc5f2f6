//! 分组 (五, 五.4, 六.5): groups mix classes, fit their grades, and are never an administrative class in another guise.

use std::collections::BTreeSet;

use super::catalogue::{AGE_APPROPRIATE, MIXED_GROUPING, NO_COLLECTIVE_INSTRUCTION, SINGLE_CLASS_GRADE};
use super::document::{PlanProject, ProjectCategory};
use super::profile::Profile;
use super::rule::by;
use super::{Finding, Severity};

/// The place of a group's members in a body.
const MEMBERS: &str = "/enrollment_ids";

/// How many of a class are in a group, and how many it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub of_class: i64,
    pub size: i64,
}

/// A class of which somebody is in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassShare<'a> {
    pub class: &'a str,
    /// Who attends it.
    pub roll: i64,
    /// Whether its grade has no other class at the school.
    pub is_only_of_grade: bool,
    /// Of it in this group.
    pub here: Share,
    /// Of it in the groups that meet beside this one: of the same project, at the same time.
    pub beside: Vec<Share>,
}

/// What is known of a group when it is judged.
#[derive(Debug, Clone)]
pub struct GroupFacts<'a> {
    pub project: &'a PlanProject,
    /// The classes of its members.
    pub classes: Vec<ClassShare<'a>>,
    /// The grade of each member.
    pub grades: Vec<i64>,
    /// In how many classes of its grades the project has pupils who take part.
    pub classes_of_project: i64,
}

/// Everything that the rules of grouping say of a group.
#[must_use]
pub fn check_group(group: &GroupFacts<'_>, profile: &Profile) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        group.classes.iter().filter_map(|share| whole_class(group.project, share, profile)).collect();
    findings.extend(mixed(group, profile));
    findings.extend(of_other_grades(group, profile));
    findings.extend(large_help(group, profile));
    findings
}

/// What of a class is together: so many, in groups of so many.
struct Together {
    of_class: i64,
    size: i64,
}

impl Together {
    /// This group and those beside it, as long as the class makes up so much of all of them; the most that is so.
    fn of(share: &ClassShare<'_>, percent_of_group: i64) -> Option<Self> {
        let mut beside = share.beside.clone();
        beside.retain(|other| other.of_class > 0);
        // Those first in which the class makes up most: by cross multiplication, so that no fraction is rounded.
        beside.sort_by(|one, other| (other.of_class * one.size).cmp(&(one.of_class * other.size)));
        let mut most = None;
        let (mut of_class, mut size) = (share.here.of_class, share.here.size);
        for next in std::iter::once(Share { of_class: 0, size: 0 }).chain(beside) {
            of_class += next.of_class;
            size += next.size;
            if of_class * 100 >= size * percent_of_group {
                most = Some(Self { of_class, size });
            }
        }
        most
    }
}

/// `no-collective-instruction` of a group: nearly all of it is of one class, and nearly all of that class. Where the
/// grade has one class alone, nothing else is possible: `single-class-grade`.
fn whole_class(project: &PlanProject, share: &ClassShare<'_>, profile: &Profile) -> Option<Finding> {
    let (of_group, of_class) = (profile.class_percent_of_group, profile.group_percent_of_class);
    let together = Together::of(share, of_group)?;
    if together.of_class * 100 < share.roll * of_class {
        return None;
    }
    let finding = if share.is_only_of_grade {
        SINGLE_CLASS_GRADE.finding(Severity::Warning, profile.document_of("class_percent_of_group"), MEMBERS)
    } else {
        let finding = NO_COLLECTIVE_INSTRUCTION.finding(Severity::Error, &profile.document, MEMBERS).variant("group");
        by(profile, "class_percent_of_group", finding)
    };
    Some(
        finding
            .project(project.name.as_str())
            .with("class", share.class)
            .with("of_class", together.of_class)
            .with("size", together.size)
            .with("roll", share.roll)
            .with("percent_of_group", percent(together.of_class, together.size))
            .with("percent_of_class", percent(together.of_class, share.roll))
            .with("group_max", of_group)
            .with("class_max", of_class),
    )
}

/// `mixed-grouping`: a group of one class where others of the project could be in it.
fn mixed(group: &GroupFacts<'_>, profile: &Profile) -> Option<Finding> {
    let [only] = group.classes.as_slice() else { return None };
    let can_mix = group.classes_of_project > 1;
    let severity = if can_mix { Severity::Error } else { Severity::Warning };
    let finding = MIXED_GROUPING.finding(severity, &profile.document, MEMBERS);
    let finding = if can_mix { finding } else { finding.variant("impossible") };
    let finding = finding.project(group.project.name.as_str()).with("class", only.class);
    Some(finding.with("classes", group.classes_of_project))
}

/// `age-appropriate`: every member is of a grade that the project is for.
fn of_other_grades(group: &GroupFacts<'_>, profile: &Profile) -> Option<Finding> {
    let strange: BTreeSet<i64> = group.grades.iter().copied().filter(|grade| !group.project.serves(*grade)).collect();
    let told = |grades: &mut dyn Iterator<Item = i64>| grades.map(|grade| grade.to_string()).collect::<Vec<_>>();
    let grades = told(&mut group.project.grades.iter().map(|grade| grade.get())).join(", ");
    (!strange.is_empty()).then(|| {
        let finding = AGE_APPROPRIATE.finding(Severity::Error, &profile.document, MEMBERS);
        let finding = finding.project(group.project.name.as_str()).with("grades", grades);
        finding.with("grade", told(&mut strange.into_iter()).join(", "))
    })
}

/// A group of free help that is large is looked at: help is given to pupils one by one.
fn large_help(group: &GroupFacts<'_>, profile: &Profile) -> Option<Finding> {
    let most = profile.free_help_group_max;
    let size = i64::try_from(group.grades.len()).unwrap_or(i64::MAX);
    let is_large = group.project.category == ProjectCategory::FreeHelp && size > most;
    is_large.then(|| {
        let finding = NO_COLLECTIVE_INSTRUCTION.finding(Severity::Signal, &profile.document, MEMBERS);
        let finding = by(profile, "free_help_group_max", finding.variant("large-help"));
        finding.project(group.project.name.as_str()).with("size", size).with("most", most)
    })
}

/// Whole percent, rounded down; all of nothing is nothing.
fn percent(part: i64, whole: i64) -> i64 {
    if whole > 0 { part * 100 / whole } else { 0 }
}
