//! What a step of a sequence says of its answer, and how the answer differs from it.
//!
//! `status` is one or several; `finding` and `no_finding` name a rule, or `rule`, `severity`, `pointer`, `says` and
//! `params` of one finding; `field` and `field_code` are of a problem's errors; `holds` looks for a text in parts of
//! the answer; `items` counts those of a list; `either` are several of these. Anything else is a field by its pointer.

use serde_json::{Value, json};

use crate::support::app::Answer;

/// Sentences on what is not as wanted; none where all is.
pub fn differences(wanted: &Value, answer: &Answer) -> Vec<String> {
    let all = wanted.as_object().unwrap().iter();
    all.filter_map(|(name, wanted)| difference(name, wanted, answer)).collect()
}

fn difference(name: &str, wanted: &Value, answer: &Answer) -> Option<String> {
    let body = answer.json();
    let fits = match name {
        "status" => is_one_of(wanted, &json!(answer.status)),
        "code" => is_one_of(wanted, &body["code"]),
        "either" => wanted.as_array().unwrap().iter().any(|wanted| differences(wanted, answer).is_empty()),
        "finding" => findings(&body).iter().any(|finding| is_finding(wanted, finding)),
        "no_finding" => !findings(&body).iter().any(|finding| is_finding(wanted, finding)),
        "no_findings" => findings(&body).is_empty(),
        "field" => several(wanted).iter().all(|pointer| answer.faults().iter().any(|(at, _)| at == pointer)),
        "field_code" => answer.faults().iter().all(|(_, code)| code == wanted) && !answer.faults().is_empty(),
        "text_holds" => several(wanted).iter().all(|text| String::from_utf8_lossy(&answer.body).contains(text)),
        "text_lacks" => !several(wanted).iter().any(|text| String::from_utf8_lossy(&answer.body).contains(text)),
        "holds" => wanted.as_object().unwrap().iter().all(|(part, text)| {
            part_of(&body, part).is_some_and(|found| found.to_string().contains(text.as_str().unwrap()))
        }),
        "items" => counts(wanted, &body),
        field => part_of(&body, field).is_some_and(|found| is_one_of(wanted, found)),
    };
    (!fits).then(|| format!("{name} is not {wanted}"))
}

/// What is wanted, or one of several under `one_of`.
fn is_one_of(wanted: &Value, found: &Value) -> bool {
    match wanted["one_of"].as_array() {
        Some(several) => several.contains(found),
        None => wanted == found,
    }
}

fn several(wanted: &Value) -> Vec<&str> {
    match wanted.as_array() {
        Some(several) => several.iter().map(|one| one.as_str().unwrap()).collect(),
        None => vec![wanted.as_str().unwrap()],
    }
}

fn part_of<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    body.pointer(&format!("/{path}"))
}

fn findings(body: &Value) -> Vec<Value> {
    body["findings"].as_array().cloned().unwrap_or_default()
}

/// Whether a finding is of this rule, or has all that is named of it.
fn is_finding(wanted: &Value, finding: &Value) -> bool {
    let Some(wanted) = wanted.as_object() else { return finding["rule"] == *wanted };
    wanted.iter().all(|(name, wanted)| {
        let text = |name: &str| finding[name].as_str().unwrap_or_default();
        match name.as_str() {
            "says" => text("message").contains(wanted.as_str().unwrap()),
            "pointer" => text("pointer").contains(wanted.as_str().unwrap()),
            "params" => wanted.as_object().unwrap().iter().all(|(name, value)| finding["params"][name] == *value),
            _ => is_one_of(wanted, &finding[name]),
        }
    })
}

/// Whether as many items as wanted are as `where` has them.
fn counts(wanted: &Value, body: &Value) -> bool {
    let fits = |item: &&Value| {
        let fields = wanted["where"].as_object().into_iter().flatten();
        fields.into_iter().all(|(field, value)| part_of(item, field).is_some_and(|found| is_one_of(value, found)))
    };
    let Some(items) = body["items"].as_array() else { return false };
    let count = items.iter().filter(fits).count() as u64;
    let (least, most) = (wanted["min"].as_u64().unwrap_or(0), wanted["max"].as_u64().unwrap_or(u64::MAX));
    (least..=most).contains(&count)
}
