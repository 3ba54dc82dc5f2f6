//! A published notice as a page for phones, in the reader's language. It needs no script, no outside download, no
//! login.

use askama::Template;
use time::Date;

use super::model::FeesState;
use super::{Published, Told};
use crate::filings::filings::Filed;
use crate::http::{File, Language};
use crate::refusal::Refusal;
use crate::rules::document::{FeeKind, PlanDocument, PlanProject, PlanSlot, PlanTerm, Prose};
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
    dates: Vec<String>,
    items: Vec<Item<'a>>,
    projects: Vec<Shown<'a>>,
    sums: Vec<String>,
    ask: Vec<String>,
}

struct Item<'a> {
    key: &'static str,
    text: &'a str,
    /// What it says of the review is no longer so.
    is_overtaken: bool,
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
    apply_until: String,
    outline: Option<&'a str>,
}

impl NoticePage<'_> {
    fn text(&self, key: &str) -> String {
        self.language.text(&format!("notice.{key}"), [])
    }
}

/// Renders a notice.
///
/// # Errors
/// A defect of the page.
pub(super) fn render(told: &Told, language: Language) -> Result<File, Refusal> {
    let Told { published: Published { notice, filing, document, .. }, filed, authority } = told;
    let text = |key: &str, params: &[(&str, &str)]| language.text(&format!("notice.{key}"), params.iter().copied());
    let season = if language == Language::Zh { document.term.season.zh() } else { document.term.season.en() };
    let term = text("term-line", &[("year", document.term.school_year.as_str()), ("season", season)]);
    let fees_state = FeesState::of(filing, document);
    let published_on = notice.row.published_on.map(iso_date::text).unwrap_or_default();
    let six = [
        ("time", &notice.items.time),
        ("mode", &notice.items.mode),
        ("content", &notice.items.content),
        ("safety", &notice.items.safety),
        ("fees", &notice.items.fees),
        ("spending", &notice.items.spending),
    ];
    let is_approved = fees_state == FeesState::Approved;
    let items = six.into_iter().filter_map(|(key, text)| {
        let text = text.as_ref()?.as_str();
        Some(Item { key, text, is_overtaken: is_approved && key == "fees" && awaits_review(text) })
    });
    let advice = notice.items.off_campus_advice.as_ref();
    let advice = advice.map(|text| Item { key: "off-campus-advice", text: text.as_str(), is_overtaken: false });
    let (school, case_number) = (document.school.name.as_str(), filing.row.case_number.as_str());
    let page = NoticePage {
        language,
        school,
        heading: text("title", &[("term", term.as_str())]),
        published_on,
        case_number,
        fees_key: match fees_state {
            FeesState::None => "fees-none",
            FeesState::Pending => "fees-pending",
            FeesState::Approved => "fees-approved",
        },
        dates: dates(&document.term, language),
        items: items.chain(advice).collect(),
        projects: document.projects.iter().map(|project| shown(project, filed, language)).collect(),
        sums: sums(document, language),
        ask: vec![
            text("ask-school", &[("school", school)]),
            text("ask-authority", &[("authority", authority.as_str()), ("case", case_number)]),
        ],
    };
    let html = page.render().map_err(Refusal::internal)?;
    let version = notice.row.version;
    Ok(File { media_type: "text/html; charset=utf-8", save_as: None, bytes: html.into_bytes(), version })
}

/// Whether a school's own words say that the fees are not approved yet.
fn awaits_review(text: &str) -> bool {
    ["待核准", "待审核", "待批准", "待审批", "审核前", "核准前", "批准前"].iter().any(|words| text.contains(words))
}

/// When there is service, and when the winter timetable runs.
fn dates(term: &PlanTerm, language: Language) -> Vec<String> {
    let line = |key: &str, from: Date, to: Date| {
        let (from, to) = (iso_date::text(from), iso_date::text(to));
        language.text(&format!("notice.{key}"), [("from", from.as_str()), ("to", to.as_str())])
    };
    let service = line("dates-service", term.first_service_date(), term.last_service_date());
    let winter = term.winter_periods.iter().map(|period| line("dates-winter", period.from, period.to));
    [service].into_iter().chain(winter).collect()
}

