//! Many writes of one kind, in one transaction and under one key.

use super::kind::OfMany;
use super::trace::note;
use super::write::Write;
use crate::auth::access_log::REHEARSAL;
use crate::auth::batch::{self, BatchRow, Batched};
use crate::auth::caller::By;
use crate::auth::permission::Permission;
use crate::auth::shown::Shown;
use crate::db::Tx;
use crate::http::{Answer, Answered, Rows};
use crate::refusal::Refusal;

impl Write<OfMany> {
    /// Makes a thing of each row by the verb of the single write, and answers 200 with what became of each.
    ///
    /// # Errors
    /// What is wrong with the whole, and with any row where all or nothing was asked for.
    pub async fn creates_many<P, R, T, F>(self, by: By<P>, rows: Rows<R>, work: F) -> Answered
    where
        P: Permission,
        R: BatchRow,
        T: Batched,
        F: Fn(&mut Tx<'_>, &By<P>, &R) -> Result<T, Refusal> + Send + 'static,
    {
        const { assert!(T::SHOWS_PUPILS || !P::SHOWS_PUPILS, "what shows pupils says whom") };
        let (rehearsal, request_id) = (self.rehearsal::<T>()?, self.request_id());
        self.settle(by, move |tx, by| {
            let outcomes = batch::write(tx, &rows, |tx, row| work(tx, by, row))?;
            note(rehearsal.as_ref(), tx, by, REHEARSAL, || {
                outcomes.iter().flatten().flat_map(Shown::persons).collect()
            })?;
            Answer::plain(&batch::shown(tx, &outcomes, by, &request_id)?)
        })
        .await
    }
}
