//! The one list of slices.

use crate::auth::{self, Slice};
use crate::decisions::{publications, reviews, submissions, term_changes};
use crate::delivery::{
    calendar_feeds, closings, gates, groups, leave_requests, pay_sheets, pickup_persons, rosters, session_counts,
    sessions as service_sessions, sheets, timetables,
};
use crate::enrollments::{
    agreement_pages, agreements, choice_windows, counts as enrollment_counts, draws, enrollments, joint_enrollments,
    notice_receipts, offers, paper_forms, project_closures, suggestions, wishes,
};
use crate::fees::{charges, fee_accounts, totals};
use crate::filings::{amendments, filings, uploads};
use crate::inbox::messages as inbox_messages;
use crate::materials;
use crate::messages;
use crate::notices::notices;
use crate::oversight::signals;
use crate::partners::{partner_agreements, partner_bans, partner_reviews, partners};
use crate::plans::life::Verb;
use crate::plans::{
    checks, committee_opinions, exemptions, overview, plans, project_changes, projects, quality_courses,
};
use crate::regulation::{authorities, calendar, policy_profiles, rule_catalogue, terms};
use crate::resources::facilities;
use crate::safety::{hazards, safety_duties, safety_education_records, venue_checks};
use crate::schools::{class_teachers, classes, schools};
use crate::staff::{
    performance_pay_totals, remuneration_standards, staff_contracts, staff_members, staff_qualifications,
    staff_vettings,
};
use crate::student_status::{copies, corrections, departures, erasures, merges, separations, year_turns};
use crate::students::{
    audits, consents, counts as student_counts, disclosures, guardian_invitations, guardianships, students,
};
use crate::surveys::{results, survey_answers, surveys};
use crate::{code_tables, jobs, me};

