//! An account, its states, and what may be done with it.

use crate::auth::Actor;
use crate::auth::standing::UserState;
use crate::db::{Id, Instant, Placed};
use crate::http::AnyOf;
use crate::values::text::{Line, Username};
use crate::{body, filter, life, row, sorts, text_enum};

text_enum! {
    /// Who uses an account. Other kinds may come.
    pub enum UserKind {
        /// 个人: signs in with a password.
        Person = "person",
        /// 系统: signs in with a client secret.
        Machine = "machine",
    }
}

life! {
    /// What is called on an account.
    pub UserVerb of UserState, "users" {
        Update = "update" by ManageUsers { Active | Suspended => same }
        Suspend = "suspend" by ManageUsers { Active => Suspended }
        Reinstate = "reinstate" by ManageUsers { Suspended => Active }
        IssueSecret = "issue-secret" by ManageUsers { Active => same }
    }
}

impl UserVerb {
    /// Whether nobody does this to their own account: it would lock them out, or get round the old secret.
    const fn spares_oneself(self) -> bool {
        matches!(self, Self::Suspend | Self::Reinstate | Self::IssueSecret)
    }
}

row! {
    /// The row of an account, without its secret.
    #[derive(Eq)]
    pub struct UserRow of users, "user", "users" {
        id: Id,
        kind: UserKind,
        username: String,
        display_name: String,
        organisation_id: Option<Id>,
        state: UserState,
        secret_change_due: bool,
        cut_off_at: Option<Instant>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// An account with the path of its organisation, which is empty without one.
pub type User = Placed<UserRow>;

impl User {
    /// Whether this is the caller's own account, and `verb` nothing that one does to that.
    #[must_use]
    pub fn spares(&self, by: &Actor, verb: UserVerb) -> bool {
        verb.spares_oneself() && self.id == by.user_id
    }

    /// The verbs that `by` may call now.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        UserVerb::such(self.state, |verb| verb.scope(by).holds_path(&self.path) && !self.spares(by, verb))
    }
}

sorts! {
    /// How a list of accounts is ordered.
    pub enum UserSort {
        Username = "username" by Code,
        UsernameDescending = "-username" by Code (descending),
        Name = "name" by Name,
        NameReverse = "-name" by Name (descending),
        Created = "created_at" by Entered,
        CreatedLatest = "-created_at" by Entered (descending),
        Updated = "updated_at" by Updated,
        UpdatedLatest = "-updated_at" by Updated (descending),
    }
}

filter! {
    /// Which accounts a list holds.
    pub struct UserFilter {
        /// Only accounts in one of these states.
        state: AnyOf<UserState>,
        /// Only accounts of this organisation.
        organisation_id: Id,
        /// Only the account of this name.
        username: Username,
        /// Beginning of the display name, or of the initials of its pinyin; letters in either case.
        q: Line<1, 32>,
    }
    polled by UserSort
}

body! {
    /// An account, as it is created or replaced.
    pub struct UserIn {
        /// Stays as it was created.
        kind: UserKind,
        /// Unique in the whole service.
        #[schema(inline)]
        username: Username,
        /// Shown to colleagues.
        #[schema(inline)]
        display_name: Line<1, 60>,
        /// Where the person or machine belongs; null for the platform itself. Stays as it was created.
        organisation_id: Option<Id>,
    }
}
