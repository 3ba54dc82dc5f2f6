//! Who acts. It knows of nobody, so that everything may know it.

use super::role::Role;
use crate::db::{Id, Instant};
use crate::http::Language;

/// Whoever acts, with the role and place that the token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub user_id: Id,
    pub role_grant_id: Id,
    pub session_id: Id,
    pub role: Role,
    pub organisation_id: Option<Id>,
    /// Path of that organisation; empty for platform roles and guardians.
    pub path: String,
    /// When the token was issued.
    pub issued_at: Instant,
    /// When it stops holding.
    pub expires_at: Instant,
    /// A temporary secret must be replaced first.
    pub secret_change_due: bool,
    /// In which they read.
    pub language: Language,
}
