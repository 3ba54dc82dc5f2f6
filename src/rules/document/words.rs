//! The words of a plan document and of the facts beside it: closed lists here, open to clients, since later versions
//! may add some.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:tt, $zh:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum $name { $(#[doc = $zh] #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word, or nothing.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }

            /// The word in Chinese.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }

            /// The word in English.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }
        }
    };
}

words! {
    /// Pupils who may pay less 减免对象. Other groups may come.
    ConcessionGroup {
        Poverty = "poverty", "家庭经济困难学生", "pupils of poor families";
        Disabled = "disabled", "残疾学生", "disabled pupils";
        LeftBehind = "left_behind", "留守儿童", "left-behind children";
        MigrantWorker = "migrant_worker", "进城务工人员随迁子女", "children of migrant workers";
        Urgent = "urgent", "急需服务的其他学生", "other pupils in urgent need";
    }
}

words! {
    /// Why a pupil comes first (三.1). Other groups may come.
    PriorityGroup {
        Disabled = "disabled", "残疾学生", "disabled pupils";
        LeftBehind = "left_behind", "留守儿童", "left-behind children";
        MigrantWorker = "migrant_worker", "进城务工人员随迁子女", "children of migrant workers";
        Urgent = "urgent", "急需服务的其他学生", "other pupils in urgent need";
        Other = "other", "其他", "other";
    }
}

words! {
    /// Stage of compulsory education 学段 (三.1). Other stages may come.
    Stage {
        Primary = "primary", "小学", "primary school";
        Junior = "junior", "初中", "junior school";
    }
}

words! {
    /// Who runs a school 办学性质: only public schools may charge (六.2). Other kinds may come.
    Ownership {
        Public = "public", "公办", "public";
        Private = "private", "民办", "private";
    }
}

words! {
    /// Area of a school 所在区域: fee standards differ by it. Other kinds may come.
    SchoolArea {
        Urban = "urban", "城区", "urban";
        Town = "town", "镇区", "town";
        Rural = "rural", "乡村", "rural";
    }
}

words! {
    /// Half of a school year 学期. Other seasons may come.
    Season {
        Autumn = "autumn", "秋季学期", "autumn term";
        Spring = "spring", "春季学期", "spring term";
    }
}

words! {
    /// To which timetable a time belongs 作息时间. Others may come.
    Timetable {
        Standard = "standard", "非冬季作息", "standard timetable";
        Winter = "winter", "冬季作息", "winter timetable";
        All = "all", "全学期", "both timetables";
    }
}

words! {
    /// What a service is about 服务内容 (三.3, 五.5), and what is none but found in plans. Other categories may come.
    ProjectCategory {
        Homework = "homework", "完成作业", "homework";
        Reading = "reading", "自主阅读", "independent reading";
        Sports = "sports", "体育", "sports";
        Arts = "arts", "艺术", "arts";
        PopularScience = "popular_science", "科普", "popular science";
        Games = "games", "娱乐游戏", "games";
        OutdoorTraining = "outdoor_training", "拓展训练", "outdoor training";
        Films = "films", "观看儿童适宜影片", "suitable films";
        Clubs = "clubs", "社团及兴趣小组", "clubs and interest groups";
        Labour = "labour", "劳动教育", "labour";
        ComprehensivePractice = "comprehensive_practice", "综合实践活动", "comprehensive practice";
        FreeHelp = "free_help", "免费辅导帮助", "free help";
        Other = "other", "其他", "other";
        RegularTeaching = "regular_teaching", "正常教学", "regular teaching";
        MakeUpLessons = "make_up_lessons", "补课", "make-up lessons";
        Meals = "meals", "用餐", "meals";
        NoonCare = "noon_care", "午间托管", "noon care";
        EveningStudy = "evening_study", "晚自习", "evening self-study";
    }
}

words! {
    /// Who runs a project 实施方 (四). Other kinds may come.
    ProviderKind {
        School = "school", "学校", "the school";
        PublicInterest = "public_interest", "公益组织", "a public-interest organisation";
        Institution = "institution", "社会机构", "a social institution";
    }
}

