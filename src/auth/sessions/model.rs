//! A sign-in and what it gives.

use serde::Serialize;
use time::Duration;

use crate::auth::Role;
use crate::db::{Id, Instant};

/// How long a sign-in lasts without its password.
pub const SESSION_LIFETIME: Duration = Duration::days(30);

/// One sign-in: a family of refresh tokens, of which one is good.
#[derive(Debug, Clone, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::sessions, check_for_backend(crate::db::MultiBackend))]
pub struct SessionRow {
    pub id: Id,
    pub user_id: Id,
    pub role_grant_id: Id,
    pub opened_at: Instant,
    pub expires_at: Instant,
    pub revoked_at: Option<Instant>,
    /// Opened by a code to a telephone: for roles that need no second person alone.
    pub by_code: bool,
}

/// A sign-in with the path of the organisation it acts for.
#[derive(Debug, Clone, Serialize)]
pub struct Session {
    #[serde(flatten)]
    pub row: SessionRow,
    pub path: String,
}

impl SessionRow {
    /// Whether its refresh tokens still count.
    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// In which of their roles somebody wants to act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedRole {
    pub role: Option<Role>,
    pub organisation_id: Option<Id>,
}
