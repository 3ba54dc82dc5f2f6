//! One fault, one finding: what is the same over grades, weekdays, timetables and slots is said once, with its places.

use super::Finding;

/// What tells the places of one fault apart: weekday, timetable, grade. Words of the sentence are joined as their
/// language does.
const PLACES: [&[&str]; 3] =
    [&["weekday", "weekday_zh", "weekday_en"], &["timetable", "timetable_zh", "timetable_en"], &["grade", "grade_zh"]];

/// Findings that say the same, joined, each where the first of them stood. One kind of place after the other, so that
/// what a finding says of its grades and weekdays holds for each grade on each weekday.
pub(super) fn gathered(findings: Vec<Finding>) -> Vec<Finding> {
    PLACES.iter().fold(findings, |findings, names| over(findings, names))
}

fn over(findings: Vec<Finding>, names: &[&'static str]) -> Vec<Finding> {
    let mut joined: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        match joined.iter_mut().find(|known| is_same(known, &finding, names)) {
            Some(known) => join(known, &finding, names),
            None => joined.push(finding),
        }
    }
    joined
}

fn is_same(one: &Finding, other: &Finding, names: &[&str]) -> bool {
    let told = |finding: &Finding| {
        let params = finding.params.iter().filter(|(name, _)| !names.contains(&name.as_ref()));
        params.map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>()
    };
    // What names no grade, no weekday and no timetable is told apart by its pointer alone.
    let has_places =
        |finding: &Finding| PLACES.iter().any(|names| names.iter().any(|name| finding.params.contains_key(*name)));
    one.rule == other.rule
        && one.variant == other.variant
        && one.severity == other.severity
        && one.document == other.document
        && one.exemption == other.exemption
        && has_places(one)
        && told(one) == told(other)
}

fn join(known: &mut Finding, other: &Finding, names: &[&'static str]) {
    let mut places = known.all_places();
    places.extend(other.all_places().into_iter().filter(|place| !known.all_places().contains(place)));
    known.places = if places.len() > 1 { places } else { Vec::new() };
    for name in names {
        let Some((own, added)) = known.params.get_mut(*name).zip(other.params.get(*name)) else { continue };
        let separator = if name.ends_with("_zh") { "、" } else { ", " };
        if own.split(separator).all(|part| part != added) {
            own.push_str(separator);
            own.push_str(added);
        }
    }
    known.about.weekday = known.about.weekday.filter(|weekday| other.about.weekday == Some(*weekday));
    match (&mut known.about.dates, &other.about.dates) {
        (Some(own), Some(added)) => own.extend(added),
        (own, _) => *own = None,
    }
}
