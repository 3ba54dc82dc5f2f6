//! A member of staff of a school: its row, its states, and what each allows.

use serde::Serialize;
use time::Date;

use crate::auth::permission::ManageStaff;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::rules::document::StaffKind;
use crate::text_enum;
use crate::values::identifiers::{IdNumber, Phone};

text_enum! {
    /// 在岗状态. Other states may come.
    pub enum StaffState {
        /// 在岗
        Active = "active",
        /// 离岗
        Left = "left",
    }
}

/// The row of a member of staff. The seals change with every sealing, so the journal hashes the keyed hash instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::staff_members, check_for_backend(crate::db::MultiBackend))]
pub struct StaffMemberRow {
    pub id: Id,
    pub school_id: Id,
    pub kind: StaffKind,
    pub name: String,
    #[serde(skip)]
    pub id_number_sealed: Option<String>,
    pub id_number_hash: Option<String>,
    #[serde(skip)]
    pub phone_sealed: Option<String>,
    pub subject: Option<String>,
    pub state: StaffState,
    pub entered_on: Date,
    pub left_on: Option<Date>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A member of staff with its numbers, which whoever shows them masks, and the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffMember {
    #[serde(flatten)]
    pub row: StaffMemberRow,
    #[serde(skip)]
    pub id_number: Option<IdNumber>,
    #[serde(skip)]
    pub phone: Option<Phone>,
    pub path: String,
}

impl StaffMember {
    /// The verbs that its state allows, whoever calls.
    #[must_use]
    pub fn possible(&self) -> &'static [&'static str] {
        match self.row.state {
            StaffState::Active => &["update", "leave"],
            StaffState::Left => &[],
        }
    }

    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> &'static [&'static str] {
        if Scope::of::<ManageStaff>(actor).holds_path(&self.path) { self.possible() } else { &[] }
    }
}

/// What a member of staff is made from.
#[derive(Debug, Clone)]
pub struct NewStaffMember {
    pub school_id: Id,
    pub kind: StaffKind,
    pub name: String,
    pub id_number: Option<IdNumber>,
    pub phone: Option<Phone>,
    pub subject: Option<String>,
    pub entered_on: Date,
}
