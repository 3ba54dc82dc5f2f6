//! A guardian's consent to one version of the text on a child's data.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::auth::access_log::SeenPerson;
use crate::auth::{Actor, Role};
use crate::db::{Id, Instant};
use crate::values::text::Line;
use crate::{body, life, resource, row, text_enum};

text_enum! {
    /// Whether a consent stands.
    pub enum ConsentState {
        Given = "given",
        Withdrawn = "withdrawn",
    }
}

life! {
    /// What is called on a consent.
    pub ConsentVerb of ConsentState, "consents" {
        Withdraw = "withdraw" by GiveConsents { Given => Withdrawn }
    }
}

row! {
    /// The row of a consent.
    pub struct ConsentRow of consents {
        id: Id,
        person_id: Id,
        guardianship_id: Id,
        text_version: String,
        document: Option<String>,
        given_at: Instant,
        withdrawn_at: Option<Instant>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A consent, and the school that the child attends.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Consent {
    #[serde(flatten)]
    pub row: ConsentRow,
    pub school_id: Option<Id>,
    /// Empty while the child attends no school.
    pub path: String,
}

resource!(Consent { row: ConsentRow, path }, "consent", "consents");

impl Consent {
    /// Its state: nothing but a withdrawal ends it.
    #[must_use]
    pub fn state(&self) -> ConsentState {
        if self.withdrawn_at.is_some() { ConsentState::Withdrawn } else { ConsentState::Given }
    }

    /// The verbs that `actor` may call now: a guardian sees no consents but its own.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let own = actor.role == Role::Guardian;
        ConsentVerb::such(self.state(), |verb| own || verb.scope(actor).holds_path(&self.path))
    }

    /// The child, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: self.school_id }
    }
}

body! {
    /// A guardian's consent to one version of the text.
    pub struct ConsentIn {
        /// A standing guardianship with the right to sign; a guardian's own.
        guardianship_id: Id,
        /// Version of the text that was shown, such as `2024-09`.
        #[schema(inline)]
        text_version: Line<1, 40>,
        /// The signed paper; required from a school.
        #[schema(inline)]
        document: Option<Line<2, 120>>,
    }
}

/// Whose consents a list holds: nobody asks for all.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsentFilter {
    /// The pupil.
    #[param(inline)]
    pub student_id: Id,
}
