//! The parameters of the rules: a policy profile, with the document it comes from.
//!
//! `yueyang-2019` is built in. A number that the policy does not name is marked † here; what other documents ask for
//! is an `Option` or an empty list, and unset there.

use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::date;

use super::document::{ProjectCategory, SchoolArea, Stage};
use crate::iso_date;
use crate::local_time::LocalTime;

const IN_FORCE_FROM: Date = date!(2019 - 09 - 01);

/// A fee standard of the price authority (六.2), for a stage and an area or for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeStandard {
    /// Its document with its number.
    pub document: String,
    pub stage: Option<Stage>,
    pub area: Option<SchoolArea>,
    pub per_lesson_max_fen: Option<i64>,
    pub per_day_max_fen: Option<i64>,
    pub per_term_max_fen: Option<i64>,
    /// So many lessons of a day may be billed.
    pub lessons_billed_a_day: Option<i64>,
}

/// The words by which collective instruction is looked for (二.3, 六.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordLists {
    /// Errors.
    pub refused: Vec<String>,
    /// Warnings at most.
    pub doubtful: Vec<String>,
    /// Never a hit, nor what they contain.
    pub passing: Vec<String>,
    /// Before a word in the same phrase, they turn it into a promise not to do it.
    pub forbidding: Vec<String>,
    /// Look like forbidding, and are not.
    pub not_forbidding: Vec<String>,
    /// How many characters a forbidding word reaches.
    pub forbidding_reach: usize,
}

/// The dated parameters of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub id: String,
    /// Number of the policy document.
    pub document: String,
    pub title: String,
    #[serde(with = "iso_date")]
    pub in_force_from: Date,
    /// Last day; none while it is in force.
    #[serde(with = "iso_date::option")]
    pub in_force_to: Option<Date>,
    /// 三.2: 1 is Monday.
    pub service_weekdays: Vec<i64>,
    /// Whether there may be service on make-up working days.
    pub service_on_make_up_days: bool,
    /// 三.2
    pub latest_end: LocalTime,
    /// 三.2, while the winter timetable runs.
    pub latest_end_winter: LocalTime,
    /// Later national practice: a grade's service of a day does not end before.
    pub earliest_end: Option<LocalTime>,
    /// 五.2
    pub filing_window_working_days: u16,
    /// 三.3, with what is refused by default only (†): meals, noon care, evening self-study.
    pub categories_refused: Vec<ProjectCategory>,
    pub words: WordLists,
    /// 六.2 lets public schools charge.
    pub private_schools_may_charge: bool,
    pub fee_standards: Vec<FeeStandard>,
}

impl Profile {
    /// 岳阳市教育体育局《关于做好中小学生校内课后服务工作的实施意见》.
    #[must_use]
    pub fn yueyang_2019() -> Self {
        Self {
            id: "yueyang-2019".to_owned(),
            document: "岳教体发〔2019〕11号".to_owned(),
            title: "关于做好中小学生校内课后服务工作的实施意见".to_owned(),
            in_force_from: IN_FORCE_FROM,
            in_force_to: None,
            service_weekdays: vec![1, 2, 3, 4, 5],
            service_on_make_up_days: false,
            latest_end: LocalTime::at(18, 0),
            latest_end_winter: LocalTime::at(17, 30),
            earliest_end: None,
            filing_window_working_days: 10,
            categories_refused: vec![ProjectCategory::Meals, ProjectCategory::NoonCare, ProjectCategory::EveningStudy],
            words: WordLists::yueyang_2019(),
            private_schools_may_charge: false,
            fee_standards: Vec::new(),
        }
    }

    /// Whether it judges a term that opens on `date`: the profile in force on the opening date judges the whole term.
    #[must_use]
    pub fn in_force_on(&self, date: Date) -> bool {
        self.in_force_from <= date && self.in_force_to.is_none_or(|last| date <= last)
    }
}

impl WordLists {
    fn yueyang_2019() -> Self {
        let list = |words: &str| words.split_whitespace().map(str::to_owned).collect();
        Self {
            refused: list("补课 新课 培优班 提前学"),
            doubtful: list("辅导 奥数 语文 数学 英语 物理 化学 生物 历史 地理 政治 道德与法治"),
            // The second and third line: words in which 补课 and 新课 only meet by chance.
            passing: list(
                "作业辅导 免费辅导 不补课 不提前学 \
                 弥补课 填补课 增补课 候补课 \
                 创新课 革新课 清新课 更新课 全新课 最新课 新课标 新课程标准 新课程改革 新课程理念 开发新课程",
            ),
            forbidding: list(
                "严禁 禁止 不得 不准 不许 不允许 不能 杜绝 防止 避免 拒绝 绝不 决不 \
                 不上 不讲 不教 不学 不搞 不组织 不开展 不进行 不安排 不涉及",
            ),
            not_forbidding: list("不得不 不能不 不得缺 不得请假 不得迟到 不得早退 不得拒 不得无故 不能缺 避免缺"),
            forbidding_reach: 16,
        }
    }
}
