//! `kehou rules`: the catalogue as Markdown, which is `docs/RULES.md`.

use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::Value;

use crate::http::Language;
use crate::rules::profile::Profile;
use crate::rules::{Kind, RULES, Rule, Step};

const HEAD: &str = "\
# Rules 规则

Written by `kehou rules` from the catalogue in `src/rules/`; `just rules` rewrites this file, and a test compares it.
Every finding cites its rule, the clause and the document. All rules of a step are asked, and all findings come back at
once. An error stops the step; a warning is shown and recorded; a rule that lacks a fact is listed as not judged.
";

pub(super) fn run() -> Result<ExitCode, String> {
    print!("{}", markdown()?);
    Ok(ExitCode::SUCCESS)
}

fn markdown() -> Result<String, String> {
    let profile = Profile::yueyang_2019();
    let values = serde_json::to_value(&profile).map_err(|error| error.to_string())?;
    let mut page = HEAD.to_owned();
    let _ = writeln!(
        page,
        "Parameters have the values of the built-in profile `{}`, {}《{}》, in force from {}.\n",
        profile.id, profile.document, profile.title, profile.in_force_from
    );
    page.push_str("| rule | title | 名称 | clause | kind |\n|---|---|---|---|---|\n");
    for rule in RULES {
        let (id, clause) = (rule.id, rule.clause);
        let [zh, en] = titles(rule);
        let _ = writeln!(page, "| [`{id}`](#{id}) | {en} | {zh} | {clause} | {} |", kinds(rule));
    }
    for rule in RULES {
        page.push_str(&section(rule, &values));
    }
    Ok(page)
}

fn titles(rule: &Rule) -> [String; 2] {
    Language::ALL.map(|language| language.text(&rule.title_key(), []))
}

fn kinds(rule: &Rule) -> String {
    rule.kinds.iter().copied().map(Kind::as_str).collect::<Vec<_>>().join(", ")
}

fn section(rule: &Rule, values: &Value) -> String {
    let [zh, en] = titles(rule);
    let mut page = format!("\n## {}\n\n{en} · {zh}\n\n", rule.id);
    let steps: Vec<&str> = rule.steps.iter().copied().map(Step::as_str).collect();
    let _ = writeln!(page, "- Clause: {} of {}", rule.clause, values["document"].as_str().unwrap_or_default());
    let _ = writeln!(page, "- Kind: {}", kinds(rule));
    let _ = writeln!(page, "- Asked at: {}", steps.join(", "));
    let lifted =
        if rule.exemption.is_some() { "an authority's exemption turns its errors into warnings" } else { "none" };
    let _ = writeln!(page, "- Exemption: {lifted}");
    for name in rule.parameters {
        for (name, value) in parameter(name, &values[*name]) {
            let _ = writeln!(page, "- Parameter `{name}`: {value}");
        }
    }
    page.push_str("\n| key | 说明 | sentence |\n|---|---|---|\n");
    for key in rule.text_keys() {
        let [zh, en] = Language::ALL.map(|language| language.text(&key, []).replace("%{", "{"));
        let _ = writeln!(page, "| `{}` | {zh} | {en} |", key.trim_start_matches("rule."));
    }
    page
}

/// A parameter with its value, or its fields with theirs.
fn parameter(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(field, value)| parameter(&format!("{name}.{field}"), value)).collect()
        }
        value => vec![(name.to_owned(), shown(value))],
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "unset".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
