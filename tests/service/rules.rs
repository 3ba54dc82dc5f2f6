//! `docs/RULES.md` is the catalogue, as `kehou rules` prints it.

use crate::support::process::{finish, kehou};

#[test]
fn the_document_of_the_rules_is_what_the_program_prints() {
    let (printed, text) = finish(kehou("sqlite:///nowhere/kehou.db").arg("rules"));
    assert!(printed, "{text}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/RULES.md");
    if std::env::var_os("KEHOU_REWRITE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "docs/RULES.md is not what `kehou rules` prints; `just rules` rewrites it for review");
    for rule in kehou::rules::RULES {
        assert!(text.contains(&format!("\n## {}\n", rule.id)), "{} is missing", rule.id);
    }
    assert!(!text.contains("rule-title.") && !text.contains("%{"), "an unfinished text");
}
