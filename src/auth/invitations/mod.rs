//! Invitations: somebody who may give a role hands out a code, and whoever has it and the telephone on record makes an
//! account of their own. A school so invites its staff, an authority its schools' administrators and its officers;
//! guardians are invited by `students::guardian_invitations`, with the same codes.
//!
//! A code that is good for nothing is refused the same way, whatever the reason: it is not there, was used, is over, is
//! of another school or locked, or the telephone is another.

mod api;
mod code;
mod model;
mod store;

pub use self::api::{IssuedInvitationOut, RegisteredOut, registers, routes};
pub use self::code::{InvitationCode, InvitationLinks};
pub use self::model::{Invitation, InvitationIn, InvitationRow, InvitationState, InvitationVerb, RegistrationIn};

use time::Duration;

use crate::auth::grants::{self, RoleGrant, RoleGrantIn};
use crate::auth::permission::ManageRoleGrants;
use crate::auth::tries::{self, Try};
use crate::auth::users::{self, User, UserIn, UserKind};
use crate::auth::{By, Role};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::journal::{change, enter};
use crate::refusal::{Code, Fault, Refusal};
use crate::values::identifiers::Phone;
use crate::values::text::{Line, Username};

/// For how long a code is good.
const LIFETIME: Duration = Duration::days(30);

/// Invitations that are marked as over in one transaction.
const EXPIRE_BATCH: i64 = 200;

/// Whom an invitation is for.
#[derive(Debug, Clone)]
pub struct Invited {
    pub organisation_id: Option<Id>,
    /// Path of that organisation.
    pub path: String,
    pub role: Role,
    pub guardianship_id: Option<Id>,
}

/// An invitation that was just made, with its code, which is shown this once.
#[derive(Debug, Clone)]
pub struct Issued {
    pub invitation: Invitation,
    pub code: InvitationCode,
}

/// Who makes an account, once the code was right.
#[derive(Debug)]
pub struct Newcomer<'a> {
    pub username: &'a Username,
    pub display_name: Line<1, 60>,
    /// The hash of the password.
    pub hash: &'a str,
    /// The telephone whose last digits were right: by it the account may sign in from now on.
    pub phone: Option<&'a Phone>,
    /// Where the account belongs; nowhere for guardians.
    pub organisation_id: Option<Id>,
    /// Path of that organisation.
    pub path: String,
}

/// Invites somebody to a role at an organisation in the caller's scope. The role will be given as if the caller gave it
/// then: what needs a second person waits for one.
///
/// # Errors
/// 403 for a role that the caller may not give, 422 when role and place do not fit, or the telephone cannot be dialled.
pub fn create(tx: &mut Tx<'_>, by: &By<ManageRoleGrants>, new: &InvitationIn) -> Result<Issued, Refusal> {
    if !RoleGrant::is_for(new.role, by) {
        return Err(Refusal::of(Code::GrantForbidden));
    }
    if matches!(new.role, Role::Guardian | Role::Integration) {
        return Err(Refusal::field("/role", Fault::NotForThis));
    }
    let path = grants::place_of(tx, by, new.role, new.organisation_id)?;
    let dialled = new.phone.dialled().ok_or_else(|| Refusal::field("/phone", Fault::Format))?;
    let invited = Invited { organisation_id: new.organisation_id, path, role: new.role, guardianship_id: None };
    let (mut row, code) = row_of(tx, by.user_id, &invited)?;
    let sealed = tx.sealing.seal(&place("phone", row.id), new.phone.reveal().as_bytes());
    row.display_name = Some(new.display_name.as_str().to_owned());
    row.phone_sealed = Some(sealed.map_err(Refusal::internal)?);
    row.phone_hash = Some(phone_hash(tx, &dialled));
    Ok(Issued { invitation: enter(tx, "created", row, invited.path)?, code })
}

