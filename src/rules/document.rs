//! The plan document 方案文本: the one typed form of a plan, which is checked, filed, hashed and pointed into.
//!
//! Money is whole fen, times of the day are minutes in Asia/Shanghai. What its types cannot say stands in
//! `document/faults.rs`; what the policy says about it stands in the rules.

mod faults;
mod leader;
mod limits;
mod words;

pub use faults::dismissal_faults;
pub use leader::LeaderId;
pub use limits::{CreditCodeText, Prose, Whole, at_most, some, within, within_or_none};
pub use words::{
    Collector, ConcessionGroup, ExpenseCategory, FeeItemKind, FeeKind, IncomeSource, MaterialKind, NoticeChannel,
    Ownership, PriorityGroup, ProjectCategory, ProviderKind, SchoolArea, Season, StaffKind, Stage, Timetable,
    VettingKind,
};

use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;

use crate::values::identifiers::{AuthorityCode, SchoolCode, SchoolYear};
use crate::values::iso_date;
use crate::values::local_time::LocalTime;
use crate::values::text::Line;

/// 年级, 1 to 9.
pub type Grade = Whole<1, 9>;
/// A grade as a plan has it: 10 to 12 can be written, so that a rule can say what is wrong with them.
pub type AnyGrade = Whole<1, 12>;
/// 1 is Monday, 7 is Sunday. Saturday and Sunday can be written, so that a rule can say what is wrong with them.
pub type Weekday = Whole<1, 7>;
/// Money in fen, up to ten billion yuan.
pub type Fen = Whole<0, 1_000_000_000_000>;

/// Most projects of a plan.
pub const PROJECTS_MAX: usize = 200;

/// A school's after-school service for one term 课后服务工作方案.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanDocument {
    /// Version of this form: 1.
    #[schema(inline)]
    pub version: Whole<1, 1>,
    pub school: PlanSchool,
    pub term: PlanTerm,
    pub provider: PlanProvider,
    #[serde(deserialize_with = "some::<_, _, PROJECTS_MAX>")]
    #[schema(min_items = 1, max_items = 200)]
    pub projects: Vec<PlanProject>,
    pub budget: PlanBudget,
    pub notice: PlanNotice,
}

/// The school as the plan describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSchool {
    /// School code 学校（机构）标识码: ten digits.
    #[schema(inline)]
    pub code: SchoolCode,
    #[schema(inline)]
    pub name: Line<2, 80>,
    /// Each once.
    #[serde(deserialize_with = "some::<_, _, 2>")]
    #[schema(min_items = 1, max_items = 2)]
    pub stages: Vec<Stage>,
    pub ownership: Ownership,
    pub area: SchoolArea,
    /// Whether pupils board. Boarders have the same hours and one fee.
    pub boarding: bool,
    /// Grades of the school, each once, also those that the plan does not serve.
    #[serde(deserialize_with = "some::<_, _, 12>")]
    #[schema(min_items = 1, max_items = 12)]
    pub grades: Vec<PlanGrade>,
    /// When each grade is dismissed this term, by weekday and timetable; each combination once.
    #[serde(default, deserialize_with = "at_most::<_, _, 135>")]
    #[schema(max_items = 135)]
    pub dismissals: Vec<Dismissal>,
    /// When the authority's approved timetable dismisses them (六.5); each combination once.
    #[serde(default, deserialize_with = "at_most::<_, _, 135>")]
    #[schema(max_items = 135)]
    pub approved_dismissals: Vec<Dismissal>,
    /// Code of the authority to which the school files.
    #[schema(inline)]
    pub authority_code: AuthorityCode,
}

/// A grade of the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanGrade {
    /// 1 to 9; service is for no other.
    #[schema(inline)]
    pub grade: AnyGrade,
    /// Administrative classes of the grade.
    #[schema(inline)]
    pub classes: Whole<1, 60>,
}

