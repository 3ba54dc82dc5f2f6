//! A published notice as a page for phones and paper, in the reader's language. It needs no script, no outside
//! download, no login.

use askama::Template;
use time::Date;

use super::Told;
use crate::enrollments::enrollments::Seats;
use crate::enrollments::wording::{self, Asked, Line};
use crate::filings::filings::Filed;
use crate::http::{File, Language};
use crate::notices::notices::{FeesState, Notice, Published};
use crate::refusal::Refusal;
use crate::rules::document::{FeeKind, PlanDocument, PlanProject, Prose};
use crate::values::iso_date;
use crate::values::money::yuan;

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    language: Language,
    school: &'a str,
    heading: String,
    published_on: String,
    case_number: &'a str,
    fees_key: &'static str,
    /// That applications are not taken any more, where that is so.
    over_key: Option<&'static str>,
    apply_key: &'static str,
    dates: Vec<String>,
    items: Vec<Item<'a>>,
    projects: Vec<Shown<'a>>,
    /// That what is said of seats is so today.
    seats_as_of: Option<String>,
    sums: Vec<String>,
    ask: Vec<Line>,
}

struct Item<'a> {
    key: &'static str,
    text: &'a str,
    /// What holds instead of what it says.
    overtaken_by: Option<&'static str>,
}

struct Shown<'a> {
    name: &'a str,
    category: &'static str,
    grades: String,
    seats: String,
    times: Vec<String>,
    fee: String,
    /// For the whole term, where lessons are charged.
    sum: Option<String>,
    apply: String,
    /// Today's.
    seats_left: Option<String>,
    outline: Option<&'a str>,
}

impl NoticePage<'_> {
    fn text(&self, key: &str) -> String {
        wording::text(self.language, key, &[])
    }
}

/// Whether guardians apply today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// For no project any more.
    Closed,
    /// The service is over.
    Over,
}

impl Phase {
    fn of(filed: &Filed, today: Date) -> Self {
        let document = &filed.document;
        if document.term.last_service_date() < today {
            Self::Over
        } else if document.projects.iter().any(|project| takes_applications(project, filed, today)) {
            Self::Open
        } else {
            Self::Closed
        }
    }
}

/// Whether an application for a project is taken on a day, as `enrollment-open` has it.
fn takes_applications(project: &PlanProject, filed: &Filed, today: Date) -> bool {
    let meets_again = filed.last_day_of(project).is_some_and(|last| today <= last);
    meets_again && project.apply_until.is_none_or(|until| today <= until)
}

/// Renders a notice.
///
/// # Errors
/// A defect of the page.
pub(super) fn render(told: &Told, language: Language) -> Result<File, Refusal> {
    let Told { published: Published { notice, filing, document, .. }, filed, .. } = told;
    let text = |key: &str, params: &[(&str, &str)]| wording::text(language, key, params);
    let term = wording::term(&document.term, language);
    let fees_state = FeesState::of(filing, document);
    let phase = Phase::of(filed, told.today);
    let (school, case_number) = (document.school.name.as_str(), filing.row.case_number.as_str());
    let asked = Asked {
        school,
        contact: notice.contact(),
        filed_at: &told.authority,
        complaints: told.complaints.clone(),
        case_number,
    };
    let projects: Vec<Shown<'_>> = shown(told, language);
    let as_of = iso_date::text(told.today);
    let page = NoticePage {
        language,
        school,
        heading: text("title", &[("term", term.as_str())]),
        published_on: notice.row.published_on.map(iso_date::text).unwrap_or_default(),
        case_number,
        fees_key: match fees_state {
            FeesState::None => "fees-none",
            FeesState::Pending => "fees-pending",
            FeesState::Approved => "fees-approved",
        },
        over_key: match phase {
            Phase::Open => None,
            Phase::Closed => Some("apply-closed"),
            Phase::Over => Some("service-over"),
        },
        apply_key: match phase {
            Phase::Open => "apply-text",
            Phase::Closed => "apply-closed-text",
            Phase::Over => "service-over-text",
        },
        dates: wording::dates(&document.term, language),
        items: items(notice, fees_state),
        seats_as_of: projects
            .iter()
            .any(|project| project.seats_left.is_some())
            .then(|| text("seats-as-of", &[("day", as_of.as_str())])),
        projects,
        sums: sums(document, language),
        ask: asked.lines(language),
    };
    let html = page.render().map_err(Refusal::internal)?;
    let version = notice.row.version;
    Ok(File { media_type: "text/html; charset=utf-8", save_as: None, bytes: html.into_bytes(), version })
}

