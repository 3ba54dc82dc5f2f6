//! Signing in and staying signed in. A refresh token is good for one use; a second use ends its whole family, because
//! then two hold it and one of them stole it. But for half a minute it gives the same successor again, while nobody has
//! used that: the first answer may have been lost. A successor is made of the token before it under the master key, so
//! that it can be given again and is kept nowhere.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Session, SessionRow, WantedRole};

use std::net::IpAddr;

use secrecy::SecretString;
use time::Duration;

use self::model::SESSION_LIFETIME;
use self::store::Standing;
use crate::auth::grants::{self, RoleGrant};
use crate::auth::keys::TOKEN_LIFETIME;
use crate::auth::password::Hasher;
use crate::auth::tries::Try;
use crate::auth::users::{self, UserRow, UserState};
use crate::auth::{Actor, sign_in_codes, standing, tries};
use crate::db::{Db, Id, Instant, Mode, Origin, Tx};
use crate::http::Language;
use crate::journal::{Recorded, record};
use crate::refusal::{Code, Refusal};
use crate::sealing::{fresh_secret, sha256_hex};

/// For how long the answer to a refresh counts as perhaps lost.
const LOST_ANSWER_WITHIN: Duration = Duration::seconds(30);

/// Days for which ended sessions are kept.
const ENDED_KEPT_DAYS: i64 = 7;

impl Recorded for Session {
    const RESOURCE: &'static str = "session";
    type Row = SessionRow;

    fn recorded(&self) -> &SessionRow {
        &self.row
    }

    fn id(&self) -> Id {
        self.row.id
    }

    fn scope_path(&self) -> &str {
        &self.path
    }
}

/// What a sign-in or a refresh gives.
#[derive(Debug, Clone)]
pub struct Opened {
    pub actor: Actor,
    /// None for machines: they sign in again.
    pub refresh_token: Option<String>,
    /// How long the sign-in still lasts.
    pub renewable_for: Option<Duration>,
}

/// Whether a refresh token was good.
#[derive(Debug)]
pub enum Refreshed {
    Opened(Box<Opened>),
    /// It was not; if it had been used before, its family has been ended, and that must commit.
    Refused,
}

/// An account whose secret was right, and the hash that it was compared with.
#[derive(Debug, Clone)]
pub struct Known {
    pub user: UserRow,
    hash: Option<String>,
}

/// The account of a name, if the secret is right. The try counts at its address before the secret is looked at.
///
/// # Errors
/// 429 after too many wrong ones.
pub async fn check_secret(
    db: &Db,
    hasher: &Hasher,
    (name, from): (&str, Option<IpAddr>),
    secret: SecretString,
) -> Result<Option<Known>, Refusal> {
    let tried = Try::of(name, from);
    let (asked, counted) = (name.to_owned(), tried.clone());
    let found = db
        .write(Origin::service("sign-in"), Mode::Commit, move |tx| {
            tries::claim(tx, &counted)?;
            users::with_secret(tx, &asked)
        })
        .await?;
    let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
    if !hasher.verify(secret, hash.clone()).await? {
        return Ok(None);
    }
    db.write(Origin::service("sign-in"), Mode::Commit, move |tx| tries::clear(tx, &tried)).await?;
    Ok(user.map(|user| Known { user, hash }))
}

/// Opens a session for an account whose secret was right. Checking a secret takes a while, so the account is read
/// again: nothing when it was suspended or its secret replaced meanwhile.
///
/// # Errors
/// 400 when the account holds no such role today.
pub fn open(tx: &mut Tx<'_>, known: &Known, wanted: &WantedRole, renewable: bool) -> Result<Option<Opened>, Refusal> {
    users::claim(tx, known.user.id)?;
    match users::with_secret(tx, &known.user.username)? {
        Some((user, hash)) if hash == known.hash && user.state == UserState::Active => {
            open_for(tx, &user, wanted, renewable).map(Some)
        }
        _ => Ok(None),
    }
}

/// Opens a session without asking for a secret.
///
/// # Errors
/// 400 when the account holds no such role today.
pub fn open_for(tx: &mut Tx<'_>, user: &UserRow, wanted: &WantedRole, renewable: bool) -> Result<Opened, Refusal> {
    let lifetime = if renewable { SESSION_LIFETIME } else { TOKEN_LIFETIME };
    open_as(tx, user, wanted, Opening { lifetime, renewable, by_code: false })
}

