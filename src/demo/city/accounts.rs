//! How people of the county came by accounts, and how some lost them.

use serde_json::json;

use super::COUNTY;
use super::entering::classes_of;
use crate::auth::Role;
use crate::auth::grants;
use crate::auth::invitations::{self, Issued};
use crate::auth::permission::ReadUsers;
use crate::auth::tries::Try;
use crate::auth::users::{self, User};
use crate::db::{Id, Tx};
use crate::demo::acts::seen;
use crate::demo::founding::authority;
use crate::demo::stage::{Person, Stage, body, goes_on};
use crate::refusal::Refusal;
use crate::students::guardian_invitations;

/// Wrong digits that lock a code.
const WRONG_TRIES: usize = 5;

fn invite(
    tx: &mut Tx<'_>,
    by: &Person,
    (role, organisation_id): (Role, Id),
    (name, phone): (&str, &str),
) -> Result<Issued, Refusal> {
    goes_on(tx);
    let new = json!({"organisation_id": organisation_id, "role": role, "display_name": name, "phone": phone});
    invitations::create(tx, &by.by()?, &body(new)?)
}

/// Brings a code with the last digits of a telephone; the account, if they were right.
fn bring(
    tx: &mut Tx<'_>,
    stage: &Stage,
    issued: &Issued,
    (digits, username): (&str, &str),
) -> Result<Option<Id>, Refusal> {
    goes_on(tx);
    let new = body(json!({
        "code": issued.code.shown(), "phone_last_four": digits, "username": username, "password": "kehou-demonstration"
    }))?;
    let made = invitations::register(tx, &new, stage.secret_hash(), &Try::of_code(None))?;
    Ok(made.map(|(user, _)| user.id))
}

/// 2024-07-10: 金桂小学 invites two teachers, one of whom is suspended and one leaves the role; the county invites an
/// officer, who waits for a second person. One code is taken back, one is locked after five wrong tries.
pub(super) fn staff_accounts(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let school = (Role::Teacher, stage.school(3)?);
    let admin = stage.enters(tx, "demo.school4")?;
    let first = invite(tx, &admin, school, ("何老师（演示）", "19900008001"))?;
    let second = invite(tx, &admin, school, ("罗老师（演示）", "19900008002"))?;
    let back = invite(tx, &admin, school, ("宋老师（演示）", "19900008003"))?;
    let locked = invite(tx, &admin, school, ("韩老师（演示）", "19900008004"))?;
    invite(tx, &admin, school, ("唐老师（演示）", "19900008005"))?;
    invitations::revoke(tx, &admin.by()?, back.invitation.id, &seen(back.invitation.version))?;
    let suspended = bring(tx, stage, &first, ("8001", "teacher4.he"))?;
    let ended = bring(tx, stage, &second, ("8002", "teacher4.luo"))?;
    for _ in 0..WRONG_TRIES {
        bring(tx, stage, &locked, ("0000", "teacher4.han"))?;
    }
    let admin = stage.enters(tx, "demo.school4")?;
    if let Some(id) = suspended {
        let user: User = admin.by::<ReadUsers>()?.find(tx, id)?;
        users::suspend(tx, &admin.by()?, id, &seen(user.version))?;
    }
    if let Some(id) = ended {
        goes_on(tx);
        for held in grants::held_today(tx, id)? {
            grants::end(tx, &admin.by()?, held.id, &seen(held.version))?;
        }
    }
    let bureau = stage.enters(tx, "demo.bureau")?;
    let officer = (Role::Bureau, authority(tx, COUNTY)?);
    let invited = invite(tx, &bureau, officer, ("新任经办（演示）", "19900008006"))?;
    bring(tx, stage, &invited, ("8006", "bureau.officer"))?;
    Ok(())
}

/// By the machine's time, since a code is good for thirty days: a class is invited anew, and somebody of the staff.
pub(super) fn codes_that_are_good(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school4")?;
    for class in classes_of(tx, &admin)? {
        guardian_invitations::invite_class(tx, &admin.by()?, class.id, &seen(class.version))?;
    }
    invite(tx, &admin, (Role::Teacher, stage.school(3)?), ("冯老师（演示）", "19900008007"))?;
    Ok(())
}
