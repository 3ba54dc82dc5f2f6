//! What must hold of rosters over a whole database.

use std::collections::HashMap;

use super::{Attendance, hash, store};
use crate::db::{Id, Sentences, Tx};
use crate::refusal::Refusal;

/// Sentences about rosters that do not count what is on record, or whose marks were changed behind the service's back.
///
/// # Errors
/// When the database fails.
pub fn verify(tx: &mut Tx<'_>, batch: i64, wrong: &mut Sentences) -> Result<(), Refusal> {
    let mut after = Id::NIL;
    loop {
        let rows = store::rosters_after(tx, after, batch)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let mut marks: HashMap<Id, Vec<Attendance>> = HashMap::new();
        for one in store::of_sessions(tx, &ids)? {
            marks.entry(one.session_id).or_default().push(one);
        }
        for row in rows {
            let own = marks.remove(&row.id).unwrap_or_default();
            let mut counted = row.clone();
            counted.count(&own);
            if counted != row {
                wrong.say(format!("the roster of session {} does not count what is on record", row.id));
            }
            if hash(tx, &own)? != row.marks_hash {
                wrong.say(format!("marks of session {} were changed without a row in the journal", row.id));
            }
        }
    }
}
