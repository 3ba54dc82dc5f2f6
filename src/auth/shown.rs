//! How a thing is answered: its shape, its tag, its place.

use serde::Serialize;

use super::access_log::SeenPerson;
use super::actor::Actor;
use super::names;
use crate::contract::BASE;
use crate::db::{Asked, Instant, NameOf, Names, Resource, Tx};
use crate::http::Answer;
use crate::refusal::Refusal;

/// A thing with a shape of the contract; [`out!`](crate::out) says it.
pub trait Shown: Resource {
    /// The shape.
    type Out: Serialize + Send + 'static;
    /// Whether it tells of a pupil, so that whoever it is shown to leaves a line in the access log.
    const SHOWS_PUPILS: bool = false;
    /// Kinds of names that it shows beside ids.
    const NAMES: &'static [NameOf] = &[];

    /// The thing as `by` sees it, with the names that it [asks](Self::asks) for.
    fn shown_to(&self, by: &Actor, names: &Names) -> Self::Out;

    /// The names that it shows to `by`.
    fn asks(&self, _by: &Actor, _asked: &mut Asked) {}

    /// When it was changed last, where a list is ordered by that.
    fn changed_at(&self) -> Option<Instant> {
        None
    }

    /// Of whom it tells.
    fn persons(&self) -> Vec<SeenPerson> {
        Vec::new()
    }
}

/// Things in their shape, with the names of what they name by id: one statement, however many they are.
///
/// # Errors
/// When the database fails.
pub fn shaped<'a, T: Shown + 'a>(
    tx: &mut Tx<'_>,
    things: impl IntoIterator<Item = &'a T> + Clone,
    by: &Actor,
) -> Result<Vec<T::Out>, Refusal> {
    const { assert!(T::SHOWS_PUPILS || !NameOf::any_tells_of_pupils(T::NAMES), "who names pupils says whom it shows") };
    let mut asked = Asked::default();
    for thing in things.clone() {
        thing.asks(by, &mut asked);
    }
    if asked.iter().any(|(of, _)| !T::NAMES.contains(&of)) {
        return Err(Refusal::internal("a name of a kind that the shape does not say"));
    }
    names::learn(tx, &asked)?;
    Ok(things.into_iter().map(|thing| thing.shown_to(by, &tx.names)).collect())
}

/// The same for one thing.
///
/// # Errors
/// When the database fails.
pub fn shape<T: Shown>(tx: &mut Tx<'_>, thing: &T, by: &Actor) -> Result<T::Out, Refusal> {
    shaped(tx, [thing], by)?.pop().ok_or_else(|| Refusal::internal("nothing to show"))
}

/// 200 with a thing.
pub(super) fn shown<T: Shown>(tx: &mut Tx<'_>, thing: &T, by: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&shape(tx, thing, by)?, thing.version())
}

/// 201 with a new thing and where it is.
pub(super) fn made<T: Shown>(tx: &mut Tx<'_>, thing: &T, by: &Actor) -> Result<Answer, Refusal> {
    let place = format!("{BASE}/{}/{}", T::PLURAL, thing.id());
    Answer::created(place, &shape(tx, thing, by)?, thing.version())
}

