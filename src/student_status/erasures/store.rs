//! SQL of erasures: made once.

use diesel::prelude::*;

use super::model::{ErasureFilter, ErasureRow};
use crate::db::schema::erasures;
use crate::refusal::{Code, Refusal};
use crate::{seen, stored};

stored!(once erasures, ErasureRow, taken => Refusal::of(Code::AlreadyExists).with("field", "person_id"));

seen!(erasures, ErasureRow, ErasureFilter { school_id, cause });
