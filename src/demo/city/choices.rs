//! What families chose in autumn, and what they were charged.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use serde_json::json;

use super::entering::{pupils_of, username};
use super::{ADMINS, AUTUMN};
use crate::auth::By;
use crate::auth::permission::{ReadClasses, ReadEnrollments, ReadSignals};
use crate::db::{Id, Tx};
use crate::demo::acts::{charge, latest_plan, pay, seen, sign};
use crate::demo::stage::{Person, Stage, body, goes_on};
use crate::enrollments::enrollments::{self, Enrollment, EnrollmentFilter, EnrollmentState};
use crate::enrollments::{coercion, joint_enrollments, project_closures, suggestions};
use crate::fees::charges::{self, PaymentMethod};
use crate::http::Listing;
use crate::oversight::signals::{self, Signal};
use crate::plans::projects;
use crate::refusal::Refusal;
use crate::schools::classes::Class;

/// How many of 金桂小学 want the sports club, which has twelve seats; the others spread over the other clubs.
const WANT_SPORTS: usize = 17;

/// From where a guardian chooses: those of 金桂小学 all come to one of two halls, so that there is something to look at.
fn address_of(place: usize, number: usize) -> IpAddr {
    let last = if place == 3 { u8::from(number >= 22) } else { u8::try_from(2 + number).unwrap_or(u8::MAX) };
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, last))
}

/// 2024-09-06: 金桂小学 invites to one club, its teacher suggests another to a class, and thinks better of a third.
pub(super) fn suggested(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school4")?;
    let plan = latest_plan(tx, &admin)?;
    let offered = projects::ids(tx, plan.id)?;
    let class = admin.sees::<ReadClasses, Class>(tx)?.into_iter().next().map(|class| class.id);
    let all =
        json!({"project_id": offered.get(1), "class_id": null, "student_id": null, "note": "欢迎来试一试（演示）"});
    suggestions::create(tx, &admin.by()?, &body(all)?)?;
    let teacher = stage.enters(tx, "demo.teacher4")?;
    for project in [2, 3] {
        goes_on(tx);
        let note = "适合喜欢动手的孩子（演示）";
        let new = json!({"project_id": offered.get(project), "class_id": class, "student_id": null, "note": note});
        let made = suggestions::create(tx, &teacher.by()?, &body(new)?)?;
        if project == 3 {
            goes_on(tx);
            suggestions::withdraw(tx, &teacher.by()?, made.id, &seen(made.version))?;
        }
    }
    Ok(())
}

/// 2024-09-09: the county looks at one of two signals that were raised about 金桂小学.
pub(super) fn signals_looked_at(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let officer = stage.enters(tx, "demo.bureau")?;
    let raised = officer.sees::<ReadSignals, Signal>(tx)?;
    let first = raised.first().ok_or_else(|| Refusal::internal("nothing was raised"))?;
    let said = json!({"answer": "家长开放日在校内网络填报，未见强制（演示）"});
    signals::answer(tx, &officer.by()?, first.id, &seen(first.version), &body(said)?)?;
    Ok(())
}

/// 2024-09-06: families choose and sign. One has not signed yet, one takes nothing, one has changed its mind.
pub(super) fn of_families(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (place, accounts) in [(3, 44), (6, 12), (7, 16)] {
        let admin = stage.enters(tx, ADMINS.get(place).copied().unwrap_or_default())?;
        let plan = latest_plan(tx, &admin)?;
        let offered = projects::ids(tx, plan.id)?;
        for number in 0..accounts {
            let club = if place == 3 && number < WANT_SPORTS { 1 } else { 2 + number % 4 };
            let guardian = stage.enters(tx, &username(place, number))?;
            tx.origin.address = Some(address_of(place, number));
            for child in pupils_of(tx, &guardian)? {
                chooses(tx, &guardian, child.id, &offered, (number, club))?;
            }
        }
    }
    let first = stage.enters(tx, &username(3, 0))?;
    changes_its_mind(tx, &first)?;
    let admin = stage.enters(tx, "demo.school4")?;
    let plan = latest_plan(tx, &admin)?;
    let offered = projects::ids(tx, plan.id)?;
    for account in ["demo.guardian", "demo.guardian4"] {
        let guardian = stage.enters(tx, account)?;
        for (number, child) in pupils_of(tx, &guardian)?.into_iter().enumerate() {
            chooses(tx, &guardian, child.id, &offered, (number, 2 + number))?;
        }
    }
    coercion::watch(tx, &coercion::Round::first(tx.now)).map(drop)
}

