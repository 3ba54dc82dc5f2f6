//! `Idempotency-Key`: the first answer, stored in the transaction of its effect, and given again.

mod store;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use self::store::{claim, forget_old, give_back, store};

use crate::db::{Id, LOCK_WAIT_MAX};
use crate::refusal::{Code, Refusal};

/// How long a repeat waits for the first request before it is told 409.
pub const PATIENCE: Duration = LOCK_WAIT_MAX;

/// Days that a stored answer is kept.
pub const KEPT_DAYS: i64 = 30;

/// A key, whose it is, and what it was used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub user_id: Id,
    pub key: String,
    /// SHA-256 over method, path, query, body and caller, as hex.
    pub fingerprint: String,
}

fn in_flight() -> Refusal {
    Refusal::of(Code::KeyInFlight).retry_after(2)
}

/// Keys that this process works under now. SQLite has one writer, so there a repeat cannot wait on a lock.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<Mutex<HashSet<(Id, String)>>>);

/// Holds a key until it is dropped.
#[derive(Debug)]
pub struct Held {
    keys: InFlight,
    key: (Id, String),
}

impl InFlight {
    /// Waits until nobody works under the key, and holds it.
    ///
    /// # Errors
    /// 409 after [`PATIENCE`].
    pub async fn hold(&self, claim: &Claim) -> Result<Held, Refusal> {
        let key = (claim.user_id, claim.key.clone());
        let step = Duration::from_millis(25);
        let mut waited = Duration::ZERO;
        while !self.set().insert(key.clone()) {
            if waited >= PATIENCE {
                return Err(in_flight());
            }
            tokio::time::sleep(step).await;
            waited += step;
        }
        Ok(Held { keys: self.clone(), key })
    }

    fn set(&self) -> std::sync::MutexGuard<'_, HashSet<(Id, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.keys.set().remove(&self.key);
    }
}
