//! The names of what an answer names by id: asked for once, after its things are found and before they are shaped,
//! however many they are. Whoever sees an id sees its name; `out!` says which.

mod store;

use crate::db::{Asked, NameOf, Tx};
use crate::refusal::Refusal;

/// Learns the names that an answer asks for, as far as this transaction does not know them: one statement, or none.
///
/// # Errors
/// A defect: something that is referred to has no name.
pub fn learn(tx: &mut Tx<'_>, asked: &Asked) -> Result<(), Refusal> {
    store::learn(tx, asked)?;
    // A class is the one name that need not be there: not every pupil has one.
    let lost = asked.iter().find(|(of, id)| *of != NameOf::ClassOfStudent && tx.names.get(*of, *id).is_none());
    lost.map_or(Ok(()), |(of, id)| Err(Refusal::internal(format!("{of:?} {id} has no name"))))
}