/// When a grade is dismissed on a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    /// 1 to 9; service is for no other.
    #[schema(inline)]
    pub grade: AnyGrade,
    /// 1 is Monday, 5 is Friday.
    #[schema(inline)]
    pub weekday: Whole<1, 5>,
    pub timetable: Timetable,
    /// End of the last lesson.
    pub at: LocalTime,
}

/// The term 学期.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTerm {
    /// Two years: `2024-2025`.
    #[schema(inline)]
    pub school_year: SchoolYear,
    pub season: Season,
    /// The first teaching day, set by the filing authority.
    #[serde(with = "iso_date")]
    pub opens_on: Date,
    /// The last day of the term.
    #[serde(with = "iso_date")]
    pub ends_on: Date,
    /// The first day of service; the opening date if it is null.
    #[serde(default, with = "iso_date::option")]
    pub service_from: Option<Date>,
    /// The last day of service; the last day of the term if it is null.
    #[serde(default, with = "iso_date::option")]
    pub service_to: Option<Date>,
    /// While the winter timetable 冬季作息 runs, first and last day included.
    #[serde(default, deserialize_with = "at_most::<_, _, 4>")]
    #[schema(max_items = 4)]
    pub winter_periods: Vec<Period>,
}

impl PlanTerm {
    /// The first day of service.
    #[must_use]
    pub fn first_service_date(&self) -> Date {
        self.service_from.unwrap_or(self.opens_on)
    }

    /// The last day of service.
    #[must_use]
    pub fn last_service_date(&self) -> Date {
        self.service_to.unwrap_or(self.ends_on)
    }

    /// Whether the winter timetable runs on `date`.
    #[must_use]
    pub fn is_winter(&self, date: Date) -> bool {
        self.winter_periods.iter().any(|period| (period.from..=period.to).contains(&date))
    }
}

/// A span of days, first and last day included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    #[serde(with = "iso_date")]
    pub from: Date,
    #[serde(with = "iso_date")]
    pub to: Date,
}

/// Who carries out the plan as a whole, or one project; all kinds have the same fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanProvider {
    pub kind: ProviderKind,
    /// The organisation's full name. Of a project of the school itself it may be null.
    #[serde(default)]
    #[schema(inline)]
    pub name: Option<Line<2, 80>>,
    /// Credit code 统一社会信用代码 of a partner.
    #[serde(default)]
    #[schema(inline)]
    pub credit_code: Option<CreditCodeText>,
}

/// One offered service 服务项目.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanProject {
    /// Unique in the plan.
    #[schema(inline)]
    pub name: Line<1, 60>,
    pub category: ProjectCategory,
    /// What is done. The category `other` needs it.
    #[serde(default)]
    #[schema(inline)]
    pub outline: Option<Prose<2000>>,
    /// For which grades, each once.
    #[serde(deserialize_with = "some::<_, _, 12>")]
    #[schema(inline, min_items = 1, max_items = 12)]
    pub grades: Vec<AnyGrade>,
    pub provider: PlanProvider,
    /// Seats; null means no limit.
    #[serde(default)]
    #[schema(inline)]
    pub seats_max: Option<Whole<1, 10_000>>,
    /// Below so many applicants the project is not held; null means that it always is.
    #[serde(default)]
    #[schema(inline)]
    pub seats_min: Option<Whole<1, 10_000>>,
    /// The last day to apply; null means any day of the term.
    #[serde(default, with = "iso_date::option")]
    pub apply_until: Option<Date>,
    /// When it meets in a week.
    #[serde(deserialize_with = "some::<_, _, 28>")]
    #[schema(min_items = 1, max_items = 28)]
    pub slots: Vec<PlanSlot>,
    /// Lessons that a pupil of it has on a day on which it meets.
    #[schema(inline)]
    pub lessons_per_day: Whole<1, 6>,
    /// Minutes of one lesson.
    #[schema(inline)]
    pub lesson_minutes: Whole<10, 180>,
    pub fee: PlanFee,
    #[doc = " The school's members of staff, own or external, or volunteers, who lead its groups; each once. Where it \
             is empty,"]
    /// leaders are assigned later.
    #[serde(default, deserialize_with = "at_most::<_, _, 20>")]
    #[schema(inline, max_items = 20)]
    pub leader_ids: Vec<LeaderId>,
}

