//! Names beside ids: what an answer says of the things that it names by id. A transaction keeps those that it has read,
//! so that nobody asks for one twice.

use std::collections::{BTreeSet, HashMap};

use super::Id;

/// Whose name stands beside an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameOf {
    /// An authority, a school or a partner.
    Organisation,
    /// A pupil of a school.
    Student,
    /// The class of a pupil of a school; not everybody has one.
    ClassOfStudent,
    /// A person, as the school names it that it attends, else the one that it attended last.
    Person,
    Class,
    Project,
    StaffMember,
    /// An account.
    Account,
    Facility,
    Group,
}

impl NameOf {
    /// Whether it tells of a pupil: such a name stands only in what leaves a line in the access log.
    #[must_use]
    pub const fn tells_of_pupils(self) -> bool {
        matches!(self, Self::Student | Self::ClassOfStudent | Self::Person)
    }

    /// Whether one of several tells of a pupil.
    #[must_use]
    pub const fn any_tells_of_pupils(all: &[Self]) -> bool {
        match all {
            [] => false,
            [first, rest @ ..] => first.tells_of_pupils() || Self::any_tells_of_pupils(rest),
        }
    }
}

/// The names that an answer asks for.
#[derive(Debug, Clone, Default)]
pub struct Asked(BTreeSet<(NameOf, Id)>);

impl Asked {
    /// Asks for one, where there is an id.
    pub fn of(&mut self, of: NameOf, id: impl Into<Option<Id>>) {
        self.0.extend(id.into().map(|id| (of, id)));
    }

    /// All of them, each once.
    pub fn iter(&self) -> impl Iterator<Item = (NameOf, Id)> {
        self.0.iter().copied()
    }
}

/// The names that are known.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<(NameOf, Id), String>);

impl Names {
    /// Keeps one that was read anyway.
    pub fn know(&mut self, of: NameOf, id: Id, name: impl Into<String>) {
        self.0.insert((of, id), name.into());
    }

    /// Keeps those of others.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// A name; none where it is not known.
    #[must_use]
    pub fn get(&self, of: NameOf, id: Id) -> Option<&str> {
        self.0.get(&(of, id)).map(String::as_str)
    }
}

/// A field that holds a name: null only where it may be.
pub trait NameField: Sized {
    /// The name of what an id refers to.
    fn named(names: &Names, of: NameOf, id: impl Into<Option<Id>>) -> Self;
}

impl NameField for Option<String> {
    fn named(names: &Names, of: NameOf, id: impl Into<Option<Id>>) -> Self {
        names.get(of, id.into()?).map(str::to_owned)
    }
}

impl NameField for String {
    fn named(names: &Names, of: NameOf, id: impl Into<Option<Id>>) -> Self {
        Option::<Self>::named(names, of, id).unwrap_or_default()
    }
}
