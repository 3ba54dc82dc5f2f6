//! Every kind of background work in one table. Standing jobs are planned at start, once for all replicas.

use serde_json::{Value, json};
use time::Duration;

use crate::auth::{invitations, keys, organisations, sessions, sign_in_codes, tries, users};
use crate::db::{Id, Json, Tx};
use crate::enrollments::{choice_places, coercion, enrollments, notice_receipts};
use crate::file_store::Store;
use crate::filings::filings;
use crate::jobs::Work::Inside;
use crate::jobs::{self, Job, Kind, Outcome, Pool, STANDING_KEY};
use crate::journal::{self, idempotency};
use crate::materials::{self, Removing};
use crate::messages::{self, Gateway, Sending};
use crate::refusal::Refusal;
use crate::resealing;
use crate::staff::staff_members;
use crate::students::students;

/// Pause of the sealer after it has caught up.
const SEAL_PAUSE: Duration = Duration::milliseconds(200);

const STANDING: Kind = Kind {
    name: "",
    pool: Pool::Housekeeping,
    tries_max: i32::MAX,
    first_delay: Duration::seconds(1),
    lease: Duration::minutes(1),
    has_work: None,
    work: Inside(|_, _| Ok(Outcome::Done)),
};

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "seal-journal",
        pool: Pool::Journal,
        has_work: Some(journal::has_unsealed),
        work: Inside(seal),
        ..STANDING
    },
    Kind { name: "remind-of-filings", work: Inside(remind), ..STANDING },
    Kind { name: "settle-days", work: Inside(settle_days), ..STANDING },
    Kind { name: "lapse-seat-offers", work: Inside(lapse_seat_offers), ..STANDING },
    Kind { name: "remind-guardians", work: Inside(remind_guardians), ..STANDING },
    Kind { name: "watch-choices", work: Inside(watch_choices), ..STANDING },
    Kind { name: "key-names", work: Inside(key_names), ..STANDING },
    Kind { name: "seal-anew", work: Inside(resealing::reseal), ..STANDING },
    Kind { name: "expire-invitations", work: Inside(expire_invitations), ..STANDING },
    Kind { name: "forget-choice-places", work: Inside(|tx, _| daily(choice_places::forget_old(tx))), ..STANDING },
    Kind { name: "forget-idempotency-keys", work: Inside(|tx, _| daily(idempotency::forget_old(tx))), ..STANDING },
    Kind { name: "forget-sessions", work: Inside(|tx, _| daily(sessions::forget_old(tx))), ..STANDING },
    Kind { name: "forget-sign-in-tries", work: Inside(|tx, _| daily(tries::forget_old(tx))), ..STANDING },
    Kind { name: "forget-sign-in-codes", work: Inside(|tx, _| daily(sign_in_codes::forget_old(tx))), ..STANDING },
    Kind { name: "forget-signing-keys", work: Inside(|tx, _| daily(keys::forget_retired(tx))), ..STANDING },
    Kind { name: "forget-done-jobs", work: Inside(|tx, _| daily(jobs::forget_done(tx))), ..STANDING },
];

/// The same, and what reaches the file store, or a gateway where there is one; they live as long as the process.
#[must_use]
pub fn kinds(gateway: Option<Gateway>, store: Store) -> Vec<Kind> {
    let sending = gateway.map(|gateway| messages::kind(Box::leak(Box::new(Sending { gateway }))));
    let removing = materials::removing(Box::leak(Box::new(Removing { store })));
    KINDS.iter().copied().chain([notice_receipts::TELL, removing]).chain(sending).collect()
}

fn seal(tx: &mut Tx<'_>, _: &Job) -> Result<Outcome, Refusal> {
    let more = journal::seal_batch(tx)?;
    Ok(Outcome::Again(if more { Duration::ZERO } else { SEAL_PAUSE }))
}

