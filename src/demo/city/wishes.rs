//! What some families of 紫藤小学 wished for its sports club, and how its seats were drawn.

use serde_json::json;

use super::entering::{pupils_of, username};
use crate::auth::permission::ReadChoiceWindows;
use crate::db::Tx;
use crate::demo::acts::{latest_plan, seen};
use crate::demo::stage::{Person, Stage, body, goes_on};
use crate::enrollments::choice_windows::ChoiceWindow;
use crate::enrollments::{draws, wishes};
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::values::iso_date;

/// The families who wish; the others choose when it is drawn.
const WISHING: std::ops::Range<usize> = 12..18;

/// Announces a window of a plan: one wish and one place a child.
pub(super) fn announce(
    tx: &mut Tx<'_>,
    admin: &Person,
    opens_on: time::Date,
    closes_on: time::Date,
) -> Result<ChoiceWindow, Refusal> {
    goes_on(tx);
    let plan = latest_plan(tx, admin)?;
    let new = json!({
        "plan_id": plan.id, "opens_on": iso_date::text(opens_on), "closes_on": iso_date::text(closes_on),
        "wishes_max": 2, "places_max": 1, "siblings_together": false
    });
    draws::announce(tx, &admin.by()?, &body(new)?)
}

/// 2024-09-05: 紫藤小学 announces a window for its sports club, takes it back, announces it again; six families wish.
pub(super) fn of_families(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school7")?;
    let today = tx.today;
    let first = announce(tx, &admin, today, today)?;
    goes_on(tx);
    draws::cancel(tx, &admin.by()?, first.id, &seen(first.version))?;
    let window = announce(tx, &admin, today, today)?;
    let plan = latest_plan(tx, &admin)?;
    let club = projects::ids(tx, plan.id)?.get(1).copied();
    let club = club.ok_or_else(|| Refusal::internal("no club"))?;
    for number in WISHING {
        let guardian = stage.enters(tx, &username(6, number))?;
        for child in pupils_of(tx, &guardian)? {
            goes_on(tx);
            let wish = json!({"choice_window_id": window.id, "student_id": child.id, "project_ids": [club]});
            wishes::put(tx, &guardian.by()?, &body(wish)?)?;
        }
    }
    Ok(())
}

/// 2024-09-06: the seats are drawn.
pub(super) fn drawn(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school7")?;
    let windows = admin.sees::<ReadChoiceWindows, ChoiceWindow>(tx)?;
    let window = windows.last().ok_or_else(|| Refusal::internal("no window"))?;
    draws::draw(tx, &admin.by()?, window.id, &seen(window.version))?;
    Ok(())
}
