//! A guardian's consent to one version of the text on a child's data.

use serde::Serialize;

use crate::auth::access_log::SeenPerson;
use crate::auth::permission::GiveConsents;
use crate::auth::{Actor, Role, Scope};
use crate::db::{Id, Instant};

/// The row of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::consents, check_for_backend(crate::db::MultiBackend))]
pub struct ConsentRow {
    pub id: Id,
    pub person_id: Id,
    pub guardianship_id: Id,
    pub text_version: String,
    pub document: Option<String>,
    pub given_at: Instant,
    pub withdrawn_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A consent, and the school that the child attends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consent {
    #[serde(flatten)]
    pub row: ConsentRow,
    pub school_id: Option<Id>,
    /// Empty while the child attends no school.
    pub path: String,
}

impl Consent {
    /// The verbs that `actor` may call now: a guardian sees no consents but its own.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let own = actor.role == Role::Guardian;
        let may = own || Scope::of::<GiveConsents>(actor).holds_path(&self.path);
        if may && self.row.withdrawn_at.is_none() { vec!["withdraw"] } else { Vec::new() }
    }

    /// The child, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.row.person_id, school_id: self.school_id }
    }
}

/// What a consent is made from.
#[derive(Debug, Clone)]
pub struct NewConsent {
    pub guardianship_id: Id,
    pub text_version: String,
    /// The paper that the guardian signed, where the school enters it.
    pub document: Option<String>,
}