/// Invites guardians anew: codes of before end.
///
/// # Errors
/// When the database fails.
pub fn invite_guardians(tx: &mut Tx<'_>, by: Id, invited: &[Invited]) -> Result<Vec<Issued>, Refusal> {
    let ids: Vec<Id> = invited.iter().filter_map(|one| one.guardianship_id).collect();
    for before in store::open_of(tx, &ids)? {
        store::claim(tx, before.id)?;
        let Some(before) = open_still(tx, &before)? else { continue };
        change(tx, "superseded", &before, |invitation| invitation.state = InvitationState::Revoked)?;
    }
    let issue = |one: &Invited| {
        let (row, code) = row_of(tx, by, one)?;
        Ok(Issued { invitation: enter(tx, "created", row, one.path.clone())?, code })
    };
    invited.iter().map(issue).collect()
}

fn row_of(tx: &Tx<'_>, by: Id, invited: &Invited) -> Result<(InvitationRow, InvitationCode), Refusal> {
    let code = InvitationCode::fresh()?;
    let row = InvitationRow {
        id: Id::fresh(),
        organisation_id: invited.organisation_id,
        role: invited.role,
        guardianship_id: invited.guardianship_id,
        display_name: None,
        phone_sealed: None,
        phone_hash: None,
        code_hash: code.hash(&tx.sealing),
        tries: 0,
        state: InvitationState::Open,
        expires_at: tx.now.plus(LIFETIME),
        invited_by_id: by,
        user_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    Ok((row, code))
}

/// A seal opens in its own row alone.
fn place(column: &str, id: Id) -> String {
    format!("invitations.{column}:{id}")
}

/// Takes an invitation back.
///
/// # Errors
/// 404, 412, 409 when it is not open.
pub fn revoke(
    tx: &mut Tx<'_>,
    by: &By<ManageRoleGrants>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<Invitation, Refusal> {
    let before: Invitation = by.find(tx, id)?;
    seen.expect(before.version)?;
    let state = InvitationVerb::Revoke.from(before.state)?;
    change(tx, "revoked", &before, |invitation| invitation.state = state)
}

/// Marks a batch of those whose time is over; whether more may be.
///
/// # Errors
/// When the database fails, or somebody uses one at the same moment.
pub fn expire(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    let over = store::over(tx, EXPIRE_BATCH)?;
    for before in &over {
        change(tx, "expired", before, |invitation| invitation.state = InvitationState::Expired)?;
    }
    Ok(i64::try_from(over.len()).is_ok_and(|marked| marked == EXPIRE_BATCH))
}

/// The invitation of a code, before it is held. A code that nobody has counts against the address that brings it; one
/// that was used does not, since a registration may be sent twice, and many families may share an address.
///
/// # Errors
/// 429 for an address that has brought too many.
pub fn of_code(tx: &mut Tx<'_>, written: &str, from: &Try) -> Result<Option<Invitation>, Refusal> {
    tries::hold_up(tx, from)?;
    // What is no code is looked up as one that nobody has, so that both take as long.
    let hash = InvitationCode::read(written).map(|code| code.hash(&tx.sealing)).unwrap_or_default();
    let found = store::by_code(tx, &hash)?;
    if found.is_none() {
        tries::count_code(tx, from)?;
    }
    Ok(found)
}

/// The same invitation held until the transaction ends; nothing where it cannot be used now. Whoever comes at the same
/// moment waits here, and finds it used.
///
/// # Errors
/// When the database fails.
pub fn hold(tx: &mut Tx<'_>, found: &Invitation) -> Result<Option<Invitation>, Refusal> {
    store::claim(tx, found.id)?;
    Ok(open_still(tx, found)?.filter(|held| held.is_open(tx.now)))
}

fn open_still(tx: &mut Tx<'_>, found: &Invitation) -> Result<Option<Invitation>, Refusal> {
    let now = store::by_code(tx, &found.code_hash)?;
    Ok(now.filter(|held| held.state == InvitationState::Open))
}

/// Whether the digits are the last of a telephone; a wrong guess counts, and the last one that is borne locks.
///
/// # Errors
/// When the database fails.
pub fn knows(tx: &mut Tx<'_>, held: &Invitation, phone: Option<&Phone>, digits: &str) -> Result<bool, Refusal> {
    let right = phone.and_then(Phone::last_four).is_some_and(|last_four| last_four == digits);
    if !right {
        change(tx, "tried", held, |invitation| invitation.count_try())?;
    }
    Ok(right)
}

/// Marks an invitation as used by an account that there was already. It does not sign in by this telephone: whoever
/// entered it could sign in as the account, and see its children elsewhere.
///
/// # Errors
/// When the database fails.
pub fn used(tx: &mut Tx<'_>, held: &Invitation, user: Id) -> Result<Invitation, Refusal> {
    change(tx, "used", held, |invitation| {
        invitation.state = InvitationState::Used;
        invitation.user_id = Some(user);
    })
}

/// Makes the account of somebody who was invited, gives it the role, and marks the invitation as used.
///
/// # Errors
/// 409 when the name is taken.
pub fn welcome(tx: &mut Tx<'_>, held: &Invitation, new: Newcomer<'_>) -> Result<(User, RoleGrant), Refusal> {
    let Newcomer { username, display_name, hash, phone, organisation_id, path } = new;
    let account = UserIn { kind: UserKind::Person, username: username.clone(), display_name, organisation_id };
    let user = users::register(tx, &account, path.clone(), hash)?;
    tx.origin.user_id = Some(user.id);
    let grant = RoleGrantIn { user_id: user.id, role: held.role, organisation_id, starts_on: tx.today, ends_on: None };
    let grant = grants::give_as_invited(tx, &grant, path, held.invited_by_id)?;
    let phone_hash = phone.and_then(Phone::dialled).map(|dialled| phone_hash(tx, &dialled));
    change(tx, "used", held, |invitation| {
        invitation.state = InvitationState::Used;
        invitation.user_id = Some(user.id);
        invitation.phone_hash = phone_hash;
    })?;
    Ok((user, grant))
}

/// Of a telephone as it is dialled, so that each spelling has one hash.
#[must_use]
pub fn phone_hash(tx: &Tx<'_>, dialled: &str) -> String {
    tx.sealing.keyed_hash("invitations.phone", dialled.as_bytes())
}

/// Makes an account by a code that a school or an authority has given; nothing where it is good for nothing.
///
/// # Errors
/// 409 when the name is taken, 429 for an address that has tried too often.
pub fn register(
    tx: &mut Tx<'_>,
    new: &RegistrationIn,
    hash: &str,
    from: &Try,
) -> Result<Option<(User, RoleGrant)>, Refusal> {
    let found = of_code(tx, new.code.as_str(), from)?.filter(|found| found.guardianship_id.is_none());
    let Some(held) = found.map(|found| hold(tx, &found)).transpose()?.flatten() else { return Ok(None) };
    let phone = phone_of(tx, &held)?;
    if !knows(tx, &held, phone.as_ref(), new.phone_last_four.as_str())? {
        return Ok(None);
    }
    let name = held.display_name.as_deref().unwrap_or_default();
    let display_name = Line::kept(name).map_err(|_| Refusal::internal("an invitation without a name"))?;
    let (organisation_id, path) = (held.organisation_id, held.path.clone());
    let (username, phone) = (&new.username, phone.as_ref());
    let newcomer = Newcomer { username, display_name, hash, phone, organisation_id, path };
    welcome(tx, &held, newcomer).map(Some)
}

fn phone_of(tx: &Tx<'_>, held: &Invitation) -> Result<Option<Phone>, Refusal> {
    let Some(sealed) = &held.phone_sealed else { return Ok(None) };
    let bytes = tx.sealing.open(&place("phone", held.id), sealed).map_err(Refusal::internal)?;
    let phone = Phone::new(&String::from_utf8_lossy(&bytes));
    phone.map(Some).map_err(|_| Refusal::internal("a sealed telephone of the wrong form"))
}
