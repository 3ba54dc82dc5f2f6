//! 公益组织与社会机构 (四.2, 四.3, 六.5): whom a school lets run projects, on what terms, and whether they may.

use time::Date;

use super::catalogue::{INSTITUTION_NECESSITY, INSTITUTION_QUALIFIED, PUBLIC_INTEREST_PARTNER};
use super::document::{CreditCodeText, ExpenseCategory, Period, PlanExpense, PlanProject, ProviderKind};
use super::papers::{Coverage, coverage};
use super::submission::{Submission, Verdict};
use super::{Finding, Rule, Severity};
use crate::values::money::yuan;
use crate::values::text::Line;

/// A partner as the authorities above the school have it on file, with what the school has signed with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerFact {
    pub kind: ProviderKind,
    pub credit_code: String,
    pub name: String,
    pub licence_number: String,
    pub licence_starts_on: Date,
    /// None for no end.
    pub licence_ends_on: Option<Date>,
    /// Those that it has replaced.
    pub earlier_licences: Vec<LicenceFact>,
    /// Bans that nobody has lifted.
    pub bans: Vec<PartnerBanFact>,
    /// The latest.
    pub review: Option<PartnerReviewFact>,
    /// What was signed, also what has ended since.
    pub agreements: Vec<PartnerAgreementFact>,
    /// How many answers of the term's survey want what it offers; none while no survey says so.
    pub wanted_by: Option<i64>,
}

/// A licence, first and last day included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceFact {
    pub number: String,
    pub starts_on: Date,
    pub ends_on: Date,
}

/// A ban, first and last day included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerBanFact {
    pub starts_on: Date,
    pub ends_on: Option<Date>,
    pub document: String,
}

/// A review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartnerReviewFact {
    pub reviewed_on: Date,
    /// None where it found that the partner is not qualified.
    pub qualified_until: Option<Date>,
}

/// A signed agreement, first and last day included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerAgreementFact {
    pub title: String,
    pub starts_on: Date,
    /// Of one that was ended: the day on which it was.
    pub ends_on: Date,
    /// Whether the partner is paid.
    pub is_paid: bool,
    /// Why the school's own staff do not suffice (四.3).
    pub necessity: Option<String>,
}

impl PartnerAgreementFact {
    fn covers(&self, date: Date) -> bool {
        (self.starts_on..=self.ends_on).contains(&date)
    }
}

/// A project that a partner runs.
struct Engagement<'a> {
    index: usize,
    project: &'a PlanProject,
    code: &'a str,
}

/// What is on file of the partner of a project, and the days on which the project meets.
struct Known<'a> {
    engagement: &'a Engagement<'a>,
    partner: &'a PartnerFact,
    dates: Vec<Date>,
}

impl Engagement<'_> {
    fn finding(&self, plan: &Submission<'_>, rule: &'static Rule, severity: Severity) -> Finding {
        let name = self.project.provider.name.as_ref().map_or("", Line::as_str);
        rule.finding(severity, &plan.profile.document, format!("/projects/{}/provider", self.index))
            .project(self.project.name.as_str())
            .with("partner", name)
            .with("credit_code", self.code)
    }

    /// The days on which it meets, in order, from the filing's own day on: of what has been served before, nothing can
    /// be mended any more. One that never meets is judged by the ends of the service, one that is over by its last day.
    fn dates(&self, plan: &Submission<'_>) -> Vec<Date> {
        let mut dates: Vec<Date> = plan.days.dates_of(self.project).collect();
        if dates.is_empty() {
            dates = vec![plan.document.term.first_service_date(), plan.document.term.last_service_date()];
        }
        let last = dates.last().copied();
        dates.retain(|date| plan.is_judged_on(*date) || Some(*date) == last);
        dates
    }
}

impl Known<'_> {
    fn error(&self, plan: &Submission<'_>, rule: &'static Rule) -> Finding {
        self.finding(plan, rule, Severity::Error)
    }

    fn finding(&self, plan: &Submission<'_>, rule: &'static Rule, severity: Severity) -> Finding {
        self.engagement.finding(plan, rule, severity).with("partner", &self.partner.name)
    }

    /// The first day of service that no signed agreement covers.
    fn uncovered(&self, fits: impl Fn(&PartnerAgreementFact) -> bool) -> Option<Date> {
        let covered = |date: &Date| self.partner.agreements.iter().any(|signed| fits(signed) && signed.covers(*date));
        self.dates.iter().find(|date| !covered(date)).copied()
    }

    /// Agreements that cover any day of service.
    fn agreements(&self) -> impl Iterator<Item = &PartnerAgreementFact> {
        let needed = |signed: &&PartnerAgreementFact| self.dates.iter().any(|date| signed.covers(*date));
        self.partner.agreements.iter().filter(needed)
    }

    /// No agreement for a day of service.
    fn no_agreement(&self, plan: &Submission<'_>, rule: &'static Rule) -> Option<Finding> {
        let date = self.uncovered(|_| true)?;
        Some(self.error(plan, rule).variant("no-agreement").with("date", date))
    }

    /// A ban on a day of service (六.5).
    fn bans(&self, plan: &Submission<'_>, rule: &'static Rule) -> Vec<Finding> {
        let hit = |ban: &PartnerBanFact| {
            let banned = |date: &&Date| ban.starts_on <= **date && ban.ends_on.is_none_or(|last| **date <= last);
            let date = self.dates.iter().find(banned)?;
            let finding = self.error(plan, rule).variant("ban").with("date", date);
            let finding = finding.with("starts_on", ban.starts_on).with("ban", &ban.document);
            Some(Finding { clause: "六.5".into(), ..finding })
        };
        self.partner.bans.iter().filter_map(hit).collect()
    }

    /// The first and the last day that are judged.
    fn bounds(&self) -> Option<(Date, Date)> {
        self.dates.first().copied().zip(self.dates.last().copied())
    }
}