/// What each slice registers, in the order of the contract.
pub(super) const SLICES: &[Slice] = &[
    Slice { words: &["me"], routes: me::routes, lives: &[] },
    Slice { words: &["me"], routes: inbox_messages::routes, lives: &[] },
    Slice { words: &["sign-in-codes"], routes: messages::routes, lives: &[] },
    Slice { words: &["users"], routes: auth::users::routes, lives: &[auth::users::UserVerb::LIFE] },
    Slice { words: &["users"], routes: auth::secrets::routes, lives: &[] },
    Slice { words: &["role-grants"], routes: auth::grants::routes, lives: &[auth::grants::RoleGrantVerb::LIFE] },
    // What is not the id of one comes before it.
    Slice { words: &["enrollments"], routes: enrollment_counts::routes, lives: &[] },
    Slice {
        words: &["choice-windows"],
        routes: choice_windows::routes,
        lives: &[choice_windows::ChoiceWindowVerb::LIFE],
    },
    Slice { words: &["choice-windows"], routes: draws::routes, lives: &[] },
    Slice { words: &["wishes"], routes: wishes::routes, lives: &[] },
    Slice { words: &["project-closures"], routes: project_closures::routes, lives: &[] },
    Slice { words: &["suggestions"], routes: suggestions::routes, lives: &[suggestions::SuggestionVerb::LIFE] },
    Slice { words: &["signals"], routes: signals::routes, lives: &[signals::SignalVerb::LIFE] },
    Slice { words: &["groups", "group-members"], routes: groups::routes, lives: &[groups::GroupVerb::LIFE] },
    Slice { words: &["groups"], routes: timetables::routes, lives: &[] },
    Slice { words: &["sessions"], routes: session_counts::routes, lives: &[] },
    Slice {
        words: &["sessions", "session-staff"],
        routes: service_sessions::routes,
        lives: &[service_sessions::SessionVerb::LIFE],
    },
    Slice { words: &["sessions", "rosters"], routes: rosters::routes, lives: &[] },
    Slice { words: &["schools"], routes: gates::routes, lives: &[] },
    Slice { words: &["sessions"], routes: closings::routes, lives: &[] },
    Slice { words: &["pickup-persons"], routes: pickup_persons::routes, lives: &[pickup_persons::PickupVerb::LIFE] },
    Slice {
        words: &["calendar-feeds", "calendars"],
        routes: calendar_feeds::routes,
        lives: &[calendar_feeds::CalendarFeedVerb::LIFE],
    },
    Slice { words: &["groups", "schools", "pay-sheets"], routes: sheets::routes, lives: &[] },
    Slice { words: &["pay-sheets", "pay-lines"], routes: pay_sheets::routes, lives: &[pay_sheets::PaySheetVerb::LIFE] },
    Slice { words: &["performance-pay-totals"], routes: performance_pay_totals::routes, lives: &[] },
    Slice { words: &["leave-requests"], routes: leave_requests::routes, lives: &[leave_requests::LeaveVerb::LIFE] },
    Slice { words: &["year-turns"], routes: year_turns::routes, lives: &[year_turns::YearTurnVerb::LIFE] },
    Slice {
        words: &["invitations", "account-registrations"],
        routes: auth::invitations::routes,
        lives: &[auth::invitations::InvitationVerb::LIFE],
    },
    Slice { words: &["guardianships"], routes: guardian_invitations::routes, lives: &[] },
    Slice { words: &["classes"], routes: guardian_invitations::class_routes, lives: &[] },
    Slice { words: &["me"], routes: guardian_invitations::own_routes, lives: &[] },
    Slice { words: &["guardian-registrations"], routes: guardian_invitations::open_routes, lives: &[] },
    Slice { words: &["enrollments"], routes: enrollments::routes, lives: &[enrollments::EnrollmentVerb::LIFE] },
    Slice { words: &["enrollments"], routes: agreements::routes, lives: &[] },
    Slice { words: &["enrollments"], routes: draws::enrollment_routes, lives: &[] },
    Slice { words: &["paper-forms"], routes: paper_forms::routes, lives: &[paper_forms::PaperFormVerb::LIFE] },
    Slice { words: &["enrollments", "students"], routes: joint_enrollments::routes, lives: &[] },
    Slice { words: &["enrollments", "students"], routes: agreement_pages::routes, lives: &[] },
    Slice { words: &["students"], routes: student_counts::routes, lives: &[] },
    Slice { words: &["students"], routes: students::routes, lives: &[students::StudentVerb::LIFE] },
    Slice { words: &["students"], routes: corrections::routes, lives: &[] },
    Slice { words: &["students"], routes: departures::routes, lives: &[] },
    Slice { words: &["students"], routes: disclosures::routes, lives: &[] },
    Slice { words: &["students"], routes: offers::routes, lives: &[] },
    Slice { words: &["persons"], routes: merges::routes, lives: &[] },
    Slice { words: &["persons"], routes: separations::routes, lives: &[] },
    Slice { words: &["students"], routes: copies::routes, lives: &[] },
    Slice { words: &["audits"], routes: audits::routes, lives: &[] },
    Slice { words: &["erasures", "retention-runs"], routes: erasures::routes, lives: &[] },
    Slice { words: &["guardianships"], routes: guardianships::routes, lives: &[guardianships::GuardianshipVerb::LIFE] },
    Slice { words: &["consents"], routes: consents::routes, lives: &[consents::ConsentVerb::LIFE] },
    Slice { words: &["schools"], routes: schools::routes, lives: &[schools::SchoolVerb::LIFE] },
    Slice {
        words: &["class-teachers"],
        routes: class_teachers::routes,
        lives: &[class_teachers::ClassTeacherVerb::LIFE],
    },
    Slice { words: &["classes"], routes: classes::routes, lives: &[classes::ClassVerb::LIFE] },
    Slice { words: &["authorities"], routes: authorities::routes, lives: &[authorities::AuthorityVerb::LIFE] },
    Slice {
        words: &["policy-profiles", "profiles-in-force"],
        routes: policy_profiles::routes,
        lives: &[policy_profiles::PolicyProfileVerb::LIFE],
    },
    Slice { words: &["policy-profiles"], routes: filings::recheck_routes, lives: &[] },
    Slice { words: &["rules"], routes: rule_catalogue::routes, lives: &[] },
    Slice { words: &["terms"], routes: terms::routes, lives: &[terms::TermVerb::LIFE] },
    Slice { words: &["terms"], routes: term_changes::routes, lives: &[] },
    Slice { words: &["calendar"], routes: calendar::routes, lives: &[] },
    Slice { words: &["calendar"], routes: calendar::closures::routes, lives: &[calendar::closures::ClosureVerb::LIFE] },
    Slice { words: &["calendar"], routes: calendar::years::routes, lives: &[calendar::years::CalendarYearVerb::LIFE] },
    Slice { words: &["checks"], routes: checks::routes, lives: &[] },
    Slice { words: &["plans"], routes: overview::routes, lives: &[] },
    Slice { words: &["plans"], routes: plans::routes, lives: &[Verb::LIFE] },
    Slice { words: &["projects"], routes: projects::routes, lives: &[projects::ProjectVerb::LIFE] },
    Slice { words: &["projects"], routes: project_changes::routes, lives: &[] },
    Slice { words: &["plan-amendments"], routes: amendments::routes, lives: &[amendments::AmendmentVerb::LIFE] },
    Slice {
        words: &["filings", "plans", "plan-amendments"],
        routes: filings::routes,
        lives: &[filings::FilingVerb::LIFE],
    },
    Slice { words: &["plans", "plan-amendments"], routes: submissions::routes, lives: &[] },
    Slice { words: &["filings"], routes: reviews::routes, lives: &[] },
    Slice { words: &["notice-receipts"], routes: notice_receipts::routes, lives: &[] },
    Slice { words: &["notices", "published-notices"], routes: notices::routes, lives: &[notices::NoticeVerb::LIFE] },
    Slice { words: &["notices"], routes: publications::routes, lives: &[] },
    Slice { words: &["exemptions"], routes: exemptions::routes, lives: &[exemptions::ExemptionVerb::LIFE] },
    Slice { words: &["committee-opinions"], routes: committee_opinions::routes, lives: &[] },
    Slice {
        words: &["quality-courses"],
        routes: quality_courses::routes,
        lives: &[quality_courses::QualityCourseVerb::LIFE],
    },
    Slice { words: &["fee-accounts"], routes: fee_accounts::routes, lives: &[] },
    Slice { words: &["charges"], routes: totals::routes, lives: &[] },
    Slice { words: &["charges"], routes: charges::routes, lives: &[charges::ChargeVerb::LIFE] },
    Slice { words: &["partners"], routes: partners::routes, lives: &[partners::PartnerVerb::LIFE] },
    Slice { words: &["partner-reviews"], routes: partner_reviews::routes, lives: &[] },
    Slice { words: &["partner-bans"], routes: partner_bans::routes, lives: &[partner_bans::PartnerBanVerb::LIFE] },
    Slice {
        words: &["partner-agreements"],
        routes: partner_agreements::routes,
        lives: &[partner_agreements::PartnerAgreementVerb::LIFE],
    },
    Slice { words: &["staff-members"], routes: staff_members::routes, lives: &[staff_members::StaffMemberVerb::LIFE] },
    Slice {
        words: &["staff-qualifications"],
        routes: staff_qualifications::routes,
        lives: &[staff_qualifications::StaffQualificationVerb::LIFE],
    },
    Slice { words: &["staff-vettings"], routes: staff_vettings::routes, lives: &[] },
    Slice {
        words: &["staff-contracts"],
        routes: staff_contracts::routes,
        lives: &[staff_contracts::ContractVerb::LIFE],
    },
    Slice { words: &["safety-duties"], routes: safety_duties::routes, lives: &[safety_duties::SafetyDutyVerb::LIFE] },
    Slice { words: &["venue-checks"], routes: venue_checks::routes, lives: &[] },
    Slice { words: &["hazards"], routes: hazards::routes, lives: &[hazards::HazardVerb::LIFE] },
    Slice { words: &["safety-education-records"], routes: safety_education_records::routes, lives: &[] },
    Slice { words: &["remuneration-standards"], routes: remuneration_standards::routes, lives: &[] },
    Slice { words: &["surveys"], routes: surveys::routes, lives: &[surveys::SurveyVerb::LIFE] },
    Slice { words: &["surveys"], routes: results::routes, lives: &[] },
    Slice {
        words: &["survey-answers"],
        routes: survey_answers::routes,
        lives: &[survey_answers::SurveyAnswerVerb::LIFE],
    },
    Slice { words: &["facilities"], routes: facilities::routes, lives: &[facilities::FacilityVerb::LIFE] },
    Slice { words: &["materials"], routes: materials::routes, lives: &[materials::MaterialVerb::LIFE] },
    Slice { words: &["materials"], routes: uploads::routes, lives: &[] },
    Slice { words: &["jobs"], routes: jobs::routes, lives: &[jobs::JobVerb::LIFE] },
    Slice { words: &["code-tables"], routes: code_tables::routes, lives: &[] },
];
