//! Which tokens hold now: a cache of verified ones, and the accounts that were cut off since.
//!
//! Each replica reads every 15 s the accounts cut off in the last 16 min, one minute more than a token lives.

mod store;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use moka::sync::Cache;
use sha2::{Digest, Sha256};
use time::Duration;

use super::actor::Actor;
use super::token::Issuer;
use crate::db::Clock;
use crate::db::{Db, Id, Instant};
use crate::refusal::{Code, Refusal};

/// How often a replica asks who was cut off.
pub const REFRESH_EVERY: std::time::Duration = std::time::Duration::from_secs(15);

/// How far back it asks.
const LOOK_BACK: Duration = Duration::minutes(16);

/// Tokens that are remembered as verified.
const CACHED_MAX: u64 = 100_000;

/// Verifies tokens. Clones share one memory.
#[derive(Clone)]
pub struct Access {
    issuer: Issuer,
    clock: Clock,
    verified: Cache<[u8; 32], Actor>,
    cut_off: Arc<RwLock<HashMap<Id, Instant>>>,
}

impl Access {
    /// An empty memory.
    #[must_use]
    pub fn new(issuer: Issuer, clock: Clock) -> Self {
        let verified = Cache::builder().max_capacity(CACHED_MAX).time_to_live(REFRESH_EVERY * 60).build();
        Self { issuer, clock, verified, cut_off: Arc::default() }
    }

    /// Who a token stands for.
    ///
    /// # Errors
    /// 401 when it does not hold, for whatever reason.
    pub fn identify(&self, token: &str) -> Result<Actor, Refusal> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let actor = if let Some(known) = self.verified.get(&digest) {
            known
        } else {
            let actor = self.issuer.verify(token)?;
            self.verified.insert(digest, actor.clone());
            actor
        };
        if actor.expires_at <= self.clock.now() || self.is_cut_off(&actor) {
            return Err(Refusal::of(Code::Unauthenticated));
        }
        Ok(actor)
    }

    fn is_cut_off(&self, actor: &Actor) -> bool {
        let cut_off = self.cut_off.read().unwrap_or_else(PoisonError::into_inner);
        cut_off.get(&actor.user_id).is_some_and(|at| actor.issued_at <= *at)
    }

    /// Reads who was cut off lately. The replica that cuts off calls it at once.
    ///
    /// # Errors
    /// When the database fails; what is known stays.
    pub async fn refresh(&self, db: &Db) -> Result<(), Refusal> {
        let since = self.clock.now().plus(-LOOK_BACK);
        let found = db.read_one(move |tx| store::cut_off_since(tx, since)).await?;
        let mut known = self.cut_off.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, at| *at >= since);
        for (user, at) in found {
            // A slower, older refresh must not take back what a newer one found.
            known.entry(user).and_modify(|latest| *latest = at.max(*latest)).or_insert(at);
        }
        Ok(())
    }
}
