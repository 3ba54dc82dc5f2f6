//! A record, and what must go together.

use serde::Serialize;
use time::Date;

use crate::db::{Id, Instant};

/// The row of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::safety_education_records, check_for_backend(crate::db::MultiBackend))]
pub struct SafetyEducationRecordRow {
    pub id: Id,
    pub school_id: Id,
    pub held_on: Date,
    pub topic: String,
    pub headcount: i64,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A record with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SafetyEducationRecord {
    #[serde(flatten)]
    pub row: SafetyEducationRecordRow,
    pub path: String,
}

/// What a record is made from.
#[derive(Debug, Clone)]
pub struct NewSafetyEducationRecord {
    pub school_id: Id,
    pub held_on: Date,
    pub topic: String,
    pub headcount: i64,
}