/// What holds for all that a pupil takes part in.
fn sums(document: &PlanDocument, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(most) = document.budget.pupil_term_max_fen {
        lines.push(language.text("notice.fee-cap", [("yuan", yuan(most.get()).as_str())]));
    }
    let is_by_lesson = |project: &PlanProject| project.fee.kind == FeeKind::PerLesson;
    if document.projects.iter().any(|project| is_by_lesson(project) && project.fee.paid_fen().is_some()) {
        lines.push(language.text("notice.fee-later", []));
    }
    lines
}

/// What a project costs who is in it from the first day; nothing where the days are not all announced.
fn sum_of(project: &PlanProject, filed: &Filed, language: Language) -> Option<String> {
    let fee = filed.days()?.fee_of(project)?;
    let (lessons, yuan) = (fee.lessons?.to_string(), yuan(fee.amount_fen));
    Some(language.text("notice.fee-term", [("lessons", lessons.as_str()), ("yuan", yuan.as_str())]))
}

fn shown<'a>(project: &'a PlanProject, filed: &Filed, language: Language) -> Shown<'a> {
    let text = |key: &str, params: &[(&str, &str)]| language.text(&format!("notice.{key}"), params.iter().copied());
    let grades: Vec<String> = project.grades.iter().map(ToString::to_string).collect();
    let seats = project
        .seats_max
        .map_or_else(|| text("seats-open", &[]), |seats| text("seats", &[("seats", seats.to_string().as_str())]));
    let held = project.seats_min.map(|seats| text("seats-min", &[("seats", seats.to_string().as_str())]));
    let seats = [Some(seats), held].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let apply_until = match project.apply_until {
        Some(day) => text("apply-until", &[("day", iso_date::text(day).as_str())]),
        None => text("apply-any", &[]),
    };
    let fee = match project.fee.paid_fen() {
        None => text("fee-free", &[]),
        Some(fen) => {
            let lessons = project.lessons_per_day.to_string();
            let one = if project.lessons_per_day.get() == 1 { "-one" } else { "" };
            let one = if project.fee.kind == FeeKind::PerLesson { one } else { "" };
            text(&format!("fee-{}{one}", project.fee.kind.as_str()), &[("yuan", &yuan(fen)), ("lessons", &lessons)])
        }
    };
    Shown {
        name: project.name.as_str(),
        category: if language == Language::Zh { project.category.zh() } else { project.category.en() },
        grades: text("grades", &[("grades", grades.join(if language == Language::Zh { "、" } else { ", " }).as_str())]),
        seats,
        times: times(&project.slots, language),
        fee,
        sum: sum_of(project, filed, language),
        apply_until,
        outline: project.outline.as_ref().map(Prose::as_str),
    }
}

/// One line for all days on which a project meets at the same time.
fn times(slots: &[PlanSlot], language: Language) -> Vec<String> {
    let mut lines: Vec<(PlanSlot, Vec<i64>)> = Vec::new();
    for slot in slots {
        let day = slot.weekday.get();
        let same = |(first, _): &&mut (PlanSlot, Vec<i64>)| {
            (first.timetable, first.starts_at, first.ends_at) == (slot.timetable, slot.starts_at, slot.ends_at)
        };
        match lines.iter_mut().find(same) {
            Some((_, days)) => days.push(day),
            None => lines.push((*slot, vec![day])),
        }
    }
    let line = |(slot, days): (PlanSlot, Vec<i64>)| {
        let days = weekdays(days, language);
        let when = language.text(&format!("notice.when-{}", slot.timetable.as_str()), []);
        let (from, to) = (slot.starts_at.to_string(), slot.ends_at.to_string());
        let params = [("days", days.as_str()), ("from", &from), ("to", &to), ("when", &when)];
        language.text("notice.slot", params)
    };
    lines.into_iter().map(line).collect()
}

/// Three days or more in a row are a span.
fn weekdays(mut days: Vec<i64>, language: Language) -> String {
    days.sort_unstable();
    let name = |day: i64| language.text(&format!("notice.weekday-{day}"), []);
    match (days.as_slice(), days.first().zip(days.last())) {
        ([_, _, _, ..], Some((first, last))) if usize::try_from(last - first) == Ok(days.len() - 1) => {
            format!("{}{}{}", name(*first), if language == Language::Zh { "至" } else { "–" }, name(*last))
        }
        _ => days.into_iter().map(name).collect::<Vec<_>>().join(if language == Language::Zh { "、" } else { ", " }),
    }
}