/// The shape of a thing: its `id`, the fields that are named, then version, times, `can` and the place of findings. A
/// field is that of the row; what is worked out is `= expression`. What tells of pupils says of whom: `shows
/// [student.seen_at()]`. `id`, `version` and `can` may be told in other words. Names beside ids are `named { … }`:
/// they are `String`, or `Option<String>` where the id may be null, and are asked for once for all things of an answer.
///
/// ```text
/// out! {
///     /// A project that an authority holds up as an example 精品课程.
///     pub struct QualityCourseOut of (course, by): QualityCourse {
///         document: String,
///         #[serde(with = "iso_date")]
///         marked_on: Date,
///         is_mine: bool = course.school_id == by.organisation_id,
///     }
///     named { school_name: String = Organisation(course.school_id) }
///     id "Cited by the notice." version "Stays 1." can "What may be called." shows [course.seen_at()]
/// }
/// ```
#[macro_export]
macro_rules! out {
    (
        $(#[$meta:meta])*
        pub struct $out:ident of ($thing:ident, $by:ident): $of:ty {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty $(= $value:expr)? ),* $(,)?
        }
        $(named {
            $( $(#[$name_meta:meta])* $name:ident: $name_type:ty = $name_of:ident($named:expr) ),* $(,)?
        })?
        $(id $id:literal)? $(shows $persons:expr)?
    ) => {
        $crate::out! {
            $(#[$meta])*
            pub struct $out of ($thing, $by): $of {
                $( $(#[$field_meta])* $field: $type $(= $value)? ),*
            }
            $(named { $( $(#[$name_meta])* $name: $name_type = $name_of($named) ),* })?
            $(id $id)?
            version "Counts changes; `If-Match: \"<version>\"` accepts it." can "What this caller may call on it now."
            $(shows $persons)?
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $out:ident of ($thing:ident, $by:ident): $of:ty {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty $(= $value:expr)? ),* $(,)?
        }
        $(named {
            $( $(#[$name_meta:meta])* $name:ident: $name_type:ty = $name_of:ident($named:expr) ),* $(,)?
        })?
        $(id $id:literal)? can $can:literal $(shows $persons:expr)?
    ) => {
        $crate::out! {
            $(#[$meta])*
            pub struct $out of ($thing, $by): $of {
                $( $(#[$field_meta])* $field: $type $(= $value)? ),*
            }
            $(named { $( $(#[$name_meta])* $name: $name_type = $name_of($named) ),* })?
            $(id $id)?
            version "Counts changes; `If-Match: \"<version>\"` accepts it." can $can $(shows $persons)?
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $out:ident of ($thing:ident, $by:ident): $of:ty {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty $(= $value:expr)? ),* $(,)?
        }
        $(named {
            $( $(#[$name_meta:meta])* $name:ident: $name_type:ty = $name_of:ident($named:expr) ),* $(,)?
        })?
        $(id $id:literal)? version $version:literal can $can:literal $(shows $persons:expr)?
    ) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $out {
            $(#[doc = $id])?
            pub id: $crate::db::Id,
            $( $(#[$field_meta])* pub $field: $type, )*
            $($( $(#[$name_meta])* pub $name: $name_type, )*)?
            #[doc = $version]
            pub version: i64,
            pub created_at: $crate::db::Instant,
            pub updated_at: $crate::db::Instant,
            #[doc = $can]
            pub can: Vec<String>,
            /// What the rules said about this write; in answers to writes only.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub findings: Option<Vec<$crate::http::FindingOut>>,
        }

        impl $crate::auth::Shown for $of {
            type Out = $out;
            $( const SHOWS_PUPILS: bool = $crate::out!(@pupils $persons); )?
            const NAMES: &'static [$crate::db::NameOf] = &[$($( $crate::db::NameOf::$name_of ),*)?];

            $(
                fn persons(&self) -> Vec<$crate::auth::access_log::SeenPerson> {
                    let $thing = self;
                    $persons.into_iter().collect()
                }
            )?

            $(
                fn asks(&self, $by: &$crate::auth::Actor, asked: &mut $crate::db::Asked) {
                    let $thing = self;
                    let _ = ($thing, $by);
                    $( asked.of($crate::db::NameOf::$name_of, $named); )*
                }
            )?

            fn changed_at(&self) -> Option<$crate::db::Instant> {
                Some(self.updated_at)
            }

            fn shown_to(&self, $by: &$crate::auth::Actor, names: &$crate::db::Names) -> $out {
                let $thing = self;
                let _ = names;
                $out {
                    id: $thing.id,
                    $( $field: $crate::out!(@value $thing, $field $(, $value)?), )*
                    $($(
                        $name: <$name_type as $crate::db::NameField>::named(
                            names, $crate::db::NameOf::$name_of, $named,
                        ),
                    )*)?
                    version: $thing.version,
                    created_at: $thing.created_at,
                    updated_at: $thing.updated_at,
                    can: $thing.can($by).into_iter().map(str::to_owned).collect(),
                    findings: None,
                }
            }
        }
    };
    (@pupils $persons:expr) => { true };
    (@value $thing:ident, $field:ident) => { $thing.$field.clone() };
    (@value $thing:ident, $field:ident, $value:expr) => { $value };
}

/// What a list may be narrowed to, all of it optional: `filter! { pub struct CourseFilter { state: AnyOf<CourseState> }
/// }`. Behind it, `sorted by CodeSort` says how it may be ordered, and `polled by TimeSort` that it also takes
/// `updated_since`.
#[macro_export]
macro_rules! filter {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty ),* $(,)? }
        polled by $sort:ty
    ) => {
        $crate::filter! {
            $(#[$meta])*
            pub struct $name {
                $( $(#[$field_meta])* $field: $type, )*
                /// Only what was entered or changed at this instant or later.
                updated_since: $crate::db::Instant,
            }
            sorted by $sort
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty ),* $(,)? }
        sorted by $sort:ty
    ) => {
        $crate::filter! {
            $(#[$meta])*
            pub struct $name {
                $( $(#[$field_meta])* $field: $type, )*
                /// In which order; a cursor goes on in its own.
                sort: $sort,
            }
        }

        impl $crate::http::Sorted for $name {
            fn sort(&self) -> $crate::http::Sort {
                self.sort.unwrap_or_default().into()
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty ),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            $( $(#[$field_meta])* #[param(inline)] pub $field: Option<$type>, )*
        }
    };
}

/// A body: what it does not know is refused.
#[macro_export]
macro_rules! body {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty ),* $(,)? }
    ) => {
        #[derive(Debug, Clone, serde::Deserialize, validator::Validate, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name { $( $(#[$field_meta])* pub $field: $type ),* }
    };
}
