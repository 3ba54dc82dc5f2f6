//! What the schools of the county asked, and what families answered.

use serde_json::json;
use time::macros::date;

use super::entering::{pupils_of, username};
use super::{ADMINS, AUTUMN};
use crate::db::{Id, Tx};
use crate::demo::acts::seen;
use crate::demo::groundwork::{answer, ask, close_surveys, draft_survey, open_surveys};
use crate::demo::stage::{Person, Stage, body, goes_on};
use crate::refusal::Refusal;
use crate::student_status::{departures, merges};
use crate::students::guardianships;
use crate::students::persons::Merge;
use crate::students::students;
use crate::surveys::surveys;

/// What a guardian wishes, by its number.
const WISHES: [&[&str]; 3] = [&["homework", "wushu"], &["homework", "choir"], &["reading"]];

fn wishes(number: usize) -> &'static [&'static str] {
    WISHES.iter().cycle().nth(number % WISHES.len()).copied().unwrap_or_default()
}

/// 2024-07-11: every school asks about the autumn; 云杉小学 takes its survey back.
pub(super) fn asked(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, account) in ADMINS.iter().enumerate() {
        let (admin, school_id) = (stage.enters(tx, account)?, stage.school(place)?);
        let survey = ask(tx, &admin, school_id, AUTUMN, date!(2024 - 07 - 30))?;
        if place == 11 {
            goes_on(tx);
            surveys::cancel(tx, &admin.by()?, survey.id, &seen(survey.version))?;
        }
    }
    Ok(())
}

/// 2024-07-16: families who have accounts answer.
pub(super) fn answered(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, accounts) in [(3, 24), (6, 8), (7, 12)] {
        let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
        let Some(survey) = open_surveys(tx, &admin)?.into_iter().next() else { continue };
        for number in 0..accounts {
            let guardian = stage.enters(tx, &username(place, number))?;
            for child in pupils_of(tx, &guardian)? {
                answer(tx, &guardian, survey.id, child.id, wishes(number))?;
            }
        }
    }
    Ok(())
}

/// 2024-07-17: 金桂小学 has entered a child of `demo.guardian4` twice, whose guardian has answered for both; the records
/// are joined, and the later answer counts.
pub(super) fn one_child_entered_twice(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let guardian = stage.enters(tx, "demo.guardian4")?;
    let Some(child) = pupils_of(tx, &guardian)?.into_iter().next() else { return Ok(()) };
    let admin = stage.enters(tx, "demo.school4")?;
    let Some(survey) = open_surveys(tx, &admin)?.into_iter().next() else { return Ok(()) };
    let twin = json!({
        "school_id": child.school_id, "class_id": child.class_id, "grade": child.grade, "name": child.name,
        "id_number": null, "student_number": null, "entered_on": "2023-09-01", "priority_groups": [], "free_help": []
    });
    let twin = students::create(tx, &admin.by()?, &body(twin)?)?;
    let held = json!({
        "person_id": twin.person_id, "user_id": stage.account("demo.guardian4")?, "kind": "person",
        "organisation_name": null, "relation": "father", "contact_name": "周先生", "contact_phone": "19900009999",
        "rights": ["read", "choose"], "starts_on": "2023-09-01", "ends_on": null, "restoring_document": null
    });
    guardianships::create(tx, &admin.by()?, &body(held)?)?;
    for (number, student) in [child.id, twin.id].into_iter().enumerate() {
        let guardian = stage.enters(tx, "demo.guardian4")?;
        answer(tx, &guardian, survey.id, student, wishes(number))?;
    }
    let admin = stage.enters(tx, "demo.school4")?;
    let left = departures::leave(tx, &admin.by()?, twin.id, &seen(twin.version), date!(2024 - 07 - 17))?;
    join(tx, &admin, (left.person_id, left.person_version), child.person_id)
}

fn join(tx: &mut Tx<'_>, admin: &Person, (gone, version): (Id, i64), into: Id) -> Result<(), Refusal> {
    goes_on(tx);
    merges::merge(tx, &admin.by()?, gone, &seen(version), &Merge { into, document: None })?;
    Ok(())
}

/// 2024-07-31: the surveys are closed.
pub(super) fn closed(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for account in ADMINS {
        let admin = stage.enters(tx, account)?;
        close_surveys(tx, &admin)?;
    }
    Ok(())
}

/// 2024-09-10: 金桂小学 asks about the spring to come, 云杉小学 drafts what it will ask.
pub(super) fn of_next_spring(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school4")?;
    let next = ("2024-2025", "spring");
    let survey = ask(tx, &admin, stage.school(3)?, next, date!(2024 - 09 - 20))?;
    for number in 0..6 {
        let guardian = stage.enters(tx, &username(3, number))?;
        for child in pupils_of(tx, &guardian)? {
            answer(tx, &guardian, survey.id, child.id, wishes(number))?;
        }
    }
    let admin = stage.enters(tx, "demo.school12")?;
    draft_survey(tx, &admin, stage.school(11)?, next, date!(2024 - 10 - 20))?;
    Ok(())
}
