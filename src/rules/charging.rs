//! 收费 of one pupil for one term (五.2, 六.2, 六.5): after approval, once, into the school's dedicated account, what the
//! plan lists and nothing else, by nobody but the school.

use super::calendar::Calendar;
use super::catalogue::{
    APPROVED_BEFORE_CHARGING, DEDICATED_ACCOUNT, NO_DUPLICATE_CHARGE, NO_UNLISTED_CHARGE, ONCE_PER_TERM_FEE, RULES,
};
use super::document::{Collector, FeeItemKind, PlanDocument, Season};
use super::facts::Facts;
use super::profile::Profile;
use super::rule::{Rule, Step};
use super::schedule::ServiceDays;
use super::submission::Submission;
use super::{Finding, Severity};
use crate::values::money::yuan;

/// Something that somebody wants to charge beside the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeItem {
    pub kind: FeeItemKind,
    pub name: String,
    pub amount_fen: i64,
}

/// What is known of a charge before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeFacts<'a> {
    /// Number of the policy document.
    pub document: &'a str,
    pub school_year: &'a str,
    pub season: Season,
    /// Whether a filing of the plan is approved.
    pub is_approved: bool,
    /// Whether the person has a live charge of the term, wherever that is.
    pub is_charged: bool,
    /// Whether the school has an open dedicated account.
    pub has_account: bool,
    pub collector: Collector,
    pub items: &'a [FeeItem],
}

impl ChargeFacts<'_> {
    fn error(&self, rule: &'static Rule, pointer: impl Into<String>) -> Finding {
        rule.finding(Severity::Error, self.document, pointer)
    }
}

/// Judges a charge by every rule of that step and says everything at once.
#[must_use]
pub fn check_charge(charge: &ChargeFacts<'_>) -> Vec<Finding> {
    let single = [approved_before_charging(charge), once_per_term_fee(charge), dedicated_account(charge)];
    let mut findings: Vec<Finding> = single.into_iter().flatten().collect();
    findings.extend(no_unlisted_charge(charge));
    findings.extend(no_duplicate_charge(charge));
    findings
}

/// Asks again what the catalogue asks at a charge of the plan itself: who may charge, how much, what is free, what is
/// not bought from a partner. The school is as it is on record now; profile and days are those that judged the filing.
#[must_use]
pub fn asked_again(document: &PlanDocument, facts: &Facts, profile: &Profile, days: &ServiceDays) -> Vec<Finding> {
    let calendar = Calendar::built_in();
    let mut plan = Submission::of(document, facts, profile, &calendar);
    plan.days = days.clone();
    let asked = RULES.iter().filter(|rule| rule.steps.contains(&Step::Charge)).filter_map(|rule| rule.judges_plans);
    asked.flat_map(|judge| judge(&plan).findings).filter(|finding| finding.severity == Severity::Error).collect()
}

/// `approved-before-charging`: signing, meeting and sessions do not wait for the approval; money does.
fn approved_before_charging(charge: &ChargeFacts<'_>) -> Option<Finding> {
    (!charge.is_approved).then(|| charge.error(&APPROVED_BEFORE_CHARGING, ""))
}

/// `once-per-term-fee`: one live charge per person, school year and season. It never says where the other one is.
fn once_per_term_fee(charge: &ChargeFacts<'_>) -> Option<Finding> {
    charge.is_charged.then(|| second_charge(charge.document, charge.school_year, charge.season))
}

/// What is said of a second charge, also when only the database saw it.
#[must_use]
pub fn second_charge(document: &str, school_year: &str, season: Season) -> Finding {
    ONCE_PER_TERM_FEE
        .finding(Severity::Error, document, "/student_id")
        .with("school_year", school_year)
        .with("season", season.as_str())
        .with("season_zh", season.zh())
        .with("season_en", season.en())
}

/// `dedicated-account`: money goes to the school's dedicated account or nowhere.
fn dedicated_account(charge: &ChargeFacts<'_>) -> Option<Finding> {
    (!charge.has_account).then(|| charge.error(&DEDICATED_ACCOUNT, ""))
}

/// `no-unlisted-charge`: nothing is charged in the name of the service that the filed plan does not list.
fn no_unlisted_charge(charge: &ChargeFacts<'_>) -> Vec<Finding> {
    let finding = |(index, item): (usize, &FeeItem)| {
        charge
            .error(&NO_UNLISTED_CHARGE, format!("/items/{index}"))
            .with("item", item.name.as_str())
            .with("kind", item.kind.as_str())
            .with("kind_zh", item.kind.zh())
            .with("kind_en", item.kind.en())
            .with("amount_fen", item.amount_fen)
            .with("amount_yuan", yuan(item.amount_fen))
    };
    charge.items.iter().enumerate().map(finding).collect()
}

/// `no-duplicate-charge`: only the school collects, never a partner, a parents' committee or a social body beside it.
fn no_duplicate_charge(charge: &ChargeFacts<'_>) -> Option<Finding> {
    (charge.collector != Collector::School).then(|| {
        charge
            .error(&NO_DUPLICATE_CHARGE, "/collector")
            .with("collector", charge.collector.as_str())
            .with("collector_zh", charge.collector.zh())
            .with("collector_en", charge.collector.en())
    })
}
