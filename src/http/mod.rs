//! The HTTP kernel: what every operation shares, and nothing that one of them owns.

mod all_faults;
mod answer;
mod any_of;
pub mod client;
pub mod cors;
pub mod edge;
mod fallback;
mod form;
mod json;
mod language;
mod node;
mod page;
mod pages;
mod path;
mod piped;
mod precondition;
mod problem;
mod query;
mod rows;
mod sort;

pub use self::answer::{Answer, Answered, Download, File, Fixed};
pub use self::any_of::AnyOf;
pub use self::fallback::{Routes, refuse};
pub use self::form::Form;
pub use self::json::{BodyDigest, BodyLimits, Valid, escape, expect_content_type, parse_json};
pub use self::language::Language;
pub use self::page::{CursorSeal, Listing, Note, Page, PageAsk, PageLimit};
pub use self::pages::PageQuery;
pub use self::path::PathId;
pub use self::piped::{Piped, piped};
pub use self::precondition::{IfMatchVersion, KnownTags, entity_tag};
pub use self::problem::{ErrorOut, FindingOut, Problem, errors_out, findings_out};
pub use self::query::{NoQuery, Query, listed};
pub use self::rows::{ROWS_MAX, RowRead, Rows};
pub use self::sort::{CodeSort, Key, NameSort, Sort, SortBy, Sorted, TimeSort};
