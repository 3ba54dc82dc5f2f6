//! The catalogue: every rule with its clause, its kind, the steps at which it bites, and its parameters in the profile.
//!
//! Titles and sentences are texts (`locales/rules.yml`), under the keys that a rule and a finding name.

use super::rule::{Kind, Rule, Step, Window};
use super::{
    basis, content, enrollment, fees, filing, instruction, materials, money, notice, partners, provider, seats,
    staffing, survey, term, time,
};

/// Every rule, in the order of the policy.
pub const RULES: &[&Rule] = &[
    &PROFILE_MISSING,
    &CALENDAR_MISSING,
    &PROVIDER_IS_SCHOOL,
    &NOTICE_COMPLETE,
    &NO_REFUSAL,
    &COERCION_SIGNAL,
    &ALLOWED_CONTENT,
    &NO_COLLECTIVE_INSTRUCTION,
    &COST_SHARING,
    &NON_PROFIT,
    &SERVICE_DAYS,
    &STARTS_AFTER_DISMISSAL,
    &SERVICE_END_TIME,
    &WINTER_TIMETABLE_MISSING,
    &FIXED_FOR_TERM,
    &FREE_HELP_IS_FREE,
    &FILING_WINDOW,
    &ONE_FILING_PER_TERM,
    &WHO_MAY_CHARGE,
    &FEE_WITHIN_STANDARD,
    &NO_STANDARD_ON_FILE,
    &TEACHING_TIME_KEPT,
    &PUBLISHED_BEFORE_ENROLLING,
    &ENROLLMENT_OPEN,
    &GUARDIAN_CONSENT,
    &ELIGIBLE_STUDENT,
    &AGE_APPROPRIATE,
    &NO_CLASH,
    &PRIORITY_GROUPS,
    &SIGNED_AGREEMENT,
    &APPROVED_BEFORE_CHARGING,
    &ONCE_PER_TERM_FEE,
    &DEDICATED_ACCOUNT,
    &NO_UNLISTED_CHARGE,
    &NO_DUPLICATE_CHARGE,
    &PUBLIC_INTEREST_PARTNER,
    &INSTITUTION_NECESSITY,
    &INSTITUTION_QUALIFIED,
    &EXTERNAL_STAFF_QUALIFIED,
    &EXTERNAL_STAFF_CONTRACT,
    &OWN_STAFF_FIRST,
    &STAFF_VETTED,
    &SURVEY_BEFORE_PLAN,
    &FILING_MATERIALS,
    &PARTNER_MATERIALS,
    &MIXED_GROUPING,
    &SINGLE_CLASS_GRADE,
    &VENUE_CHECKED,
    &SESSION_RECORD,
    &HANDOVER_COMPLETE,
    &PICKUP_NOT_NAMED,
    &PAY_BY_CONTRACT,
];

pub(super) static PROFILE_MISSING: Rule =
    Rule { parameters: &["in_force_from", "in_force_to"], ..Rule::of("profile-missing", "closing") };

pub(super) static CALENDAR_MISSING: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::SessionCreation],
    variants: &["provisional"],
    judges_plans: Some(basis::calendar_missing),
    ..Rule::of("calendar-missing", "三.2")
};

pub(super) static PROVIDER_IS_SCHOOL: Rule = Rule {
    variants: &["company"],
    judges_plans: Some(provider::provider_is_school),
    ..Rule::of("provider-is-school", "二.1")
};

pub(super) static NOTICE_COMPLETE: Rule = Rule {
    kinds: &[Kind::Workflow],
    steps: &[Step::PlanSubmission, Step::OpeningEnrollment],
    judges_plans: Some(notice::notice_drafted),
    variants: &["advice"],
    ..Rule::of("notice-complete", "二.2")
};

pub(super) static NO_REFUSAL: Rule = Rule {
    kinds: &[Kind::Rule, Kind::Workflow],
    variants: &["unserved"],
    judges_plans: Some(seats::no_refusal),
    ..Rule::of("no-refusal", "二.2")
};

pub(super) static ALLOWED_CONTENT: Rule = Rule {
    parameters: &["categories_refused"],
    variants: &["other", "undescribed"],
    judges_plans: Some(content::allowed_content),
    ..Rule::of("allowed-content", "三.3")
};

