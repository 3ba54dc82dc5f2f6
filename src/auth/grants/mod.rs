//! Role grants: given with dates, ended, never deleted. No grant reaches beyond the organisation of its account, so
//! that whoever may manage an account may also take every right of it away.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{RoleGrant, RoleGrantIn, RoleGrantRow, RoleGrantState, RoleGrantVerb};
pub use self::store::NamedGrant;

use crate::auth::permission::ManageRoleGrants;
use crate::auth::users::{self, User, UserKind};
use crate::auth::{Actor, By, Role, organisations};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, Refusal};

/// Gives a role. One that reaches pupils, money or accounts waits for a second person.
///
/// # Errors
/// 422 when user or place do not fit, 403 when the caller may not give this role, 409 for the caller's own account and
/// when it would overlap another.
pub fn give(tx: &mut Tx<'_>, by: &By<ManageRoleGrants>, new: &RoleGrantIn) -> Result<RoleGrant, Refusal> {
    let user: User = by.named(tx, new.user_id, "/user_id")?;
    if user.id == by.user_id {
        return Err(Refusal::of(Code::SelfForbidden));
    }
    if !RoleGrant::is_for(new.role, by) {
        return Err(Refusal::of(Code::GrantForbidden));
    }
    if (new.role == Role::Integration) != (user.kind == UserKind::Machine) {
        return Err(Refusal::field("/role", Fault::NotForThis));
    }
    let path = place(tx, by, &user, new)?;
    add(tx, new, path, Some(by.user_id))
}

/// Gives a role without asking who gives it: for the first account of the platform.
///
/// # Errors
/// 409 when it would overlap another.
pub fn insert(tx: &mut Tx<'_>, new: &RoleGrantIn, path: String) -> Result<RoleGrant, Refusal> {
    add(tx, new, path, None)
}

/// Gives a role to somebody whom another has invited to it, as if that one gave it now: what needs a second person
/// waits for one.
///
/// # Errors
/// 409 when it would overlap another.
pub fn give_as_invited(tx: &mut Tx<'_>, new: &RoleGrantIn, path: String, invited_by: Id) -> Result<RoleGrant, Refusal> {
    add(tx, new, path, Some(invited_by))
}

