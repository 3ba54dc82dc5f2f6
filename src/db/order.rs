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
}

/// What a transaction holds so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(Vec<(Rung, Id)>);

impl Tx<'_> {
    /// Says that this transaction holds a row until its end. What it holds already it may hold again. Only requests are
    /// checked: what the service does by itself may be several verbs in one transaction.
    pub fn holds(&mut self, rung: Rung, id: Id) {
        let is_request = self.origin.user_id.is_some();
        if cfg!(debug_assertions) && is_request && !self.held.0.contains(&(rung, id)) {
            let last = self.held.0.iter().map(|(held, _)| *held).max();
            debug_assert!(
                last.is_none_or(|last| last <= rung),
                "{rung:?} is held after {last:?}: two may wait for each other"
            );
            self.held.0.push((rung, id));
        }
    }
}
