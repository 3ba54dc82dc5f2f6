//! Accounts of people and machines: created, changed, suspended, reinstated, and given secrets.

mod api;
mod model;
mod store;

pub use self::api::{UserOut, routes};
pub use self::model::{Hindrance, User, UserFilter, UserKind, UserRow, UserVerb};
pub use self::store::{any, claim, set_secret};
pub use crate::auth::standing::UserState;

use crate::auth::permission::{ManageUsers, ReadUsers};
use crate::auth::{Actor, Scope, organisations};
use crate::db::{Id, Tx};
use crate::http::{IfMatchVersion, PageLimit};
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::values::text::{Line, Username};

/// What an account is made from.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub kind: UserKind,
    pub username: Username,
    pub display_name: Line<1, 60>,
    pub organisation_id: Option<Id>,
}

impl Recorded for User {
    const RESOURCE: &'static str = "user";

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// Creates an account in the caller's scope; it has no secret yet.
///
/// # Errors
/// 422 when the organisation is missing or unknown to the caller, 409 when the name is taken.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewUser) -> Result<User, Refusal> {
    let scope = Scope::of::<ManageUsers>(actor);
    let path = match new.organisation_id {
        None if scope == Scope::Everything => String::new(),
        None => return Err(Refusal::field("/organisation_id", Fault::Required)),
        Some(id) => {
            let found = organisations::find(tx, id)?.filter(|organisation| scope.holds_path(&organisation.path));
            found.ok_or_else(|| Refusal::field("/organisation_id", Fault::NotFound))?.path
        }
    };
    insert(tx, new, path)
}

fn insert(tx: &mut Tx<'_>, new: &NewUser, path: String) -> Result<User, Refusal> {
    let row = UserRow {
        id: Id::fresh(),
        kind: new.kind,
        username: new.username.as_str().to_owned(),
        display_name: new.display_name.as_str().to_owned(),
        organisation_id: new.organisation_id,
        state: UserState::Active,
        secret_change_due: false,
        cut_off_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, &row)?;
    let user = User { row, path };
    record(tx, "created", None, Some(&user))?;
    Ok(user)
}

/// The platform's own first account, unless there is any account.
///
/// # Errors
/// When the database fails.
pub fn create_first(tx: &mut Tx<'_>, username: &Username, secret_hash: &str) -> Result<Option<User>, Refusal> {
    if store::any(tx)? {
        return Ok(None);
    }
    let display_name = Line::new("平台管理员").map_err(|fault| Refusal::invalid(vec![fault]))?;
    let new = NewUser { kind: UserKind::Person, username: username.clone(), display_name, organisation_id: None };
    let user = insert(tx, &new, String::new())?;
    store::set_secret(tx, user.row.id, secret_hash)?;
    Ok(Some(user))
}

/// One account that the caller may see.
///
/// # Errors
/// 404.
pub fn find(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<User, Refusal> {
    store::find(tx, scope, id)?.ok_or_else(|| Refusal::of(Code::NotFound))
}

/// Accounts that the caller may see, by name.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &UserFilter,
    after: Option<String>,
    limit: PageLimit,
) -> Result<Vec<User>, Refusal> {
    store::list(tx, &Scope::of::<ReadUsers>(actor), filter, after, limit)
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
pub fn update(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion, to: &NewUser) -> Result<User, Refusal> {
    let before = ready_for(tx, actor, id, seen, UserVerb::Update)?;
    for (field, kept) in
        [("/kind", before.row.kind == to.kind), ("/organisation_id", before.row.organisation_id == to.organisation_id)]
    {
        if !kept {
            return Err(Refusal::at(Code::ImmutableField, field, Fault::Immutable));
        }
    }
    change(tx, "updated", &before, |row| {
        row.username = to.username.as_str().to_owned();
        row.display_name = to.display_name.as_str().to_owned();
    })
}

/// Suspends an account: its tokens end at once.
///
/// # Errors
/// 404, 412, 409.
pub fn suspend(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<User, Refusal> {
    let before = ready_for(tx, actor, id, seen, UserVerb::Suspend)?;
    let now = tx.now;
    change(tx, "suspended", &before, |row| {
        row.state = UserState::Suspended;
        row.cut_off_at = Some(now);
    })
}

/// Ends a suspension. Tokens from before stay ended.
///
/// # Errors
/// 404, 412, 409.
pub fn reinstate(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion) -> Result<User, Refusal> {
    let before = ready_for(tx, actor, id, seen, UserVerb::Reinstate)?;
    change(tx, "reinstated", &before, |row| row.state = UserState::Active)
}

/// Gives an account a new secret, whose hash this is; a person must replace it at the first sign-in.
///
/// # Errors
/// 404, 412, 409.
pub fn issue_secret(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id,
    seen: &IfMatchVersion,
    hash: &str,
) -> Result<User, Refusal> {
    let before = ready_for(tx, actor, id, seen, UserVerb::IssueSecret)?;
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
    store::set_secret(tx, before.row.id, hash)?;
    change(tx, "secret-issued", before, |row| {
        row.secret_change_due = row.kind == UserKind::Person;
        row.cut_off_at = Some(now);
    })
}

/// Replaces one's own secret; every token of the account ends.
///
/// # Errors
/// When the database fails.
pub fn change_own_secret(tx: &mut Tx<'_>, actor: &Actor, hash: &str) -> Result<User, Refusal> {
    let before = find(tx, &Scope::Own(actor.user_id), actor.user_id)?;
    let now = tx.now;
    store::set_secret(tx, actor.user_id, hash)?;
    change(tx, "secret-changed", &before, |row| {
        row.secret_change_due = false;
        row.cut_off_at = Some(now);
    })
}

/// Ends every token of an account, because what it may do has changed.
///
/// # Errors
/// When the database fails.
pub fn cut_off(tx: &mut Tx<'_>, user: &User) -> Result<User, Refusal> {
    let now = tx.now;
    change(tx, "cut-off", user, |row| row.cut_off_at = Some(now))
}

/// The account, if the caller sees it, saw this version of it, and may do `verb` to it now.
fn ready_for(tx: &mut Tx<'_>, actor: &Actor, id: Id, seen: &IfMatchVersion, verb: UserVerb) -> Result<User, Refusal> {
    let user = find(tx, &Scope::of::<ManageUsers>(actor), id)?;
    seen.expect(user.row.version)?;
    match user.hindrance(actor, verb) {
        None => Ok(user),
        Some(Hindrance::OwnAccount) => Err(Refusal::of(Code::SelfForbidden)),
        Some(Hindrance::State) => Err(Refusal::state(user.row.state.as_str(), &user.can(actor))),
    }
}

fn change(tx: &mut Tx<'_>, action: &str, before: &User, edit: impl FnOnce(&mut UserRow)) -> Result<User, Refusal> {
    let mut after = before.clone();
    edit(&mut after.row);
    after.row.version += 1;
    after.row.updated_at = tx.now;
    store::update(tx, &after.row)?;
    record(tx, action, Some(before), Some(&after))?;
    Ok(after)
}
