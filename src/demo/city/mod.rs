//! The large demonstration: the twelve schools of one county, three hundred pupils, two terms, and everything in every
//! state of its life.

mod accounts;
mod choices;
mod delivery;
mod entering;
mod groundwork;
mod papers;
mod people;
mod plans;
mod reviews;
mod spring;
mod surveys;
mod wishes;

use time::macros::date;

use super::founding::{Account, DemoPartner, DemoSchool, JUNIOR, NINE_YEARS, PRIMARY, Place, account, school};
use super::{Demonstration, Event};
use crate::auth::Role;
use crate::partners::partners::PartnerKind;
use crate::rules::document::SchoolArea;

pub(super) const DEMONSTRATION: Demonstration = Demonstration {
    name: "city",
    today: date!(2024 - 09 - 10),
    has_story: false,
    schools: &SCHOOLS,
    partners: &PARTNERS,
    accounts: &ACCOUNTS,
    events: &EVENTS,
    standing: &[accounts::codes_that_are_good],
};

const EVENTS: [(time::Date, Event); 42] = [
    (date!(2024 - 02 - 26), spring::ground),
    (date!(2024 - 03 - 01), spring::plan),
    (date!(2024 - 03 - 04), spring::families),
    (date!(2024 - 07 - 01), spring::ends),
    (date!(2024 - 07 - 05), groundwork::county),
    (date!(2024 - 07 - 05), groundwork::partners),
    (date!(2024 - 07 - 08), groundwork::ledgers),
    (date!(2024 - 07 - 08), groundwork::staff),
    (date!(2024 - 07 - 08), entering::year_turned),
    (date!(2024 - 07 - 09), entering::pupils),
    (date!(2024 - 07 - 09), entering::invitations),
    (date!(2024 - 07 - 10), accounts::staff_accounts),
    (date!(2024 - 07 - 11), surveys::asked),
    (date!(2024 - 07 - 16), surveys::answered),
    (date!(2024 - 07 - 17), surveys::one_child_entered_twice),
    (date!(2024 - 07 - 31), surveys::closed),
    (date!(2024 - 08 - 05), plans::early),
    (date!(2024 - 08 - 12), plans::in_august),
    (date!(2024 - 08 - 20), reviews::jobs),
    (date!(2024 - 08 - 23), reviews::sent_back),
    (date!(2024 - 09 - 02), plans::on_the_first_day),
    (date!(2024 - 09 - 02), papers::teachers),
    (date!(2024 - 09 - 04), reviews::jobs),
    (date!(2024 - 09 - 05), reviews::approved),
    (date!(2024 - 09 - 05), wishes::of_families),
    (date!(2024 - 09 - 06), wishes::drawn),
    (date!(2024 - 09 - 06), choices::suggested),
    (date!(2024 - 09 - 06), choices::of_families),
    (date!(2024 - 09 - 06), plans::last_ones),
    (date!(2024 - 09 - 09), papers::of_families),
    (date!(2024 - 09 - 09), choices::closed),
    (date!(2024 - 09 - 09), choices::charged),
    (date!(2024 - 09 - 09), choices::signals_looked_at),
    (date!(2024 - 09 - 09), delivery::made_safe),
    (date!(2024 - 09 - 09), delivery::grouped),
    (date!(2024 - 09 - 09), delivery::fetched_by),
    (date!(2024 - 09 - 09), reviews::amended),
    (date!(2024 - 09 - 10), delivery::first_day),
    (date!(2024 - 09 - 10), delivery::paid),
    (date!(2024 - 09 - 10), entering::changes),
    (date!(2024 - 09 - 10), papers::forgotten),
    (date!(2024 - 09 - 10), surveys::of_next_spring),
];

/// The county.
const COUNTY: &str = "430621";

/// The terms.
const SPRING: (&str, &str) = ("2023-2024", "spring");
const AUTUMN: (&str, &str) = ("2024-2025", "autumn");

