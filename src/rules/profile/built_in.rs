//! The profiles that come with the product: the policy of Yueyang, and an example of later practice.

use std::collections::BTreeMap;

use time::macros::date;

use super::defaults::{
    CLASS_PERCENT_OF_GROUP, COERCION_BUSY_MINUTES, COERCION_MINUTES, COERCION_PERCENT_MIN, COERCION_PUPILS_MIN,
    FREE_HELP_GROUP_MAX, GROUP_PERCENT_OF_CLASS, IN_FORCE_FROM, LEAVE_MINUTES_BEFORE, OWN_CLASS_PERCENT_MIN,
    OWN_STAFF_PERCENT_MIN, REMINDER_DAYS, RETENTION_YEARS, REVIEW_REMINDER_WORKING_DAYS, SEAT_ANSWER_DAYS,
};
use super::{Concession, FeeStandard, Profile, WordLists};
use crate::rules::document::{ConcessionGroup, PriorityGroup, ProjectCategory, SchoolArea, Stage};
use crate::values::local_time::LocalTime;

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
            documents: BTreeMap::new(),
            service_weekdays: vec![1, 2, 3, 4, 5],
            service_on_make_up_days: false,
            latest_end: LocalTime::at(18, 0),
            latest_end_winter: LocalTime::at(17, 30),
            earliest_end: None,
            service_days_a_week_min: None,
            service_minutes_a_day_min: None,
            filing_window_working_days: 10,
            review_reminder_working_days: REVIEW_REMINDER_WORKING_DAYS,
            priority_groups: PriorityGroup::ALL.to_vec(),
            siblings_drawn_together: false,
            seat_answer_days: SEAT_ANSWER_DAYS,
            reminder_days: REMINDER_DAYS.to_vec(),
            coercion_percent_min: COERCION_PERCENT_MIN,
            coercion_pupils_min: COERCION_PUPILS_MIN,
            coercion_minutes: COERCION_MINUTES,
            coercion_busy_minutes: COERCION_BUSY_MINUTES,
            class_percent_of_group: CLASS_PERCENT_OF_GROUP,
            group_percent_of_class: GROUP_PERCENT_OF_CLASS,
            own_class_percent_min: OWN_CLASS_PERCENT_MIN,
            free_help_group_max: FREE_HELP_GROUP_MAX,
            leave_minutes_before: LEAVE_MINUTES_BEFORE,
            retention_years: RETENTION_YEARS,
            categories_refused: vec![ProjectCategory::Meals, ProjectCategory::NoonCare, ProjectCategory::EveningStudy],
            words: WordLists::yueyang_2019(),
            private_schools_may_charge: false,
            private_boarding_schools_may_charge: None,
            fee_standards: Vec::new(),
            expense_categories_refused: Vec::new(),
            concession_groups: Vec::new(),
            own_staff_percent_min: OWN_STAFF_PERCENT_MIN,
            record_check_required: false,
            materials_required: Vec::new(),
        }
    }

    /// An example of later practice, 中办发〔2021〕40号: on five days, two hours each, and not before offices close. Caps are
    /// those of an invented price document. An authority takes over what holds with it, and dates it.
    #[must_use]
    pub fn later_practice() -> Self {
        let cap = |stage, area, lesson, term| FeeStandard {
            document: "发改价费〔2022〕1号（示例）".to_owned(),
            stage: Some(stage),
            area: Some(area),
            per_lesson_max_fen: Some(lesson),
            per_day_max_fen: None,
            per_month_max_fen: None,
            per_term_max_fen: Some(term),
            lessons_billed_a_day: Some(2),
        };
        Self {
            id: "later-practice".to_owned(),
            document: "中办发〔2021〕40号".to_owned(),
            title: "关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见".to_owned(),
            in_force_from: date!(2021 - 09 - 01),
            latest_end: LocalTime::at(18, 30),
            latest_end_winter: LocalTime::at(18, 30),
            earliest_end: Some(LocalTime::at(18, 0)),
            service_days_a_week_min: Some(5),
            service_minutes_a_day_min: Some(120),
            fee_standards: Vec::from([
                cap(Stage::Primary, SchoolArea::Urban, 250, 43_000),
                cap(Stage::Primary, SchoolArea::Town, 220, 38_000),
                cap(Stage::Primary, SchoolArea::Rural, 220, 38_000),
                cap(Stage::Junior, SchoolArea::Urban, 250, 45_000),
                cap(Stage::Junior, SchoolArea::Town, 220, 40_000),
                cap(Stage::Junior, SchoolArea::Rural, 220, 40_000),
            ]),
            concession_groups: Vec::from([
                Concession { group: ConcessionGroup::Poverty, pays_percent: 0 },
                Concession { group: ConcessionGroup::Disabled, pays_percent: 0 },
                Concession { group: ConcessionGroup::LeftBehind, pays_percent: 50 },
            ]),
            ..Self::yueyang_2019()
        }
    }
}