/// Projects that partners of a kind run.
fn engagements<'a>(plan: &Submission<'a>, kind: ProviderKind) -> Vec<Engagement<'a>> {
    let of_kind = |(index, project): (usize, &'a PlanProject)| {
        let code = project.provider.credit_code.as_ref().map_or("", CreditCodeText::as_str);
        (project.provider.kind == kind).then_some(Engagement { index, project, code })
    };
    plan.projects().filter_map(of_kind).collect()
}

/// What `judge` says of every engagement whose partner is on file; `stranger` speaks for the others. Without the facts
/// or a calendar nothing is judged.
fn each<'a>(
    plan: &'a Submission<'_>,
    engaged: &'a [Engagement<'a>],
    stranger: impl Fn(&Engagement<'_>, &'static str) -> Option<Finding>,
    judge: impl Fn(&Known<'_>) -> Vec<Finding>,
) -> Verdict {
    let Some(partners) = &plan.facts.partners else { return Verdict::not_judged() };
    let mut findings = Vec::new();
    for engagement in engaged {
        match partners.iter().find(|partner| partner.credit_code == engagement.code) {
            None => findings.extend(stranger(engagement, "unknown")),
            Some(partner) if partner.kind != engagement.project.provider.kind => {
                findings.extend(stranger(engagement, "other-kind"));
            }
            Some(partner) => {
                let dates = engagement.dates(plan);
                findings.extend(judge(&Known { engagement, partner, dates }));
            }
        }
    }
    findings.into()
}

/// `public-interest-partner`: the school gives the room, they give money and people (四.2): an agreement is on file, and
/// nobody pays them.
pub(super) fn public_interest_partner(plan: &Submission<'_>) -> Verdict {
    let rule = &PUBLIC_INTEREST_PARTNER;
    let engaged = engagements(plan, ProviderKind::PublicInterest);
    if engaged.is_empty() {
        return Vec::new().into();
    }
    let mut written = fees(plan, &engaged);
    written.extend(budget(plan));
    let stranger =
        |engagement: &Engagement<'_>, variant| Some(engagement.finding(plan, rule, Severity::Error).variant(variant));
    let verdict = each(plan, &engaged, stranger, |known| {
        let paid = known.agreements().filter(|signed| signed.is_paid);
        let paid = paid.map(|signed| known.error(plan, rule).with("agreement", &signed.title));
        let mut findings: Vec<Finding> = known.no_agreement(plan, rule).into_iter().chain(paid).collect();
        findings.extend(known.bans(plan, rule));
        findings
    });
    written.extend(verdict.findings);
    Verdict { findings: written, judged: verdict.judged }
}

/// A fee of such a project can only be the school's own cost; the reviewer looks at it.
fn fees(plan: &Submission<'_>, engaged: &[Engagement<'_>]) -> Vec<Finding> {
    let fee = |engagement: &Engagement<'_>| {
        let amount = engagement.project.fee.paid_fen()?;
        let mut finding = engagement.finding(plan, &PUBLIC_INTEREST_PARTNER, Severity::Warning).variant("fee");
        finding.pointer = format!("/projects/{}/fee", engagement.index);
        Some(finding.with("amount_fen", amount).with("amount_yuan", yuan(amount)))
    };
    engaged.iter().filter_map(fee).collect()
}

/// Money for partners, where the plan has none but public-interest ones.
fn budget(plan: &Submission<'_>) -> Vec<Finding> {
    if plan.projects().any(|(_, project)| project.provider.kind == ProviderKind::Institution) {
        return Vec::new();
    }
    let paid = plan.document.budget.expenses.iter().enumerate();
    let paid = paid.filter(|(_, line)| line.category == ExpenseCategory::PartnerPay && line.amount_fen.get() > 0);
    let finding = |(index, line): (usize, &PlanExpense)| {
        plan.error(&PUBLIC_INTEREST_PARTNER, format!("/budget/expenses/{index}"))
            .variant("budget")
            .with("amount_fen", line.amount_fen)
            .with("amount_yuan", yuan(line.amount_fen.get()))
    };
    paid.map(finding).collect()
}

