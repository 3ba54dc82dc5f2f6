//! Removing files that nothing needs any more, by a job: the transaction that makes one needless plans it, so that none
//! is forgotten, and none goes before the commit.

use serde_json::{Value, json};
use time::Duration;

use crate::db::{Json, Tx};
use crate::file_store::Store;
use crate::jobs::Work::{Inside, Outside as Errands};
use crate::jobs::{self, Errand, Job, Kind, Outcome, Outside, Pool};
use crate::refusal::Refusal;

/// The kind of job that removes a file.
const REMOVE: Kind = Kind {
    name: "remove-file",
    pool: Pool::Work,
    tries_max: 20,
    first_delay: Duration::seconds(5),
    lease: Duration::minutes(1),
    has_work: None,
    work: Inside(|_, _| Ok(Outcome::Done)),
};

/// The same with the store of the settings.
#[must_use]
pub fn removing(errand: &'static dyn Errand) -> Kind {
    Kind { work: Errands(errand), ..REMOVE }
}

/// Plans that a file goes once this transaction is committed.
///
/// # Errors
/// When the database fails.
pub fn plan_removal(tx: &mut Tx<'_>, object: &str) -> Result<(), Refusal> {
    jobs::plan(tx, &REMOVE, object, Json(json!({ "object": object })), Duration::ZERO)
}

/// Removes files from a store.
pub struct Removing {
    pub store: Store,
}

impl Outside for Removing {
    type Plan = String;
    type Done = ();

    fn plan(&self, _: &mut Tx<'_>, job: &Job) -> Result<String, Refusal> {
        Ok(job.payload.0.get("object").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// A file that is gone already is no failure.
    async fn act(&self, object: String) -> Result<(), Refusal> {
        self.store.remove(&object).await
    }

    fn settle(&self, _: &mut Tx<'_>, _: &Job, (): &()) -> Result<Outcome, Refusal> {
        Ok(Outcome::Done)
    }
}
