//! SQL of records.

use diesel::prelude::*;

use super::model::{SafetyEducationRecordFilter, SafetyEducationRecordRow};
use crate::db::schema::safety_education_records;
use crate::{seen, stored};

stored!(once safety_education_records, SafetyEducationRecordRow);

seen!(safety_education_records, SafetyEducationRecordRow, SafetyEducationRecordFilter { school_id });
