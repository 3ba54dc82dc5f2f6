//! From where guardians choose, for `coercion-signal` alone (二.2): a keyed hash of the address, by the first choice of
//! an account for a plan. No answer shows it, and after a week it is forgotten.

mod store;

use time::{Duration, OffsetDateTime};

use crate::auth::Actor;
use crate::db::{Id, Tx, local_time};
use crate::http::client;
use crate::refusal::Refusal;

/// Days for which a place is kept.
const KEPT_DAYS: i64 = 7;

/// Notes from where the caller chooses for a plan; nothing where that is not known.
///
/// # Errors
/// When the database fails.
pub fn note(tx: &mut Tx<'_>, by: &Actor, plan: Id) -> Result<(), Refusal> {
    let Some(address) = tx.origin.address else { return Ok(()) };
    let place = tx.sealing.keyed_hash("choice place", format!("{plan}\n{}", client::place(address)).as_bytes());
    store::note(tx, plan, by.user_id, &place)
}

/// When guardians chose in a plan, by the place from which they did.
///
/// # Errors
/// When the database fails.
pub fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Vec<(String, Vec<OffsetDateTime>)>, Refusal> {
    let mut places: Vec<(String, Vec<OffsetDateTime>)> = Vec::new();
    for (place, at) in store::of_plan(tx, plan)? {
        match places.last_mut() {
            Some((last, times)) if *last == place => times.push(local_time(at)),
            _ => places.push((place, vec![local_time(at)])),
        }
    }
    Ok(places)
}

/// Forgets what is older than a week.
///
/// # Errors
/// When the database fails.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<usize, Refusal> {
    store::forget(tx, tx.now.plus(-Duration::days(KEPT_DAYS)))
}
