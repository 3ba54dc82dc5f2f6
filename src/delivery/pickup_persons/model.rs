//! Who may fetch a child, and who may not.

use serde::Serialize;
use time::Date;
use zeroize::Zeroizing;

use crate::auth::Actor;
use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant};
use crate::http::AnyOf;
use crate::refusal::{Fault, Refusal};
use crate::sealing::Sealing;
use crate::values::identifiers::Phone;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Whether somebody may fetch a child 接送人类别. Other kinds may come.
    pub enum PickupKind {
        /// 监护人指定的接送人
        Named = "named",
        /// 监护人同意学生自行离校
        Alone = "alone",
        /// 依据文书禁止接走
        Forbidden = "forbidden",
    }
}

text_enum! {
    /// Whether it stands 接送人状态. Other states may come.
    pub enum PickupState {
        /// 有效
        Standing = "standing",
        /// 已结束
        Ended = "ended",
    }
}

life! {
    /// What is called on it.
    pub PickupVerb of PickupState, "pickup-persons" {
        End = "end" by NamePickupPersons { Standing => Ended }
        /// A code for today, which its guardian hands to who is named.
        IssueCode = "issue-code" by NamePickupPersons { Standing => same }
    }
}

row! {
    /// The row of somebody who may fetch a child, or may not.
    pub struct PickupPersonRow of pickup_persons {
        id: Id,
        school_id: Id,
        student_id: Id,
        kind: PickupKind,
        #[serde(skip)]
        name_sealed: String,
        name_hash: String,
        #[serde(skip)]
        phone_sealed: Option<String>,
        phone_hash: Option<String>,
        relation: String,
        /// The paper that forbids it.
        document: Option<String>,
        from_on: Date,
        to_on: Option<Date>,
        /// Who has named, or entered, it.
        entered_by_id: Id,
        state: PickupState,
        end_reason: Option<String>,
        #[serde(skip)]
        code_hash: Option<String>,
        /// The day on which the code holds.
        code_on: Option<Date>,
        code_used_at: Option<Instant>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// Six digits that somebody shows at the gate. They never show when they are printed for debugging.
#[derive(Clone, PartialEq, Eq)]
pub struct PickupCode(Zeroizing<String>);

impl PickupCode {
    /// A new one.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn fresh() -> Result<Self, Refusal> {
        let number = getrandom::u32().map_err(Refusal::internal)? % 1_000_000;
        Ok(Self(Zeroizing::new(format!("{number:06}"))))
    }

    /// What is kept of a code of somebody.
    #[must_use]
    pub fn hash_of(sealing: &Sealing, id: Id, code: &str) -> String {
        sealing.keyed_hash("pickup_persons.code", format!("{id} {code}").as_bytes())
    }

    /// As it is shown.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PickupCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PickupCode")
    }
}

/// The same with what is sealed, the pupil, and the path of the school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PickupPerson {
    #[serde(flatten)]
    pub row: PickupPersonRow,
    #[serde(skip)]
    pub name: String,
    #[serde(skip)]
    pub phone: Option<Phone>,
    #[serde(skip)]
    pub person_id: Id,
    /// None but when it was just issued.
    #[serde(skip)]
    pub code: Option<PickupCode>,
    pub path: String,
}

resource!(PickupPerson { row: PickupPersonRow, path }, "pickup-person", "pickup-persons");

impl PickupPerson {
    /// The verbs that `by` may call now: what a document forbids is the school's to end, and what a guardian has named
    /// is its own.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        let own = self.row.kind != PickupKind::Forbidden && self.row.entered_by_id == by.user_id;
        let is_for = |verb| verb != PickupVerb::IssueCode || self.row.kind == PickupKind::Named;
        PickupVerb::such(self.row.state, |verb| is_for(verb) && (own || verb.scope(by).holds_path(&self.path)))
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        let ends = self.row.to_on.is_none_or(|last| day <= last);
        self.row.state == PickupState::Standing && self.row.from_on <= day && ends
    }

    /// Whether a code holds for it on a day; whether it was used is asked apart.
    #[must_use]
    pub fn takes(&self, sealing: &Sealing, code: &str, day: Date) -> bool {
        self.row.code_on == Some(day) && self.row.code_hash == Some(PickupCode::hash_of(sealing, self.row.id, code))
    }

    /// Whether both are one person, as far as name and telephone tell.
    #[must_use]
    pub fn is_same_as(&self, name_hash: &str, phone_hash: Option<&str>) -> bool {
        let same_phone = self.row.phone_hash.is_some() && self.row.phone_hash.as_deref() == phone_hash;
        self.row.name_hash == name_hash || same_phone
    }

    /// The pupil, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: Some(self.row.school_id) }
    }
}

filter! {
    /// Which of them a list holds.
    pub struct PickupPersonFilter {
        /// Only of this pupil.
        student_id: Id,
        /// Only of this school.
        school_id: Id,
        /// Only of this kind.
        kind: PickupKind,
        /// Only those that are in one of these states.
        state: AnyOf<PickupState>,
    }
}

body! {
    /// Somebody who may fetch a child: named by its guardian, or by its school as the guardian has asked.
    pub struct PickupPersonIn {
        /// The pupil, as its school has entered it.
        student_id: Id,
        /// `named`, or `alone` for a pupil who may leave by itself, which is then the name.
        kind: PickupKind,
        /// Sealed at rest.
        #[schema(inline)]
        name: Line<1, 60>,
        /// Sealed at rest, and masked in answers.
        #[schema(inline)]
        phone: Option<Phone>,
        /// What the person is to the child, such as `外婆`.
        #[schema(inline)]
        relation: Line<1, 40>,
        /// First day, not before today.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day; null for no end.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        to_on: Option<Date>,
    }
}

body! {
    /// Somebody who may not fetch a child, by a document.
    pub struct PickupForbiddenIn {
        /// The pupil, as its school has entered it.
        student_id: Id,
        /// Sealed at rest.
        #[schema(inline)]
        name: Line<1, 60>,
        /// Sealed at rest, and masked in answers.
        #[schema(inline)]
        phone: Option<Phone>,
        /// What the person is to the child.
        #[schema(inline)]
        relation: Line<1, 40>,
        /// The court's order, with its number.
        #[schema(inline)]
        document: Line<2, 120>,
        /// First day.
        #[serde(with = "iso_date")]
        from_on: Date,
        /// Last day; null for no end.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        to_on: Option<Date>,
    }
}

body! {
    /// Why it ends.
    pub struct PickupEndIn {
        #[schema(inline)]
        reason: Line<2, 200>,
    }
}

/// Whether days go together.
///
/// # Errors
/// 422 for a last day before the first.
pub(super) fn check_days(from_on: Date, to_on: Option<Date>) -> Result<(), Refusal> {
    match to_on {
        Some(last) if last < from_on => Err(Refusal::field("/to_on", Fault::EndsBeforeStart)),
        _ => Ok(()),
    }
}