/// A weekly meeting of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSlot {
    /// 1 is Monday, 7 is Sunday.
    #[schema(inline)]
    pub weekday: Weekday,
    pub starts_at: LocalTime,
    pub ends_at: LocalTime,
    pub timetable: Timetable,
}

/// What a project costs a pupil.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFee {
    pub kind: FeeKind,
    /// For one lesson or for the term; null if it is free.
    #[serde(default)]
    #[schema(inline)]
    pub amount_fen: Option<Fen>,
    /// Ground of the fee 收费依据: the document of the price authority, with its number.
    #[serde(default)]
    #[schema(inline)]
    pub price_document: Option<Line<1, 200>>,
}

impl PlanFee {
    /// The amount, if there is anything to pay. An amount on a project that is called free is judged like one for the
    /// term.
    #[must_use]
    pub fn paid_fen(&self) -> Option<i64> {
        self.amount_fen.map(Whole::get).filter(|amount| *amount > 0)
    }
}

/// Where the money of the term comes from, and where it goes 经费筹措与使用.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBudget {
    #[serde(default, deserialize_with = "at_most::<_, _, 50>")]
    #[schema(max_items = 50)]
    pub income: Vec<PlanIncome>,
    #[serde(default, deserialize_with = "at_most::<_, _, 50>")]
    #[schema(max_items = 50)]
    pub expenses: Vec<PlanExpense>,
    #[doc = " What the school will charge a pupil in the term at most, whatever the pupil takes part in; null means no \
             ceiling."]
    #[serde(default)]
    #[schema(inline)]
    pub pupil_term_max_fen: Option<Fen>,
}

impl PlanBudget {
    /// What of a pupil's fees for the term is charged: no more than the plan's own ceiling.
    #[must_use]
    pub fn capped(&self, fee_fen: i64) -> i64 {
        self.pupil_term_max_fen.map_or(fee_fen, |ceiling| fee_fen.min(ceiling.get()))
    }
}

/// Planned income.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanIncome {
    pub source: IncomeSource,
    #[schema(inline)]
    pub amount_fen: Fen,
}

/// Planned cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanExpense {
    pub category: ExpenseCategory,
    #[schema(inline)]
    pub amount_fen: Fen,
}

/// What guardians are told (二.2): six items, and by which channels (五.3).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanNotice {
    /// At which times 服务时间.
    #[serde(default)]
    #[schema(inline)]
    pub time: Option<Prose<4000>>,
    /// In which form 服务方式.
    #[serde(default)]
    #[schema(inline)]
    pub mode: Option<Prose<4000>>,
    /// What is offered 服务内容.
    #[serde(default)]
    #[schema(inline)]
    pub content: Option<Prose<4000>>,
    /// How children are kept safe 安全措施.
    #[serde(default)]
    #[schema(inline)]
    pub safety: Option<Prose<4000>>,
    /// What it costs 收费事项.
    #[serde(default)]
    #[schema(inline)]
    pub fees: Option<Prose<4000>>,
    /// What the fees are spent on 费用开支.
    #[serde(default)]
    #[schema(inline)]
    pub spending: Option<Prose<4000>>,
    #[doc = " Advice on care outside 校外托管提示: who wants care outside of the school is advised to choose a qualified \
             provider (二.1). Not one of the six."]
    #[serde(default)]
    #[schema(inline)]
    pub off_campus_advice: Option<Prose<2000>>,
    /// Each once.
    #[serde(default, deserialize_with = "at_most::<_, _, 4>")]
    #[schema(max_items = 4)]
    pub channels: Vec<NoticeChannel>,
}
