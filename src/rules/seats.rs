//! 严禁以任何方式拒绝学生参与 (二.2): no pupil is refused, because every grade served has a project that is open to all.

use super::Finding;
use super::catalogue::NO_REFUSAL;
use super::content::is_teaching;
use super::document::{PlanProject, ProjectCategory};
use super::profile::Profile;
use super::schedule::DayType;
use super::submission::{Submission, Verdict};

/// `no-refusal`: each grade that the plan serves has an open project‡; a grade that it does not serve is a warning. A
/// project that never meets serves nobody.
pub(super) fn no_refusal(plan: &Submission<'_>) -> Verdict {
    let days = &plan.days;
    let mut findings = Vec::new();
    for (index, row) in plan.document.school.grades.iter().enumerate() {
        let grade = row.grade.get();
        let pointer = format!("/school/grades/{index}");
        let served: Vec<&PlanProject> = plan
            .projects()
            .map(|(_, project)| project)
            .filter(|project| project.serves(grade) && is_service(plan.profile, project) && days.meets(project))
            .collect();
        let finding: Option<Finding> = if served.is_empty() {
            Some(plan.warning(&NO_REFUSAL, pointer).variant("unserved"))
        } else if served.iter().any(|project| project.is_open() && covers(project, &served, days.types())) {
            None
        } else {
            Some(plan.error(&NO_REFUSAL, pointer))
        };
        findings.extend(finding.map(|finding| finding.grade(grade)));
    }
    findings.into()
}

/// Meals and noon care are no after-school service, so nobody is served by them.
pub(super) fn is_service(profile: &Profile, project: &PlanProject) -> bool {
    !is_teaching(project.category) && !profile.categories_refused.contains(&project.category)
}

impl PlanProject {
    /// No seat limit, no minimum, no last day to apply. Free help is for eligible pupils only, so it is open to nobody
    /// else.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.seats_max.is_none()
            && self.seats_min.is_none()
            && self.apply_until.is_none()
            && self.category != ProjectCategory::FreeHelp
    }
}

/// Whether the project meets on every day of regular service on which any of the grade's projects does. What an
/// exemption adds for a club asks nothing of the open project.
fn covers(project: &PlanProject, served: &[&PlanProject], types: &[DayType]) -> bool {
    let mut regular = types.iter().map(|day| &day.key).filter(|key| key.lifted.is_none());
    regular.all(|key| key.has(project) || !served.iter().any(|other| key.has(other)))
}
