//! The plans of the demonstration's schools: all of them the one that the examples hand out, for other grades and
//! clubs.

use serde_json::{Value, json};

use super::founding::DemoSchool;
use crate::refusal::Refusal;
use crate::rules::document::PlanDocument;

/// The plan of the first school, as the README has it checked.
const TEMPLATE: &str = include_str!("../../examples/plans/yueyang-demo-2024-autumn.json");

/// The autumn plan of a school.
pub(super) fn autumn(school: &DemoSchool) -> Result<PlanDocument, Refusal> {
    finished(autumn_json(school)?)
}

/// The same with some places of it written otherwise.
pub(super) fn edited(school: &DemoSchool, edits: &[(&str, Value)]) -> Result<PlanDocument, Refusal> {
    let mut plan = autumn_json(school)?;
    for (pointer, value) in edits {
        put(&mut plan, pointer, value.clone());
    }
    finished(plan)
}

/// The same, but its first club ends ten minutes after 18:00 in the weeks of the standard timetable.
pub(super) fn too_late(school: &DemoSchool) -> Result<PlanDocument, Refusal> {
    let mut plan = autumn_json(school)?;
    for slot in items(&mut plan, "/projects/1/slots").filter(|slot| is_standard(slot)) {
        put(slot, "/starts_at", json!("17:25"));
        put(slot, "/ends_at", json!("18:10"));
    }
    finished(plan)
}

/// The plan of the spring before, which had no winter timetable.
pub(super) fn spring(school: &DemoSchool) -> Result<PlanDocument, Refusal> {
    let mut plan = autumn_json(school)?;
    let term = json!({
        "school_year": "2023-2024", "season": "spring", "opens_on": "2024-02-26", "ends_on": "2024-06-28",
        "service_from": "2024-03-04", "service_to": "2024-06-21", "winter_periods": []
    });
    put(&mut plan, "/term", term);
    for project in items(&mut plan, "/projects") {
        if let Some(slots) = project.pointer_mut("/slots").and_then(Value::as_array_mut) {
            slots.retain(is_standard);
        }
    }
    let time = "2024年3月4日至6月21日，周一至周五下午放学后两课时，18:00前结束。";
    put(&mut plan, "/notice/time", json!(time));
    finished(plan)
}

fn is_standard(slot: &Value) -> bool {
    slot.get("timetable").and_then(Value::as_str) == Some("standard")
}

fn autumn_json(school: &DemoSchool) -> Result<Value, Refusal> {
    let mut plan: Value = serde_json::from_str(TEMPLATE).map_err(Refusal::internal)?;
    let grades: Vec<u8> = (school.grades.0..=school.grades.1).collect();
    let first = items(&mut plan, "/school/dismissals").filter(|dismissal| dismissal.get("grade") == Some(&json!(7)));
    let of_one_grade: Vec<Value> = first.map(|dismissal| dismissal.clone()).collect();
    let mut dismissals = Vec::new();
    for grade in &grades {
        for mut dismissal in of_one_grade.iter().cloned() {
            put(&mut dismissal, "/grade", json!(grade));
            dismissals.push(dismissal);
        }
    }
    let classes: Vec<Value> = grades.iter().map(|grade| json!({"grade": grade, "classes": 4})).collect();
    let facts = json!({
        "code": school.code, "name": school.name, "stages": school.stages, "ownership": "public", "area": school.area,
        "boarding": false, "grades": classes, "dismissals": dismissals, "approved_dismissals": dismissals,
        "authority_code": school.authority
    });
    put(&mut plan, "/school", facts);
    put(&mut plan, "/provider/name", json!(school.name));
    for project in items(&mut plan, "/projects") {
        put(project, "/grades", json!(grades));
    }
    Ok(plan)
}

fn items<'a>(plan: &'a mut Value, pointer: &str) -> impl Iterator<Item = &'a mut Value> {
    plan.pointer_mut(pointer).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Replaces what the template has at a place.
fn put(plan: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = plan.pointer_mut(pointer) {
        *place = value;
    }
}

fn finished(plan: Value) -> Result<PlanDocument, Refusal> {
    serde_json::from_value(plan).map_err(Refusal::internal)
}

#[cfg(test)]
mod tests {
    use super::super::small::SCHOOLS;
    use super::*;

    #[test]
    fn the_first_school_files_the_example() {
        let example: Option<PlanDocument> = serde_json::from_str(TEMPLATE).ok();
        assert!(example.is_some());
        assert_eq!(autumn(&SCHOOLS[0]).ok(), example);
    }
}
