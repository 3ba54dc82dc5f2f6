//! The roles, who may grant which, and where each can be held.

use super::organisations::OrganisationKind;
use crate::text_enum;

text_enum! {
    /// What somebody acts as. Other roles may come.
    pub enum Role {
        /// 平台管理员: sets the platform up; sees no pupil data.
        PlatformAdmin = "platform_admin",
        /// 教育主管部门: an authority and its subtree.
        Bureau = "bureau",
        /// 学校管理员: files plans, manages the school's staff accounts.
        SchoolAdmin = "school_admin",
        /// 学校财务: charges, payments, expenses.
        SchoolFinance = "school_finance",
        /// 教师: own groups.
        Teacher = "teacher",
        /// 家长: own children.
        Guardian = "guardian",
        /// 公益组织、社会机构: own engagements.
        Partner = "partner",
        /// 对接系统: a machine; reads unless more is granted.
        Integration = "integration",
    }
}

impl Role {
    /// The kind of organisation where the role is held; none for the platform's own roles and for guardians.
    #[must_use]
    pub const fn held_at(self) -> Option<OrganisationKind> {
        match self {
            Self::PlatformAdmin | Self::Guardian => None,
            Self::Bureau | Self::Integration => Some(OrganisationKind::Authority),
            Self::SchoolAdmin | Self::SchoolFinance | Self::Teacher => Some(OrganisationKind::School),
            Self::Partner => Some(OrganisationKind::Partner),
        }
    }

    /// Whether a second person confirms what one gave: what shows pupils or money, and what gives accounts and roles.
    /// So nobody reaches pupils' data by an account of their own making, nor makes themselves a second person.
    #[must_use]
    pub const fn needs_second(self) -> bool {
        match self {
            Self::PlatformAdmin | Self::Bureau | Self::SchoolAdmin | Self::SchoolFinance => true,
            // Who sees groups, children or engagements of their own, as others have entered them; a machine sees none.
            Self::Teacher | Self::Guardian | Self::Partner | Self::Integration => false,
        }
    }

    /// The roles that holders of this one may grant, within their scope.
    #[must_use]
    pub const fn may_grant(self) -> &'static [Self] {
        match self {
            Self::PlatformAdmin => Self::ALL,
            Self::Bureau => {
                &[Self::Bureau, Self::SchoolAdmin, Self::SchoolFinance, Self::Teacher, Self::Partner, Self::Integration]
            }
            Self::SchoolAdmin => &[Self::SchoolAdmin, Self::SchoolFinance, Self::Teacher],
            Self::SchoolFinance | Self::Teacher | Self::Guardian | Self::Partner | Self::Integration => &[],
        }
    }
}
