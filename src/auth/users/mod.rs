//! Accounts of people and machines: created, changed, suspended, reinstated, and given secrets.

mod api;
mod model;
mod store;

pub use self::api::{UserOut, routes};
pub use self::model::{User, UserIn, UserKind, UserRow, UserVerb};
pub use self::store::{any, claim, key_names, set_secret};
pub use crate::auth::standing::UserState;

use self::model::UserFilter;
use crate::auth::permission::{ManageUsers, OwnAccount, ReadUsers};
use crate::auth::{By, Found, Scope, organisations};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, Key, Listing};
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, Refusal};
use crate::values::text::{Line, Username};

/// Creates an account in the caller's scope; it has no secret yet.
///
/// # Errors
/// 422 when the organisation is missing or unknown to the caller, 409 when the name is taken.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageUsers>, new: &UserIn) -> Result<User, Refusal> {
    let path = match new.organisation_id {
        None if by.scope() == Scope::Everything => String::new(),
        None => return Err(Refusal::field("/organisation_id", Fault::Required)),
        Some(id) => {
            let found = organisations::find(tx, id)?.filter(|organisation| by.holds(&organisation.path));
            found.ok_or_else(|| Refusal::field("/organisation_id", Fault::NotFound))?.path
        }
    };
    insert(tx, new, path, false)
}

fn insert(tx: &mut Tx<'_>, new: &UserIn, path: String, secret_change_due: bool) -> Result<User, Refusal> {
    let row = UserRow {
        id: Id::fresh(),
        kind: new.kind,
        username: new.username.as_str().to_owned(),
        display_name: new.display_name.as_str().to_owned(),
        organisation_id: new.organisation_id,
        state: UserState::Active,
        secret_change_due,
        cut_off_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "created", row, path)
}

/// The platform's own first account, unless there is any account. A secret that was printed, or stood in a file, is due
/// to be changed.
///
/// # Errors
/// When the database fails.
pub fn create_first(
    tx: &mut Tx<'_>,
    username: &Username,
    secret_hash: &str,
    secret_change_due: bool,
) -> Result<Option<User>, Refusal> {
    if store::any(tx)? {
        return Ok(None);
    }
    let display_name = Line::new("平台管理员").map_err(|fault| Refusal::invalid(vec![fault]))?;
    let new = UserIn { kind: UserKind::Person, username: username.clone(), display_name, organisation_id: None };
    let user = insert(tx, &new, String::new(), secret_change_due)?;
    store::set_secret(tx, user.row.id, secret_hash)?;
    Ok(Some(user))
}

/// The account of somebody who was invited, with a secret of their own choice, whose hash this is.
///
/// # Errors
/// 409 when the name is taken.
pub fn register(tx: &mut Tx<'_>, new: &UserIn, path: String, secret_hash: &str) -> Result<User, Refusal> {
    let user = insert(tx, new, path, false)?;
    store::set_secret(tx, user.row.id, secret_hash)?;
    Ok(user)
}

/// One account within a scope, for rooms above.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<User, Refusal> {
    User::find_in(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Accounts that the caller may see, by name.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx<'_>, by: &By<ReadUsers>, at: &Listing<UserFilter, Key>) -> Result<Vec<User>, Refusal> {
    store::list(tx, &by.scope(), at)
}

/// An account by name with its secret's hash, for signing in.
///
/// # Errors
/// When the database fails.
pub fn with_secret(tx: &mut Tx<'_>, username: &str) -> Result<Option<(UserRow, Option<String>)>, Refusal> {
    store::secret_of(tx, username)
}

/// Replaces what may be replaced: the name and the display name.
///
/// # Errors
/// 404, 412, 409 for a taken name or a field that stays as it was created.
pub fn update(
    tx: &mut Tx<'_>,
    by: &By<ManageUsers>,
    id: Id,
    seen: &IfMatchVersion,
    to: &UserIn,
) -> Result<User, Refusal> {
    let (before, _) = ready_for(tx, by, id, seen, UserVerb::Update)?;
    Refusal::unless_kept([
        ("/kind", before.kind == to.kind),
        ("/organisation_id", before.organisation_id == to.organisation_id),
    ])?;
    change(tx, "updated", &before, |user| {
        user.username = to.username.as_str().to_owned();
        user.display_name = to.display_name.as_str().to_owned();
    })
}

