//! Who teaches which class at 金桂小学, what some of its families have signed on paper, and whom it has forgotten.

use serde_json::json;

use super::entering::{pupils_of, username};
use crate::auth::permission::{ReadClasses, ReadGuardianships};
use crate::db::Tx;
use crate::demo::acts::{latest_plan, seen};
use crate::demo::stage::{Stage, body, goes_on};
use crate::enrollments::paper_forms::{self, NewPaperForm, PaperFormKind};
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::schools::class_teachers;
use crate::schools::classes::Class;
use crate::student_status::{departures, erasures};
use crate::students::guardianships::Guardianship;
use crate::students::students;

/// 2024-09-02: its teacher has a class, and gives another one up.
pub(super) fn teachers(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school4")?;
    let teacher = stage.account("demo.teacher4")?;
    for (place, class) in admin.sees::<ReadClasses, Class>(tx)?.into_iter().take(2).enumerate() {
        goes_on(tx);
        let new = json!({
            "class_id": class.id, "user_id": teacher, "kind": if place == 0 { "head" } else { "subject" },
            "subject": "语文", "starts_on": "2024-09-01", "ends_on": null
        });
        let made = class_teachers::create(tx, &admin.by()?, &body(new)?)?;
        if place == 1 {
            goes_on(tx);
            class_teachers::end(tx, &admin.by()?, made.id, &seen(made.version), None)?;
        }
    }
    Ok(())
}

/// 2024-09-09: three families say on paper that their children do not take part in the last club: one paper is checked,
/// one was not legible, one waits.
pub(super) fn of_families(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school4")?;
    let plan = latest_plan(tx, &admin)?;
    let project = projects::ids(tx, plan.id)?.pop().ok_or_else(|| Refusal::internal("no project"))?;
    let scan = stage.papers().first().map(crate::demo::papers::Paper::stored);
    let scan = scan.ok_or_else(|| Refusal::internal("no paper"))?;
    let mut forms = Vec::new();
    for number in 0..3 {
        let guardian = stage.enters(tx, &username(3, number))?;
        let held = guardian.sees::<ReadGuardianships, Guardianship>(tx)?;
        let child = pupils_of(tx, &guardian)?.into_iter().next();
        let child = child.ok_or_else(|| Refusal::internal("no child"))?;
        let held = held.into_iter().find(|held| held.person_id == child.row.person_id);
        let new = NewPaperForm {
            kind: PaperFormKind::Refusal,
            student_id: child.row.id,
            guardianship_id: held.ok_or_else(|| Refusal::internal("no guardian"))?.id,
            project_ids: vec![project],
            signed_on: tx.today,
            agreement_sha256: None,
            file_name: "不参加声明.pdf".to_owned(),
            scan: scan.clone(),
        };
        let admin = stage.enters(tx, "demo.school4")?;
        forms.push(paper_forms::enter(tx, &admin.by()?, &new)?);
    }
    let finance = stage.enters(tx, "demo.finance4")?;
    if let [checked, refused, ..] = forms.as_slice() {
        paper_forms::check(tx, &finance.by()?, checked.row.id, &seen(checked.row.version))?;
        goes_on(tx);
        let why = body(json!({"reason": "扫描件不清楚，请重新扫描"}))?;
        paper_forms::refuse(tx, &finance.by()?, refused.row.id, &seen(refused.row.version), &why)?;
    }
    Ok(())
}

/// 2024-09-10: a family that has moved away asks that what is known of its child be erased.
pub(super) fn forgotten(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school4")?;
    let new = json!({
        "school_id": stage.school(3)?, "class_id": null, "grade": 2, "name": "何小满", "id_number": null,
        "student_number": null, "entered_on": "2024-09-02", "priority_groups": [], "free_help": []
    });
    let child = students::create(tx, &admin.by()?, &body(new)?)?;
    goes_on(tx);
    let left = departures::leave(tx, &admin.by()?, child.row.id, &seen(child.row.version), tx.today)?;
    let bureau = stage.enters(tx, "demo.bureau")?;
    let asked = json!({"person_id": left.row.person_id, "document": "家长申请（2024-09-10）"});
    erasures::erase(tx, &bureau.by()?, &body(asked)?)?;
    Ok(())
}
