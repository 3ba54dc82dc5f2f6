//! 服务内容 (三.3): what may be offered after school, and what is something else.

use super::Finding;
use super::catalogue::ALLOWED_CONTENT;
use super::document::{PlanProject, ProjectCategory};
use super::submission::{Submission, Verdict};

/// Whether a category is teaching under another name (二.3, 六.5), whatever a profile says.
pub(super) const fn is_teaching(category: ProjectCategory) -> bool {
    matches!(category, ProjectCategory::RegularTeaching | ProjectCategory::MakeUpLessons)
}

/// `allowed-content`: the categories of the text pass; `other` goes to the reviewer; teaching is refused, and what the
/// profile names (†).
pub(super) fn allowed_content(plan: &Submission<'_>) -> Verdict {
    let found = plan.projects().filter_map(|(index, project)| of_project(plan, index, project));
    found.collect::<Vec<_>>().into()
}

fn of_project(plan: &Submission<'_>, index: usize, project: &PlanProject) -> Option<Finding> {
    let pointer = || format!("/projects/{index}/category");
    let refused = is_teaching(project.category) || plan.profile.categories_refused.contains(&project.category);
    let finding = if refused && is_teaching(project.category) {
        plan.error(&ALLOWED_CONTENT, pointer())
    } else if refused {
        plan.by("categories_refused", plan.error(&ALLOWED_CONTENT, pointer()))
    } else if project.category != ProjectCategory::Other {
        return None;
    } else if project.outline.is_some() {
        plan.warning(&ALLOWED_CONTENT, pointer()).variant("other")
    } else {
        plan.error(&ALLOWED_CONTENT, pointer()).variant("undescribed")
    };
    let category = project.category;
    Some(
        finding
            .project(project.name.as_str())
            .with("category", category.as_str())
            .with("category_zh", category.zh())
            .with("category_en", category.en()),
    )
}
