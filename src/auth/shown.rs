//! How a thing is answered: its shape, its tag, its place.

use serde::Serialize;

use super::access_log::SeenPerson;
use super::actor::Actor;
use crate::contract::BASE;
use crate::db::Resource;
use crate::http::Answer;
use crate::refusal::Refusal;

/// A thing with a shape of the contract; [`out!`](crate::out) says it.
pub trait Shown: Resource {
    /// The shape.
    type Out: Serialize + Send + 'static;
    /// Whether it tells of a pupil, so that whoever it is shown to leaves a line in the access log.
    const SHOWS_PUPILS: bool = false;

    /// The thing as `by` sees it.
    fn shown_to(&self, by: &Actor) -> Self::Out;

    /// Of whom it tells.
    fn persons(&self) -> Vec<SeenPerson> {
        Vec::new()
    }
}

/// 200 with a thing.
pub(super) fn shown<T: Shown>(thing: &T, by: &Actor) -> Result<Answer, Refusal> {
    Answer::ok(&thing.shown_to(by), thing.version())
}

/// 201 with a new thing and where it is.
pub(super) fn made<T: Shown>(thing: &T, by: &Actor) -> Result<Answer, Refusal> {
    let place = format!("{BASE}/{}/{}", T::PLURAL, thing.id());
    Answer::created(place, &thing.shown_to(by), thing.version())
}

/// The shape of a thing: its `id`, the fields that are named, then version, times, `can` and the place of findings. A
/// field is that of the row; what is worked out is `= expression`. What tells of pupils says of whom: `shows
/// [student.seen_at()]`. `id`, `version` and `can` may be told in other words.
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
        $(id $id:literal)? $(shows $persons:expr)?
    ) => {
        $crate::out! {
            $(#[$meta])*
            pub struct $out of ($thing, $by): $of {
                $( $(#[$field_meta])* $field: $type $(= $value)? ),*
            }
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
        $(id $id:literal)? can $can:literal $(shows $persons:expr)?
    ) => {
        $crate::out! {
            $(#[$meta])*
            pub struct $out of ($thing, $by): $of {
                $( $(#[$field_meta])* $field: $type $(= $value)? ),*
            }
            $(id $id)?
            version "Counts changes; `If-Match: \"<version>\"` accepts it." can $can $(shows $persons)?
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $out:ident of ($thing:ident, $by:ident): $of:ty {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty $(= $value:expr)? ),* $(,)?
        }
        $(id $id:literal)? version $version:literal can $can:literal $(shows $persons:expr)?
    ) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $out {
            $(#[doc = $id])?
            pub id: $crate::db::Id,
            $( $(#[$field_meta])* pub $field: $type, )*
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

            $(
                fn persons(&self) -> Vec<$crate::auth::access_log::SeenPerson> {
                    let $thing = self;
                    $persons.into_iter().collect()
                }
            )?

            fn shown_to(&self, $by: &$crate::auth::Actor) -> $out {
                let $thing = self;
                $out {
                    id: $thing.id,
                    $( $field: $crate::out!(@value $thing, $field $(, $value)?), )*
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

/// What a list may be narrowed to, all of it optional: `filter! { pub struct CourseFilter { state: CourseState } }`.
#[macro_export]
macro_rules! filter {
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
