//! Work that reaches outside the database: a call, a file, a message. What is planned and what came of it are
//! transactions of their own; what happens between them is in none, so that no connection and no lock waits for
//! somebody else's server.

use futures_util::future::LocalBoxFuture;

use super::model::{Job, Outcome};
use super::runner::Taken;
use crate::db::Tx;
use crate::refusal::Refusal;

/// The three steps of such work.
///
/// A process that ends before `settle` has committed leaves the job to its next taker, who begins again with `plan`.
/// So `act` may happen more than once, and whatever it does outside must bear that: the job's id names it for the
/// other side.
pub trait Outside: Send + Sync + 'static {
    /// What the transaction before finds.
    type Plan: Send + 'static;
    /// What came of it.
    type Done: Send + 'static;

    /// Finds in one transaction what is to be done. It may run again.
    ///
    /// # Errors
    /// What ends this try.
    fn plan(&self, tx: &mut Tx<'_>, job: &Job) -> Result<Self::Plan, Refusal>;

    /// Does it, outside any transaction, within the lease.
    fn act(&self, plan: Self::Plan) -> impl Future<Output = Result<Self::Done, Refusal>>;

    /// Writes down what came of it, in the transaction that marks the job. It may run again.
    ///
    /// # Errors
    /// What ends this try.
    fn settle(&self, tx: &mut Tx<'_>, job: &Job, done: &Self::Done) -> Result<Outcome, Refusal>;
}

/// Any [`Outside`], whatever it plans and gets done.
pub trait Errand: Send + Sync {
    /// Runs the three steps of a job that was taken.
    #[doc(hidden)]
    fn run<'a>(&'static self, taken: &'a Taken<'a>) -> LocalBoxFuture<'a, Result<(), Refusal>>;
}

impl<O: Outside> Errand for O {
    fn run<'a>(&'static self, taken: &'a Taken<'a>) -> LocalBoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async move {
            let plan = taken.write(move |tx, job| self.plan(tx, job)).await?;
            let done = taken.within_lease(self.act(plan)).await?;
            taken.finish(move |tx, job| self.settle(tx, job, &done)).await
        })
    }
}
