//! The order in which transactions hold rows, checked in debug builds: who holds them in one order never waits for
//! somebody who waits for it. `docs/ARCHITECTURE.md` says why each comes where it does.

use super::{Id, Tx};

/// What is held, in the order in which it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    Person,
    Plan,
    Amendment,
    Filing,
    Notice,
    Seats,
    /// All groups of a project.
    Group,
    Staff,
    Venue,
    Session,
    /// All pay sheets of a school.
    Pay,
}

/// What a transaction holds so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    rows: Vec<(Rung, Id)>,
    is_alone: bool,
}

impl Tx<'_> {
    /// Says that this transaction holds a row until its end. What it holds already it may hold again. Only requests are
    /// checked: what the service does by itself may be several verbs in one transaction.
    pub fn holds(&mut self, rung: Rung, id: Id) {
        let is_request = self.origin.user_id.is_some() && !self.held.is_alone;
        if cfg!(debug_assertions) && is_request && !self.held.rows.contains(&(rung, id)) {
            let last = self.held.rows.iter().map(|(held, _)| *held).max();
            debug_assert!(
                last.is_none_or(|last| last <= rung),
                "{rung:?} is held after {last:?}: two may wait for each other"
            );
            self.held.rows.push((rung, id));
        }
    }

    /// Says that nobody else writes meanwhile: one transaction then does what many requests would, as when a
    /// demonstration is filled.
    pub fn is_alone(&mut self) {
        self.held.is_alone = true;
    }
}
