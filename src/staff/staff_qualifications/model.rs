//! A qualification, and what must go together.

use serde::Serialize;
use time::Date;

use crate::auth::permission::ManageStaff;
use crate::auth::{Actor, Scope};
use crate::db::{Id, Instant};
use crate::refusal::{Fault, FieldError};
use crate::text_enum;

text_enum! {
    /// 证书类别. Other kinds may come.
    pub enum QualificationKind {
        /// 教师资格证书
        TeacherCertificate = "teacher_certificate",
        /// 教练员资格证书
        Coach = "coach",
        /// 艺术类证书
        Arts = "arts",
        /// 急救证书
        FirstAid = "first_aid",
        /// 其他
        Other = "other",
    }
}

/// The row of a qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::staff_qualifications, check_for_backend(crate::db::MultiBackend))]
pub struct StaffQualificationRow {
    pub id: Id,
    pub school_id: Id,
    pub staff_member_id: Id,
    pub kind: QualificationKind,
    pub number: String,
    pub issuer: String,
    #[diesel(column_name = valid_from_on)]
    pub valid_from: Date,
    #[diesel(column_name = valid_until_on)]
    pub valid_until: Option<Date>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A qualification with the path of its school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffQualification {
    #[serde(flatten)]
    pub row: StaffQualificationRow,
    pub path: String,
}

impl StaffQualification {
    /// The verbs that `actor` may call now.
    #[must_use]
    pub fn can(&self, actor: &Actor) -> Vec<&'static str> {
        if Scope::of::<ManageStaff>(actor).holds_path(&self.path) { vec!["delete"] } else { Vec::new() }
    }
}

/// What a qualification is made from.
#[derive(Debug, Clone)]
pub struct NewStaffQualification {
    pub staff_member_id: Id,
    pub kind: QualificationKind,
    pub number: String,
    pub issuer: String,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
}

impl NewStaffQualification {
    /// Everything that does not go together, all at once.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.valid_until.is_some_and(|last| last < self.valid_from) {
            faults.push(FieldError::new("/valid_until", Fault::EndsBeforeStart));
        }
        faults
    }
}
