//! Wrong secrets, counted in the database, whether or not the name exists: by name and place, where five are free and
//! then each costs a longer wait; and by name over all places from which it has not signed in before. So a person is
//! held up by nobody who tries their name elsewhere.

mod store;

use std::net::IpAddr;

use time::Duration;

use crate::db::{Instant, Tx, run_again};
use crate::http::client;
use crate::refusal::{Code, Refusal};

/// Wrong secrets from one place before the first wait.
const FREE_TRIES: i32 = 5;

/// Wrong secrets from all places that are new to a name before the first wait: far more than a person needs who has
/// forgotten a secret, and far fewer than it takes to guess one from many addresses.
const FREE_TRIES_ELSEWHERE: i32 = 50;

/// Codes from one place that nobody has, before the first wait: a code is too long to be guessed, so this only keeps a
/// machine from trying for ever.
const FREE_CODES: i32 = 50;
const FIRST_WAIT: Duration = Duration::seconds(30);
const LONGEST_WAIT: Duration = Duration::minutes(15);

/// Hours after which a count is forgotten.
const KEPT_HOURS: i64 = 24;

/// Days for which a place is known after its last sign-in.
const PLACE_KEPT_DAYS: i64 = 90;

/// Who tries, and from where.
#[derive(Debug, Clone)]
pub struct Try {
    name: String,
    /// The address, or the network of an IPv6 address, which one household has whole; empty within the process.
    place: String,
}

impl Try {
    /// A try under a name from an address.
    #[must_use]
    pub fn of(name: &str, from: Option<IpAddr>) -> Self {
        Self { name: name.to_owned(), place: from.map(client::place).unwrap_or_default() }
    }

    /// Somebody who brings a code from an address: no account has this name.
    #[must_use]
    pub fn of_code(from: Option<IpAddr>) -> Self {
        Self::of("code of an invitation", from)
    }

    /// Somebody who asks for a message to a telephone, or brings the code that came with it: no account has this name.
    #[must_use]
    pub fn of_message(from: Option<IpAddr>) -> Self {
        Self::of("code to a telephone", from)
    }

    /// The same place under another name.
    #[must_use]
    pub fn under(&self, name: &str) -> Self {
        Self { name: name.to_owned(), place: self.place.clone() }
    }

    /// The name alone, under which tries from new places are counted.
    fn name_hash(&self, tx: &Tx<'_>) -> String {
        tx.sealing.keyed_hash("sign-in", self.name.as_bytes())
    }

    fn place_hash(&self, tx: &Tx<'_>) -> String {
        tx.sealing.keyed_hash("sign-in place", format!("{}\n{}", self.name, self.place).as_bytes())
    }
}

/// Whether an address that brings codes must wait.
///
/// # Errors
/// 429 with the seconds to wait.
pub fn hold_up(tx: &mut Tx<'_>, from: &Try) -> Result<(), Refusal> {
    let place = from.place_hash(tx);
    store::find(tx, &place)?.map_or(Ok(()), |seen| wait_out(tx, seen.blocked_until))
}

/// Counts a code that nobody has against the address that brought it.
///
/// # Errors
/// When the database fails.
pub fn count_code(tx: &mut Tx<'_>, from: &Try) -> Result<(), Refusal> {
    let place = from.place_hash(tx);
    count(tx, &place, FREE_CODES)
}

/// Counts a message to a telephone, whoever asks and whether or not it reaches anybody: by the telephone, which nobody
/// is to be bothered through, and by the address.
///
/// # Errors
/// 429 with the seconds to wait.
pub fn count_message(tx: &mut Tx<'_>, phone: &Try, from: &Try) -> Result<(), Refusal> {
    let (phone, place) = (phone.name_hash(tx), from.place_hash(tx));
    hold_up(tx, from)?;
    count(tx, &phone, FREE_TRIES)?;
    count(tx, &place, FREE_CODES)
}