pub(super) static NO_COLLECTIVE_INSTRUCTION: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::GroupConfirmation, Step::SessionClosing],
    parameters: &[
        "words",
        "class_percent_of_group",
        "group_percent_of_class",
        "free_help_group_max",
        "own_class_percent_min",
    ],
    variants: &["category", "doubtful", "forbidden", "group", "large-help", "held", "own-class"],
    judges_plans: Some(instruction::no_collective_instruction),
    ..Rule::of("no-collective-instruction", "六.5")
};

pub(super) static COST_SHARING: Rule = Rule {
    variants: &["guardians-missing", "guardians-alone"],
    judges_plans: Some(money::cost_sharing),
    ..Rule::of("cost-sharing", "二.4")
};

pub(super) static NON_PROFIT: Rule = Rule {
    parameters: &["expense_categories_refused"],
    variants: &["category"],
    judges_plans: Some(money::non_profit),
    ..Rule::of("non-profit", "二.4")
};

pub(super) static SERVICE_DAYS: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::SessionCreation, Step::SessionStart],
    parameters: &["service_weekdays", "service_on_make_up_days", "service_days_a_week_min"],
    variants: &["date", "holiday", "closed", "few", "outside-term", "term-moved", "beyond", "not-today"],
    exemption: Some(Window::Service),
    is_of_slots: true,
    judges_plans: Some(time::service_days),
    ..Rule::of("service-days", "三.2")
};

pub(super) static STARTS_AFTER_DISMISSAL: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::SessionCreation],
    variants: &["unknown"],
    judges_plans: Some(time::starts_after_dismissal),
    ..Rule::of("starts-after-dismissal", "三.2")
};

pub(super) static SERVICE_END_TIME: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::SessionCreation, Step::SessionClosing],
    parameters: &["latest_end", "latest_end_winter", "earliest_end", "service_minutes_a_day_min"],
    variants: &["early", "short", "split", "held"],
    exemption: Some(Window::Service),
    is_of_slots: true,
    judges_plans: Some(time::service_end_time),
    ..Rule::of("service-end-time", "三.2")
};

pub(super) static WINTER_TIMETABLE_MISSING: Rule = Rule {
    parameters: &["latest_end_winter"],
    judges_plans: Some(time::winter_timetable_missing),
    ..Rule::of("winter-timetable-missing", "三.2")
};

pub(super) static FIXED_FOR_TERM: Rule = Rule {
    kinds: &[Kind::Rule, Kind::Workflow],
    steps: &[Step::PlanAmendment],
    variants: &["period", "dropped", "lessons-per-day", "lesson-minutes", "grade", "grade-hours"],
    exemption: Some(Window::RestOfService),
    is_of_slots: true,
    judges_plans: Some(term::fixed_for_term),
    ..Rule::of("fixed-for-term", "三.2")
};

pub(super) static FREE_HELP_IS_FREE: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::Enrollment, Step::Charge],
    variants: &["eligible"],
    judges_plans: Some(fees::free_help_is_free),
    ..Rule::of("free-help-is-free", "三.3")
};

pub(super) static FILING_WINDOW: Rule = Rule {
    parameters: &["filing_window_working_days"],
    variants: &["settled"],
    exemption: Some(Window::FirstSubmission),
    judges_plans: Some(filing::filing_window),
    ..Rule::of("filing-window", "五.2")
};

pub(super) static ONE_FILING_PER_TERM: Rule = Rule {
    kinds: &[Kind::Rule, Kind::Constraint],
    judges_plans: Some(filing::one_filing_per_term),
    ..Rule::of("one-filing-per-term", "五.2")
};

pub(super) static WHO_MAY_CHARGE: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::Charge],
    parameters: &["private_schools_may_charge", "private_boarding_schools_may_charge"],
    variants: &["income"],
    judges_plans: Some(fees::who_may_charge),
    ..Rule::of("who-may-charge", "六.2")
};

pub(super) static FEE_WITHIN_STANDARD: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::Charge],
    parameters: &["fee_standards"],
    variants: &["grade", "lessons", "document"],
    judges_plans: Some(fees::fee_within_standard),
    ..Rule::of("fee-within-standard", "六.2")
};

