//! An enrollment: its states, its verbs, and who may call them.

use serde::Serialize;
use time::Date;

use crate::auth::access_log::SeenPerson;
use crate::auth::permission::{ApplyForProjects, Permission, SignAgreements};
use crate::auth::{Actor, Role};
use crate::db::{Id, Instant};
use crate::rules::document::Season;
use crate::students::guardianships::{Right, Rights};
use crate::text_enum;

text_enum! {
    /// 报名状态. Nobody is rejected (二.2). Other states may come.
    pub enum EnrollmentState {
        /// 已报名
        Applied = "applied",
        /// 已分配名额
        Allocated = "allocated",
        /// 候补
        Waitlisted = "waitlisted",
        /// 已签协议，参加中
        Active = "active",
        /// 已完成
        Completed = "completed",
        /// 已退出
        Withdrawn = "withdrawn",
        /// 不参加
        Declined = "declined",
    }
}

text_enum! {
    /// 报名方式. Other ways may come.
    pub enum EnrollmentSource {
        /// 家长在线
        Online = "online",
        /// 纸质申请
        Paper = "paper",
    }
}

impl EnrollmentState {
    /// Whether it counts as the person's one enrollment in the project.
    #[must_use]
    pub const fn stands(self) -> bool {
        !matches!(self, Self::Withdrawn | Self::Declined)
    }

    /// Whether it can still be withdrawn.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.stands() && !matches!(self, Self::Completed)
    }

    /// Whether it holds one of the project's seats.
    #[must_use]
    pub const fn holds_seat(self) -> bool {
        matches!(self, Self::Allocated | Self::Active)
    }

    /// How far it has come, for a merge that keeps one of two.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Withdrawn | Self::Declined => 0,
            Self::Applied => 1,
            Self::Waitlisted => 2,
            Self::Allocated => 3,
            Self::Active => 4,
            Self::Completed => 5,
        }
    }

    /// The verbs that this state allows.
    #[must_use]
    pub const fn verbs(self) -> &'static [EnrollmentVerb] {
        match self {
            Self::Allocated => &[EnrollmentVerb::Sign, EnrollmentVerb::Withdraw],
            Self::Applied | Self::Waitlisted | Self::Active => &[EnrollmentVerb::Withdraw],
            Self::Completed | Self::Withdrawn | Self::Declined => &[],
        }
    }
}

/// A verb on an enrollment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrollmentVerb {
    Sign,
    Withdraw,
}

impl EnrollmentVerb {
    /// The last segment of its path.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Withdraw => "withdraw",
        }
    }

    /// The right of a guardian that it needs.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::Sign => Right::Sign,
            Self::Withdraw => Right::Choose,
        }
    }

    /// Whether a role may call it at all.
    #[must_use]
    pub fn is_for(self, role: Role) -> bool {
        match self {
            Self::Sign => SignAgreements::reach(role).is_some(),
            Self::Withdraw => ApplyForProjects::reach(role).is_some(),
        }
    }
}

/// What a guardian says of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Apply,
    Decline,
}

/// The row of an enrollment.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::enrollments, check_for_backend(crate::db::MultiBackend))]
#[diesel(treat_none_as_default_value = false)]
pub struct EnrollmentRow {
    pub id: Id,
    pub student_id: Id,
    pub person_id: Id,
    pub school_id: Id,
    pub plan_id: Id,
    pub project_id: Id,
    pub school_year: String,
    pub season: Season,
    pub state: EnrollmentState,
    pub source: EnrollmentSource,
    /// Who entered it from paper.
    pub entered_by_id: Option<Id>,
    /// What the guardian had been told when it chose …
    pub notice_id: Id,
    /// … and of which filing.
    pub filing_id: Id,
    /// Since when it is to be signed again, because what is offered has changed.
    pub terms_changed_on: Option<Date>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// An enrollment with the path of its school and its agreement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Enrollment {
    #[serde(flatten)]
    pub row: EnrollmentRow,
    pub agreement_id: Option<Id>,
    pub path: String,
}

impl Enrollment {
    /// The verbs that its state allows to a role.
    #[must_use]
    pub fn possible(&self, actor: &Actor) -> Vec<EnrollmentVerb> {
        self.row.state.verbs().iter().copied().filter(|verb| verb.is_for(actor.role)).collect()
    }

    /// The verbs that `actor` may call by the rights that it holds.
    #[must_use]
    pub fn can(&self, actor: &Actor, held: &Rights) -> Vec<&'static str> {
        let may = |verb: &EnrollmentVerb| held.contains(&(self.row.person_id, verb.right()));
        self.possible(actor).into_iter().filter(may).map(EnrollmentVerb::as_str).collect()
    }

    /// The refusal of a verb that its state does not allow.
    #[must_use]
    pub fn allows(&self, verb: EnrollmentVerb) -> bool {
        self.row.state.verbs().contains(&verb)
    }

    /// The person, and the school where it was seen, as the access log keeps it.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.row.person_id, school_id: Some(self.row.school_id) }
    }
}

/// What is charged for: an enrollment whose agreement is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payable {
    pub enrollment_id: Id,
    pub student_id: Id,
    pub project_id: Id,
    pub plan_id: Id,
    pub school_id: Id,
    /// What was signed.
    pub filing_id: Id,
    pub agreement_sha256: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_verbs() {
        let table = [
            (EnrollmentState::Applied, vec!["withdraw"]),
            (EnrollmentState::Allocated, vec!["sign", "withdraw"]),
            (EnrollmentState::Waitlisted, vec!["withdraw"]),
            (EnrollmentState::Active, vec!["withdraw"]),
            (EnrollmentState::Completed, vec![]),
            (EnrollmentState::Withdrawn, vec![]),
            (EnrollmentState::Declined, vec![]),
        ];
        for (state, verbs) in table {
            let possible: Vec<&str> = state.verbs().iter().map(|verb| verb.as_str()).collect();
            assert_eq!(possible, verbs, "{state:?}");
        }
    }
}