/// Forgets the messages to a telephone, once its code was brought, and takes one back from the address: many families
/// may share it.
///
/// # Errors
/// When the database fails.
pub fn forget_message(tx: &mut Tx<'_>, phone: &Try, from: &Try) -> Result<(), Refusal> {
    let (phone, place) = (phone.name_hash(tx), from.place_hash(tx));
    store::delete(tx, &phone)?;
    store::take_back(tx, &place)
}

/// Counts a try before its secret is looked at, so that simultaneous tries cannot slip past the count.
///
/// # Errors
/// 429 with the seconds to wait.
pub fn claim(tx: &mut Tx<'_>, tried: &Try) -> Result<(), Refusal> {
    let (place, name) = (tried.place_hash(tx), tried.name_hash(tx));
    count(tx, &place, FREE_TRIES)?;
    if store::is_known(tx, &place)? { Ok(()) } else { count(tx, &name, FREE_TRIES_ELSEWHERE) }
}

fn count(tx: &mut Tx<'_>, key: &str, free: i32) -> Result<(), Refusal> {
    let Some(seen) = store::find(tx, key)? else {
        return store::insert(tx, key);
    };
    wait_out(tx, seen.blocked_until)?;
    let failures = seen.failures.saturating_add(1);
    let blocked_until = wait_after(failures, free).map(|wait| tx.now.plus(wait));
    if store::count(tx, key, seen.failures, failures, blocked_until)? {
        Ok(())
    } else {
        Err(run_again("sign-in tries"))
    }
}

fn wait_out(tx: &Tx<'_>, until: Option<Instant>) -> Result<(), Refusal> {
    let Some(until) = until.filter(|until| *until > tx.now) else { return Ok(()) };
    let seconds = (until.at() - tx.now.at()).whole_seconds() + 1;
    Err(Refusal::of(Code::TooManyRequests).retry_after(u32::try_from(seconds).unwrap_or(1)))
}

/// After a right secret: forgets the count of the place, takes the try back from that of the name, and knows the place
/// from now on.
///
/// # Errors
/// When the database fails.
pub fn clear(tx: &mut Tx<'_>, tried: &Try) -> Result<(), Refusal> {
    let (place, name) = (tried.place_hash(tx), tried.name_hash(tx));
    store::delete(tx, &place)?;
    if store::is_known(tx, &place)? {
        return store::know_on(tx, &place);
    }
    store::take_back(tx, &name)?;
    store::know(tx, &place)
}

/// Forgets counts that nobody has added to for a day, and places of long ago.
///
/// # Errors
/// When the database fails.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<usize, Refusal> {
    let before = tx.now.plus(-Duration::hours(KEPT_HOURS));
    let places = store::forget_places(tx, tx.now.plus(-Duration::days(PLACE_KEPT_DAYS)))?;
    Ok(store::forget(tx, before)? + places)
}

fn wait_after(failures: i32, free: i32) -> Option<Duration> {
    let over = u32::try_from(failures - free).ok()?;
    Some(FIRST_WAIT.saturating_mul(1 << over.min(10)).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_begin_after_the_free_tries_and_double_to_a_limit() {
        assert_eq!(wait_after(4, FREE_TRIES), None);
        assert_eq!(wait_after(5, FREE_TRIES), Some(Duration::seconds(30)));
        assert_eq!(wait_after(7, FREE_TRIES), Some(Duration::seconds(120)));
        assert_eq!(wait_after(1_000, FREE_TRIES), Some(LONGEST_WAIT));
        assert_eq!(wait_after(49, FREE_TRIES_ELSEWHERE), None);
    }

    #[test]
    fn a_place_is_an_address_or_the_network_of_a_household() {
        let place = |address: &str| Try::of("a", address.parse().ok()).place;
        assert_eq!(place("192.0.2.7"), "192.0.2.7");
        assert_eq!(place("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::9"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    }
}
