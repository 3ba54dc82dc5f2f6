//! SQL of opinions.

use diesel::prelude::*;

use super::model::{CommitteeOpinionFilter, CommitteeOpinionRow};
use crate::db::schema::committee_opinions;
use crate::{seen, stored};

stored!(once committee_opinions, CommitteeOpinionRow);

seen!(committee_opinions, CommitteeOpinionRow, CommitteeOpinionFilter { plan_id, school_id });