/// Opens a session by a code that was sent to a telephone.
///
/// # Errors
/// 400 when the account holds no such role today that needs no second person, 429 for an address that has tried too
/// often.
pub fn open_by_code(tx: &mut Tx<'_>, brought: &Brought<'_>, wanted: &WantedRole) -> Result<Refreshed, Refusal> {
    let Some(user) = sign_in_codes::redeem(tx, brought.phone, brought.code, brought.from)? else {
        return Ok(Refreshed::Refused);
    };
    users::claim(tx, user.id)?;
    let opening = Opening { lifetime: SESSION_LIFETIME, renewable: true, by_code: true };
    Ok(Refreshed::Opened(Box::new(open_as(tx, &user, wanted, opening)?)))
}

/// What somebody brings who signs in by a telephone.
pub struct Brought<'a> {
    pub phone: &'a str,
    pub code: &'a str,
    pub from: &'a Try,
}

/// What kind of session is opened.
#[derive(Clone, Copy)]
struct Opening {
    lifetime: Duration,
    renewable: bool,
    by_code: bool,
}

fn open_as(tx: &mut Tx<'_>, user: &UserRow, wanted: &WantedRole, opening: Opening) -> Result<Opened, Refusal> {
    let Opening { lifetime, renewable, by_code } = opening;
    let grant = choose(grants::held_today(tx, user.id)?, wanted, by_code)?;
    let row = SessionRow {
        id: Id::fresh(),
        user_id: user.id,
        role_grant_id: grant.row.id,
        opened_at: tx.now,
        expires_at: tx.now.plus(lifetime),
        revoked_at: None,
        by_code,
    };
    store::insert(tx, &row)?;
    let session = Session { row, path: grant.path.clone() };
    tx.origin.user_id = Some(user.id);
    grant.row.role.as_str().clone_into(&mut tx.origin.role);
    record(tx, "opened", None, Some(&session))?;
    let standing = Standing { session: session.row, grant: grant.row, user: user.clone(), path: grant.path };
    let refresh_token = if renewable { Some(fresh_token(tx, standing.session.id)?) } else { None };
    let renewable_for = renewable.then_some(lifetime);
    Ok(Opened { actor: actor(tx, &standing), refresh_token, renewable_for })
}

/// A telephone is easily lost or lent: by its code nobody acts in a role that needs a second person.
fn choose(held: Vec<RoleGrant>, wanted: &WantedRole, by_code: bool) -> Result<RoleGrant, Refusal> {
    let fits = |grant: &RoleGrant| {
        !(by_code && grant.row.role.needs_second())
            && wanted.role.is_none_or(|role| grant.row.role == role)
            && wanted.organisation_id.is_none_or(|id| grant.row.organisation_id == Some(id))
    };
    held.into_iter().find(fits).ok_or_else(|| Refusal::of(Code::NoActiveRole))
}

/// Trades a refresh token for new tokens, in the role of before or in another one of the account.
///
/// # Errors
/// 400 when the account holds no such role today.
pub fn refresh(tx: &mut Tx<'_>, token: &str, wanted: &WantedRole) -> Result<Refreshed, Refusal> {
    let token_hash = sha256_hex(token.as_bytes());
    let Some(session) = store::session_of(tx, &token_hash)? else { return Ok(Refreshed::Refused) };
    let successor = tx.sealing.keyed_hash("refresh token", token.as_bytes());
    let successor_hash = sha256_hex(successor.as_bytes());
    let is_first = store::use_token(tx, &token_hash)?;
    if !is_first && !is_repeat(tx, &token_hash, &successor_hash)? {
        end_family(tx, session, "reuse-detected")?;
        return Ok(Refreshed::Refused);
    }
    match store::standing(tx, session)? {
        Some(standing) if holds(tx, &standing) && standing.session.is_open(tx.now) => {
            let standing = in_role(tx, standing, wanted)?;
            if is_first {
                store::insert_token(tx, session, &successor_hash)?;
            }
            let renewable_for = Some(standing.session.expires_at.at() - tx.now.at());
            let refresh_token = Some(successor);
            Ok(Refreshed::Opened(Box::new(Opened { actor: actor(tx, &standing), refresh_token, renewable_for })))
        }
        _ => Ok(Refreshed::Refused),
    }
}

