//! Messages 消息: made from what happens, in the transaction in which it happens, or by a job where very many are told.
//! What they tell of has its journal row; they themselves are only read and marked as read, so they have none.

mod api;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{Message, MessageKind, MessageRow, News, Pupil};
pub use self::store::insert_all;

use crate::auth::permission::OwnMessages;
use crate::auth::{By, Role, grants};
use crate::db::{Id, Tx};
use crate::refusal::Refusal;
use crate::students::guardianships;

/// Tells some accounts, each in a role. Who was told the same before is not told again.
///
/// # Errors
/// When the database fails.
pub fn tell(tx: &mut Tx<'_>, to: &[Id], role: Role, news: &News) -> Result<(), Refusal> {
    let rows = to.iter().map(|user| news.to(*user, role, tx.now)).collect();
    store::insert_all(tx, rows)
}

/// Tells the guardians of a pupil who are to receive notices today and have an account, but one of them.
///
/// # Errors
/// When the database fails.
pub fn tell_guardians(tx: &mut Tx<'_>, pupil: Pupil, except: Option<Id>, news: &News) -> Result<(), Refusal> {
    let told = guardianships::receivers(tx, &[pupil.person_id])?;
    let told: Vec<Id> = told.into_iter().map(|(_, user)| user).filter(|user| Some(*user) != except).collect();
    tell(tx, &told, Role::Guardian, &news.of(pupil))
}

/// Tells whoever holds a role at an organisation today.
///
/// # Errors
/// When the database fails.
pub fn tell_holders(tx: &mut Tx<'_>, organisation: Id, role: Role, news: &News) -> Result<(), Refusal> {
    let told = grants::holders(tx, organisation, role)?;
    tell(tx, &told, role, news)
}

/// Marks messages of the caller as read, and says how many it has not read.
///
/// # Errors
/// When the database fails.
pub fn read(tx: &mut Tx<'_>, by: &By<OwnMessages>, ids: &[Id]) -> Result<i64, Refusal> {
    store::mark(tx, by.user_id, ids)?;
    store::unread(tx, by.user_id)
}

/// Deletes the messages about some pupils; how many they were.
///
/// # Errors
/// When the database fails.
pub fn erased(tx: &mut Tx<'_>, pupils: &[Id]) -> Result<i64, Refusal> {
    store::delete_of(tx, pupils)
}

/// How many messages the caller has not read.
///
/// # Errors
/// When the database fails.
pub fn unread(tx: &mut Tx<'_>, by: &By<OwnMessages>) -> Result<i64, Refusal> {
    store::unread(tx, by.user_id)
}
