//! Who is guardian of whom, from when to when, and what for.

use std::collections::BTreeSet;

use serde::Serialize;
use time::Date;

use crate::auth::access_log::SeenPerson;
use crate::auth::permission::ManageGuardianships;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError};
use crate::text_enum;
use crate::values::identifiers::Phone;

text_enum! {
    /// What a guardian is. Other kinds may come.
    pub enum GuardianKind {
        /// 个人
        Person = "person",
        /// 机构: a children's home, a civil affairs office.
        Institution = "institution",
    }
}

text_enum! {
    /// What a guardian is to the child. Other relations may come.
    pub enum Relation {
        /// 父亲
        Father = "father",
        /// 母亲
        Mother = "mother",
        /// 祖父母、外祖父母
        Grandparent = "grandparent",
        /// 其他亲属
        Relative = "relative",
        /// 受委托照护人
        Caretaker = "caretaker",
        /// 监护机构
        Institution = "institution",
        /// 其他
        Other = "other",
    }
}

text_enum! {
    /// What a guardian may do for the child. Other rights may come.
    pub enum Right {
        /// 查看
        Read = "read",
        /// 选报项目
        Choose = "choose",
        /// 签署协议
        Sign = "sign",
        /// 缴费
        Pay = "pay",
        /// 接送
        PickUp = "pick_up",
        /// 接收通知
        ReceiveNotices = "receive_notices",
    }
}

text_enum! {
    /// Where a guardianship stands. Other states may come.
    pub enum GuardianshipState {
        /// 有效, from its first day to its last
        Active = "active",
        /// 终止
        Ended = "ended",
        /// 禁止: this person is to have nothing to do with the child.
        Blocked = "blocked",
    }
}

/// The rights that a row names.
pub(super) fn rights_in(text: &str) -> impl Iterator<Item = Right> {
    text.split_whitespace().filter_map(Right::parse)
}

/// The row of a guardianship; name and telephone are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::guardianships, check_for_backend(crate::db::MultiBackend))]
pub struct GuardianshipRow {
    pub id: Id,
    pub person_id: Id,
    pub user_id: Option<Id>,
    pub kind: GuardianKind,
    pub organisation_name: Option<String>,
    pub relation: Relation,
    #[serde(skip)]
    pub contact_name_sealed: String,
    #[serde(skip)]
    pub contact_phone_sealed: Option<String>,
    pub contact_phone_hash: Option<String>,
    /// Words between spaces.
    pub rights: String,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub state: GuardianshipState,
    pub closing_reason: Option<String>,
    pub closing_document: Option<String>,
    pub restoring_document: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A guardianship with its contact, and the school that the child attends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guardianship {
    #[serde(flatten)]
    pub row: GuardianshipRow,
    pub contact_name: String,
    #[serde(skip)]
    pub contact_phone: Option<Phone>,
    pub school_id: Option<Id>,
    /// Empty while the child attends no school.
    pub path: String,
}

/// A verb on a guardianship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardianshipVerb {
    Link,
    End,
    Block,
}

impl GuardianshipVerb {
    /// The last segment of its path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::End => "end",
            Self::Block => "block",
        }
    }
}

impl GuardianshipState {
    /// The verbs that this state allows. No state leads back to `active`.
    #[must_use]
    pub const fn verbs(self) -> &'static [GuardianshipVerb] {
        match self {
            Self::Active => &[GuardianshipVerb::Link, GuardianshipVerb::End, GuardianshipVerb::Block],
            Self::Ended => &[GuardianshipVerb::Block],
            Self::Blocked => &[],
        }
    }
}

impl Guardianship {
    /// Whether the row itself allows `verb`: an account is linked once.
    #[must_use]
    pub fn allows(&self, verb: GuardianshipVerb) -> bool {
        let linked = verb == GuardianshipVerb::Link && self.row.user_id.is_some();
        self.row.state.verbs().contains(&verb) && !linked
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if !Scope::of::<ManageGuardianships>(actor).holds_path(&self.path) {
            return Vec::new();
        }
        let verbs = self.row.state.verbs().iter();
        verbs.filter(|verb| self.allows(**verb)).map(|verb| verb.as_str()).collect()
    }

    /// The telephone as `actor` sees it: whole for the school and the guardian, masked for others.
    #[must_use]
    pub fn phone_for(&self, actor: &Actor) -> Option<String> {
        let own = self.row.user_id == Some(actor.user_id);
        let whole = own || Scope::of::<ManageGuardianships>(actor).holds_path(&self.path);
        self.contact_phone.as_ref().map(|phone| if whole { phone.reveal().to_owned() } else { phone.masked() })
    }

    /// Whether two guardianships are of one guardian: by account, or by telephone.
    #[must_use]
    pub fn is_of_the_guardian_of(&self, other: &Self) -> bool {
        let (one, other) = (&self.row, &other.row);
        let account = one.user_id.is_some() && one.user_id == other.user_id;
        account || (one.contact_phone_hash.is_some() && one.contact_phone_hash == other.contact_phone_hash)
    }

    /// The rights, in the order of their table.
    #[must_use]
    pub fn rights(&self) -> Vec<Right> {
        rights_in(&self.row.rights).collect()
    }

    /// The child, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.row.person_id, school_id: self.school_id }
    }
}

/// What a guardianship is made from.
#[derive(Debug, Clone)]
pub struct NewGuardianship {
    pub person_id: Id,
    pub user_id: Option<Id>,
    pub kind: GuardianKind,
    pub organisation_name: Option<String>,
    pub relation: Relation,
    pub contact_name: String,
    pub contact_phone: Option<Phone>,
    pub rights: Vec<Right>,
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    /// Names what allows a guardianship of somebody who was blocked.
    pub restoring_document: Option<String>,
}

/// Why, and by which document, a guardianship is closed.
#[derive(Debug, Clone)]
pub struct Closing {
    pub reason: String,
    pub document: Option<String>,
    /// Last day; today when it is not said.
    pub ends_on: Option<Date>,
}

impl NewGuardianship {
    /// Everything that does not go together, as far as the request alone says it.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut wrong = |pointer: &str, fault| faults.push(FieldError::new(pointer, fault));
        match (self.kind, &self.organisation_name) {
            (GuardianKind::Institution, None) => wrong("/organisation_name", Fault::Required),
            (GuardianKind::Person, Some(_)) => wrong("/organisation_name", Fault::NotForThis),
            _ => {}
        }
        let distinct: BTreeSet<Right> = self.rights.iter().copied().collect();
        if distinct.len() != self.rights.len() {
            wrong("/rights", Fault::Duplicate);
        } else if distinct.is_empty() {
            wrong("/rights", Fault::Required);
        }
        if self.ends_on.is_some_and(|last| last < self.starts_on) {
            wrong("/ends_on", Fault::EndsBeforeStart);
        }
        faults
    }

    /// The rights as the row has them: each word between spaces.
    #[must_use]
    pub fn rights_text(&self) -> String {
        let distinct: BTreeSet<Right> = self.rights.iter().copied().collect();
        distinct.iter().fold(" ".to_owned(), |text, right| format!("{text}{} ", right.as_str()))
    }
}
