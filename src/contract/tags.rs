//! What the operations are about, in the order of who begins with them: guardians, schools, bureaus, the platform.

use utoipa::openapi::tag::{Tag, TagBuilder};

/// Name, what it is about, and the same in Chinese.
const TAGS: [(&str, &str, &str); 49] = [
    (
        "sign-in",
        "Tokens: by password, by a code to the telephone, for machines.",
        "登录与令牌：口令、短信验证码、机器账号。",
    ),
    (
        "messages",
        "What the caller is told of: notices, seats, agreements, plans, reviews; read marks.",
        "消息：告知、名额、协议、方案、审核等提醒，以及已读标记。",
    ),
    (
        "notices",
        "What schools tell guardians of a plan, also for everybody without a token.",
        "学校向家长公布的告知，无需令牌也可查阅。",
    ),
    (
        "guardianships",
        "Who answers for which child, with which rights, since when; invitations.",
        "监护关系：谁、对哪个孩子、有哪些权利、起止日期；邀请。",
    ),
    (
        "students",
        "Pupils of schools: their school, class and what is known of them.",
        "学生：所在学校、班级和学籍信息。",
    ),
    (
        "enrollments",
        "Choosing projects, waiting, signing the agreement, withdrawing.",
        "报名：选择项目、候补、签订协议、退出。",
    ),
    (
        "choice-windows",
        "Ranking wishes for limited seats, the draw after it, and its results.",
        "选课窗口：填报志愿、抽签、公布结果。",
    ),
    (
        "paper-forms",
        "What guardians sign on paper: recorded with its scan, checked by a second member of staff.",
        "纸质申请与协议：登记扫描件，由第二名工作人员复核。",
    ),
    ("leave-requests", "Leave that guardians ask for, answered day by day.", "请假：监护人提出，按天答复。"),
    (
        "pickup-persons",
        "Who may fetch a child, and who may not.",
        "接送人：监护人指定的人员，以及依据文书不得接走学生的人员。",
    ),
    ("consents", "What guardians agreed to, by the version of the text.", "家长同意书，按文本版本留存。"),
    ("survey-answers", "What guardians answer to surveys.", "家长对意向调查的答复。"),
    ("charges", "One fee a term for each pupil, and what was paid of it.", "收费：每生每期一次，以及缴费情况。"),
    ("schools", "Schools and the facts that their plans are judged by.", "学校及其方案审核所依据的基本情况。"),
    ("classes", "Classes of a school year.", "行政班（按学年）。"),
    (
        "plans",
        "What a school plans for a term, from the draft to the end of the term.",
        "学期服务方案：从起草到学期结束。",
    ),
    ("projects", "The projects of a plan.", "方案中的服务项目。"),
    (
        "groups",
        "Pupils of a project who meet together: proposals, members, confirmation.",
        "服务小组：分组建议、成员、确认。",
    ),
    (
        "sessions",
        "Meetings of groups: started, closed with their record, moved; rosters and how pupils left.",
        "服务场次：开始、结束存档、调整；点名与离校交接。",
    ),
    (
        "calendar-feeds",
        "Secret links to calendars of sessions, for calendar apps.",
        "日历订阅：供日历应用使用的服务日程链接。",
    ),
    (
        "pay",
        "What schools pay who served: sheets of a month with their lines, and the total for own staff.",
        "服务报酬：按月报酬表及明细、绩效工资总量。",
    ),
    ("checks", "Judging a plan document by the rules; nothing is kept.", "按规则试评方案文档，不留存。"),
    ("materials", "Documents that go with a plan, an agreement or a partner.", "方案、协议、合作单位的附件材料。"),
    ("plan-amendments", "Changes of an approved plan.", "已同意方案的变更。"),
    (
        "signals",
        "What a supervisor is to look at, and what it came to; the school does not see it.",
        "监管提示：由监管人员查看并答复，学校不可见。",
    ),
    (
        "exemptions",
        "What is allowed otherwise than a rule says, for named slots and days.",
        "特殊情况核准：限定时段与日期。",
    ),
    ("surveys", "What schools ask guardians before they plan.", "学校在编制方案前的意向调查。"),
    ("committee-opinions", "What parents' committees say of plans and fees.", "家委会意见。"),
    ("facilities", "Rooms, grounds, equipment and skills that projects use.", "场地、设施、设备与人员特长等资源。"),
    (
        "staff",
        "Members of staff, their contracts, qualifications, vettings and pay.",
        "服务人员及其合同、资质、审查与酬劳标准。",
    ),
    ("safety", "Who is responsible for safety, and the yearly safety education.", "安全职责与安全教育记录。"),
    ("partners", "Institutions and public-interest bodies that schools work with.", "合作单位：机构与公益组织。"),
    ("partner-agreements", "Agreements of schools with partners.", "学校与合作单位的协议。"),
    ("fee-accounts", "The dedicated account of a school.", "学校专账。"),
    ("filings", "What was filed of a plan, its review and its dossier.", "报备：报备文本、审核与卷宗。"),
    ("quality-courses", "Marks of good projects.", "精品课程认定。"),
    ("partner-reviews", "Reviews of partners by the bureau.", "主管部门对合作单位的审核。"),
    ("partner-bans", "Partners with whom nobody may work.", "禁止合作的单位。"),
    ("terms", "Terms of an authority, with their winter periods.", "学期及冬季作息时段。"),
    (
        "calendar",
        "Working days of the State Council, and days on which schools are closed.",
        "国务院工作日历与停课日。",
    ),
    ("policy-profiles", "The parameters of the rules, inherited from above.", "政策参数，自上级继承。"),
    ("rules", "The catalogue of rules with their clauses.", "规则目录及对应条款。"),
    ("authorities", "Provinces, cities, districts and functional areas.", "省、市、县（区）及功能区的主管部门。"),
    ("users", "Accounts of people and machines.", "账号：人员与机器。"),
    ("role-grants", "Who acts in which role, where, since when.", "角色授权：谁、以何角色、在何处、起止日期。"),
    ("invitations", "Codes by which staff and officers make their accounts.", "工作人员开通账号的邀请码。"),
    ("jobs", "Work that goes on in the background.", "后台任务。"),
    ("code-tables", "What the words of the contract are called on a screen.", "代码表：契约中各代码的中英文名称。"),
    ("health", "Whether the service lives and is ready.", "服务存活与就绪检查。"),
];

/// All of them.
pub(super) fn all() -> Vec<Tag> {
    let tag = |(name, english, chinese): (&str, &str, &str)| {
        TagBuilder::new().name(name).description(Some(format!("{english}\n\n{chinese}"))).build()
    };
    TAGS.into_iter().map(tag).collect()
}
