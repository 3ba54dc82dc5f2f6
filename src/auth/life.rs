//! The life of a thing: its states, its verbs, who may call them, what each leads to. One table says all four, and
//! gives the words, the refusals, what an answer's `can` holds, and `docs/LIVES.md`.

use crate::text_enum;

text_enum! {
    /// The one state of what has no other.
    pub enum Standing {
        Standing = "standing",
    }
}

/// One row of a life's table.
#[derive(Debug, Clone, Copy)]
pub struct LifeVerb {
    /// The last segment of its path; `update` is PUT, `delete` is DELETE.
    pub word: &'static str,
    /// The name of the permission that it needs.
    pub permission: &'static str,
    /// Where it is called, if not on the thing itself.
    pub by_way_of: Option<&'static str>,
    /// From which states to which.
    pub moves: &'static [(&'static str, &'static [&'static str])],
}

/// A life as data.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// Plural of the thing.
    pub of: &'static str,
    /// All its states.
    pub states: &'static [&'static str],
    pub verbs: &'static [LifeVerb],
}

impl Life {
    /// The word under which one of its verbs is called on the things of a collection: its own, or those by way of which
    /// it is moved.
    #[must_use]
    pub fn word_on(&self, collection: &str, verb: &LifeVerb) -> Option<&'static str> {
        match verb.by_way_of {
            None => (self.of == collection).then_some(verb.word),
            Some(other) => other.strip_prefix(collection)?.strip_prefix('/'),
        }
    }

    /// The fewest of its own verbs that lead from a state to one in which `verb` can be called: none where nothing
    /// does, where that is so already, or where the verb was what led here.
    #[must_use]
    pub fn steps_to(&self, state: &str, verb: &str) -> Vec<&'static str> {
        let called = |word: &str, from: &str| -> Option<&'static [&'static str]> {
            let mut own = self.verbs.iter().filter(|verb| verb.by_way_of.is_none() && verb.word == word);
            own.find_map(|verb| verb.moves.iter().find(|(state, _)| *state == from)).map(|(_, to)| *to)
        };
        let leads_here = |(_, to): &(&str, &[&str])| to.contains(&state);
        if self.verbs.iter().any(|known| known.word == verb && known.moves.iter().any(leads_here)) {
            return Vec::new(); // it was called already
        }
        let mut ways: Vec<(&str, Vec<&'static str>)> = vec![(state, Vec::new())];
        let mut next = 0;
        while let Some((at, way)) = ways.get(next).cloned() {
            next += 1;
            if called(verb, at).is_some() {
                return way;
            }
            for step in self.verbs.iter().map(|verb| verb.word) {
                for to in called(step, at).unwrap_or_default() {
                    if ways.iter().all(|(known, _)| known != to) {
                        ways.push((to, [way.as_slice(), &[step]].concat()));
                    }
                }
            }
        }
        Vec::new()
    }
}