/// Suspends an account: its tokens end at once.
///
/// # Errors
/// 404, 412, 409.
pub fn suspend(tx: &mut Tx<'_>, by: &By<ManageUsers>, id: Id, seen: &IfMatchVersion) -> Result<User, Refusal> {
    let (before, state) = ready_for(tx, by, id, seen, UserVerb::Suspend)?;
    let now = tx.now;
    change(tx, "suspended", &before, |user| {
        user.state = state;
        user.cut_off_at = Some(now);
    })
}

/// Ends a suspension. Tokens from before stay ended.
///
/// # Errors
/// 404, 412, 409.
pub fn reinstate(tx: &mut Tx<'_>, by: &By<ManageUsers>, id: Id, seen: &IfMatchVersion) -> Result<User, Refusal> {
    let (before, state) = ready_for(tx, by, id, seen, UserVerb::Reinstate)?;
    change(tx, "reinstated", &before, |user| user.state = state)
}

/// Gives an account a new secret, whose hash this is; a person must replace it at the first sign-in.
///
/// # Errors
/// 404, 412, 409.
pub fn issue_secret(
    tx: &mut Tx<'_>,
    by: &By<ManageUsers>,
    id: Id,
    seen: &IfMatchVersion,
    hash: &str,
) -> Result<User, Refusal> {
    let (before, _) = ready_for(tx, by, id, seen, UserVerb::IssueSecret)?;
    replace_secret(tx, &before, hash)
}

/// The same for whoever runs the machine: `kehou user`.
///
/// # Errors
/// 404.
pub fn issue_secret_from_console(tx: &mut Tx<'_>, username: &str, hash: &str) -> Result<User, Refusal> {
    let (row, _) = store::secret_of(tx, username)?.ok_or_else(|| Refusal::of(Code::NotFound))?;
    let before = find(tx, &Scope::Everything, row.id)?;
    replace_secret(tx, &before, hash)
}

fn replace_secret(tx: &mut Tx<'_>, before: &User, hash: &str) -> Result<User, Refusal> {
    let now = tx.now;
    store::set_secret(tx, before.id, hash)?;
    change(tx, "secret-issued", before, |user| {
        user.secret_change_due = user.kind == UserKind::Person;
        user.cut_off_at = Some(now);
    })
}

/// Replaces one's own secret; every token of the account ends.
///
/// # Errors
/// When the database fails.
pub fn change_own_secret(tx: &mut Tx<'_>, by: &By<OwnAccount>, hash: &str) -> Result<User, Refusal> {
    let before: User = by.find(tx, by.user_id)?;
    let now = tx.now;
    store::set_secret(tx, before.id, hash)?;
    change(tx, "secret-changed", &before, |user| {
        user.secret_change_due = false;
        user.cut_off_at = Some(now);
    })
}

/// Ends every token of an account, because what it may do has changed.
///
/// # Errors
/// When the database fails.
pub fn cut_off(tx: &mut Tx<'_>, user: &User) -> Result<User, Refusal> {
    let now = tx.now;
    change(tx, "cut-off", user, |user| user.cut_off_at = Some(now))
}

/// The account, if the caller sees it, saw this version of it, and may do `verb` to it now; and where that leads.
fn ready_for(
    tx: &mut Tx<'_>,
    by: &By<ManageUsers>,
    id: Id,
    seen: &IfMatchVersion,
    verb: UserVerb,
) -> Result<(User, UserState), Refusal> {
    let user: User = by.find(tx, id)?;
    seen.expect(user.version)?;
    let leads = verb.leads(user.state).ok_or_else(|| verb.refused(user.state, &user.can(by)))?;
    if user.spares(by, verb) { Err(Refusal::of(Code::SelfForbidden)) } else { Ok((user, leads)) }
}
