//! 学校为主 (二.1): the school itself is the provider of its after-school service.

use unicode_normalization::UnicodeNormalization;

use super::Finding;
use super::catalogue::PROVIDER_IS_SCHOOL;
use super::document::{CreditCodeText, PlanProject, ProviderKind};
use super::submission::{Submission, Verdict};
use crate::values::text::Line;

/// `provider-is-school`: the plan names the school, and no other, as the one who carries it out. Partners run projects,
/// and a company's code makes nobody the school.
pub(super) fn provider_is_school(plan: &Submission<'_>) -> Verdict {
    let school = plan.document.school.name.as_str();
    let provider = &plan.document.provider;
    let named = provider.name.as_ref().map(Line::as_str);
    let itself = provider.kind == ProviderKind::School && named.is_none_or(|name| name.nfkc().eq(school.nfkc()));
    let other = (!itself).then(|| {
        plan.error(&PROVIDER_IS_SCHOOL, "/provider")
            .with("school", school)
            .with("provider_zh", named.unwrap_or_else(|| provider.kind.zh()))
            .with("provider_en", named.unwrap_or_else(|| provider.kind.en()))
    });
    let companies = plan.projects().filter_map(|(index, project)| company(plan, index, project));
    other.into_iter().chain(companies).collect::<Vec<_>>().into()
}

/// A project that is called the school's own, by the code of a company: 9 begins those of the market's register.
fn company(plan: &Submission<'_>, index: usize, project: &PlanProject) -> Option<Finding> {
    let provider = &project.provider;
    let code = provider.credit_code.as_ref().map(CreditCodeText::as_str).filter(|code| code.starts_with('9'))?;
    (provider.kind == ProviderKind::School).then(|| {
        plan.error(&PROVIDER_IS_SCHOOL, format!("/projects/{index}/provider/credit_code"))
            .variant("company")
            .project(project.name.as_str())
            .with("credit_code", code)
    })
}
