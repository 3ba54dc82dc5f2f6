//! SQL of standards.

use diesel::prelude::*;

use super::model::{RemunerationStandardFilter, RemunerationStandardRow};
use crate::db::schema::remuneration_standards;
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(once remuneration_standards, RemunerationStandardRow,
    taken => Refusal::of(Code::AlreadyExists).with("field", "school_id, item, starts_on"));

seen!(remuneration_standards, RemunerationStandardRow, RemunerationStandardFilter { school_id });
