//! Codes of six digits by which somebody signs in who has the telephone on record: good for one use within five
//! minutes, and for few tries. Every telephone gets a row, whether or not it reaches anybody, so that nobody learns
//! which does.
//!
//! A code opens no role that needs a second person: a telephone is easily lost or lent. It opens the account that was
//! made with this telephone by invitation, and none that a school has linked to a telephone since: whoever enters a
//! number must not get into an account by it.

mod store;

use time::Duration;

use self::store::SignInCode;
use super::invitations;
use super::tries::{self, Try};
use super::users::{UserRow, UserState};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::values::identifiers::Phone;

/// For how long a code is good.
pub const LIFETIME: Duration = Duration::minutes(5);

/// Tries that a code bears.
const TRIES_MAX: i32 = 5;

/// Days after which a row says nothing any more.
const KEPT_DAYS: i64 = 1;

/// A code that was just made.
#[derive(Clone)]
pub struct Made {
    pub code: String,
    /// The telephone as it is dialled.
    pub dialled: String,
    /// Whether it is to be sent: to a telephone that reaches one account.
    pub reaches: bool,
}

fn phone_hash(tx: &Tx<'_>, dialled: &str) -> String {
    tx.sealing.keyed_hash("sign_in_codes.phone", dialled.as_bytes())
}

fn code_hash(tx: &Tx<'_>, dialled: &str, code: &str) -> String {
    tx.sealing.keyed_hash("sign_in_codes.code", format!("{dialled}\n{code}").as_bytes())
}

/// Six digits, each as likely as any other.
fn fresh_code() -> Result<String, Refusal> {
    const CODES: u32 = 1_000_000;
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let number = getrandom::u32().map_err(Refusal::internal)?;
        if number < FAIR {
            return Ok(format!("{:06}", number % CODES));
        }
    }
}

/// How a telephone is counted, from wherever it is asked for: no account has this name.
fn counted(dialled: &str, from: &Try) -> Try {
    from.under(&format!("telephone {dialled}"))
}

/// Makes a code for a telephone that can be dialled, in the place of the one before it. What is done is the same
/// whether or not the telephone reaches anybody.
///
/// # Errors
/// 429 for a telephone or an address that asks too often.
pub fn make(tx: &mut Tx<'_>, dialled: &str, from: &Try) -> Result<Made, Refusal> {
    tries::count_message(tx, &counted(dialled, from), from)?;
    let invited = invitations::phone_hash(tx, dialled);
    let accounts = store::accounts(tx, &invited)?;
    // Of a telephone that several share nobody knows who holds it.
    let user_id: Option<Id> = if let [only] = accounts.as_slice() { Some(*only) } else { None };
    let code = fresh_code()?;
    let row = SignInCode {
        phone_hash: phone_hash(tx, dialled),
        user_id,
        code_hash: code_hash(tx, dialled, &code),
        tries: 0,
        expires_at: tx.now.plus(LIFETIME),
    };
    store::keep(tx, &row)?;
    Ok(Made { code, dialled: dialled.to_owned(), reaches: user_id.is_some() })
}

/// The account of a telephone, if this is its code; the try counts, also where it is wrong.
///
/// # Errors
/// 429 for an address that has tried too often.
pub fn redeem(tx: &mut Tx<'_>, phone: &str, code: &str, from: &Try) -> Result<Option<UserRow>, Refusal> {
    tries::hold_up(tx, from)?;
    let dialled = Phone::new(phone).ok().and_then(|phone| phone.dialled()).unwrap_or_default();
    let (key, hash) = (phone_hash(tx, &dialled), code_hash(tx, &dialled, code));
    let kept = store::count_try(tx, &key)?;
    let right = kept.filter(|kept| kept.tries <= TRIES_MAX && tx.now < kept.expires_at && kept.code_hash == hash);
    let user = right.and_then(|kept| kept.user_id).map(|id| store::user(tx, id)).transpose()?.flatten();
    let known = user.filter(|user| user.state == UserState::Active);
    if known.is_some() {
        store::forget(tx, &key)?;
        tries::forget_message(tx, &counted(&dialled, from), from)?;
    } else {
        tries::count_code(tx, from)?;
    }
    Ok(known)
}

/// Forgets codes of long ago.
///
/// # Errors
/// When the database fails.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<usize, Refusal> {
    let before = tx.now.plus(-Duration::days(KEPT_DAYS));
    store::forget_over(tx, before)
}