/// Whether a token that was used is asked for again soon, and nobody has used its successor; that one is held then, so
/// that whoever uses it at the same moment waits.
fn is_repeat(tx: &mut Tx<'_>, token_hash: &str, successor_hash: &str) -> Result<bool, Refusal> {
    let now = tx.now;
    let soon = |used_at: Instant| now.at() - used_at.at() <= LOST_ANSWER_WITHIN;
    match store::used_at(tx, token_hash)? {
        Some(used_at) if soon(used_at) => store::hold_unused(tx, successor_hash),
        _ => Ok(false),
    }
}

/// The session in the role that is wanted; as it is where nothing is said. One sign-in acts in one role at a time: what
/// was signed for the role of before writes nothing from now on.
fn in_role(tx: &mut Tx<'_>, standing: Standing, wanted: &WantedRole) -> Result<Standing, Refusal> {
    if *wanted == WantedRole::default() {
        return Ok(standing);
    }
    let grant = choose(grants::held_today(tx, standing.user.id)?, wanted, standing.session.by_code)?;
    if grant.row.id == standing.grant.id {
        return Ok(standing);
    }
    let before = Session { row: standing.session, path: standing.path };
    let row = SessionRow { role_grant_id: grant.row.id, ..before.row.clone() };
    let after = Session { row, path: grant.path.clone() };
    store::act_in(tx, after.row.id, grant.row.id)?;
    record(tx, "switched", Some(&before), Some(&after))?;
    Ok(Standing { session: after.row, grant: grant.row, user: standing.user, path: grant.path })
}

/// Ends the session of a refresh token; an unknown token is no error (RFC 7009 §2.2).
///
/// # Errors
/// When the database fails.
pub fn sign_out(tx: &mut Tx<'_>, token: &str) -> Result<(), Refusal> {
    match store::session_of(tx, &sha256_hex(token.as_bytes()))? {
        Some(session) => end_family(tx, session, "signed-out"),
        None => Ok(()),
    }
}

fn end_family(tx: &mut Tx<'_>, session: Id, action: &str) -> Result<(), Refusal> {
    let Some(standing) = store::standing(tx, session)? else { return Ok(()) };
    if standing.session.revoked_at.is_some() {
        return Ok(());
    }
    store::revoke(tx, session)?;
    let before = Session { row: standing.session, path: standing.path };
    let after = Session { row: SessionRow { revoked_at: Some(tx.now), ..before.row.clone() }, ..before.clone() };
    record(tx, action, Some(&before), Some(&after))
}

/// Forgets sessions that ended long ago, with their tokens.
///
/// # Errors
/// When the database fails.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<usize, Refusal> {
    let before = tx.now.plus(-Duration::days(ENDED_KEPT_DAYS));
    store::forget(tx, before)
}

fn holds(tx: &Tx<'_>, Standing { session, grant, user, .. }: &Standing) -> bool {
    let rests_on = standing::Standing {
        user_state: user.state,
        cut_off_at: user.cut_off_at,
        opened_at: session.opened_at,
        revoked_at: session.revoked_at,
        grant: grant.days(),
    };
    rests_on.holds_on(tx.today)
}

fn actor(tx: &Tx<'_>, standing: &Standing) -> Actor {
    Actor {
        user_id: standing.user.id,
        role_grant_id: standing.grant.id,
        session_id: standing.session.id,
        role: standing.grant.role,
        organisation_id: standing.grant.organisation_id,
        path: standing.path.clone(),
        issued_at: tx.now,
        expires_at: tx.now.plus(TOKEN_LIFETIME),
        secret_change_due: standing.user.secret_change_due,
        language: Language::default(),
    }
}

fn fresh_token(tx: &mut Tx<'_>, session: Id) -> Result<String, Refusal> {
    let token = fresh_secret().map_err(Refusal::internal)?;
    store::insert_token(tx, session, &sha256_hex(token.as_bytes()))?;
    Ok(token)
}
