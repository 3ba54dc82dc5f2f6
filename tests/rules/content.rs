//! 三.3, 五.5: what may be offered.

use kehou::rules::document::ProjectCategory;
use serde_json::json;

use crate::support::{Case, numbers};

fn of(category: &str, outline: bool) -> Case {
    let outline = if outline { json!("手工与劳动。") } else { json!(null) };
    Case::compliant().set("/projects/1/category", json!(category)).set("/projects/1/outline", outline)
}

#[test]
fn allowed_content_knows_every_category() {
    let passing = [
        "homework",
        "reading",
        "sports",
        "arts",
        "popular_science",
        "games",
        "outdoor_training",
        "films",
        "clubs",
        "labour",
        "comprehensive_practice",
        "free_help",
    ];
    let refused = ["regular_teaching", "make_up_lessons", "meals", "noon_care", "evening_study"];
    for category in ProjectCategory::ALL.iter().map(|category| category.as_str()) {
        let expected: &[&str] = if passing.contains(&category) {
            &[]
        } else if refused.contains(&category) {
            &["error /projects/1/category"]
        } else {
            assert_eq!(category, "other");
            &["warning/other /projects/1/category"]
        };
        assert_eq!(of(category, true).says("allowed-content"), expected, "{category}");
    }
}

#[test]
fn allowed_content_leaves_other_to_the_reviewer_only_with_an_outline() {
    assert_eq!(of("other", true).says("allowed-content"), ["warning/other /projects/1/category"]);
    assert_eq!(of("other", false).says("allowed-content"), ["error/undescribed /projects/1/category"]);
    assert_eq!(of("sports", false).says("allowed-content"), [] as [&str; 0], "a listed category needs none");
}

#[test]
fn allowed_content_refuses_by_profile_what_the_text_does_not_name() {
    for category in ["meals", "noon_care", "evening_study"] {
        let case = of(category, true).under(|profile| profile.categories_refused.clear());
        assert_eq!(case.says("allowed-content"), [] as [&str; 0], "{category}");
    }
    for category in ["regular_teaching", "make_up_lessons"] {
        let case = of(category, true).under(|profile| profile.categories_refused.clear());
        assert_eq!(case.says("allowed-content").len(), 1, "{category}: no profile allows teaching");
    }
    let finding = of("noon_care", true).only("allowed-content");
    assert_eq!(numbers(&finding, ["category", "category_zh", "project"]), ["noon_care", "午间托管", "乒乓球"]);
    assert_eq!(finding.clause, "三.3");
}

#[test]
fn allowed_content_is_not_lifted_by_an_exemption() {
    assert_eq!(of("meals", true).exempted("allowed-content").says("allowed-content"), ["error /projects/1/category"]);
}