/// One batch in one transaction. Where it ended stands in the job; the next hour begins in front again.
fn remind(tx: &mut Tx<'_>, job: &Job) -> Result<Outcome, Refusal> {
    let after = job.payload.0.get("after").and_then(Value::as_str).and_then(|id| id.parse().ok());
    Ok(match filings::remind(tx, after.unwrap_or(Id::NIL), filings::REMIND_BATCH)? {
        Some(last) => Outcome::AgainFrom(Json(json!({"after": last})), Duration::ZERO),
        None => Outcome::AgainFrom(Json(json!({})), Duration::HOUR),
    })
}

/// The same of filings whose days were not announced when they were judged.
fn settle_days(tx: &mut Tx<'_>, job: &Job) -> Result<Outcome, Refusal> {
    let after = job.payload.0.get("after").and_then(Value::as_str).and_then(|id| id.parse().ok());
    Ok(match filings::settle_days(tx, after.unwrap_or(Id::NIL), filings::REMIND_BATCH)? {
        Some(last) => Outcome::AgainFrom(Json(json!({"after": last})), Duration::ZERO),
        None => Outcome::AgainFrom(Json(json!({})), Duration::HOUR),
    })
}

/// Guardians who have not answered are reminded, and those who have come since are told.
fn remind_guardians(tx: &mut Tx<'_>, job: &Job) -> Result<Outcome, Refusal> {
    let after = job.payload.0.get("after").and_then(Value::as_str).and_then(|id| id.parse().ok());
    Ok(match notice_receipts::plan_reminders(tx, after.unwrap_or(Id::NIL))? {
        Some(last) => Outcome::AgainFrom(Json(json!({"after": last})), Duration::ZERO),
        None => Outcome::AgainFrom(Json(json!({})), Duration::HOUR),
    })
}

/// Seats that nobody accepted in time go on to the next.
fn lapse_seat_offers(tx: &mut Tx<'_>, _: &Job) -> Result<Outcome, Refusal> {
    let more = enrollments::lapse(tx)?;
    Ok(Outcome::Again(if more { Duration::ZERO } else { Duration::MINUTE }))
}

/// What was chosen since the last round, plan by plan; the next hour begins where this round did.
fn watch_choices(tx: &mut Tx<'_>, job: &Job) -> Result<Outcome, Refusal> {
    let round = match serde_json::from_value(job.payload.0.clone()) {
        Ok(round) => round,
        Err(_) => coercion::Round::first(tx.now),
    };
    let (next, is_over) = coercion::watch(tx, &round)?;
    let payload = serde_json::to_value(next).map_err(Refusal::internal)?;
    Ok(Outcome::AgainFrom(Json(payload), if is_over { Duration::HOUR } else { Duration::ZERO }))
}

/// Names in one transaction.
const NAMES_BATCH: i64 = 500;

/// Fills the keys of names that were written before there were keys, or by a replica that knew none yet.
fn key_names(tx: &mut Tx<'_>, _: &Job) -> Result<Outcome, Refusal> {
    let keyed = organisations::key_names(tx, NAMES_BATCH)?
        + users::key_names(tx, NAMES_BATCH)?
        + staff_members::key_names(tx, NAMES_BATCH)?
        + students::key_names(tx, NAMES_BATCH)?;
    Ok(Outcome::Again(if keyed > 0 { Duration::ZERO } else { Duration::DAY }))
}

/// Marks invitations whose time is over; nobody uses one in the meantime, since whoever tries is held against its time.
fn expire_invitations(tx: &mut Tx<'_>, _: &Job) -> Result<Outcome, Refusal> {
    let more = invitations::expire(tx)?;
    Ok(Outcome::Again(if more { Duration::ZERO } else { Duration::HOUR }))
}

fn daily(forgotten: Result<usize, Refusal>) -> Result<Outcome, Refusal> {
    forgotten.map(|_| Outcome::Again(Duration::DAY))
}

/// Plans the standing jobs; those that stand already are left as they are.
///
/// # Errors
/// When the database fails.
pub fn plan_standing(tx: &mut Tx<'_>) -> Result<(), Refusal> {
    for kind in KINDS {
        jobs::plan(tx, kind, STANDING_KEY, Json(json!({})), Duration::ZERO)?;
    }
    Ok(())
}
