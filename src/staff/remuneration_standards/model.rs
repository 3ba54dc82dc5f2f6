//! A standard, and what must go together.

use serde::Serialize;
use time::Date;

use crate::db::{Id, Instant};

/// The row of a standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::remuneration_standards, check_for_backend(crate::db::MultiBackend))]
pub struct RemunerationStandardRow {
    pub id: Id,
    pub school_id: Id,
    pub item: String,
    pub amount_fen: i64,
    pub document: String,
    pub starts_on: Date,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A standard with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemunerationStandard {
    #[serde(flatten)]
    pub row: RemunerationStandardRow,
    pub path: String,
}

/// What a standard is made from.
#[derive(Debug, Clone)]
pub struct NewRemunerationStandard {
    pub school_id: Id,
    pub item: String,
    pub amount_fen: i64,
    pub document: String,
    pub starts_on: Date,
}