/// `institution-necessity`: bought in only where the school's own staff do not suffice, which the signed agreement
/// says, and pupils want it, which the survey says (四.3). Who is not on file at all is `institution-qualified`'s.
pub(super) fn institution_necessity(plan: &Submission<'_>) -> Verdict {
    let rule = &INSTITUTION_NECESSITY;
    let engaged = engagements(plan, ProviderKind::Institution);
    if engaged.is_empty() {
        return Vec::new().into();
    }
    let mut verdict = each(
        plan,
        &engaged,
        |_, _| None,
        |known| {
            let unsaid = known.uncovered(|signed| signed.necessity.is_some());
            let unsaid = unsaid.map(|date| known.error(plan, rule).with("date", date));
            let unwanted = known.partner.wanted_by.filter(|wanted| *wanted < 1);
            let unwanted =
                unwanted.map(|wanted| known.error(plan, rule).variant("no-demand").with("wanted_by", wanted));
            unsaid.into_iter().chain(unwanted).collect()
        },
    );
    let asked = |engagement: &Engagement<'_>| {
        let partners = plan.facts.partners.iter().flatten();
        partners.filter(|partner| partner.credit_code == engagement.code).all(|partner| partner.wanted_by.is_some())
    };
    verdict.judged = verdict.judged && engaged.iter().all(asked);
    verdict
}

/// `institution-qualified`: licensed, reviewed and found qualified, not banned, by a signed agreement (四.3, 六.5), on
/// every day of service.
pub(super) fn institution_qualified(plan: &Submission<'_>) -> Verdict {
    let rule = &INSTITUTION_QUALIFIED;
    let engaged = engagements(plan, ProviderKind::Institution);
    if engaged.is_empty() {
        return Vec::new().into();
    }
    let stranger =
        |engagement: &Engagement<'_>, variant| Some(engagement.finding(plan, rule, Severity::Error).variant(variant));
    each(plan, &engaged, stranger, |known| {
        let mut findings: Vec<Finding> = licence(plan, known).into_iter().collect();
        findings.extend(review(plan, known));
        findings.extend(known.bans(plan, rule));
        findings.extend(known.no_agreement(plan, rule));
        findings
    })
}

/// The licence: not begun, over, over before the term is, or a day between two of them.
fn licence(plan: &Submission<'_>, known: &Known<'_>) -> Option<Finding> {
    let (_, last) = known.bounds()?;
    let partner = known.partner;
    let mut licences = partner.earlier_licences.clone();
    let ends_on = partner.licence_ends_on.unwrap_or(Date::MAX);
    licences.push(LicenceFact {
        number: partner.licence_number.clone(),
        starts_on: partner.licence_starts_on,
        ends_on,
    });
    let papers: Vec<Period> = licences.iter().map(|own| Period { from: own.starts_on, to: own.ends_on }).collect();
    let say = |severity, licence: Option<&LicenceFact>| {
        let number = licence.map_or(&partner.licence_number, |licence| &licence.number);
        known.finding(plan, &INSTITUTION_QUALIFIED, severity).with("licence_number", number)
    };
    let next = |date: Date| licences.iter().filter(|own| own.starts_on > date).min_by_key(|own| own.starts_on);
    let over = |date: Date| licences.iter().filter(|own| own.ends_on < date).max_by_key(|own| own.ends_on);
    Some(match coverage(&known.dates, &papers) {
        Coverage::Whole => return None,
        Coverage::NotAtFirst(date) => match (over(date), next(date)) {
            (Some(ended), _) => say(Severity::Error, Some(ended)).with("ends_on", ended.ends_on).with("date", date),
            (None, begins) => say(Severity::Error, begins)
                .variant("licence-begins")
                .with("starts_on", begins.map_or(partner.licence_starts_on, |licence| licence.starts_on))
                .with("date", date),
        },
        Coverage::Until { expires_on, uncovered } => {
            let ended = say(Severity::Warning, over(uncovered)).with("ends_on", expires_on);
            match next(uncovered) {
                Some(licence) => {
                    ended.variant("licence-gap").with("starts_on", licence.starts_on).with("date", uncovered)
                }
                None => ended.variant("licence-ends").with("date", last),
            }
        }
    })
}

/// The latest review: none, not qualified, over, or over before the term is.
fn review(plan: &Submission<'_>, known: &Known<'_>) -> Option<Finding> {
    let (on, last) = known.bounds()?;
    let say = |severity, variant| known.finding(plan, &INSTITUTION_QUALIFIED, severity).variant(variant);
    let Some(review) = known.partner.review else { return Some(say(Severity::Error, "no-review").with("date", on)) };
    let finding = match review.qualified_until {
        None => say(Severity::Error, "not-qualified"),
        Some(until) if until < on => say(Severity::Error, "review-ended").with("ends_on", until).with("date", on),
        Some(until) if until < last => say(Severity::Warning, "review-ends").with("ends_on", until).with("date", last),
        Some(_) => return None,
    };
    Some(finding.with("reviewed_on", review.reviewed_on))
}