/// Gives back its seat in the club that is full, so that it is offered to the first who waits.
fn changes_its_mind(tx: &mut Tx<'_>, guardian: &Person) -> Result<(), Refusal> {
    goes_on(tx);
    let own: By<ReadEnrollments> = guardian.by()?;
    let chosen = own.list::<Enrollment>(tx, &Listing::all(EnrollmentFilter::default()))?;
    let club = chosen.last().ok_or_else(|| Refusal::internal("nothing was chosen"))?;
    enrollments::withdraw(tx, &guardian.by()?, club.id, &seen(club.version))?;
    Ok(())
}

/// Homework for all, and a club.
fn chooses(
    tx: &mut Tx<'_>,
    guardian: &Person,
    child: Id,
    offered: &[Id],
    (number, club): (usize, usize),
) -> Result<(), Refusal> {
    let at = |place: usize| offered.get(place).copied().ok_or_else(|| Refusal::internal("no such project"));
    if number == 43 {
        let none = json!({"student_id": child, "project_id": at(club)?, "choice": "declined"});
        enrollments::create(tx, &guardian.by()?, &body(none)?)?;
        return Ok(());
    }
    let chosen = [at(0)?, at(club)?];
    if club > 1 && number % 20 != 19 && number != 42 {
        return chooses_together(tx, guardian, child, chosen);
    }
    for project_id in chosen {
        goes_on(tx);
        let new = json!({"student_id": child, "project_id": project_id, "choice": "apply"});
        let made = enrollments::create(tx, &guardian.by()?, &body(new)?)?;
        if made.state == EnrollmentState::Allocated && number % 20 != 19 {
            sign(tx, guardian, &made)?;
        }
        if number == 42 {
            let now = enrollments::find(tx, &guardian.by()?, made.id)?;
            enrollments::withdraw(tx, &guardian.by()?, made.id, &seen(now.version))?;
        }
    }
    Ok(())
}

/// Both at once, with one agreement and one signature.
fn chooses_together(tx: &mut Tx<'_>, guardian: &Person, child: Id, chosen: [Id; 2]) -> Result<(), Refusal> {
    let listed = body(json!(chosen.map(|id| id.to_string()).join(",")))?;
    let agreement = joint_enrollments::agreement(tx, &guardian.by()?, child, &listed)?;
    let sha256 = &agreement.with.text.sha256;
    let new = json!({"student_id": child, "project_ids": chosen, "agreement_sha256": sha256});
    joint_enrollments::create(tx, &guardian.by()?, &body(new)?)?;
    Ok(())
}

/// 2024-09-09: too few have joined the last club of 银杏学校, which is joined with the one before it.
pub(super) fn closed(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    let admin = stage.enters(tx, "demo.school8")?;
    let plan = latest_plan(tx, &admin)?;
    let offered = projects::ids(tx, plan.id)?;
    let new = json!({"project_id": offered.get(5), "into_project_id": offered.get(4), "reason": "人数不足（演示）"});
    project_closures::create(tx, &admin.by()?, &body(new)?)?;
    Ok(())
}

/// 2024-09-09: two schools charge; some have paid, some in part, one charge was an error.
pub(super) fn charged(tx: &mut Tx<'_>, stage: &Stage) -> Result<(), Refusal> {
    for (account, admin) in [("demo.finance4", "demo.school4"), ("demo.finance8", "demo.school8")] {
        let admin = stage.enters(tx, admin)?;
        let signed = signed_by(tx, &admin)?;
        let finance = stage.enters(tx, account)?;
        for (number, student) in signed.into_iter().enumerate() {
            goes_on(tx);
            let made = charge(tx, &finance, student, AUTUMN)?;
            match number % 6 {
                _ if made.amount_fen == 0 => {}
                0 | 3 => pay(tx, &finance, &made, made.amount_fen, PaymentMethod::Wechat)?,
                1 => pay(tx, &finance, &made, made.amount_fen / 2, PaymentMethod::BankTransfer)?,
                2 if number < 3 => {
                    charges::void(tx, &finance.by()?, made.id, &seen(made.version))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The pupils of a school for whom something was signed, each once.
fn signed_by(tx: &mut Tx<'_>, admin: &Person) -> Result<Vec<Id>, Refusal> {
    let active = EnrollmentFilter { state: Some(EnrollmentState::Active.into()), ..EnrollmentFilter::default() };
    let by: By<ReadEnrollments> = admin.by()?;
    let found = by.list::<Enrollment>(tx, &Listing::all(active))?;
    let pupils: BTreeSet<Id> = found.iter().map(|enrollment| enrollment.student_id).collect();
    Ok(pupils.into_iter().collect())
}