fn add(tx: &mut Tx<'_>, new: &RoleGrantIn, path: String, asked_by_id: Option<Id>) -> Result<RoleGrant, Refusal> {
    let row = RoleGrantRow {
        id: Id::fresh(),
        user_id: new.user_id,
        role: new.role,
        organisation_id: new.organisation_id,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        ended_at: None,
        waits: asked_by_id.is_some() && new.role.needs_second(),
        asked_by_id,
        confirmed_by_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    users::claim(tx, new.user_id)?;
    if store::standing(tx, new.user_id, new.role)?.iter().any(|other| other.overlaps(&row)) {
        return Err(Refusal::of(Code::Overlap));
    }
    enter(tx, "given", row, path)
}

/// Where the role will be held: within the caller's scope and within the organisation of the account.
fn place(tx: &mut Tx<'_>, by: &By<ManageRoleGrants>, user: &User, new: &RoleGrantIn) -> Result<String, Refusal> {
    let path = place_of(tx, by, new.role, new.organisation_id)?;
    match new.organisation_id {
        None if user.organisation_id.is_some() => Err(Refusal::field("/user_id", Fault::NotForThis)),
        Some(_) if user.path.is_empty() || !path.starts_with(&user.path) => {
            Err(Refusal::field("/organisation_id", Fault::NotForThis))
        }
        _ => Ok(path),
    }
}

/// The path of a place in the caller's scope at which a role can be held, whoever will hold it.
///
/// # Errors
/// 422 where role and place do not fit.
pub fn place_of(
    tx: &mut Tx<'_>,
    by: &By<ManageRoleGrants>,
    role: Role,
    organisation_id: Option<Id>,
) -> Result<String, Refusal> {
    let wrong = |fault| Err(Refusal::field("/organisation_id", fault));
    match (role.held_at(), organisation_id) {
        (None, None) => Ok(String::new()),
        (None, Some(_)) => wrong(Fault::NotForThis),
        (Some(_), None) => wrong(Fault::Required),
        (Some(kind), Some(id)) => match organisations::find(tx, id)? {
            Some(found) if !by.holds(&found.path) => wrong(Fault::NotFound),
            Some(found) if found.kind != kind => wrong(Fault::NotForThis),
            Some(found) => Ok(found.path),
            None => wrong(Fault::NotFound),
        },
    }
}

/// Ends a grant now; every token of the account ends with it.
///
/// # Errors
/// 404, 412, 409 when it has ended or is one's own, 403 when the caller may not give this role.
pub fn end(tx: &mut Tx<'_>, by: &By<ManageRoleGrants>, id: Id, seen: &IfMatchVersion) -> Result<RoleGrant, Refusal> {
    let before = ready_for(tx, by, id, seen, RoleGrantVerb::End)?;
    let now = tx.now;
    let after = change(tx, "ended", &before, |grant| grant.ended_at = Some(now))?;
    let user: User = by.find(tx, after.user_id)?;
    users::cut_off(tx, &user)?;
    Ok(after)
}

/// Confirms a grant that waits: it holds from now on.
///
/// # Errors
/// 404, 412, 409 when it does not wait, or for one's own grant or request, 403 when the caller may not give this role.
pub fn confirm(
    tx: &mut Tx<'_>,
    by: &By<ManageRoleGrants>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<RoleGrant, Refusal> {
    let before = ready_for(tx, by, id, seen, RoleGrantVerb::Confirm)?;
    let second = Some(by.user_id);
    change(tx, "confirmed", &before, |grant| {
        grant.waits = false;
        grant.confirmed_by_id = second;
    })
}

fn ready_for(
    tx: &mut Tx<'_>,
    by: &By<ManageRoleGrants>,
    id: Id,
    seen: &IfMatchVersion,
    verb: RoleGrantVerb,
) -> Result<RoleGrant, Refusal> {
    let before: RoleGrant = by.find(tx, id)?;
    seen.expect(before.version)?;
    if let Some(code) = before.bars(by, verb) {
        return Err(Refusal::of(code));
    }
    verb.from(before.state())?;
    Ok(before)
}

/// Lets the roles of an account that need it wait for a second person, since somebody has given the account a secret.
///
/// # Errors
/// When the database fails.
pub fn ask_again(tx: &mut Tx<'_>, by: &Actor, user: Id) -> Result<(), Refusal> {
    let asked_by = Some(by.user_id);
    for before in store::unended(tx, user)? {
        if before.role.needs_second() {
            change(tx, "asked-again", &before, |grant| (grant.waits, grant.asked_by_id) = (true, asked_by))?;
        }
    }
    Ok(())
}

/// Confirms what waits for an account, for whoever runs the machine: `kehou user`.
///
/// # Errors
/// When the database fails.
pub fn confirm_from_console(tx: &mut Tx<'_>, user: Id) -> Result<(), Refusal> {
    for before in store::unended(tx, user)? {
        if before.waits {
            change(tx, "confirmed", &before, |grant| grant.waits = false)?;
        }
    }
    Ok(())
}

/// Grants that hold for a user today, the longest-standing first.
///
/// # Errors
/// When the database fails.
pub fn held_today(tx: &mut Tx<'_>, user: Id) -> Result<Vec<RoleGrant>, Refusal> {
    let today = tx.today;
    store::held_on(tx, user, today)
}

/// Grants of an account, past ones included, the newest first, with the names of their organisations.
///
/// # Errors
/// When the database fails.
pub fn all_of(tx: &mut Tx<'_>, user: Id) -> Result<Vec<NamedGrant>, Refusal> {
    store::all_of(tx, user)
}

/// Users whose grants are verified together.
const VERIFY_BATCH: i64 = 500;

/// Sentences about grants that overlap; none when the rows are as they must be.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    verify_by(tx, VERIFY_BATCH)
}

/// [`verify`], the grants of so many users at a time.
///
/// # Errors
/// When the database fails.
pub fn verify_by(tx: &mut Tx<'_>, batch: i64) -> Result<Vec<String>, Refusal> {
    let (mut wrong, mut after) = (Vec::new(), Id::NIL);
    loop {
        let users = store::holders_after(tx, after, batch)?;
        let Some(last) = users.last() else { return Ok(wrong) };
        after = *last;
        let rows = store::standing_of(tx, &users)?;
        let pairs = rows.iter().zip(rows.iter().skip(1)).filter(|(one, next)| one.overlaps(next));
        let told = |(one, next): (&RoleGrantRow, &RoleGrantRow)| {
            format!("role grants {} and {} of user {} overlap", one.id, next.id, one.user_id)
        };
        wrong.extend(pairs.map(told));
    }
}

/// The accounts that hold a role at an organisation today.
///
/// # Errors
/// When the database fails.
pub fn holders(tx: &mut Tx<'_>, organisation: Id, role: Role) -> Result<Vec<Id>, Refusal> {
    let today = tx.today;
    store::holders(tx, organisation, role, today)
}
