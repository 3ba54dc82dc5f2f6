//! Counting: how many things there are by at most two words, in one statement, whatever is counted. Numbers tell of
//! nobody, so a count leaves no line in the access log; who may not read what is counted may not count it either.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::organisations;
use super::scope::{Bounds, Scope};
use crate::db::{Id, Tx};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::values::text::fault;

/// Words by which something is counted at a time.
const WORDS_MAX: usize = 2;

/// Groups of one answer.
const GROUPS_MAX: usize = 1_000;

/// Rows that are fetched: one more than an answer holds, to know that there are more.
pub const GROUPS_FETCHED: i64 = 1_001;

/// A word by which something is counted.
pub trait Grouping: Copy + Eq + Send + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// As it is asked for.
    fn as_str(self) -> &'static str;
}

/// At most two words, each once: `project,state`.
#[derive(Debug, Clone)]
pub struct GroupBy<G>(Vec<G>);

impl<'de, G: Grouping> Deserialize<'de> for GroupBy<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let refused = |fault_| Err(fault(FieldError::new("", fault_)));
        let mut words = Vec::new();
        for word in text.split(',') {
            let Some(known) = G::ALL.iter().copied().find(|known| known.as_str() == word) else {
                let allowed: Vec<&str> = G::ALL.iter().map(|known| known.as_str()).collect();
                return Err(fault(FieldError::new("", Fault::NotOneOf).with("allowed", allowed.join(", "))));
            };
            if words.contains(&known) {
                return refused(Fault::Duplicate);
            }
            words.push(known);
        }
        if words.len() > WORDS_MAX {
            return Err(fault(FieldError::new("", Fault::TooMany).with("max", WORDS_MAX)));
        }
        Ok(Self(words))
    }
}

impl<G: Grouping> utoipa::PartialSchema for GroupBy<G> {
    fn schema() -> RefOr<Schema> {
        let words: Vec<&str> = G::ALL.iter().map(|word| word.as_str()).collect();
        let one = words.join("|");
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(format!("^({one})(,({one}))?$")))
            .into()
    }
}

impl<G: Grouping> ToSchema for GroupBy<G> {}

/// What a word groups by in SQL, and what is told of each group.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    key: &'static str,
    id: &'static str,
    word: &'static str,
    name: &'static str,
}

const NO_ID: &str = "CAST(NULL AS UUID)";
const NO_TEXT: &str = "CAST(NULL AS TEXT)";

impl Columns {
    /// For a word that is not asked for.
    const NONE: Self = Self { key: NO_TEXT, id: NO_ID, word: NO_TEXT, name: NO_TEXT };

    /// A column that refers to something, and the statement that finds its name.
    #[must_use]
    pub const fn named(key: &'static str, name: &'static str) -> Self {
        Self { key, id: key, word: NO_TEXT, name }
    }

    /// A column that holds a word.
    #[must_use]
    pub const fn word(key: &'static str) -> Self {
        Self { key, id: NO_ID, word: key, name: NO_TEXT }
    }

    /// A column that holds something else, as the text that `word` makes of it.
    #[must_use]
    pub const fn told(key: &'static str, word: &'static str) -> Self {
        Self { key, id: NO_ID, word, name: NO_TEXT }
    }
}

/// What is asked for, as SQL; every part is a text of the program.
#[derive(Debug, Clone, Copy)]
pub struct Grouped {
    pub first: Columns,
    pub second: Columns,
}

impl Columns {
    /// Id, word and name, for a select.
    #[must_use]
    pub const fn shown(&self) -> [&'static str; 3] {
        [self.id, self.word, self.name]
    }
}

impl Grouped {
    /// What stands behind `GROUP BY`.
    #[must_use]
    pub fn keys(&self) -> String {
        format!("{}, {}", self.first.key, self.second.key)
    }
}

impl<G: Grouping> GroupBy<G> {
    /// By one word.
    #[must_use]
    pub fn by(word: G) -> Self {
        Self(vec![word])
    }

    /// The word at a place.
    #[must_use]
    pub fn word(&self, place: usize) -> Option<G> {
        self.0.get(place).copied()
    }

    /// As SQL, by the table of a store.
    #[must_use]
    pub fn grouped(asked: Option<&Self>, columns: fn(G) -> Columns) -> Grouped {
        let of = |place| asked.and_then(|asked| asked.word(place)).map_or(Columns::NONE, columns);
        Grouped { first: of(0), second: of(1) }
    }
}

/// What one word of a group is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, diesel::Queryable)]
pub struct Key {
    pub id: Option<Id>,
    pub word: Option<String>,
    pub name: Option<String>,
}

/// Groups as a store finds them: two keys, and the numbers of each.
pub type Found<N> = Vec<(Key, Key, N)>;

/// A group with the words that were asked for.
#[derive(Debug, Clone)]
pub struct Group<G, N> {
    keys: Vec<(G, Key)>,
    pub numbers: N,
}

impl<G: Grouping, N> Group<G, N> {
    /// What a word of it is; nothing for a word that was not asked for.
    #[must_use]
    pub fn key(&self, word: G) -> Option<&Key> {
        self.keys.iter().find(|(asked, _)| *asked == word).map(|(_, key)| key)
    }
}

/// All groups, in the order of their names and words.
#[derive(Debug, Clone)]
pub struct Groups<G, N> {
    pub asked: Vec<&'static str>,
    pub groups: Vec<Group<G, N>>,
    of: PhantomData<G>,
}

