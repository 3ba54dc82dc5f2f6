//! An authority, its level, and what may be done with it.

use serde::Serialize;

use crate::auth::Standing;
use crate::db::{Id, Instant};
use crate::values::identifiers::{AuthorityCode, PublicPhone};
use crate::values::later::Later;
use crate::values::text::Line;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Where an authority stands 层级. Other levels may come.
    pub enum AuthorityLevel {
        /// 省
        Province = "province",
        /// 市
        City = "city",
        /// 县（市、区）
        District = "district",
        /// 功能区: without a code of its own in GB/T 2260, so it may have a local one.
        FunctionalArea = "functional_area",
    }
}

impl AuthorityLevel {
    /// The level right above; none above a province.
    #[must_use]
    pub const fn above(self) -> Option<Self> {
        match self {
            Self::Province => None,
            Self::City => Some(Self::Province),
            Self::District | Self::FunctionalArea => Some(Self::City),
        }
    }
}

life! {
    /// What is called on an authority.
    pub AuthorityVerb of Standing, "authorities" for Authority {
        Update = "update" by ManageAuthorities { Standing => same }
    }
}

row! {
    /// The row of an authority.
    pub struct AuthorityRow of authorities {
        id: Id,
        level: AuthorityLevel,
        complaint_office: Option<String>,
        complaint_phone: Option<String>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// An authority with its node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable)]
pub struct Authority {
    #[serde(flatten)]
    pub row: AuthorityRow,
    pub code: String,
    pub name: String,
    pub parent_id: Option<Id>,
    pub path: String,
}

resource!(Authority { row: AuthorityRow, path }, "authority", "authorities");

impl AuthorityRow {
    /// Takes over to whom guardians complain.
    pub(super) fn takes_complaints_as(&mut self, said: &AuthorityIn) {
        let (office, phone) = (self.complaint_office.take(), self.complaint_phone.take());
        self.complaint_office = said.complaint_office.over(office, |office| office.as_str().to_owned());
        self.complaint_phone = said.complaint_phone.over(phone, |phone| phone.as_str().to_owned());
    }
}

filter! {
    /// Which authorities a list holds.
    pub struct AuthorityFilter {
        /// Only authorities of this level.
        level: AuthorityLevel,
        /// Only authorities right below this one.
        parent_id: Id,
        /// Only the authority of this code.
        code: AuthorityCode,
    }
}

body! {
    /// An authority, as it is created or replaced.
    pub struct AuthorityIn {
        /// GB/T 2260 (`430602`), or for a functional area a local code (`4306L1`). Stays as it was created.
        #[schema(inline)]
        code: AuthorityCode,
        /// Shown to schools and guardians.
        #[schema(inline)]
        name: Line<2, 60>,
        /// Stays as it was created.
        level: AuthorityLevel,
        /// The authority right above; null for a province. Stays as it was created.
        parent_id: Option<Id>,
        /// Office for complaints 受理投诉的科室: who takes what guardians complain of; null where the authority above does.
        #[schema(inline)]
        #[serde(default)]
        complaint_office: Later<Line<1, 60>>,
        /// Telephone for complaints 监督投诉电话: stands on the pages that everybody may read.
        #[schema(inline)]
        #[serde(default)]
        complaint_phone: Later<PublicPhone>,
    }
}

/// Whether a code is one of GB/T 2260 (`430602`), or, for a functional area, a local one: the city's four digits, `L`
/// and a digit (`4306L1`).
#[must_use]
pub fn is_code_of(level: AuthorityLevel, code: &str) -> bool {
    let bytes = code.as_bytes();
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let Some((city, rest)) = bytes.split_at_checked(4) else { return false };
    match (level, rest) {
        (_, [_, _]) if digits(bytes) => match level {
            AuthorityLevel::Province => code.ends_with("0000"),
            AuthorityLevel::City => code.ends_with("00") && !code.ends_with("0000"),
            AuthorityLevel::District | AuthorityLevel::FunctionalArea => !code.ends_with("00"),
        },
        (AuthorityLevel::FunctionalArea, [b'L', digit]) => digits(city) && digit.is_ascii_digit(),
        _ => false,
    }
}

/// Whether an authority of `code` can stand below one of `parent`: provinces share two digits, cities four.
#[must_use]
pub fn is_below(code: &str, parent: &str) -> bool {
    let shared = if parent.ends_with("0000") { 2 } else { 4 };
    matches!((code.get(..shared), parent.get(..shared)), (Some(one), Some(other)) if one == other)
}

/// What the service brings along: Yueyang's authorities, code, name and level (clauses: closing article; the policy's
/// own city). Two functional areas have no code in GB/T 2260.
pub const BUILT_IN: [(&str, &str, AuthorityLevel); 14] = [
    ("430000", "湖南省教育厅", AuthorityLevel::Province),
    ("430600", "岳阳市教育体育局", AuthorityLevel::City),
    ("430602", "岳阳楼区教育主管部门", AuthorityLevel::District),
    ("430603", "云溪区教育主管部门", AuthorityLevel::District),
    ("430611", "君山区教育主管部门", AuthorityLevel::District),
    ("430621", "岳阳县教育主管部门", AuthorityLevel::District),
    ("430623", "华容县教育主管部门", AuthorityLevel::District),
    ("430624", "湘阴县教育主管部门", AuthorityLevel::District),
    ("430626", "平江县教育主管部门", AuthorityLevel::District),
    ("430681", "汨罗市教育主管部门", AuthorityLevel::District),
    ("430682", "临湘市教育主管部门", AuthorityLevel::District),
    ("430671", "屈原管理区教育主管部门", AuthorityLevel::FunctionalArea),
    ("4306L1", "岳阳经济技术开发区教育主管部门", AuthorityLevel::FunctionalArea),
    ("4306L2", "南湖新区教育主管部门", AuthorityLevel::FunctionalArea),
];

#[cfg(test)]
mod tests {
    use super::*;
    use AuthorityLevel::{City, District, FunctionalArea, Province};

    #[test]
    fn a_code_goes_with_its_level() {
        for (level, code, fits) in [
            (Province, "430000", true),
            (Province, "430600", false),
            (City, "430600", true),
            (City, "430000", false),
            (District, "430602", true),
            (District, "430600", false),
            (District, "4306L1", false),
            (FunctionalArea, "4306L1", true),
            (FunctionalArea, "430671", true),
            (FunctionalArea, "43L001", false),
            (District, "43060", false),
            (District, "岳阳", false),
        ] {
            assert_eq!(is_code_of(level, code), fits, "{level:?} {code}");
        }
    }

    #[test]
    fn an_authority_stands_below_the_one_whose_digits_it_shares() {
        for (code, parent, below) in [
            ("430600", "430000", true),
            ("430602", "430600", true),
            ("4306L1", "430600", true),
            ("430702", "430600", false),
            ("440600", "430000", false),
        ] {
            assert_eq!(is_below(code, parent), below, "{code} {parent}");
        }
    }

    #[test]
    fn what_is_built_in_keeps_its_own_rules() {
        for (code, _, level) in BUILT_IN {
            assert!(is_code_of(level, code), "{code}");
        }
        assert_eq!(BUILT_IN.iter().filter(|(_, _, level)| *level == District).count(), 9);
        assert_eq!(BUILT_IN.iter().filter(|(_, _, level)| *level == FunctionalArea).count(), 3);
    }
}
