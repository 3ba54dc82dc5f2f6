//! A member of staff of a school: its row, its states, and what each allows.

use serde::Serialize;
use time::Date;

use crate::auth::batch::BatchRow;
use crate::db::{Id, Instant};
use crate::http::{AnyOf, NameSort};
use crate::rules::document::StaffKind;
use crate::values::identifiers::{IdNumber, Phone};
use crate::values::iso_date;
use crate::values::later::Later;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Whether somebody works there 在岗状态. Other states may come.
    pub enum StaffState {
        /// 在岗
        Active = "active",
        /// 离岗
        Left = "left",
    }
}

life! {
    /// What is called on a member of staff.
    pub StaffMemberVerb of StaffState, "staff-members" for StaffMember {
        Update = "update" by ManageStaff { Active => same }
        Leave = "leave" by ManageStaff { Active => Left }
    }
}

row! {
    /// The row of a member of staff.
    pub struct StaffMemberRow of staff_members {
        id: Id,
        school_id: Id,
        kind: StaffKind,
        name: String,
        #[serde(skip)]
        id_number_sealed: Option<String>,
        id_number_hash: Option<String>,
        #[serde(skip)]
        phone_sealed: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<Id>,
        subject: Option<String>,
        state: StaffState,
        entered_on: Date,
        left_on: Option<Date>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A member of staff with its numbers, which whoever shows them masks, and the path of its school.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StaffMember {
    #[serde(flatten)]
    pub row: StaffMemberRow,
    #[serde(skip)]
    pub id_number: Option<IdNumber>,
    #[serde(skip)]
    pub phone: Option<Phone>,
    pub path: String,
}

resource!(StaffMember { row: StaffMemberRow, path }, "staff-member", "staff-members");

body! {
    /// A member of staff, as it is entered or replaced.
    pub struct StaffMemberIn {
        /// Stays as it was entered.
        school_id: Id,
        kind: StaffKind,
        #[schema(inline)]
        name: Line<1, 60>,
        /// ID number 公民身份号码, sealed at rest and masked in answers. Null keeps what is known.
        #[schema(inline)]
        id_number: Option<IdNumber>,
        /// Sealed at rest and masked in answers. Null keeps what is known.
        #[schema(inline)]
        phone: Option<Phone>,
        /// Subject 任教学科; null for none.
        #[schema(inline)]
        subject: Option<Line<1, 40>>,
        /// First day.
        #[serde(with = "iso_date")]
        entered_on: Date,
        /// The account of the person at this school, by which it sees the groups that it leads; one account for one.
        #[schema(inline)]
        #[serde(default)]
        user_id: Later<Id>,
    }
}

impl BatchRow for StaffMemberIn {
    /// Who has the same number is the same person.
    fn same_by(&self) -> Option<(&'static str, String)> {
        let number = self.id_number.as_ref()?;
        Some(("/id_number", format!("{} {}", self.school_id, number.reveal())))
    }

    fn turn(&self) -> Id {
        self.school_id
    }
}

body! {
    /// When a member of staff left.
    pub struct StaffLeaveIn {
        /// Last day; not before the first, not after today.
        #[serde(with = "iso_date")]
        left_on: Date,
    }
}

filter! {
    /// Which members of staff a list holds.
    pub struct StaffMemberFilter {
        /// Only those of this school.
        school_id: Id,
        /// Only those of this kind.
        kind: StaffKind,
        /// Only those in one of these states.
        state: AnyOf<StaffState>,
        /// Only of schools of this authority.
        authority_id: Id,
        /// Beginning of the name, or of the initials of its pinyin; letters in either case.
        q: Line<1, 32>,
    }
    polled by NameSort
}
