//! An account, its states, and what may be done with it.

use serde::Serialize;

use crate::auth::permission::ManageUsers;
use crate::auth::standing::UserState;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::text_enum;

text_enum! {
    /// Who uses an account. Other kinds may come.
    pub enum UserKind {
        /// 个人: signs in with a password.
        Person = "person",
        /// 系统: signs in with a client secret.
        Machine = "machine",
    }
}

/// A verb on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserVerb {
    Update,
    Suspend,
    Reinstate,
    IssueSecret,
}

impl UserVerb {
    /// The last segment of its path; `update` is PUT.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
            Self::IssueSecret => "issue-secret",
        }
    }

    /// Whether nobody does this to their own account: it would lock them out, or get round the old secret.
    const fn spares_oneself(self) -> bool {
        matches!(self, Self::Suspend | Self::Reinstate | Self::IssueSecret)
    }
}

impl UserState {
    /// The verbs that this state allows.
    #[must_use]
    pub const fn verbs(self) -> &'static [UserVerb] {
        match self {
            Self::Active => &[UserVerb::Update, UserVerb::Suspend, UserVerb::IssueSecret],
            Self::Suspended => &[UserVerb::Update, UserVerb::Reinstate],
        }
    }
}

/// An account as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    #[serde(flatten)]
    pub row: UserRow,
    /// Path of its organisation; empty without one.
    pub path: String,
}

/// The row of an account, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::users, check_for_backend(crate::db::MultiBackend))]
pub struct UserRow {
    pub id: Id,
    pub kind: UserKind,
    pub username: String,
    pub display_name: String,
    pub organisation_id: Option<Id>,
    pub state: UserState,
    pub secret_change_due: bool,
    pub cut_off_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Why a verb is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    OwnAccount,
    State,
}

impl User {
    /// What hinders `actor`, who may manage this account, from `verb`.
    #[must_use]
    pub fn hindrance(&self, actor: &Actor, verb: UserVerb) -> Option<Hindrance> {
        if !self.row.state.verbs().contains(&verb) {
            Some(Hindrance::State)
        } else if verb.spares_oneself() && self.row.id == actor.user_id {
            Some(Hindrance::OwnAccount)
        } else {
            None
        }
    }

    /// The verbs that `actor` may call now; the same questions as the refusals.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if !Scope::of::<ManageUsers>(actor).holds_path(&self.path) {
            return Vec::new();
        }
        let all = self.row.state.verbs().iter();
        all.filter(|verb| self.hindrance(actor, **verb).is_none()).map(|verb| verb.as_str()).collect()
    }
}

/// What a list of accounts may be narrowed to and how it is ordered.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    pub state: Option<UserState>,
    pub organisation_id: Option<Id>,
    pub username: Option<String>,
    pub descending: bool,
}
