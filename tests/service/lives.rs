//! `docs/LIVES.md` is what the tables of the slices say, as `kehou lives` prints it.

use crate::support::process::{finish, kehou};

#[test]
fn the_document_of_the_lives_is_what_the_program_prints() {
    let (printed, text) = finish(kehou("sqlite:///nowhere/kehou.db").arg("lives"));
    assert!(printed, "{text}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/LIVES.md");
    if std::env::var_os("KEHOU_REWRITE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "docs/LIVES.md is not what `kehou lives` prints; `just lives` rewrites it for review");
    for life in kehou::app::lives() {
        assert!(text.contains(&format!("\n## {}\n", life.of)), "{} is missing", life.of);
    }
}
