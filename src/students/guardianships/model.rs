//! Who is guardian of whom, from when to when, and what for.

use std::collections::BTreeSet;

use serde::Serialize;
use time::Date;

use crate::auth::access_log::SeenPerson;
use crate::auth::batch::BatchRow;
use crate::auth::permission::ManageGuardianships;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::http::AnyOf;
use crate::refusal::{Fault, FieldError};
use crate::rules::document::at_most;
use crate::values::identifiers::Phone;
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

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

impl Right {
    /// Whether nobody can do it who does not see the child. Who only pays sees the charges alone.
    #[must_use]
    pub fn needs_read(self) -> bool {
        matches!(self, Self::Choose | Self::Sign)
    }
}

/// The rights that a row names.
pub(super) fn rights_in(text: &str) -> impl Iterator<Item = Right> {
    text.split_whitespace().filter_map(Right::parse)
}

life! {
    /// What is called on a guardianship. No state leads back to `active`; an account is linked once.
    pub GuardianshipVerb of GuardianshipState, "guardianships" {
        Link = "link" by ManageGuardianships { Active => same }
        /// While it has no account, and a telephone is on record.
        Invite = "invite" by ManageGuardianships { Active => same }
        End = "end" by ManageGuardianships { Active => Ended }
        Block = "block" by ManageGuardianships { Active | Ended => Blocked }
    }
}

row! {
    /// The row of a guardianship; name and telephone are sealed.
    pub struct GuardianshipRow of guardianships {
        id: Id,
        person_id: Id,
        user_id: Option<Id>,
        kind: GuardianKind,
        organisation_name: Option<String>,
        relation: Relation,
        #[serde(skip)]
        contact_name_sealed: String,
        #[serde(skip)]
        contact_phone_sealed: Option<String>,
        contact_phone_hash: Option<String>,
        /// Words between spaces.
        rights: String,
        starts_on: Date,
        ends_on: Option<Date>,
        state: GuardianshipState,
        closing_reason: Option<String>,
        closing_document: Option<String>,
        restoring_document: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A guardianship with its contact, and the school that the child attends.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

resource!(Guardianship { row: GuardianshipRow, path }, "guardianship", "guardianships");

impl Guardianship {
    /// Whether a document keeps this guardian from the child.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.state == GuardianshipState::Blocked
    }

    /// Whether the row itself allows `verb`: an account is linked once, and nobody is invited without a telephone.
    #[must_use]
    pub fn allows(&self, verb: GuardianshipVerb) -> bool {
        let fits = match verb {
            GuardianshipVerb::Link => self.user_id.is_none(),
            GuardianshipVerb::Invite => self.user_id.is_none() && self.contact_phone.is_some(),
            GuardianshipVerb::End | GuardianshipVerb::Block => true,
        };
        verb.leads(self.state).is_some() && fits
    }

    /// Whether a guardian who was invited may take it on: it has no account, and its last day has not gone by.
    #[must_use]
    pub fn is_to_be_taken(&self, today: Date) -> bool {
        self.allows(GuardianshipVerb::Invite) && self.ends_on.is_none_or(|last| today <= last)
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        let may = |verb: GuardianshipVerb| self.allows(verb) && verb.scope(actor).holds_path(&self.path);
        GuardianshipVerb::such(self.state, may)
    }

    /// The telephone as `actor` sees it: whole for the school and the guardian, masked for others.
    #[must_use]
    pub fn phone_for(&self, actor: &Actor) -> Option<String> {
        let own = self.user_id == Some(actor.user_id);
        let whole = own || Scope::of::<ManageGuardianships>(actor).holds_path(&self.path);
        self.contact_phone.as_ref().map(|phone| if whole { phone.reveal().to_owned() } else { phone.masked() })
    }

    /// Whether two guardianships are of one guardian: by account, or by telephone, however it is written.
    #[must_use]
    pub fn is_of_the_guardian_of(&self, other: &Self) -> bool {
        let account = self.user_id.is_some() && self.user_id == other.user_id;
        account || self.dialled().is_some_and(|dialled| other.dialled() == Some(dialled))
    }

    /// The telephone as it is dialled; one of before that cannot be dialled is compared as it is.
    pub(super) fn dialled(&self) -> Option<String> {
        let phone = self.contact_phone.as_ref()?;
        phone.dialled().or_else(|| Some(phone.reveal().to_owned()))
    }

    /// The rights, in the order of their table.
    #[must_use]
    pub fn rights(&self) -> Vec<Right> {
        rights_in(&self.row.rights).collect()
    }

    /// The child, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: self.school_id }
    }
}

