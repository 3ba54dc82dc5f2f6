//! What a draw makes of a wish, in the words of the contract.

use crate::rules::draw::{Outcome, Tier};
use crate::text_enum;

text_enum! {
    /// Who comes before whom in a draw 分配顺序 (三.1). Other tiers may come.
    pub enum DrawTier {
        /// 优先对象
        PriorityGroups = "priority_groups",
        /// 一至四年级
        LowerGrades = "lower_grades",
        /// 其他学生
        Others = "others",
    }
}

text_enum! {
    /// What was drawn of a wish 抽签结果. Other outcomes may come.
    pub enum DrawOutcome {
        /// 获得名额
        Seat = "seat",
        /// 候补
        Waitlist = "waitlist",
        /// 更靠前的志愿已实现
        BetterWish = "better_wish",
    }
}

impl From<Tier> for DrawTier {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::PriorityGroups => Self::PriorityGroups,
            Tier::LowerGrades => Self::LowerGrades,
            Tier::Others => Self::Others,
        }
    }
}

impl From<DrawTier> for Tier {
    fn from(tier: DrawTier) -> Self {
        match tier {
            DrawTier::PriorityGroups => Self::PriorityGroups,
            DrawTier::LowerGrades => Self::LowerGrades,
            DrawTier::Others => Self::Others,
        }
    }
}

impl From<Outcome> for DrawOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Seat => Self::Seat,
            Outcome::Waitlist => Self::Waitlist,
            Outcome::BetterWish => Self::BetterWish,
        }
    }
}
