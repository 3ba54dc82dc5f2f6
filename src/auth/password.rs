//! Secrets as Argon2id hashes; at most two are computed at once, off the request threads.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::refusal::Refusal;

/// Hashes that may be computed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Computes hashes. Clones share the turns.
#[derive(Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    cost: Params,
    /// Verified for names that do not exist, so that they take as long as others.
    decoy: Arc<String>,
}

impl Hasher {
    /// A hasher of the usual cost (19 MiB, two passes).
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn new() -> Result<Self, Refusal> {
        Self::with_cost(Params::DEFAULT)
    }

    /// A hasher of another cost, for tests.
    ///
    /// # Errors
    /// As [`Hasher::new`].
    pub fn with_cost(cost: Params) -> Result<Self, Refusal> {
        let decoy = Arc::new(hash(&cost, &SecretString::from("nobody's secret"))?);
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), cost, decoy })
    }

    /// Hashes a secret.
    ///
    /// # Errors
    /// 503 when no turn comes free in time.
    pub async fn hash(&self, secret: SecretString) -> Result<String, Refusal> {
        let cost = self.cost.clone();
        self.in_turn(move || hash(&cost, &secret)).await?
    }

    /// Whether a secret matches a hash; without a hash it takes as long and never does.
    ///
    /// # Errors
    /// 503 when no turn comes free in time.
    pub async fn verify(&self, secret: SecretString, hash: Option<String>) -> Result<bool, Refusal> {
        let (known, hash) = match hash {
            Some(hash) => (true, hash),
            None => (false, self.decoy.as_ref().clone()),
        };
        let matches = self
            .in_turn(move || {
                let parsed = PasswordHash::new(&hash).map_err(Refusal::internal)?;
                Ok::<_, Refusal>(Argon2::default().verify_password(secret.expose_secret().as_bytes(), &parsed).is_ok())
            })
            .await??;
        Ok(known && matches)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| Refusal::unavailable("too many secrets to check"))?
            .map_err(Refusal::internal)?;
        let in_turn = move || {
            let _turn = turn; // held by the work itself: a caller that goes away does not free it
            work()
        };
        web::block(in_turn).await.map_err(Refusal::internal)
    }
}

/// Whether a secret is easy to guess although it is long: it holds the account's name, repeats a few characters, or
/// only counts on.
#[must_use]
pub fn is_guessable(secret: &str, username: &str) -> bool {
    let folded = secret.to_lowercase();
    let characters: Vec<char> = folded.chars().collect();
    let distinct: HashSet<char> = characters.iter().copied().collect();
    folded.contains(username) || distinct.len() < DISTINCT_MIN || repeats(&characters) || counts_on(&characters)
}

/// Different characters that a secret needs.
const DISTINCT_MIN: usize = 5;

/// Whether it is one part again and again, the last one perhaps cut off.
fn repeats(characters: &[char]) -> bool {
    (1..=characters.len() / 2).any(|part| characters.iter().zip(characters.iter().skip(part)).all(|(a, b)| a == b))
}

/// Whether each character is the next one, or the one before, of the character in front of it; nine leads to zero.
fn counts_on(characters: &[char]) -> bool {
    let steps = |up: bool| {
        characters.iter().zip(characters.iter().skip(1)).all(|(a, b)| {
            let (from, to) = if up { (*a, *b) } else { (*b, *a) };
            u32::from(from) + 1 == u32::from(to) || (from, to) == ('9', '0')
        })
    };
    steps(true) || steps(false)
}

fn hash(cost: &Params, secret: &SecretString) -> Result<String, Refusal> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.clone());
    let hash = argon2.hash_password(secret.expose_secret().as_bytes()).map_err(Refusal::internal)?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_repeats_or_counts_is_guessed() {
        for (secret, guessable) in [
            ("aaaaaaaaaaaa", true),
            ("123456123456", true),
            ("abcdabcdabcd", true),
            ("kehou-kehou-kehou", true),
            ("123456789012", true),
            ("987654321098", true),
            ("abcdefghijkl", true),
            ("ababab121212", true),
            ("My Bureau secret", true),
            ("a good new secret", false),
            ("correct horse battery", false),
            ("岳阳楼记先天下之忧而忧", false),
            ("h7#kq2!zRt9x", false),
        ] {
            assert_eq!(is_guessable(secret, "bureau"), guessable, "{secret}");
        }
    }
}