impl<G: Grouping, N> Groups<G, N> {
    /// Those that a store has found.
    ///
    /// # Errors
    /// 400 where there are more than one answer holds: never a part of them.
    pub fn of(asked: Option<&GroupBy<G>>, mut found: Found<N>) -> Result<Self, Refusal> {
        if found.len() > GROUPS_MAX {
            return Err(too_many());
        }
        found.sort_by(|(one, next, _), (other, last, _)| (order(one), order(next)).cmp(&(order(other), order(last))));
        let words = asked.map_or(&[][..], |asked| &asked.0);
        let group = |(first, second, numbers): (Key, Key, N)| Group {
            keys: words.iter().copied().zip([first, second]).collect(),
            numbers,
        };
        let asked = words.iter().map(|word| word.as_str()).collect();
        Ok(Self { asked, groups: found.into_iter().map(group).collect(), of: PhantomData })
    }
}

fn order(key: &Key) -> (Option<&str>, Option<&str>, Option<Id>) {
    (key.name.as_deref(), key.word.as_deref(), key.id)
}

/// Refuses an answer of more groups, or rows, than one holds.
#[must_use]
pub fn too_many() -> Refusal {
    let error = FieldError::new("group_by", Fault::TooMany).with("max", GROUPS_MAX);
    Refusal::listing(Code::ParameterInvalid, vec![error])
}

/// Numbers of groups: what [`counts!`](crate::counts) makes, and nothing else is answered without a line in the access
/// log.
pub trait Counts: Serialize + Send + 'static {}

/// The organisations that a count is narrowed to: all, or an authority and all below it. None are below one that is not
/// known.
///
/// # Errors
/// When the database fails.
pub fn within(tx: &mut Tx<'_>, authority: Option<Id>) -> Result<Bounds, Refusal> {
    let Some(authority) = authority else { return Ok(Scope::Everything.bounds()) };
    let known = organisations::find(tx, authority)?;
    Ok(Scope::Subtree(known.map(|authority| authority.path).unwrap_or_default()).bounds())
}

/// Groups a query by what is asked for, and boxes it: scope, filters and limit follow.
///
/// ```text
/// counted!(students::table.inner_join(organisations::table), grouped, ["COUNT(*)"])
/// ```
macro_rules! counted {
    ($query:expr, $grouped:expr, [$($number:expr),+ $(,)?]) => {{
        use diesel::dsl::sql;
        use diesel::sql_types::{BigInt, Nullable, Text};
        let grouped = $grouped;
        let ([first_id, first_word, first_name], [second_id, second_word, second_name]) =
            (grouped.first.shown(), grouped.second.shown());
        $query
            .group_by(sql::<Text>(&grouped.keys()))
            .select((
                (
                    sql::<Nullable<$crate::db::IdSql>>(first_id),
                    sql::<Nullable<Text>>(first_word),
                    sql::<Nullable<Text>>(first_name),
                ),
                (
                    sql::<Nullable<$crate::db::IdSql>>(second_id),
                    sql::<Nullable<Text>>(second_word),
                    sql::<Nullable<Text>>(second_name),
                ),
                ($(sql::<BigInt>($number),)+),
            ))
            .into_boxed()
    }};
}

pub(crate) use counted;

/// Words by which something may be counted, and the shape of the answer: a field of a group is null where its word is
/// not asked for, and where what is counted has none.
///
/// ```text
/// counts! {
///     /// By what pupils may be counted.
///     pub enum StudentGroup as StudentGroups {
///         School = "school" { school_id: Id = |key| key.id, school_name: String = |key| key.name.clone() },
///     }
///     /// Pupils 学生人数.
///     pub struct StudentCountsOut { items: StudentCountOut, /// How many. count }
/// }
/// ```
#[macro_export]
macro_rules! counts {
    (
        $(#[$meta:meta])*
        pub enum $group:ident as $groups:ident {
            $( $variant:ident = $word:literal {
                $( $(#[$field_meta:meta])* $field:ident: $type:ty = |$key:ident| $value:expr ),+ $(,)?
            } ),+ $(,)?
        }
        $(#[$out_meta:meta])*
        pub struct $out:ident { items: $item:ident, $( $(#[$number_meta:meta])* $number:ident ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $group { $($variant),+ }

        /// At most two of them.
        pub type $groups = $crate::auth::counted::GroupBy<$group>;

        impl $crate::auth::counted::Grouping for $group {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        $(#[$out_meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $out {
            /// By what it is counted, as it was asked for.
            pub group_by: Vec<String>,
            /// The groups, in the order of their names.
            pub items: Vec<$item>,
            $( $(#[$number_meta])* pub $number: i64, )+
        }

        /// One group: what was not asked for is null, and so is what the counted do not have.
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $item {
            $($( $(#[$field_meta])* pub $field: Option<$type>, )+)+
            $( $(#[$number_meta])* pub $number: i64, )+
        }

        impl $crate::auth::counted::Counts for $out {}

        impl $out {
            pub(super) fn of<N>(
                groups: $crate::auth::counted::Groups<$group, N>,
                numbers: impl Fn(&N) -> [i64; $crate::counts!(@count $($number)+)],
            ) -> Self {
                let mut totals = [0_i64; $crate::counts!(@count $($number)+)];
                let items = groups.groups.into_iter().map(|group| {
                    let own = numbers(&group.numbers);
                    for (total, number) in totals.iter_mut().zip(own) {
                        *total = total.saturating_add(number);
                    }
                    let [$($number),+] = own;
                    $item {
                        $($( $field: group.key($group::$variant).and_then(
                            |$key: &$crate::auth::counted::Key| -> Option<$type> { $value }
                        ), )+)+
                        $($number),+
                    }
                });
                let items: Vec<$item> = items.collect();
                let [$($number),+] = totals;
                Self { group_by: groups.asked.into_iter().map(str::to_owned).collect(), items, $($number),+ }
            }
        }
    };
    (@count $($one:ident)+) => { [$(stringify!($one)),+].len() };
}
