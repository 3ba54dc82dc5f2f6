//! What two filings of a plan say differently, field by field.

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Filing, store};
use crate::auth::permission::ReadPlans;
use crate::auth::{By, Seen};
use crate::db::{Id, Tx};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::text_enum;

text_enum! {
    /// How a field differs. Other kinds may come.
    pub enum ChangeKind {
        /// 新增
        Added = "added",
        /// 删除
        Removed = "removed",
        /// 修改
        Changed = "changed",
    }
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChangeOut)]
pub struct Change {
    pub kind: ChangeKind,
    /// JSON pointer into the later document; of what was removed into the earlier one.
    pub pointer: String,
    /// The project, or another thing with a name, that it belongs to.
    pub of: Option<String>,
    /// A text as it is, anything else as JSON; null for what was added.
    pub before: Option<String>,
    /// The same; null for what was removed.
    pub after: Option<String>,
}

/// Two filings of a plan and what lies between them.
#[derive(Debug)]
pub struct Comparison {
    pub filing: Filing,
    /// None where there is none before the first.
    pub earlier: Option<Filing>,
    pub later: Filing,
    pub changes: Vec<Change>,
}

/// Compares a filing with another one of its plan, or with the one submitted before it.
///
/// # Errors
/// 404; 400 for another plan's filing.
pub fn compare(tx: &mut Tx<'_>, by: &By<ReadPlans>, id: Id, with: Option<Id>) -> Result<Comparison, Refusal> {
    let filing = by.find::<Filing>(tx, id)?;
    let other = match with {
        Some(other) => {
            let none = || Refusal::listing(Code::ParameterInvalid, vec![FieldError::new("with", Fault::NotFound)]);
            let other = Filing::find_in(tx, &by.scope(), other)?.filter(|other| other.plan_id == filing.plan_id);
            Some(other.ok_or_else(none)?)
        }
        None => store::of_plan(tx, filing.plan_id, filing.ordinal - 1)?,
    };
    let Some(other) = other else {
        return Ok(Comparison { earlier: None, later: filing.clone(), filing, changes: Vec::new() });
    };
    let (earlier, later) = match filing.ordinal.cmp(&other.ordinal) {
        Ordering::Less => (filing.clone(), other),
        Ordering::Equal | Ordering::Greater => (other, filing.clone()),
    };
    let changes = changes(&parsed(&earlier)?, &parsed(&later)?);
    Ok(Comparison { filing, earlier: Some(earlier), later, changes })
}

fn parsed(filing: &Filing) -> Result<Value, Refusal> {
    serde_json::from_str(&filing.document).map_err(Refusal::internal)
}

/// What differs between two documents. Things with names are the same by their names, others by their places.
fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    walk(&Place::default(), Some(before), Some(after), &mut found);
    found
}

/// Where a field stands, and what it belongs to.
#[derive(Clone, Default)]
struct Place {
    pointer: String,
    of: Option<String>,
}

impl Place {
    fn field(&self, name: &str) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("{}/{name}", self.pointer), of: self.of.clone() }
    }

    fn element(&self, place: usize, value: &Value) -> Self {
        let of = named(value).map(str::to_owned).or_else(|| self.of.clone());
        Self { pointer: format!("{}/{place}", self.pointer), of }
    }
}

fn named(value: &Value) -> Option<&str> {
    value.get("name").and_then(Value::as_str)
}

fn walk(place: &Place, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Change>) {
    match (before, after) {
        (Some(before), Some(after)) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let added = after.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(added) {
                walk(&place.field(name), before.get(name), after.get(name), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => walk_elements(place, before, after, found),
        (before, after) => {
            let kind = match (before, after) {
                (None | Some(Value::Null), _) => ChangeKind::Added,
                (_, None | Some(Value::Null)) => ChangeKind::Removed,
                _ => ChangeKind::Changed,
            };
            let text = |value: Option<&Value>| match value {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(text.clone()),
                Some(other) => Some(other.to_string()),
            };
            let Place { pointer, of } = place.clone();
            found.push(Change { kind, pointer, of, before: text(before), after: text(after) });
        }
    }
}

fn walk_elements(place: &Place, before: &[Value], after: &[Value], found: &mut Vec<Change>) {
    let same = |(at, one): (usize, &Value), other: &[Value]| match named(one) {
        Some(name) => other.iter().position(|value| named(value) == Some(name)),
        None => Some(at).filter(|at| other.get(*at).is_some_and(|value| named(value).is_none())),
    };
    for (at, value) in after.iter().enumerate() {
        let earlier = same((at, value), before).and_then(|at| before.get(at));
        walk(&place.element(at, value), earlier, Some(value), found);
    }
    for (at, value) in before.iter().enumerate() {
        if same((at, value), after).is_none() {
            walk(&place.element(at, value), Some(value), None, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: &Value, after: &Value) -> Vec<(ChangeKind, String, Option<String>, Option<String>)> {
        let all = changes(before, after).into_iter();
        all.map(|change| (change.kind, change.pointer, change.before, change.after)).collect()
    }

    #[test]
    fn a_project_that_moved_is_no_change_and_one_that_changed_is_told_by_its_field() {
        let before =
            json!({"projects": [{"name": "足球", "fee": {"amount_fen": 400}}, {"name": "美术", "seats_max": 30}]});
        let after =
            json!({"projects": [{"name": "美术", "seats_max": 30}, {"name": "足球", "fee": {"amount_fen": 500}}]});
        let expected = (ChangeKind::Changed, "/projects/1/fee/amount_fen".to_owned());
        assert_eq!(told(&before, &after), [(expected.0, expected.1, Some("400".into()), Some("500".into()))]);
        let of: Vec<Option<String>> = changes(&before, &after).into_iter().map(|change| change.of).collect();
        assert_eq!(of, [Some("足球".to_owned())]);
        assert_eq!(told(&before, &before), []);
    }

    #[test]
    fn what_comes_and_what_goes_is_told_whole() {
        let before = json!({"projects": [{"name": "足球"}], "notice": {"fees": null, "time": "a/b"}});
        let after = json!({"projects": [{"name": "美术"}], "notice": {"fees": "免费", "time": null}});
        let all = [
            (ChangeKind::Added, "/notice/fees".to_owned(), None, Some("免费".to_owned())),
            (ChangeKind::Removed, "/notice/time".to_owned(), Some("a/b".to_owned()), None),
            (ChangeKind::Added, "/projects/0".to_owned(), None, Some(r#"{"name":"美术"}"#.to_owned())),
            (ChangeKind::Removed, "/projects/0".to_owned(), Some(r#"{"name":"足球"}"#.to_owned()), None),
        ];
        let mut found = told(&before, &after);
        found.sort_by(|a, b| a.1.cmp(&b.1));
        assert_eq!(found, all);
    }
}
