//! The small demonstration: eight schools of a city, plans in every state, and where the README's story begins.

mod events;
mod story;

pub use self::story::{Story, story};

use time::macros::date;

use super::founding::{Account, DemoPartner, DemoSchool, JUNIOR, NINE_YEARS, PRIMARY, Place, account, school};
use super::{Demonstration, Event};
use crate::auth::Role;
use crate::partners::partners::PartnerKind;
use crate::rules::document::SchoolArea;

pub(super) const DEMONSTRATION: Demonstration = Demonstration {
    name: "small",
    today: date!(2024 - 09 - 10),
    has_story: true,
    schools: &SCHOOLS,
    partners: &PARTNERS,
    accounts: &ACCOUNTS,
    events: &EVENTS,
    standing: &[],
};

const EVENTS: [(time::Date, Event); 10] = [
    (date!(2024 - 02 - 26), events::spring_survey),
    (date!(2024 - 03 - 01), events::surveys_close),
    (date!(2024 - 03 - 01), events::spring_plan),
    (date!(2024 - 07 - 01), events::spring_ends),
    (date!(2024 - 08 - 28), events::autumn_surveys),
    (date!(2024 - 09 - 03), events::surveys_close),
    (date!(2024 - 09 - 03), events::autumn_plans),
    (date!(2024 - 09 - 06), events::reviews),
    (date!(2024 - 09 - 09), events::families),
    (date!(2024 - 09 - 10), events::next_survey),
];

pub(super) const SCHOOLS: [DemoSchool; 8] = [
    school("3143060201", "东茅岭中学（演示）", "430602", JUNIOR, SchoolArea::Urban, (7, 9)),
    school("2143060202", "洞庭小学（演示）", "430602", PRIMARY, SchoolArea::Urban, (1, 6)),
    school("2143060301", "云溪第一小学（演示）", "430603", PRIMARY, SchoolArea::Urban, (1, 6)),
    school("3143061101", "君山学校（演示）", "430611", NINE_YEARS, SchoolArea::Town, (1, 9)),
    school("2143062601", "三阳小学（演示）", "430626", PRIMARY, SchoolArea::Rural, (1, 6)),
    school("2143068101", "城郊小学（演示）", "430681", PRIMARY, SchoolArea::Town, (1, 6)),
    school("2143062301", "华容实验小学（演示）", "430623", PRIMARY, SchoolArea::Town, (1, 6)),
    school("3143068201", "五里中学（演示）", "430682", JUNIOR, SchoolArea::Rural, (7, 9)),
];

const PARTNERS: [DemoPartner; 1] = [DemoPartner {
    kind: PartnerKind::Institution,
    name: "南湖社会工作服务中心（演示）",
    credit_code: "91430602MA4Q00016",
    authority: "430602",
}];

const ACCOUNTS: [Account; 18] = [
    account("demo.platform", Role::PlatformAdmin, Place::Nowhere, "平台管理员"),
    account("demo.city", Role::Bureau, Place::Authority("430600"), "岳阳市教体局"),
    account("demo.bureau", Role::Bureau, Place::Authority("430602"), "岳阳楼区教育局"),
    account("demo.school", Role::SchoolAdmin, Place::School(0), "东茅岭中学"),
    account("demo.finance", Role::SchoolFinance, Place::School(0), "东茅岭中学财务"),
    account("demo.teacher", Role::Teacher, Place::School(0), "东茅岭中学教师"),
    account("demo.guardian", Role::Guardian, Place::Nowhere, "林女士"),
    account("demo.partner", Role::Partner, Place::Partner(0), "合作单位"),
    account("demo.integration", Role::Integration, Place::Authority("430600"), "省级平台"),
    account("demo.school2", Role::SchoolAdmin, Place::School(1), "洞庭小学"),
    account("demo.school3", Role::SchoolAdmin, Place::School(2), "云溪第一小学"),
    account("demo.school4", Role::SchoolAdmin, Place::School(3), "君山学校"),
    account("demo.school5", Role::SchoolAdmin, Place::School(4), "三阳小学"),
    account("demo.school6", Role::SchoolAdmin, Place::School(5), "城郊小学"),
    account("demo.school7", Role::SchoolAdmin, Place::School(6), "华容实验小学"),
    account("demo.school8", Role::SchoolAdmin, Place::School(7), "五里中学"),
    account("demo.finance4", Role::SchoolFinance, Place::School(3), "君山学校财务"),
    account("demo.guardian4", Role::Guardian, Place::Nowhere, "周先生"),
];
