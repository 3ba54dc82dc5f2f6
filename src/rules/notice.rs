//! 告知 (二.2): guardians are told six things before they choose.

use super::catalogue::NOTICE_COMPLETE;
use super::document::{PlanDocument, PlanNotice, Prose};
use super::profile::Profile;
use super::seats::is_service;
use super::submission::{Submission, Verdict};
use super::{Finding, Severity};

/// `notice-complete`: each of the six items that a notice lacks. It stops the opening of enrollment.
#[must_use]
pub fn notice_complete(notice: &PlanNotice, pointer: &str, profile: &Profile) -> Vec<Finding> {
    let items: [(&str, &str, &str, &Option<Prose<4000>>); 6] = [
        ("time", "服务时间", "service times", &notice.time),
        ("mode", "服务方式", "mode", &notice.mode),
        ("content", "服务内容", "content", &notice.content),
        ("safety", "安全措施", "safety measures", &notice.safety),
        ("fees", "收费事项", "fees", &notice.fees),
        ("spending", "费用开支", "how money is spent", &notice.spending),
    ];
    let missing = items.into_iter().filter(|(.., text)| text.is_none());
    let finding = |(item, zh, en, _)| {
        NOTICE_COMPLETE
            .finding(Severity::Error, &profile.document, format!("{pointer}/{item}"))
            .with("item", item)
            .with("item_zh", zh)
            .with("item_en", en)
    };
    missing.map(finding).collect()
}

/// `notice-complete`: where the plan serves a grade by nothing, guardians are advised to choose a qualified provider,
/// if they want care outside of the school (二.1). It stops nothing.
#[must_use]
pub fn off_campus_advice(
    notice: &PlanNotice,
    document: &PlanDocument,
    pointer: &str,
    profile: &Profile,
) -> Option<Finding> {
    let serves =
        |grade: i64| document.projects.iter().any(|project| project.serves(grade) && is_service(profile, project));
    let grades = document.school.grades.iter().map(|row| row.grade.get());
    let unserved: Vec<String> = grades.filter(|grade| !serves(*grade)).map(|grade| grade.to_string()).collect();
    if unserved.is_empty() || notice.off_campus_advice.is_some() {
        return None;
    }
    let at = format!("{pointer}/off_campus_advice");
    let finding = NOTICE_COMPLETE.finding(Severity::Warning, &profile.document, at).variant("advice");
    Some(finding.with("grades", unserved.join(", ")))
}

/// The same of a plan, as warnings: a plan may be filed before its notice is written, enrollment may not open.
pub(super) fn notice_drafted(plan: &Submission<'_>) -> Verdict {
    let mut findings = notice_complete(&plan.document.notice, "/notice", plan.profile);
    for finding in &mut findings {
        finding.severity = Severity::Warning;
    }
    findings.into()
}