body! {
    /// A guardian of a child, from one day to another, both included.
    pub struct GuardianshipIn {
        /// The child, which attends a school in the caller's scope.
        person_id: Id,
        /// The guardian's account; null until there is one.
        user_id: Option<Id>,
        kind: GuardianKind,
        /// Name of the institution; for that kind only.
        #[schema(inline)]
        organisation_name: Option<Line<2, 80>>,
        relation: Relation,
        /// Sealed at rest.
        #[schema(inline)]
        contact_name: Line<1, 60>,
        /// Sealed at rest: a mobile number, a landline with its area code, or another country's with its code.
        #[schema(inline)]
        contact_phone: Option<Phone>,
        /// Each once, at least one; `choose` and `sign` only together with `read`.
        #[schema(min_items = 1, max_items = 6)]
        #[serde(deserialize_with = "at_most::<_, _, 6>")]
        rights: Vec<Right>,
        /// First day.
        #[serde(with = "iso_date")]
        starts_on: Date,
        /// Last day; null for no end.
        #[serde(default, with = "iso_date::option")]
        ends_on: Option<Date>,
        /// The document that allows it after a block.
        #[schema(inline)]
        restoring_document: Option<Line<2, 120>>,
    }
}

impl GuardianshipIn {
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
        } else if !distinct.contains(&Right::Read) && distinct.iter().any(|right| right.needs_read()) {
            wrong("/rights", Fault::ReadRequired);
        }
        if self.contact_phone.as_ref().is_some_and(|phone| phone.dialled().is_none()) {
            wrong("/contact_phone", Fault::Format);
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

impl BatchRow for GuardianshipIn {
    /// One guardian of one child: by account, else by telephone, else by name.
    fn same_by(&self) -> Option<(&'static str, String)> {
        let phone = self.contact_phone.as_ref().and_then(Phone::dialled);
        let (field, guardian) = match (self.user_id, phone) {
            (Some(user), _) => ("/user_id", user.to_string()),
            (None, Some(phone)) => ("/contact_phone", phone),
            (None, None) => ("/contact_name", self.contact_name.as_str().to_owned()),
        };
        Some((field, format!("{} {guardian}", self.person_id)))
    }

    fn turn(&self) -> Id {
        self.person_id
    }
}

body! {
    /// The account that a guardian has.
    pub struct GuardianshipLinkIn {
        user_id: Id,
    }
}

body! {
    /// Why a guardianship ends.
    pub struct GuardianshipEndIn {
        #[schema(inline)]
        reason: Line<2, 120>,
        /// The document that says so.
        #[schema(inline)]
        document: Option<Line<2, 120>>,
        /// Last day, not after today; today when it is null.
        #[serde(default, with = "iso_date::option")]
        ends_on: Option<Date>,
    }
}

body! {
    /// Why a guardian is blocked.
    pub struct GuardianshipBlockIn {
        #[schema(inline)]
        reason: Line<2, 120>,
        /// The document that says so, such as a ruling.
        #[schema(inline)]
        document: Line<2, 120>,
    }
}

filter! {
    /// Which guardianships a list holds.
    pub struct GuardianshipFilter {
        /// Only guardianships of this child.
        person_id: Id,
        /// Only guardianships in one of these states.
        state: AnyOf<GuardianshipState>,
    }
}
