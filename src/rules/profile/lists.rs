//! Parameters that are lists of their own: fee standards, concessions, and the words by which instruction is looked
//! for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::limits::{LessonCount, Reach, Share, Title, Word, fen, lessons, reach, share, title, words};
use crate::rules::document::{ConcessionGroup, Fen, SchoolArea, Stage};

/// A fee standard of the price authority (六.2), for a stage and an area or for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeStandard {
    /// Its document with its number.
    #[serde(deserialize_with = "title")]
    #[schema(value_type = Title, inline)]
    pub document: String,
    /// Null for every stage.
    pub stage: Option<Stage>,
    /// Null for every area.
    pub area: Option<SchoolArea>,
    /// Null, here and below, for no such limit.
    #[serde(default, deserialize_with = "fen")]
    #[schema(value_type = Option<Fen>, inline)]
    pub per_lesson_max_fen: Option<i64>,
    #[serde(default, deserialize_with = "fen")]
    #[schema(value_type = Option<Fen>, inline)]
    pub per_day_max_fen: Option<i64>,
    /// In a calendar month.
    #[serde(default, deserialize_with = "fen")]
    #[schema(value_type = Option<Fen>, inline)]
    pub per_month_max_fen: Option<i64>,
    #[serde(default, deserialize_with = "fen")]
    #[schema(value_type = Option<Fen>, inline)]
    pub per_term_max_fen: Option<i64>,
    /// So many lessons of a day may be billed.
    #[serde(default, deserialize_with = "lessons")]
    #[schema(value_type = Option<LessonCount>, inline)]
    pub lessons_billed_a_day: Option<i64>,
}

impl FeeStandard {
    /// Whether it is for pupils of a grade at a school of an area.
    #[must_use]
    pub fn is_for(&self, area: SchoolArea, grade: i64) -> bool {
        let stage = if grade <= 6 { Stage::Primary } else { Stage::Junior };
        self.stage.is_none_or(|own| own == stage) && self.area.is_none_or(|own| own == area)
    }
}

/// What a group of pupils pays of the fee 减免.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Concession {
    pub group: ConcessionGroup,
    /// In percent of the approved fee, rounded down to a fen: 0 is free.
    #[serde(deserialize_with = "share")]
    #[schema(value_type = Share, inline)]
    pub pays_percent: i64,
}

/// The words by which collective instruction is looked for (二.3, 六.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WordLists {
    /// Errors.
    #[serde(deserialize_with = "words")]
    #[schema(value_type = Vec<Word>, inline, max_items = 500)]
    pub refused: Vec<String>,
    /// Warnings at most.
    #[serde(deserialize_with = "words")]
    #[schema(value_type = Vec<Word>, inline, max_items = 500)]
    pub doubtful: Vec<String>,
    /// Never a hit, nor what they contain.
    #[serde(deserialize_with = "words")]
    #[schema(value_type = Vec<Word>, inline, max_items = 500)]
    pub passing: Vec<String>,
    /// Before a word in the same clause, they turn it into a promise not to do it. `不以…为目的` is one in two parts.
    #[serde(deserialize_with = "words")]
    #[schema(value_type = Vec<Word>, inline, max_items = 500)]
    pub forbidding: Vec<String>,
    /// Look like forbidding, and are not.
    #[serde(deserialize_with = "words")]
    #[schema(value_type = Vec<Word>, inline, max_items = 500)]
    pub not_forbidding: Vec<String>,
    /// What may stand between a forbidding word and what it forbids; after any other word it forbids that, and nothing
    /// more. The built-in list where it is missing.
    #[serde(default = "between", deserialize_with = "words")]
    #[schema(value_type = Vec<Word>, inline, max_items = 500)]
    pub between: Vec<String>,
    /// How many characters a forbidding word reaches.
    #[serde(deserialize_with = "reach")]
    #[schema(value_type = Reach, inline)]
    pub forbidding_reach: usize,
}

impl WordLists {
    pub(super) fn yueyang_2019() -> Self {
        Self {
            refused: list("补课 补习 新课 培优班 提前学 集体上课 集体教学"),
            doubtful: list(
                "辅导 奥数 培优 统一讲授 全班讲授 \
                 语文 数学 英语 物理 化学 生物 历史 地理 政治 道德与法治",
            ),
            // The lines after the first: words in which 补课, 新课 and 提前学 only meet by chance.
            passing: list(
                "作业辅导 免费辅导 不补课 不提前学 \
                 弥补课 填补课 增补课 候补课 修补课 缝补课 提前学会 \
                 创新课 革新课 清新课 更新课 全新课 最新课 新课标 新课程标准 新课程改革 新课程理念 开发新课程 \
                 新课堂 新课题 新课改 新课余 新课桌",
            ),
            forbidding: list(
                "严禁 禁止 不得 不准 不许 不允许 不能 杜绝 防止 避免 拒绝 绝不 决不 没有 不是 不含 不以…为目的 \
                 不上 不讲 不教 不学 不搞 不组织 不开展 不进行 不安排 不涉及",
            ),
            not_forbidding: list(
                "不得不 不能不 不得缺 不得请假 不得迟到 不得早退 不得拒 不得无故 不能缺 避免缺 没有不 不是不",
            ),
            between: between(),
            forbidding_reach: 16,
        }
    }
}

fn list(words: &str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

fn between() -> Vec<String> {
    list(
        "任何 任意 一切 所有 各种 各类 其他 其它 个别 部分 变相 形式 方式 名义 名目 行为 性质 内容 活动 项目 类 性 \
         组织 进行 开展 从事 实施 安排 参与 举办 利用 通过 借 用 以 搞 上 讲 教 学 做 作 讲授 讲解 教授 教学 培训 讲座 \
         学生 学校 教师 老师 教职工 任课 在职 班级 全班 整班 班 集体 集中 统一 强制 强迫 违规 违反 规定 有偿 收费 \
         超前 超纲 提前 占用 学科类 学科性 学科 文化课 文化 课程 课堂 课后 课余 服务 托管 时间 期间 校内 校外 在校 \
         周末 双休日 节假日 假期 寒暑假 寒假 暑假 面向 变为 变成 当作 以及 或者 \
         的 地 得 等 和 与 及 或 之 名 行 为 向 对 把 将 于 变 中 内 里 其 按 在",
    )
}