words! {
    /// How a fee is counted 收费方式. Other kinds may come.
    FeeKind {
        Free = "free", "免费", "free";
        PerLesson = "per_lesson", "按课时", "per lesson";
        PerTerm = "per_term", "按学期", "per term";
    }
}

words! {
    /// Source of money 经费来源 (二.4, 六.4). Other sources may come.
    IncomeSource {
        PublicMoney = "public_money", "财政补助", "public money";
        School = "school", "学校支持", "the school";
        Guardians = "guardians", "家长分担", "guardians";
        Donation = "donation", "社会捐赠", "donations";
    }
}

words! {
    /// Kind of expense 支出类别. Other categories may come.
    ExpenseCategory {
        TeacherPay = "teacher_pay", "教师报酬", "teachers' pay";
        ExternalPay = "external_pay", "临聘人员报酬", "external staff's pay";
        AdminPay = "admin_pay", "管理人员补助", "managers' pay";
        PartnerPay = "partner_pay", "购买服务", "services bought in";
        Utilities = "utilities", "水电费", "water and electricity";
        Consumables = "consumables", "耗材", "consumables";
        Equipment = "equipment", "设备购置与维护", "equipment";
        Insurance = "insurance", "安全保险", "insurance";
        PropertyOvertime = "property_overtime", "安保保洁加班", "guards' and cleaners' overtime";
        Other = "other", "其他", "other";
    }
}

words! {
    /// Channel of a notice 告知渠道 (五.3). Other channels may come.
    NoticeChannel {
        SchoolSite = "school_site", "校园网", "the school's site";
        ParentsMeeting = "parents_meeting", "家长会", "parents' meeting";
        Mobile = "mobile", "移动终端", "mobile";
        OpenLetter = "open_letter", "公开信", "open letter";
    }
}

words! {
    /// Who collects 收费主体: only the school may (六.5). Other collectors may come.
    Collector {
        School = "school", "学校", "school";
        Partner = "partner", "合作单位", "partner";
        ParentsCommittee = "parents_committee", "家长委员会", "parents' committee";
        SocialBody = "social_body", "社会组织", "social body";
    }
}

words! {
    /// Kind of a charge for what is no listed project 收费项目类别. Other kinds may come.
    FeeItemKind {
        Meal = "meal", "餐费", "meal";
        Material = "material", "材料费", "material";
        Insurance = "insurance", "保险费", "insurance";
        Deposit = "deposit", "押金", "deposit";
        Other = "other", "其他", "other";
    }
}

words! {
    /// Kind of staff 人员类别 (四.1, 四.2). Other kinds may come.
    StaffKind {
        Own = "own", "本校教职工", "own staff";
        External = "external", "临聘人员", "external staff";
        Volunteer = "volunteer", "志愿者", "volunteer";
    }
}

words! {
    /// What is vetted 审查类别 (六.3). Other kinds may come.
    VettingKind {
        Character = "character", "品行审查", "character vetting";
        Health = "health", "健康审查", "health vetting";
        RecordCheck = "record_check", "违法犯罪记录查询", "record check";
    }
}

words! {
    /// Kind of material 报备材料类别 (五.2). Other kinds may come.
    MaterialKind {
        ImplementationPlan = "implementation_plan", "实施方案", "implementation plan";
        ProjectsAndFees = "projects_and_fees", "项目及收费明细", "projects and fees";
        FacilitiesAndManagers = "facilities_and_managers", "设施设备和管理人员配备", "facilities and managers";
        SafetyAndEmergencyPlan = "safety_and_emergency_plan", "安全管理制度与应急预案", "safety and emergency plan";
        RemunerationStandard = "remuneration_standard", "服务人员劳务报酬发放标准", "remuneration standard";
        FundingAndUse = "funding_and_use", "经费筹措与使用", "funding and its use";
        TemporaryStaffContracts = "temporary_staff_contracts", "临聘人员劳务协议", "contracts of temporary staff";
        PartnerAgreement = "partner_agreement", "合作协议", "agreement with the partner";
        PartnerRegistration = "partner_registration", "合作单位证照或文件复印件", "copies of the partner's registration";
        Other = "other", "其他材料", "other";
    }
}
