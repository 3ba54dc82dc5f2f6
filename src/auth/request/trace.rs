//! Who leaves a line in the access log: requests that show pupils. Others pay nothing for it.

use actix_web::HttpRequest;

use crate::auth::access_log::{SeenPerson, Trace};
use crate::auth::actor::Actor;
use crate::auth::shown::Shown;
use crate::db::Tx;
use crate::refusal::Refusal;

/// The trace of a request that shows things of this kind; none where they do not tell of pupils.
pub(super) fn trace_of<T: Shown>(request: &HttpRequest) -> Result<Option<Trace>, Refusal> {
    T::SHOWS_PUPILS.then(|| Trace::of(request)).transpose()
}

/// Leaves the line, where there is a trace.
pub(super) fn note(
    trace: Option<&Trace>,
    tx: &Tx<'_>,
    by: &Actor,
    purpose: &str,
    persons: impl FnOnce() -> Vec<SeenPerson>,
) -> Result<(), Refusal> {
    trace.map_or(Ok(()), |trace| trace.leave(tx, by, purpose, persons()))
}
