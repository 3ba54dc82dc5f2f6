//! 二.2: a project that has a new name keeps those who chose it.

use kehou::rules::document::PlanProject;
use kehou::rules::same_projects;
use serde_json::json;

use crate::support::project;

fn named(name: &str, category: &str, weekdays: &[i64]) -> PlanProject {
    serde_json::from_value(project(name, category, weekdays, &json!(200))).unwrap()
}

#[test]
fn a_project_is_the_same_by_its_name_or_by_what_it_is() {
    let before = [named("书法", "arts", &[1, 3]), named("武术", "sports", &[2]), named("棋艺", "clubs", &[4])];
    for (after, expected, says) in [
        (vec![named("书法社", "arts", &[1, 3]), named("武术", "sports", &[2])], vec![Some(0), Some(1)], "renamed"),
        (vec![named("武术", "sports", &[5]), named("书法", "arts", &[1])], vec![Some(1), Some(0)], "moved, by name"),
        (vec![named("绘画", "arts", &[5])], vec![None], "at other hours"),
        (vec![named("合唱", "clubs", &[1, 3])], vec![None], "of another kind"),
        (vec![named("书法", "arts", &[1, 3]), named("篆刻", "arts", &[1, 3])], vec![Some(0), None], "added beside"),
        (vec![named("甲", "arts", &[1, 3]), named("乙", "arts", &[1, 3])], vec![Some(0), None], "one of two"),
    ] {
        assert_eq!(same_projects(&before, &after), expected, "{says}");
    }
}
