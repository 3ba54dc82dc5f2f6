//! In which order a list comes, and where a row stands in it. The orders of a list are an enum of its own, so that the
//! contract names them; all of them are one of these.

use serde::{Deserialize, Serialize};

use crate::db::{Id, Instant};

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortBy {
    /// The order in which rows were entered: that of their ids.
    #[default]
    Entered,
    Updated,
    /// Pinyin of the name.
    Name,
    /// A code or username that is unique.
    Code,
}

/// An order, and its direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub descending: bool,
}

/// A filter that says in which order its list comes.
pub trait Sorted {
    /// The order that was asked for, else that of the list.
    fn sort(&self) -> Sort;
}

/// Where a row stands in the order of its list. A name is no part of it, since cursors stand in addresses: the row
/// tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// By the order in which rows were entered, or by name.
    Row(Id),
    Updated(Instant, Id),
    Code(String),
}

impl Key {
    /// The row that a list by names stands at.
    #[must_use]
    pub const fn row(&self) -> Option<Id> {
        match self {
            Self::Row(id) => Some(*id),
            _ => None,
        }
    }

    /// When the row that a list by changes stands at was changed.
    #[must_use]
    pub const fn updated(&self) -> Option<(Instant, Id)> {
        match self {
            Self::Updated(at, id) => Some((*at, *id)),
            _ => None,
        }
    }

    /// The code that a list by codes stands at; one that looks like an id was read as one.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        match self {
            Self::Code(code) => Some(code.clone()),
            Self::Row(id) => Some(id.to_string()),
            Self::Updated(..) => None,
        }
    }
}

/// The orders of a list: `sorts! { pub enum TimeSort { "created_at" = Entered, … } }`; the first is the one of a list
/// that is not asked for any.
#[macro_export]
macro_rules! sorts {
    (
        $(#[$meta:meta])*
        pub enum $sort:ident {
            $first:ident = $first_word:literal by $first_by:ident $(($first_down:ident))?,
            $( $order:ident = $word:literal by $by:ident $(($down:ident))? ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
        pub enum $sort {
            #[default]
            #[serde(rename = $first_word)]
            $first,
            $( #[serde(rename = $word)] $order, )+
        }

        impl utoipa::PartialSchema for $sort {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let words = [$first_word, $($word),+];
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(words))
                    .default(Some($first_word.into()))
                    .into()
            }
        }

        impl utoipa::ToSchema for $sort {}

        impl From<$sort> for $crate::http::Sort {
            fn from(sort: $sort) -> Self {
                let (by, descending) = match sort {
                    $sort::$first => ($crate::http::SortBy::$first_by, $crate::sorts!(@down $($first_down)?)),
                    $( $sort::$order => ($crate::http::SortBy::$by, $crate::sorts!(@down $($down)?)), )+
                };
                Self { by, descending }
            }
        }
    };
    (@down) => { false };
    (@down descending) => { true };
}

sorts! {
    /// How a list may be ordered by time: as its rows were entered, or as they were last changed.
    pub enum TimeSort {
        Created = "created_at" by Entered,
        CreatedLatest = "-created_at" by Entered (descending),
        Updated = "updated_at" by Updated,
        UpdatedLatest = "-updated_at" by Updated (descending),
    }
}

sorts! {
    /// The same, or by the pinyin of the name: its initials first.
    pub enum NameSort {
        Created = "created_at" by Entered,
        CreatedLatest = "-created_at" by Entered (descending),
        Updated = "updated_at" by Updated,
        UpdatedLatest = "-updated_at" by Updated (descending),
        Name = "name" by Name,
        NameReverse = "-name" by Name (descending),
    }
}

sorts! {
    /// How a list of organisations may be ordered: by code, or by the pinyin of the name, its initials first.
    pub enum CodeSort {
        Code = "code" by Code,
        CodeReverse = "-code" by Code (descending),
        Name = "name" by Name,
        NameReverse = "-name" by Name (descending),
    }
}