pub(super) static NO_STANDARD_ON_FILE: Rule = Rule {
    parameters: &["fee_standards"],
    judges_plans: Some(fees::no_standard_on_file),
    ..Rule::of("no-standard-on-file", "六.2")
};

pub(super) static TEACHING_TIME_KEPT: Rule = Rule {
    variants: &["unapproved"],
    judges_plans: Some(time::teaching_time_kept),
    ..Rule::of("teaching-time-kept", "六.5")
};

pub(super) static PUBLISHED_BEFORE_ENROLLING: Rule =
    Rule { kinds: &[Kind::Workflow], steps: &[Step::Enrollment], ..Rule::of("published-before-enrolling", "五.3") };

pub(super) static ENROLLMENT_OPEN: Rule = Rule {
    kinds: &[Kind::Workflow],
    steps: &[Step::Enrollment],
    variants: &["deadline", "answer", "draw", "wishes", "closed", "no-minimum", "enough", "early"],
    parameters: &["seat_answer_days"],
    ..Rule::of("enrollment-open", "二.2")
};

pub(super) static COERCION_SIGNAL: Rule = Rule {
    kinds: &[Kind::Signal],
    steps: &[],
    parameters: &["coercion_percent_min", "coercion_pupils_min", "coercion_minutes", "coercion_busy_minutes"],
    variants: &["address"],
    ..Rule::of("coercion-signal", "二.2")
};

pub(super) static PRIORITY_GROUPS: Rule = Rule {
    steps: &[Step::Enrollment],
    parameters: &["priority_groups", "siblings_drawn_together"],
    ..Rule::of("priority-groups", "三.1")
};

pub(super) static GUARDIAN_CONSENT: Rule = Rule {
    kinds: &[Kind::Workflow, Kind::Constraint],
    steps: &[Step::Enrollment],
    ..Rule::of("guardian-consent", "二.2")
};

pub(super) static ELIGIBLE_STUDENT: Rule = Rule {
    kinds: &[Kind::Rule, Kind::Constraint],
    steps: &[Step::PlanSubmission, Step::Enrollment],
    variants: &["grade", "later", "class"],
    judges_plans: Some(enrollment::eligible_grades),
    ..Rule::of("eligible-student", "三.1")
};

pub(super) static AGE_APPROPRIATE: Rule =
    Rule { steps: &[Step::Enrollment, Step::GroupConfirmation, Step::Charge], ..Rule::of("age-appropriate", "五.4") };

pub(super) static NO_CLASH: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::Enrollment, Step::GroupConfirmation, Step::SessionCreation],
    variants: &["leader", "staff-booked", "venue-booked", "pupil-booked"],
    judges_plans: Some(enrollment::leaders_clash),
    ..Rule::of("no-clash", "三.2")
};

pub(super) static SIGNED_AGREEMENT: Rule =
    Rule { kinds: &[Kind::Workflow], steps: &[Step::Enrollment], ..Rule::of("signed-agreement", "五.3") };
pub(super) static APPROVED_BEFORE_CHARGING: Rule = Rule {
    kinds: &[Kind::Workflow, Kind::Constraint],
    steps: &[Step::Charge],
    ..Rule::of("approved-before-charging", "五.2")
};

pub(super) static ONCE_PER_TERM_FEE: Rule =
    Rule { kinds: &[Kind::Rule, Kind::Constraint], steps: &[Step::Charge], ..Rule::of("once-per-term-fee", "六.2") };

pub(super) static DEDICATED_ACCOUNT: Rule =
    Rule { kinds: &[Kind::Rule, Kind::Constraint], steps: &[Step::Charge], ..Rule::of("dedicated-account", "六.2") };

pub(super) static NO_UNLISTED_CHARGE: Rule = Rule { steps: &[Step::Charge], ..Rule::of("no-unlisted-charge", "六.2") };

pub(super) static NO_DUPLICATE_CHARGE: Rule =
    Rule { kinds: &[Kind::Rule, Kind::Constraint], steps: &[Step::Charge], ..Rule::of("no-duplicate-charge", "六.5") };

pub(super) static PUBLIC_INTEREST_PARTNER: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::Charge],
    variants: &["unknown", "other-kind", "no-agreement", "budget", "fee", "ban"],
    judges_plans: Some(partners::public_interest_partner),
    ..Rule::of("public-interest-partner", "四.2")
};

