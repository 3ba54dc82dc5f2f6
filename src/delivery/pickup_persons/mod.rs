//! Who may fetch a child 接送人 (六.3): named by its guardian, with days; or forbidden by a document, which the school
//! enters. Names and telephones are sealed.

mod api;
mod model;
mod store;

pub use self::api::{PickupPersonOut, routes};
pub use self::model::{PickupForbiddenIn, PickupKind, PickupPerson, PickupPersonIn, PickupState, PickupVerb};

use time::Date;

use self::model::{PickupCode, PickupEndIn, PickupPersonRow, check_days};
use crate::auth::permission::{ForbidPickupPersons, NamePickupPersons, Permission};
use crate::auth::{By, Role};
use crate::db::{Id, Stored as _, Tx};
use crate::http::IfMatchVersion;
use crate::inbox::messages::{self, MessageKind, News, Pupil};
use crate::journal::{change, record};
use crate::refusal::{Fault, Refusal};
use crate::regulation::policy_profiles;
use crate::rules::held::forbidden_by;
use crate::students::guardianships::{self, Right};
use crate::students::persons;
use crate::students::students::Student;
use crate::values::identifiers::Phone;
use crate::values::text::Line;

/// A seal opens in its own row alone.
fn place(column: &str, id: Id) -> String {
    format!("pickup_persons.{column}:{id}")
}

fn opened(tx: &mut Tx<'_>, (row, person_id, path): (PickupPersonRow, Id, String)) -> Result<PickupPerson, Refusal> {
    let open = |column: &str, sealed: &str| -> Result<String, Refusal> {
        let bytes = tx.sealing.open(&place(column, row.id), sealed).map_err(Refusal::internal)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let name = open("name", &row.name_sealed)?;
    let phone = row.phone_sealed.as_deref().map(|sealed| open("phone", sealed)).transpose()?;
    let phone = phone.map(|text| Phone::new(&text)).transpose();
    let phone = phone.map_err(|_| Refusal::internal("a sealed telephone of the wrong form"))?;
    Ok(PickupPerson { row, name, phone, person_id, code: None, path })
}

/// By which somebody is known again: a name without spaces, and a number as it is dialled.
fn hashes(tx: &Tx<'_>, name: &Line<1, 60>, phone: Option<&Phone>) -> (String, Option<String>) {
    let plain: String = name.as_str().chars().filter(|c| !c.is_whitespace()).collect();
    let dialled = phone.map(|phone| phone.dialled().unwrap_or_else(|| phone.reveal().to_owned()));
    let of_phone = dialled.map(|dialled| tx.sealing.keyed_hash("pickup_persons.phone", dialled.as_bytes()));
    (tx.sealing.keyed_hash("pickup_persons.name", plain.as_bytes()), of_phone)
}

/// Whom a body names.
struct Named<'a> {
    kind: PickupKind,
    name: &'a Line<1, 60>,
    phone: Option<&'a Phone>,
    relation: &'a Line<1, 40>,
    days: (Date, Option<Date>),
    document: Option<&'a Line<2, 120>>,
}

