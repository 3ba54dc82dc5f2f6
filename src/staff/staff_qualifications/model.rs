//! A qualification, and what must go together.

use time::Date;

use crate::auth::{Actor, Standing};
use crate::db::{Id, Instant, Placed};
use crate::refusal::{Fault, Refusal};
use crate::values::iso_date;
use crate::values::text::Line;
use crate::{body, filter, life, row, text_enum};

text_enum! {
    /// Kind of certificate 证书类别. Other kinds may come.
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

life! {
    /// What is called on a qualification.
    pub StaffQualificationVerb of Standing, "staff-qualifications" {
        Delete = "delete" by ManageStaff { Standing => same }
    }
}

row! {
    /// The row of a qualification.
    pub struct StaffQualificationRow of staff_qualifications, "staff-qualification", "staff-qualifications" {
        id: Id,
        school_id: Id,
        staff_member_id: Id,
        kind: QualificationKind,
        number: String,
        issuer: String,
        #[diesel(column_name = valid_from_on)]
        valid_from: Date,
        #[diesel(column_name = valid_until_on)]
        valid_until: Option<Date>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A qualification with the path of its school.
pub type StaffQualification = Placed<StaffQualificationRow>;

impl StaffQualification {
    /// The verbs that `by` may call now.
    #[must_use]
    pub fn can(&self, by: &Actor) -> Vec<&'static str> {
        StaffQualificationVerb::can(by, Standing::Standing, &self.path)
    }
}

body! {
    /// A qualification of a member of staff, as it is entered.
    pub struct StaffQualificationIn {
        /// Of which member of staff.
        staff_member_id: Id,
        kind: QualificationKind,
        /// Number of the certificate 证书编号.
        #[schema(inline)]
        number: Line<1, 60>,
        /// Who issued it 发证机关.
        #[schema(inline)]
        issuer: Line<2, 80>,
        /// First day.
        #[serde(with = "iso_date")]
        valid_from: Date,
        /// Last day; null if it has no end.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        valid_until: Option<Date>,
    }
}

impl StaffQualificationIn {
    /// Whether its days go together.
    ///
    /// # Errors
    /// 422 for a last day before the first.
    pub fn check(&self) -> Result<(), Refusal> {
        match self.valid_until {
            Some(last) if last < self.valid_from => Err(Refusal::field("/valid_until", Fault::EndsBeforeStart)),
            _ => Ok(()),
        }
    }
}

filter! {
    /// Which qualifications a list holds.
    pub struct StaffQualificationFilter {
        /// Only those of this school.
        school_id: Id,
        /// Only those of this member of staff.
        staff_member_id: Id,
    }
}