pub(super) static INSTITUTION_NECESSITY: Rule = Rule {
    variants: &["no-demand"],
    judges_plans: Some(partners::institution_necessity),
    ..Rule::of("institution-necessity", "四.3")
};

pub(super) static INSTITUTION_QUALIFIED: Rule = Rule {
    variants: &[
        "unknown",
        "other-kind",
        "licence-begins",
        "licence-ends",
        "licence-gap",
        "no-review",
        "not-qualified",
        "review-ended",
        "review-ends",
        "ban",
        "no-agreement",
    ],
    judges_plans: Some(partners::institution_qualified),
    ..Rule::of("institution-qualified", "四.3")
};

pub(super) static EXTERNAL_STAFF_QUALIFIED: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::GroupConfirmation, Step::SessionCreation, Step::SessionStart],
    variants: &["expires", "begins"],
    judges_plans: Some(staffing::external_staff_qualified),
    ..Rule::of("external-staff-qualified", "四.1")
};

pub(super) static EXTERNAL_STAFF_CONTRACT: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::GroupConfirmation, Step::SessionCreation, Step::SessionStart],
    variants: &["renew", "begins"],
    judges_plans: Some(staffing::external_staff_contract),
    ..Rule::of("external-staff-contract", "四.1")
};

pub(super) static OWN_STAFF_FIRST: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::GroupConfirmation],
    parameters: &["own_staff_percent_min"],
    judges_plans: Some(staffing::own_staff_first),
    ..Rule::of("own-staff-first", "四.1")
};

pub(super) static STAFF_VETTED: Rule = Rule {
    steps: &[Step::PlanSubmission, Step::GroupConfirmation, Step::SessionCreation, Step::SessionStart],
    parameters: &["record_check_required"],
    variants: &["failed", "expired", "expires", "left"],
    judges_plans: Some(staffing::staff_vetted),
    ..Rule::of("staff-vetted", "六.3")
};

pub(super) static SURVEY_BEFORE_PLAN: Rule = Rule {
    kinds: &[Kind::Rule, Kind::Record],
    variants: &["ledger", "open"],
    judges_plans: Some(survey::survey_before_plan),
    ..Rule::of("survey-before-plan", "五.1")
};

pub(super) static FILING_MATERIALS: Rule = Rule {
    parameters: &["materials_required"],
    judges_plans: Some(materials::filing_materials),
    ..Rule::of("filing-materials", "五.2")
};

pub(super) static PARTNER_MATERIALS: Rule =
    Rule { judges_plans: Some(materials::partner_materials), ..Rule::of("partner-materials", "五.2") };

pub(super) static MIXED_GROUPING: Rule =
    Rule { steps: &[Step::GroupConfirmation], variants: &["impossible"], ..Rule::of("mixed-grouping", "五") };

pub(super) static SINGLE_CLASS_GRADE: Rule = Rule {
    steps: &[Step::GroupConfirmation],
    parameters: &["class_percent_of_group", "group_percent_of_class"],
    ..Rule::of("single-class-grade", "六.5")
};

pub(super) static VENUE_CHECKED: Rule = Rule {
    steps: &[Step::GroupConfirmation, Step::SessionCreation, Step::SessionStart],
    variants: &["expires", "hazard", "retired", "capacity"],
    ..Rule::of("venue-checked", "六.3")
};

pub(super) static SESSION_RECORD: Rule = Rule {
    kinds: &[Kind::Workflow, Kind::Record],
    steps: &[Step::SessionClosing],
    variants: &["began", "ended", "form", "attendance", "staff", "month-over", "not-yet"],
    ..Rule::of("session-record", "六.1")
};

pub(super) static HANDOVER_COMPLETE: Rule =
    Rule { steps: &[Step::SessionClosing], ..Rule::of("handover-complete", "六.3") };

pub(super) static PICKUP_NOT_NAMED: Rule =
    Rule { steps: &[Step::Departure], variants: &["forbidden"], ..Rule::of("pickup-not-named", "六.3") };

pub(super) static PAY_BY_CONTRACT: Rule = Rule {
    steps: &[Step::Payout],
    variants: &["teaching", "no-standard", "open", "total", "month-runs", "changed"],
    ..Rule::of("pay-by-contract", "四.1")
};