pub(super) const SCHOOLS: [DemoSchool; 12] = [
    school("3143062191", "望湖中学（演示）", COUNTY, JUNIOR, SchoolArea::Town, (7, 9)),
    school("2143062192", "青竹小学（演示）", COUNTY, PRIMARY, SchoolArea::Rural, (1, 6)),
    school("2143062193", "杜鹃小学（演示）", COUNTY, PRIMARY, SchoolArea::Town, (1, 6)),
    school("2143062194", "金桂小学（演示）", COUNTY, PRIMARY, SchoolArea::Town, (1, 6)),
    school("2143062195", "红枫小学（演示）", COUNTY, PRIMARY, SchoolArea::Rural, (1, 6)),
    school("2143062196", "白鹭小学（演示）", COUNTY, PRIMARY, SchoolArea::Rural, (1, 6)),
    school("2143062197", "紫藤小学（演示）", COUNTY, PRIMARY, SchoolArea::Town, (1, 6)),
    school("3143062198", "银杏学校（演示）", COUNTY, NINE_YEARS, SchoolArea::Town, (1, 9)),
    school("2143062199", "翠柏小学（演示）", COUNTY, PRIMARY, SchoolArea::Rural, (1, 6)),
    school("2143062181", "石榴小学（演示）", COUNTY, PRIMARY, SchoolArea::Rural, (1, 6)),
    school("3143062182", "南岸中学（演示）", COUNTY, JUNIOR, SchoolArea::Rural, (7, 9)),
    school("2143062183", "云杉小学（演示）", COUNTY, PRIMARY, SchoolArea::Rural, (1, 6)),
];

const PARTNERS: [DemoPartner; 3] = [
    DemoPartner {
        kind: PartnerKind::PublicInterest,
        name: "新墙河青少年公益中心（演示）",
        credit_code: "52430621MA4Q00017",
        authority: COUNTY,
    },
    DemoPartner {
        kind: PartnerKind::Institution,
        name: "湖畔艺术培训学校（演示）",
        credit_code: "91430621MA4Q00018",
        authority: COUNTY,
    },
    DemoPartner {
        kind: PartnerKind::Institution,
        name: "快学教育咨询公司（演示）",
        credit_code: "91430621MA4Q00019",
        authority: COUNTY,
    },
];

/// The administrators of the schools, in the order of [`SCHOOLS`].
const ADMINS: [&str; 12] = [
    "demo.school",
    "demo.school2",
    "demo.school3",
    "demo.school4",
    "demo.school5",
    "demo.school6",
    "demo.school7",
    "demo.school8",
    "demo.school9",
    "demo.school10",
    "demo.school11",
    "demo.school12",
];

const ACCOUNTS: [Account; 26] = [
    account("demo.platform", Role::PlatformAdmin, Place::Nowhere, "平台管理员"),
    account("demo.city", Role::Bureau, Place::Authority("430600"), "岳阳市教体局"),
    account("demo.bureau", Role::Bureau, Place::Authority(COUNTY), "岳阳县教体局"),
    account(ADMINS[0], Role::SchoolAdmin, Place::School(0), "望湖中学"),
    account("demo.finance", Role::SchoolFinance, Place::School(0), "望湖中学财务"),
    account("demo.teacher", Role::Teacher, Place::School(0), "望湖中学教师"),
    account("demo.guardian", Role::Guardian, Place::Nowhere, "林女士"),
    account("demo.guardian4", Role::Guardian, Place::Nowhere, "周先生"),
    account("demo.partner", Role::Partner, Place::Partner(0), "新墙河青少年公益中心"),
    account("demo.integration", Role::Integration, Place::Authority("430600"), "省级平台"),
    account(ADMINS[1], Role::SchoolAdmin, Place::School(1), "青竹小学"),
    account(ADMINS[2], Role::SchoolAdmin, Place::School(2), "杜鹃小学"),
    account(ADMINS[3], Role::SchoolAdmin, Place::School(3), "金桂小学"),
    account("demo.finance4", Role::SchoolFinance, Place::School(3), "金桂小学财务"),
    account(ADMINS[4], Role::SchoolAdmin, Place::School(4), "红枫小学"),
    account(ADMINS[5], Role::SchoolAdmin, Place::School(5), "白鹭小学"),
    account(ADMINS[6], Role::SchoolAdmin, Place::School(6), "紫藤小学"),
    account("demo.finance7", Role::SchoolFinance, Place::School(6), "紫藤小学财务"),
    account(ADMINS[7], Role::SchoolAdmin, Place::School(7), "银杏学校"),
    account("demo.finance8", Role::SchoolFinance, Place::School(7), "银杏学校财务"),
    account(ADMINS[8], Role::SchoolAdmin, Place::School(8), "翠柏小学"),
    account(ADMINS[9], Role::SchoolAdmin, Place::School(9), "石榴小学"),
    account(ADMINS[10], Role::SchoolAdmin, Place::School(10), "南岸中学"),
    account(ADMINS[11], Role::SchoolAdmin, Place::School(11), "云杉小学"),
    account("demo.bureau2", Role::Bureau, Place::Authority(COUNTY), "岳阳县教体局基础教育股"),
    account("demo.teacher4", Role::Teacher, Place::School(3), "金桂小学教师"),
];
