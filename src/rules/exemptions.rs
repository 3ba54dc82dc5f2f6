//! 特殊情况核准 (三.2, 五.2): an authority's dated permission. It covers the days, the project and the weekday that it
//! names, no more and no less.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::Date;

use super::catalogue::SERVICE_DAYS;
use super::document::PlanProject;
use super::rule::Rule;
use crate::finding::{About, Finding, Severity};
use crate::values::iso_date;

/// A permission that was granted. Whoever gathers the facts passes on only those of this school and term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// Cited by the finding that it turns into a warning.
    pub id: String,
    /// By which it was granted.
    pub document: String,
    /// The rule that it lifts.
    pub rule: String,
    /// Only what is about the project of this name.
    pub project: Option<String>,
    /// Only what is about this day of the week.
    pub weekday: Option<i64>,
    /// The first and the last day on which it holds.
    pub first_on: Date,
    pub last_on: Date,
}

/// For whom a day without regular service has one: some projects by name, or, where none is named, every project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lifted(Vec<String>);

impl Lifted {
    /// Whether the project is among those for which the day was lifted.
    #[must_use]
    pub fn admits(&self, project: &PlanProject) -> bool {
        self.0.is_empty() || self.0.iter().any(|name| name == project.name.as_str())
    }
}

/// On which days an exemption must hold: on each of some, or on all from one to another.
enum Needed<'a> {
    Days(&'a [Date]),
    Span(Date, Date),
}

impl Needed<'_> {
    fn days(&self) -> Vec<Date> {
        match self {
            Self::Days(days) => days.to_vec(),
            Self::Span(first, last) => {
                std::iter::successors(Some(*first), |day| day.next_day()).take_while(|day| day <= last).collect()
            }
        }
    }
}

impl Exemption {
    /// The error of `rule` as a warning that cites what covers it, where the rule can be lifted at all: on each day on
    /// which it happens, or, of what has no days of its own, on every day of `window`. Of the days without service only
    /// weekends are lifted: never a statutory holiday, nor a day that is closed here (三.2). Where something was granted
    /// and does not help, the error says why.
    #[must_use]
    pub fn lift(exemptions: &[Self], rule: &Rule, window: Option<(Date, Date)>, finding: Finding) -> Finding {
        let liftable = rule.exemption.is_some() && !finding.stands && finding.severity == Severity::Error;
        let own: Vec<&Self> = exemptions.iter().filter(|given| given.rule == rule.id).collect();
        if !liftable || own.is_empty() {
            return finding;
        }
        let about = finding.about.clone();
        let needed = match (&about.dates, window) {
            (Some(days), _) => Needed::Days(days),
            (None, Some((first, last))) => Needed::Span(first, last),
            (None, None) => return finding,
        };
        let days = needed.days();
        let fitting: Vec<&Self> = own.iter().copied().filter(|given| given.fits(&about)).collect();
        match cover(&fitting, &days) {
            Some(used) => lifted(finding, &used),
            None => not_lifted(finding, &own, &about, &days),
        }
    }

    /// Whether it is about this project, and this day of the week.
    fn fits(&self, about: &About) -> bool {
        self.fits_project(about) && (self.weekday.is_none() || self.weekday == about.weekday)
    }

    fn fits_project(&self, about: &About) -> bool {
        self.project.is_none() || self.project == about.project
    }

    fn holds_on(&self, day: Date) -> bool {
        (self.first_on..=self.last_on).contains(&day)
    }

    /// For whom a day without regular service has one: the projects that are exempted on it, or nobody.
    #[must_use]
    pub fn lifts_day(exemptions: &[Self], day: Date) -> Option<Lifted> {
        let weekday = i64::from(day.weekday().number_from_monday());
        let of_day = exemptions.iter().filter(|given| {
            given.rule == SERVICE_DAYS.id && given.holds_on(day) && given.weekday.is_none_or(|own| own == weekday)
        });
        let projects: BTreeSet<Option<&str>> = of_day.map(|given| given.project.as_deref()).collect();
        if projects.contains(&None) {
            return Some(Lifted(Vec::new()));
        }
        (!projects.is_empty()).then(|| Lifted(projects.into_iter().flatten().map(str::to_owned).collect()))
    }
}

/// Those of `given` that cover the days together, in the order in which they are needed; nothing where a day is left
/// over, or where there is no day at all.
fn cover<'a>(given: &[&'a Exemption], days: &[Date]) -> Option<Vec<&'a Exemption>> {
    let mut used: Vec<&Exemption> = Vec::new();
    for day in days {
        if used.iter().any(|known| known.holds_on(*day)) {
            continue;
        }
        used.push(given.iter().find(|exemption| exemption.holds_on(*day))?);
    }
    (!used.is_empty()).then_some(used)
}

fn lifted(mut finding: Finding, used: &[&Exemption]) -> Finding {
    finding.severity = Severity::Warning;
    finding.exemption = used.first().map(|given| given.id.clone());
    let documents: BTreeSet<&str> = used.iter().map(|given| given.document.as_str()).collect();
    finding.with("exempted_by", documents.into_iter().collect::<Vec<_>>().join("、"))
}

/// What the closest of them lacks: the project, else the day of the week, else days.
fn not_lifted(finding: Finding, own: &[&Exemption], about: &About, days: &[Date]) -> Finding {
    let fits = own.iter().find(|given| given.fits(about)).map(|given| (*given, "days"));
    let of_project = || own.iter().find(|given| given.fits_project(about)).map(|given| (*given, "weekday"));
    let Some((given, lacks)) = fits.or_else(of_project).or_else(|| own.first().map(|given| (*given, "project"))) else {
        return finding;
    };
    let uncovered = days.iter().find(|day| !given.holds_on(**day)).or(days.first());
    finding
        .with("exemption_lacks", lacks)
        .with("exemption_document", &given.document)
        .with("exemption_project", given.project.as_deref().unwrap_or_default())
        .with("exemption_first_on", given.first_on)
        .with("exemption_last_on", given.last_on)
        .with("exemption_uncovered", uncovered.copied().map(iso_date::text).unwrap_or_default())
}
