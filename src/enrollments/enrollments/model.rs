//! An enrollment: its states, its verbs, and who may call them.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use super::drawn::{DrawOutcome, DrawTier};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::{ApplyForProjects, Permission, SignAgreements};
use crate::auth::{Actor, Role};
use crate::db::{Id, Instant, Resource};
use crate::http::{AnyOf, TimeSort};
use crate::rules::document::Season;
use crate::students::guardianships::{Right, Rights};
use crate::values::identifiers::SchoolYear;
use crate::values::iso_date;
use crate::{body, filter, life, resource, row, text_enum};

text_enum! {
    /// Where an enrollment stands 报名状态. Nobody is rejected (二.2). Other states may come.
    pub enum EnrollmentState {
        /// 已报名
        Applied = "applied",
        /// 已分配名额
        Allocated = "allocated",
        /// 候补
        Waitlisted = "waitlisted",
        /// 名额待确认
        Offered = "offered",
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
    /// How it was entered 报名方式. Other ways may come.
    pub enum EnrollmentSource {
        /// 家长在线
        Online = "online",
        /// 纸质申请
        Paper = "paper",
        /// 停开项目转入
        Transfer = "transfer",
    }
}

text_enum! {
    /// Why it ended 结束原因. Other reasons may come.
    pub enum EnrollmentEnd {
        /// 家长退出
        Guardian = "guardian",
        /// 改为参加候补到的项目
        PlaceChanged = "place_changed",
        /// 候补到的名额逾期未确认
        OfferLapsed = "offer_lapsed",
        /// 更靠前的志愿已实现
        BetterWish = "better_wish",
        /// 抽签取消
        DrawCancelled = "draw_cancelled",
        /// 纸质材料未通过复核
        PaperRefused = "paper_refused",
        /// 年级更正，不再属于项目的服务对象
        GradeCorrected = "grade_corrected",
        /// 项目不再开设
        NotOffered = "not_offered",
        /// 未达到开班人数，项目停开
        ProjectClosed = "project_closed",
        /// 学校撤回方案
        PlanWithdrawn = "plan_withdrawn",
        /// 学生离校
        LeftSchool = "left_school",
        /// 重复记录合并
        Merged = "merged",
        /// 学期结束
        TermOver = "term_over",
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
        matches!(self, Self::Offered | Self::Allocated | Self::Active)
    }

    /// Whether the pupil has a place, so that nothing else fits at the same hours: waiting takes no time, nor does a
    /// seat that is offered and not accepted yet.
    #[must_use]
    pub const fn takes_time(self) -> bool {
        self.stands() && !matches!(self, Self::Waitlisted | Self::Offered)
    }

    /// How far it has come, for a merge that keeps one of two.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Withdrawn | Self::Declined => 0,
            Self::Applied => 1,
            Self::Waitlisted => 2,
            Self::Offered => 3,
            Self::Allocated => 4,
            Self::Active => 5,
            Self::Completed => 6,
        }
    }
}

life! {
    /// What is called on an enrollment, by a guardian who has the right.
    pub EnrollmentVerb of EnrollmentState, "enrollments" {
        Accept = "accept" by ApplyForProjects { Offered => Allocated }
        Sign = "sign" by SignAgreements { Allocated => Active }
        Withdraw = "withdraw" by ApplyForProjects { Applied | Allocated | Waitlisted | Offered | Active => Withdrawn }
    }
}

impl EnrollmentVerb {
    /// The right of a guardian that it needs.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::Sign => Right::Sign,
            Self::Accept | Self::Withdraw => Right::Choose,
        }
    }

    /// Whether a role may call it at all.
    #[must_use]
    pub fn is_for(self, role: Role) -> bool {
        match self {
            Self::Sign => SignAgreements::reach(role).is_some(),
            Self::Accept | Self::Withdraw => ApplyForProjects::reach(role).is_some(),
        }
    }
}