/// Makes the verbs of a life.
///
/// ```text
/// life! {
///     /// What is called on a mark.
///     pub QualityCourseVerb of QualityCourseState, "quality-courses" for QualityCourse {
///         End = "end" by MarkQualityCourses { Marked => Ended }
///     }
/// }
/// ```
///
/// With `for`, the thing gets its `can` from the table alone; what has no state is `of Standing`. `same` stays in the
/// state; `[PartlyPaid, Paid]` is one of several, of which `leads` gives the first. What is called `by ReviewFilings by
/// way of "filings"` stands in another thing's path, and not in this one's `can`.
#[macro_export]
macro_rules! life {
    (
        $(#[$meta:meta])*
        $vis:vis $verb:ident of $state:ident, $plural:literal $(for $thing:ty)? {
            $(
                $(#[$verb_meta:meta])*
                $name:ident = $word:literal by $permission:ident $(by way of $other:literal)? {
                    $( $($from:ident)|+ => $to:tt ),+ $(,)?
                }
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $verb { $( $(#[$verb_meta])* $name ),* }

        #[allow(dead_code, reason = "a life's table gives more than every room asks of it")]
        impl $verb {
            /// Every verb, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The life as data.
            pub const LIFE: $crate::auth::Life = $crate::auth::Life {
                of: $plural,
                states: $state::WORDS,
                verbs: &[$( $crate::auth::LifeVerb {
                    word: $word,
                    permission: <$crate::auth::permission::$permission as $crate::auth::permission::Permission>::NAME,
                    by_way_of: $crate::life!(@other $($other)?),
                    moves: &[$( $(
                        ($state::$from.as_str(), $crate::life!(@words $state, $from, $to)),
                    )+ )+],
                } ),*],
            };

            /// The word in `can` and in the path.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// The state that it leads to from `state`; nothing where it cannot be called.
            #[must_use]
            pub const fn leads(self, state: $state) -> Option<$state> {
                #[allow(unreachable_patterns, reason = "a verb may be possible in every state")]
                match (self, state) {
                    $( $( $( (Self::$name, $state::$from) => Some($crate::life!(@to $state, $from, $to)), )+ )+ )*
                    _ => None,
                }
            }

            /// The same, or the refusal that names the state and what it allows.
            ///
            /// # Errors
            /// 409.
            pub fn from(self, state: $state) -> Result<$state, $crate::refusal::Refusal> {
                self.leads(state).ok_or_else(|| self.refused(state, &Self::possible(state)))
            }

            /// 409: the state, what it allows, and what leads to where this verb can be called.
            #[must_use]
            pub fn refused(self, state: $state, can: &[&str]) -> $crate::refusal::Refusal {
                let steps = Self::LIFE.steps_to(state.as_str(), self.as_str());
                $crate::refusal::Refusal::state(state.as_str(), can).verb($plural, self.as_str(), &steps)
            }

            /// 409: the state, and the verbs that it allows.
            #[must_use]
            pub fn refusal(state: $state) -> $crate::refusal::Refusal {
                $crate::refusal::Refusal::state(state.as_str(), &Self::possible(state))
            }

            /// Whether it is called on the thing itself.
            #[must_use]
            pub const fn is_own(self) -> bool {
                match self { $(Self::$name => $crate::life!(@own $($other)?)),* }
            }

            /// What `actor` reaches with it.
            #[must_use]
            pub fn scope(self, actor: &$crate::auth::Actor) -> $crate::auth::Scope {
                match self {
                    $(Self::$name => $crate::auth::Scope::of::<$crate::auth::permission::$permission>(actor)),*
                }
            }

            /// The verbs that a state allows on the thing itself, whoever calls.
            #[must_use]
            pub fn possible(state: $state) -> Vec<&'static str> {
                Self::such(state, |_| true)
            }

            /// The verbs that `actor` may call on a thing at `path` that is in `state`.
            #[must_use]
            pub fn can(actor: &$crate::auth::Actor, state: $state, path: &str) -> Vec<&'static str> {
                Self::such(state, |verb| verb.scope(actor).holds_path(path))
            }

            /// The verbs that a state allows, as far as they are such.
            #[must_use]
            pub fn such(state: $state, is: impl Fn(Self) -> bool) -> Vec<&'static str> {
                let own = Self::ALL.iter().filter(|verb| verb.is_own() && verb.leads(state).is_some());
                own.filter(|verb| is(**verb)).map(|verb| verb.as_str()).collect()
            }
        }

        $( $crate::life!(@can $verb $state $thing); )?
    };
    (@can $verb:ident Standing $thing:ty) => {
        impl $thing {
            /// The verbs that `by` may call now.
            #[must_use]
            pub fn can(&self, by: &$crate::auth::Actor) -> Vec<&'static str> {
                $verb::can(by, $crate::auth::Standing::Standing, $crate::db::Resource::path(self))
            }
        }
    };
    (@can $verb:ident $state:ident $thing:ty) => {
        impl $thing {
            /// The verbs that `by` may call now.
            #[must_use]
            pub fn can(&self, by: &$crate::auth::Actor) -> Vec<&'static str> {
                $verb::can(by, self.state, $crate::db::Resource::path(self))
            }
        }
    };
    (@other) => { None };
    (@other $other:literal) => { Some($other) };
    (@own) => { true };
    (@own $other:literal) => { false };
    (@words $state:ident, $from:ident, [$($to:ident),+]) => { &[$($state::$to.as_str()),+] };
    (@words $state:ident, $from:ident, $to:tt) => { &[$crate::life!(@to $state, $from, $to).as_str()] };
    (@to $state:ident, $from:ident, same) => { $state::$from };
    (@to $state:ident, $from:ident, [$to:ident $(, $or:ident)*]) => { $state::$to };
    (@to $state:ident, $from:ident, $to:ident) => { $state::$to };
}
