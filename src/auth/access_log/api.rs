//! How a request that shows pupils leaves its line.

use actix_web::{HttpRequest, web};

use super::{AccessLog, SeenPerson, line};
use crate::auth::{Actor, Role};
use crate::db::{Id, Tx};
use crate::http::Routes;
use crate::http::edge::RequestInfo;
use crate::refusal::Refusal;

/// The line that a request leaves by itself, if what it shows is of pupils: `auth::request` notes it for every way in.
#[derive(Clone)]
pub struct Trace {
    log: AccessLog,
    request_id: String,
    operation: String,
}

impl Trace {
    /// Of a request.
    ///
    /// # Errors
    /// A defect: the service was put together without the log.
    pub fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        let log = request.app_data::<web::Data<AccessLog>>().map(|log| log.get_ref().clone());
        let log = log.ok_or_else(|| Refusal::internal("no access log"))?;
        let routes = request.app_data::<web::Data<Routes>>();
        let operation = routes.map(|routes| routes.operation(request)).unwrap_or_default();
        Ok(Self { log, request_id: RequestInfo::of(request).id, operation })
    }

    /// Says whom the answer shows, and what for. Without anybody there is no line.
    ///
    /// # Errors
    /// 503 when the log cannot take it: then nothing is shown.
    pub fn leave(&self, tx: &Tx<'_>, by: &Actor, purpose: &str, persons: Vec<SeenPerson>) -> Result<(), Refusal> {
        self.leave_of(tx, (by.user_id, by.role), purpose, persons)
    }

    /// The same for an account that is known by a secret link.
    ///
    /// # Errors
    /// As [`Trace::leave`].
    pub fn leave_of(
        &self,
        tx: &Tx<'_>,
        by: (Id, Role),
        purpose: &str,
        persons: Vec<SeenPerson>,
    ) -> Result<(), Refusal> {
        if persons.is_empty() {
            return Ok(());
        }
        self.log.leave(line(tx, by, &self.request_id, &self.operation, purpose, persons))
    }
}