row! {
    /// The row of an enrollment.
    pub struct EnrollmentRow of enrollments {
        id: Id,
        student_id: Id,
        person_id: Id,
        school_id: Id,
        plan_id: Id,
        project_id: Id,
        school_year: String,
        season: Season,
        state: EnrollmentState,
        source: EnrollmentSource,
        /// Who entered it from paper, or has closed the project that the pupil was in.
        entered_by_id: Option<Id>,
        /// What the guardian had been told when it chose …
        notice_id: Id,
        /// … and of which filing.
        filing_id: Id,
        /// Since when it is to be signed again, because what is offered has changed.
        terms_changed_on: Option<Date>,
        /// Why it ended; none where it stands, or ended before this was kept.
        #[serde(skip_serializing_if = "Option::is_none")]
        ended_because: Option<EnrollmentEnd>,
        /// From which day the pupil takes part and owes: the one that its guardian stated, that of the first signature,
        /// or its first at the school, whichever is the last. Until it is signed, what was stated; none where that was
        /// before this was kept.
        #[serde(skip_serializing_if = "Option::is_none")]
        joins_on: Option<Date>,
        /// Since when the pupil's grade is none that the project is for.
        #[serde(skip_serializing_if = "Option::is_none")]
        unfit_on: Option<Date>,
        /// The last day on which the seat that is offered can be accepted; none once it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        offer_ends_on: Option<Date>,
        /// The rank of a wish whose seats are drawn: the first is 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        wish: Option<i32>,
        /// Before whom it came in the draw …
        #[serde(skip_serializing_if = "Option::is_none")]
        draw_tier: Option<DrawTier>,
        /// … its number among the wishes for its project …
        #[serde(skip_serializing_if = "Option::is_none")]
        draw_number: Option<i32>,
        /// … and what was drawn; it stays, whatever becomes of the enrollment.
        #[serde(skip_serializing_if = "Option::is_none")]
        draw_outcome: Option<DrawOutcome>,
        /// The paper by which it was entered.
        #[serde(skip_serializing_if = "Option::is_none")]
        paper_form_id: Option<Id>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

impl EnrollmentRow {
    /// Withdraws it for a reason.
    pub(super) fn end(&mut self, why: EnrollmentEnd) {
        self.state = EnrollmentState::Withdrawn;
        self.ended_because = Some(why);
    }
}

/// An enrollment with the path of its school and its agreement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Enrollment {
    #[serde(flatten)]
    pub row: EnrollmentRow,
    pub agreement_id: Option<Id>,
    pub path: String,
}

resource!(Enrollment { row: EnrollmentRow, path }, "enrollment", "enrollments");

impl Enrollment {
    /// Whether its state allows a verb to a role, whatever its rights.
    #[must_use]
    pub fn is_open_to(&self, role: Role) -> bool {
        !EnrollmentVerb::such(self.state, |verb| verb.is_for(role)).is_empty()
    }

    /// The verbs that `actor` may call by the rights that it holds.
    #[must_use]
    pub fn can(&self, actor: &Actor, held: &Rights) -> Vec<&'static str> {
        let may = |verb: EnrollmentVerb| verb.is_for(actor.role) && held.contains(&(self.person_id, verb.right()));
        EnrollmentVerb::such(self.state, may)
    }

    /// The person, and the school where it was seen, as the access log keeps it.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        SeenPerson { person_id: self.person_id, school_id: Some(self.school_id) }
    }
}

/// An enrollment with what is shown of it beside its row.
#[derive(Debug, Clone, Serialize)]
pub struct With<T> {
    #[serde(flatten)]
    pub enrollment: Enrollment,
    #[serde(skip)]
    pub with: T,
}

/// With the verbs that its caller may call now: its rights are asked of the database.
pub type Callable = With<Vec<&'static str>>;

impl Callable {
    /// The verbs that its caller may call now.
    #[must_use]
    pub fn can(&self, _caller: &Actor) -> Vec<&'static str> {
        self.with.clone()
    }
}

impl<T> Deref for With<T> {
    type Target = Enrollment;

    fn deref(&self) -> &Enrollment {
        &self.enrollment
    }
}

impl<T: Clone> Resource for With<T> {
    type Row = EnrollmentRow;
    const NOUN: &'static str = Enrollment::NOUN;
    const PLURAL: &'static str = Enrollment::PLURAL;

    fn row(&self) -> &EnrollmentRow {
        &self.enrollment.row
    }

    fn row_mut(&mut self) -> &mut EnrollmentRow {
        &mut self.enrollment.row
    }

    fn path(&self) -> &str {
        &self.enrollment.path
    }
}

/// What a guardian says of a project. Other choices may come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrollmentChoice {
    /// 报名
    #[default]
    Apply,
    /// 不参加: a "no" that is kept.
    Declined,
}

body! {
    /// A guardian's choice of a project for its child.
    pub struct EnrollmentIn {
        /// The pupil, as its school has entered it.
        student_id: Id,
        /// A project of a published notice.
        project_id: Id,
        /// `apply` if it is left out.
        #[serde(default)]
        choice: EnrollmentChoice,
        /// The first day on which the pupil is to take part, if not from the signature on; not before today.
        #[serde(default, with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        joins_on: Option<Date>,
    }
}

filter! {
    /// Which enrollments a list holds.
    pub struct EnrollmentFilter {
        /// Only enrollments of this pupil.
        student_id: Id,
        /// Only enrollments in this project.
        project_id: Id,
        /// Only enrollments in projects of this plan.
        plan_id: Id,
        /// Only enrollments in one of these states.
        state: AnyOf<EnrollmentState>,
        /// Only of this school.
        school_id: Id,
        /// Only of pupils who are in this class now.
        class_id: Id,
        /// Only of schools of this authority.
        authority_id: Id,
        /// Only of this school year.
        school_year: SchoolYear,
        /// Only of this season.
        season: Season,
    }
    polled by TimeSort
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
    /// From which day the pupil owes, as the agreement says; null where it was signed before agreements said so.
    pub joins_on: Option<Date>,
}

impl Payable {
    /// From which day the pupil owes. Who signed before agreements said so owes the term, as was agreed then.
    #[must_use]
    pub fn owes_from(&self) -> Date {
        self.joins_on.unwrap_or(Date::MIN)
    }
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
            (EnrollmentState::Offered, vec!["accept", "withdraw"]),
            (EnrollmentState::Active, vec!["withdraw"]),
            (EnrollmentState::Completed, vec![]),
            (EnrollmentState::Withdrawn, vec![]),
            (EnrollmentState::Declined, vec![]),
        ];
        for (state, verbs) in table {
            assert_eq!(EnrollmentVerb::possible(state), verbs, "{state:?}");
        }
    }
}
