//! Wrong secrets, counted in the database: five are free, then each costs a longer wait, whether or not the name
//! exists.

mod store;

use time::Duration;

use crate::db::{Tx, run_again};
use crate::refusal::{Code, Refusal};

/// Wrong secrets before the first wait.
const FREE_TRIES: i32 = 5;
const FIRST_WAIT: Duration = Duration::seconds(30);
const LONGEST_WAIT: Duration = Duration::minutes(15);

/// Hours after which a count is forgotten.
const KEPT_HOURS: i64 = 24;

/// Counts a try before its secret is looked at, so that simultaneous tries cannot slip past the count.
///
/// # Errors
/// 429 with the seconds to wait.
pub fn claim(tx: &mut Tx<'_>, name: &str) -> Result<(), Refusal> {
    let name_hash = name_hash(tx, name);
    let Some(seen) = store::find(tx, &name_hash)? else {
        return store::insert(tx, &name_hash);
    };
    if let Some(until) = seen.blocked_until.filter(|until| *until > tx.now) {
        let seconds = (until.at() - tx.now.at()).whole_seconds() + 1;
        return Err(Refusal::of(Code::TooManyRequests).retry_after(u32::try_from(seconds).unwrap_or(1)));
    }
    let failures = seen.failures + 1;
    let blocked_until = wait_after(failures).map(|wait| tx.now.plus(wait));
    if store::count(tx, &name_hash, seen.failures, failures, blocked_until)? {
        Ok(())
    } else {
        Err(run_again("sign-in tries"))
    }
}

/// Forgets the count after a right secret.
///
/// # Errors
/// When the database fails.
pub fn clear(tx: &mut Tx<'_>, name: &str) -> Result<(), Refusal> {
    let name_hash = name_hash(tx, name);
    store::delete(tx, &name_hash)
}

/// Forgets counts that nobody has added to for a day.
///
/// # Errors
/// When the database fails.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<usize, Refusal> {
    let before = tx.now.plus(-Duration::hours(KEPT_HOURS));
    store::forget(tx, before)
}

fn name_hash(tx: &Tx<'_>, name: &str) -> String {
    tx.sealing.keyed_hash("sign-in", name.as_bytes())
}

fn wait_after(failures: i32) -> Option<Duration> {
    let over = u32::try_from(failures - FREE_TRIES).ok()?;
    Some(FIRST_WAIT.saturating_mul(1 << over.min(10)).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_begin_after_the_free_tries_and_double_to_a_limit() {
        assert_eq!(wait_after(4), None);
        assert_eq!(wait_after(5), Some(Duration::seconds(30)));
        assert_eq!(wait_after(7), Some(Duration::seconds(120)));
        assert_eq!(wait_after(1_000), Some(LONGEST_WAIT));
    }
}
