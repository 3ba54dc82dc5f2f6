//! Plan documents of a set-up: the one of the first school, of which some projects stay and some places are changed.

use serde_json::{Value, json};

/// The plan of the first school, as the README has it checked.
const EXAMPLE: &str = include_str!("../../../examples/plans/yueyang-demo-2024-autumn.json");

/// The example as a step has it: `keep` names the projects that stay.
pub fn of_step(step: &Value) -> Value {
    let mut document: Value = serde_json::from_str(EXAMPLE).unwrap();
    if let Some(keep) = step["keep"].as_array() {
        document["projects"].as_array_mut().unwrap().retain(|project| keep.contains(&project["name"]));
    }
    change(document, step)
}

/// A document with what a step changes: `set` replaces places, `add_slot` adds a slot, or several, to a project.
pub fn change(mut document: Value, step: &Value) -> Value {
    for (pointer, value) in step["set"].as_object().into_iter().flatten() {
        let (within, field) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(within).unwrap()[field] = slots(value).unwrap_or_else(|| value.clone());
    }
    for (project, more) in step["add_slot"].as_object().into_iter().flatten() {
        let more = more.as_array().cloned().unwrap_or_else(|| vec![more.clone()]);
        document.pointer_mut(&format!("{project}/slots")).unwrap().as_array_mut().unwrap().extend(more);
    }
    document
}

/// `"slots 16:20-17:05 / 15:50-16:35"`: Monday to Friday, in the standard and in the winter timetable.
fn slots(value: &Value) -> Option<Value> {
    let (standard, winter) = value.as_str()?.strip_prefix("slots ")?.split_once(" / ").unwrap();
    let mut slots = Vec::new();
    for (timetable, times) in [("standard", standard), ("winter", winter)] {
        let (from, to) = times.split_once('-').unwrap();
        let slot = |weekday| json!({"weekday": weekday, "starts_at": from, "ends_at": to, "timetable": timetable});
        slots.extend((1..=5).map(slot));
    }
    Some(Value::Array(slots))
}
