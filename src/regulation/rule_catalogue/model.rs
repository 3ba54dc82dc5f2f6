//! The words of the catalogue as the contract has them, and where a parameter comes from.

use serde::Serialize;
use utoipa::ToSchema;

use crate::rules::{Kind, Step};

/// What a rule is. Other kinds may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// Looks at facts and returns findings.
    Rule,
    /// Held by the database too, so that no race can break it.
    Constraint,
    /// A state that cannot be reached otherwise.
    Workflow,
    /// Something kept and reported.
    Record,
    /// Never blocks, opens an item for a supervisor.
    Signal,
}

impl RuleKind {
    /// The kind as the contract has it.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Rule => Self::Rule,
            Kind::Constraint => Self::Constraint,
            Kind::Workflow => Self::Workflow,
            Kind::Record => Self::Record,
            Kind::Signal => Self::Signal,
        }
    }
}

/// The step that a rule can stop, or at which it is asked. Other steps may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleStep {
    /// 报备
    PlanSubmission,
    /// 方案变更
    PlanAmendment,
    /// 开放报名
    OpeningEnrollment,
    /// 报名
    Enrollment,
    /// 确认分组
    GroupConfirmation,
    /// 安排服务
    SessionCreation,
    /// 开始服务
    SessionStart,
    /// 结束服务
    SessionClosing,
    /// 学生离开
    Departure,
    /// 收费
    Charge,
    /// 发放报酬
    Payout,
}

impl RuleStep {
    /// The step as the contract has it.
    #[must_use]
    pub const fn of(step: Step) -> Self {
        match step {
            Step::PlanSubmission => Self::PlanSubmission,
            Step::PlanAmendment => Self::PlanAmendment,
            Step::OpeningEnrollment => Self::OpeningEnrollment,
            Step::Enrollment => Self::Enrollment,
            Step::GroupConfirmation => Self::GroupConfirmation,
            Step::SessionCreation => Self::SessionCreation,
            Step::SessionStart => Self::SessionStart,
            Step::SessionClosing => Self::SessionClosing,
            Step::Departure => Self::Departure,
            Step::Charge => Self::Charge,
            Step::Payout => Self::Payout,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_has_the_words_of_the_rules() {
        for kind in [Kind::Rule, Kind::Constraint, Kind::Workflow, Kind::Record, Kind::Signal] {
            let word = serde_json::to_value(RuleKind::of(kind)).ok();
            assert_eq!(word.as_ref().and_then(|word| word.as_str()), Some(kind.as_str()));
        }
        for step in [
            Step::PlanSubmission,
            Step::PlanAmendment,
            Step::OpeningEnrollment,
            Step::Enrollment,
            Step::GroupConfirmation,
            Step::SessionCreation,
            Step::SessionStart,
            Step::SessionClosing,
            Step::Departure,
            Step::Charge,
            Step::Payout,
        ] {
            let word = serde_json::to_value(RuleStep::of(step)).ok();
            assert_eq!(word.as_ref().and_then(|word| word.as_str()), Some(step.as_str()));
        }
    }
}