/// The six items and the advice, in the school's words.
fn items<'a>(notice: &'a Notice, fees_state: FeesState) -> Vec<Item<'a>> {
    let items = &notice.items;
    let said = [
        ("time", items.time.as_ref().map(Prose::as_str)),
        ("mode", items.mode.as_ref().map(Prose::as_str)),
        ("content", items.content.as_ref().map(Prose::as_str)),
        ("safety", items.safety.as_ref().map(Prose::as_str)),
        ("fees", items.fees.as_ref().map(Prose::as_str)),
        ("spending", items.spending.as_ref().map(Prose::as_str)),
        ("off-campus-advice", items.off_campus_advice.as_ref().map(Prose::as_str)),
    ];
    let item = |(key, text): (&'static str, Option<&'a str>)| {
        let text = text?;
        let overtaken_by = match fees_state {
            FeesState::Approved if key == "fees" && awaits_review(text) => Some("fees-since"),
            FeesState::Pending if key == "fees" && claims_review(text) => Some("fees-pending"),
            _ => None,
        };
        Some(Item { key, text, overtaken_by })
    };
    said.into_iter().filter_map(item).collect()
}

/// Whether a school's own words say that the fees are not approved yet.
fn awaits_review(text: &str) -> bool {
    ["待核准", "待审核", "待批准", "待审批", "审核前", "核准前", "批准前"].iter().any(|words| text.contains(words))
}

/// Whether they say that the fees are approved.
fn claims_review(text: &str) -> bool {
    let says = |words: &&str| ["已", "已经", "已获"].iter().any(|done| text.contains(&format!("{done}{words}")));
    ["核准", "审核", "批准", "审批", "获批"].iter().any(says)
}

/// What holds for all that a pupil takes part in.
fn sums(document: &PlanDocument, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(most) = document.budget.pupil_term_max_fen {
        lines.push(wording::text(language, "fee-cap", &[("yuan", yuan(most.get()).as_str())]));
    }
    let is_by_lesson = |project: &PlanProject| project.fee.kind == FeeKind::PerLesson;
    if document.projects.iter().any(|project| is_by_lesson(project) && project.fee.paid_fen().is_some()) {
        lines.push(wording::text(language, "fee-later", &[]));
    }
    lines
}

/// What a project costs who is in it from the first day; nothing where the days are not all announced.
fn sum_of(project: &PlanProject, filed: &Filed, language: Language) -> Option<String> {
    let fee = filed.days()?.fee_of(project)?;
    let (lessons, yuan) = (fee.lessons?.to_string(), yuan(fee.amount_fen));
    Some(wording::text(language, "fee-term", &[("lessons", lessons.as_str()), ("yuan", yuan.as_str())]))
}

/// How many seats are left now, where applications are taken and seats are limited.
fn seats_left(seats: &Seats, language: Language) -> Option<String> {
    if seats.closed_on.is_some() {
        return Some(wording::text(language, "seats-closed", &[]));
    }
    let (left, waiting) = (seats.left()?.to_string(), seats.waiting.to_string());
    Some(match (seats.has_free(), seats.waiting) {
        (true, _) if left == "1" => wording::text(language, "seats-left-one", &[]),
        (true, _) => wording::text(language, "seats-left", &[("seats", left.as_str())]),
        (false, 0) => wording::text(language, "seats-full", &[]),
        (false, _) => wording::text(language, "seats-waiting", &[("waiting", waiting.as_str())]),
    })
}

fn shown(told: &Told, language: Language) -> Vec<Shown<'_>> {
    let Told { published: Published { document, projects, .. }, filed, seats, today, .. } = told;
    let text = |key: &str, params: &[(&str, &str)]| wording::text(language, key, params);
    let one = |(id, project)| {
        let project: &PlanProject = project;
        let grades = wording::listed(&project.grades.iter().map(ToString::to_string).collect::<Vec<_>>(), language);
        let most = match project.seats_max {
            Some(seats) if seats.get() == 1 => text("seats-one", &[]),
            Some(seats) => text("seats", &[("seats", seats.to_string().as_str())]),
            None => text("seats-open", &[]),
        };
        let held = project.seats_min.map(|seats| text("seats-min", &[("seats", seats.to_string().as_str())]));
        let is_open = takes_applications(project, filed, *today);
        let apply = match project.apply_until.map(|day| (day, iso_date::text(day))) {
            Some((until, day)) if until < *today => text("apply-was-until", &[("day", day.as_str())]),
            _ if !is_open => text("apply-over", &[]),
            Some((_, day)) => text("apply-until", &[("day", day.as_str())]),
            None => text("apply-any", &[]),
        };
        Shown {
            name: project.name.as_str(),
            category: wording::category(project, language),
            grades: text("grades", &[("grades", grades.as_str())]),
            seats: [Some(most), held].into_iter().flatten().collect::<Vec<_>>().join(" · "),
            times: wording::times(&project.slots, language),
            fee: wording::fee(project, language),
            sum: sum_of(project, filed, language),
            apply,
            seats_left: seats
                .get(id)
                .filter(|seats| is_open || seats.closed_on.is_some())
                .and_then(|seats| seats_left(seats, language)),
            outline: project.outline.as_ref().map(Prose::as_str),
        }
    };
    projects.iter().zip(&document.projects).map(one).collect()
}
