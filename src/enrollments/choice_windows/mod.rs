//! Choice windows 选课窗口 (三.1): when guardians rank their wishes for the seats of a plan, by what limits, and what they
//! are drawn with. The seed is told by its hash before the window, and itself after the draw.

mod api;
mod model;
mod store;

pub use self::api::{ChoiceWindowOut, routes};
pub use self::model::{
    ChoiceWindow, ChoiceWindowFilter, ChoiceWindowIn, ChoiceWindowRow, ChoiceWindowState, ChoiceWindowVerb, SeatsDrawn,
};

use sha2::{Digest, Sha256};

use crate::db::{Id, Json, Tx};
use crate::journal::{change, enter};
use crate::plans::plans::Plan;
use crate::refusal::Refusal;
use crate::sealing::hex;

/// Bytes of a seed, which is told as twice as many characters.
const SEED_BYTES: usize = 32;

/// A seal opens in its own row alone.
fn place(id: Id) -> String {
    format!("choice_windows.seed:{id}")
}

/// Enters a window of a plan, with a seed that nobody knows.
///
/// # Errors
/// 409 when the plan has one.
pub fn announce(tx: &mut Tx<'_>, plan: &Plan, new: &ChoiceWindowIn) -> Result<ChoiceWindow, Refusal> {
    let id = Id::fresh();
    let mut bytes = [0; SEED_BYTES];
    getrandom::fill(&mut bytes).map_err(Refusal::internal)?;
    let seed = hex(&bytes);
    let row = ChoiceWindowRow {
        id,
        plan_id: plan.id,
        school_id: plan.school_id,
        opens_on: new.opens_on,
        closes_on: new.closes_on,
        wishes_max: i32::from(new.wishes_max),
        places_max: i32::from(new.places_max),
        siblings_together: new.siblings_together,
        seed_sha256: hex(&Sha256::digest(&seed)),
        seed_sealed: tx.sealing.seal(&place(id), seed.as_bytes()).map_err(Refusal::internal)?,
        seed: None,
        filing_id: None,
        seats: Json(Vec::new()),
        drawn_on: None,
        state: ChoiceWindowState::Announced,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    enter(tx, "announced", row, plan.path.clone())
}

/// The seed of a window that is being drawn.
///
/// # Errors
/// When it is sealed under another key.
pub fn seed_of(tx: &Tx<'_>, window: &ChoiceWindow) -> Result<String, Refusal> {
    let bytes = tx.sealing.open(&place(window.id), &window.seed_sealed).map_err(Refusal::internal)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The window of a plan, drawn or not; cancelled ones aside.
///
/// # Errors
/// When the database fails.
pub fn of_plan(tx: &mut Tx<'_>, plan: Id) -> Result<Option<ChoiceWindow>, Refusal> {
    store::of_plan(tx, plan)
}

/// Of some plans, the windows that are announced and not drawn yet.
///
/// # Errors
/// When the database fails.
pub fn announced_of(tx: &mut Tx<'_>, plans: &[Id]) -> Result<Vec<(Id, Id)>, Refusal> {
    store::announced_of(tx, plans)
}

/// Keeps a window from being drawn until the transaction ends, together with others who wish; whether it is to be.
///
/// # Errors
/// When the database fails.
pub fn hold_announced(tx: &mut Tx<'_>, id: Id) -> Result<bool, Refusal> {
    store::hold_announced(tx, id)
}

/// Waits for all who wish, and keeps out who comes later.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    store::claim(tx, id)
}

/// Tells with what a window was drawn.
///
/// # Errors
/// 412 when another request was faster.
pub fn drawn(
    tx: &mut Tx<'_>,
    before: &ChoiceWindow,
    seed: String,
    filing: Id,
    seats: Vec<SeatsDrawn>,
) -> Result<ChoiceWindow, Refusal> {
    let today = tx.today;
    change(tx, "drawn", before, |window| {
        window.seed = Some(seed);
        window.filing_id = Some(filing);
        window.seats = Json(seats);
        window.drawn_on = Some(today);
        window.state = ChoiceWindowState::Drawn;
    })
}

/// Takes a window back that is not drawn.
///
/// # Errors
/// 412 when another request was faster.
pub fn cancelled(tx: &mut Tx<'_>, before: &ChoiceWindow) -> Result<ChoiceWindow, Refusal> {
    change(tx, "cancelled", before, |window| window.state = ChoiceWindowState::Cancelled)
}

/// A drawn window that everybody may see.
///
/// # Errors
/// 404.
pub fn shown_drawn(tx: &mut Tx<'_>, id: Id) -> Result<ChoiceWindow, Refusal> {
    store::shown_drawn(tx, id)
}

/// All windows that were drawn, after one of them.
///
/// # Errors
/// When the database fails.
pub fn drawn_after(tx: &mut Tx<'_>, after: Id, count: i64) -> Result<Vec<ChoiceWindow>, Refusal> {
    store::drawn_after(tx, after, count)
}