fn enter<P: Permission>(
    tx: &mut Tx<'_>,
    by: &By<P>,
    child: &Student,
    named: &Named<'_>,
    hashes: (String, Option<String>),
) -> Result<PickupPerson, Refusal> {
    let id = Id::fresh();
    let seal = |column: &str, text: &str| tx.sealing.seal(&place(column, id), text.as_bytes());
    let name_sealed = seal("name", named.name.as_str()).map_err(Refusal::internal)?;
    let phone_sealed = named.phone.map(|phone| seal("phone", phone.reveal())).transpose().map_err(Refusal::internal)?;
    let row = PickupPersonRow {
        id,
        school_id: child.row.school_id,
        student_id: child.row.id,
        kind: named.kind,
        name_sealed,
        name_hash: hashes.0,
        phone_sealed,
        phone_hash: hashes.1,
        relation: named.relation.as_str().to_owned(),
        document: named.document.map(|document| document.as_str().to_owned()),
        from_on: named.days.0,
        to_on: named.days.1,
        entered_by_id: by.user_id,
        state: PickupState::Standing,
        end_reason: None,
        code_hash: None,
        code_on: None,
        code_used_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let (name, phone) = (named.name.as_str().to_owned(), named.phone.cloned());
    let (person_id, path) = (child.row.person_id, child.path.clone());
    let made = PickupPerson { row, name, phone, person_id, code: None, path };
    record(tx, if named.document.is_some() { "forbidden" } else { "named" }, None, Some(&made))?;
    Ok(made)
}

/// Names somebody who may fetch a child: by its guardian who has the right to, or by its school.
///
/// # Errors
/// 422 for a pupil out of scope, days that do not go together, and for whom a document forbids it.
pub fn name(tx: &mut Tx<'_>, by: &By<NamePickupPersons>, new: &PickupPersonIn) -> Result<PickupPerson, Refusal> {
    check_days(new.from_on, new.to_on)?;
    if new.kind == PickupKind::Forbidden {
        return Err(Refusal::field("/kind", Fault::NotForThis));
    }
    if new.from_on < tx.today {
        return Err(Refusal::field("/from_on", Fault::OutOfRange).said("before-today"));
    }
    let child: Student = by.named(tx, new.student_id, "/student_id")?;
    persons::claim(tx, child.row.person_id)?;
    if by.role == Role::Guardian && !guardianships::claim_right(tx, by.user_id, child.row.person_id, Right::PickUp)? {
        return Err(Refusal::field("/student_id", Fault::NotForThis));
    }
    let hashes = hashes(tx, &new.name, new.phone.as_ref());
    let standing = store::standing_of(tx, &[child.row.id])?;
    let forbids = |one: &&PickupPerson| {
        let meets = one.row.to_on.is_none_or(|last| new.from_on <= last)
            && new.to_on.is_none_or(|last| one.row.from_on <= last);
        one.row.kind == PickupKind::Forbidden && meets && one.is_same_as(&hashes.0, hashes.1.as_deref())
    };
    if let Some(forbidden) = standing.iter().find(forbids) {
        let profile = policy_profiles::nearest(tx, &child.path, tx.today)?;
        let document = forbidden.row.document.as_deref().unwrap_or_default();
        return Err(Refusal::by_rules(vec![forbidden_by(document, "/name", &profile)]));
    }
    let named = Named {
        kind: new.kind,
        name: &new.name,
        phone: new.phone.as_ref(),
        relation: &new.relation,
        days: (new.from_on, new.to_on),
        document: None,
    };
    enter(tx, by, &child, &named, hashes)
}

/// Enters, by a document, that somebody may not fetch a child. Whoever has named that person before is told.
///
/// # Errors
/// 422 for a pupil out of scope, and for days that do not go together.
pub fn forbid(tx: &mut Tx<'_>, by: &By<ForbidPickupPersons>, new: &PickupForbiddenIn) -> Result<PickupPerson, Refusal> {
    check_days(new.from_on, new.to_on)?;
    let child: Student = by.named(tx, new.student_id, "/student_id")?;
    persons::claim(tx, child.row.person_id)?;
    let hashes = hashes(tx, &new.name, new.phone.as_ref());
    let named = Named {
        kind: PickupKind::Forbidden,
        name: &new.name,
        phone: new.phone.as_ref(),
        relation: &new.relation,
        days: (new.from_on, new.to_on),
        document: Some(&new.document),
    };
    let standing = store::standing_of(tx, &[child.row.id])?;
    let made = enter(tx, by, &child, &named, (hashes.0.clone(), hashes.1.clone()))?;
    for one in standing.iter().filter(|one| one.row.kind == PickupKind::Named) {
        if one.is_same_as(&hashes.0, hashes.1.as_deref()) {
            change(tx, "ended", one, |one| {
                one.row.state = PickupState::Ended;
                one.row.end_reason = Some(new.document.as_str().to_owned());
            })?;
            let pupil =
                Pupil { student_id: child.row.id, person_id: child.row.person_id, school_id: child.row.school_id };
            let news = News::new(MessageKind::PickupForbidden, "pickup-persons", one.row.id);
            messages::tell_guardians(tx, pupil, None, &news)?;
        }
    }
    Ok(made)
}

/// Ends it.
///
/// # Errors
/// 404, 412, 409 once it has ended, or where it is not the caller's to end.
pub fn end(
    tx: &mut Tx<'_>,
    by: &By<NamePickupPersons>,
    id: Id,
    seen: &IfMatchVersion,
    why: &PickupEndIn,
) -> Result<PickupPerson, Refusal> {
    let before: PickupPerson = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = PickupVerb::End.from(before.row.state)?;
    if !before.can(by).contains(&PickupVerb::End.as_str()) {
        return Err(PickupVerb::End.refused(before.row.state, &[]));
    }
    change(tx, "ended", &before, |one| {
        one.row.state = state;
        one.row.end_reason = Some(why.reason.as_str().to_owned());
    })
}

/// Issues a code for today, by the guardian who has named somebody, or by the school for it; one of before ends.
///
/// # Errors
/// 404, 412, 409 for whom another guardian has named, 422 where the person may not fetch the child today.
pub fn issue_code(
    tx: &mut Tx<'_>,
    by: &By<NamePickupPersons>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<PickupPerson, Refusal> {
    let before: PickupPerson = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    PickupVerb::IssueCode.from(before.row.state)?;
    if !before.can(by).contains(&PickupVerb::IssueCode.as_str()) {
        return Err(PickupVerb::IssueCode.refused(before.row.state, &[]));
    }
    if !before.holds_on(tx.today) {
        return Err(Refusal::field("", Fault::NotForThis));
    }
    persons::claim(tx, before.person_id)?;
    if by.role == Role::Guardian && !guardianships::claim_right(tx, by.user_id, before.person_id, Right::PickUp)? {
        return Err(PickupVerb::IssueCode.refused(before.row.state, &[]));
    }
    let (code, today) = (PickupCode::fresh()?, tx.today);
    let code_hash = PickupCode::hash_of(&tx.sealing, id, code.shown());
    change(tx, "code-issued", &before, |one| {
        (one.row.code_hash, one.row.code_on, one.row.code_used_at) = (Some(code_hash), Some(today), None);
        one.code = Some(code);
    })
}

/// Notes that the codes of some were used.
///
/// # Errors
/// 412 where another request was faster.
pub fn used(tx: &mut Tx<'_>, all: &[&PickupPerson]) -> Result<(), Refusal> {
    let now = tx.now;
    for one in all {
        change(tx, "code-used", *one, |one| one.row.code_used_at = Some(now))?;
    }
    Ok(())
}

/// Everybody who stands for some pupils: those who may, and those who may not.
///
/// # Errors
/// When the database fails.
pub fn standing_of(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<PickupPerson>, Refusal> {
    store::standing_of(tx, pupils)
}

/// Takes out what was sealed of those who might fetch some pupils; how many they were.
///
/// # Errors
/// When the database fails.
pub fn erased(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<usize, Refusal> {
    let all = store::all_of(tx, pupils)?;
    for one in &all {
        let name_sealed = tx.sealing.seal(&place("name", one.row.id), "—".as_bytes()).map_err(Refusal::internal)?;
        change(tx, "erased", one, |one| {
            one.row.name_sealed = name_sealed;
            one.row.name_hash = String::new();
            (one.row.phone_sealed, one.row.phone_hash) = (None, None);
            one.row.relation = "—".to_owned();
            one.name = "—".to_owned();
            one.phone = None;
        })?;
    }
    Ok(all.len())
}

/// Of one pupil, for its copy.
///
/// # Errors
/// When the database fails.
pub fn of_pupils(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<Vec<PickupPerson>, Refusal> {
    store::all_of(tx, pupils)
}
