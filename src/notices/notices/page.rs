//! A published notice as a page for phones, in the reader's language. It needs no script, no outside download, no
//! login.

use askama::Template;

use super::Published;
use super::model::FeesState;
use crate::http::{File, Language};
use crate::refusal::Refusal;
use crate::rules::document::{FeeKind, PlanProject, PlanSlot, Prose};
use crate::values::iso_date;
use crate::values::money::yuan;

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    language: Language,
    school: &'a str,
    term: String,
    published_on: String,
    case_number: &'a str,
    fees_key: &'static str,
    items: Vec<Item<'a>>,
    projects: Vec<Shown<'a>>,
}

struct Item<'a> {
    key: &'static str,
    text: &'a str,
}

struct Shown<'a> {
    name: &'a str,
    category: &'static str,
    grades: String,
    seats: String,
    times: Vec<String>,
    fee: String,
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
pub(super) fn render(published: &Published, language: Language) -> Result<File, Refusal> {
    let Published { notice, filing, document, .. } = published;
    let text = |key: &str, params: &[(&str, &str)]| language.text(&format!("notice.{key}"), params.iter().copied());
    let season = if language == Language::Zh { document.term.season.zh() } else { document.term.season.en() };
    let year = document.term.school_year.as_str();
    let published_on = notice.row.published_on.map(iso_date::text).unwrap_or_default();
    let six = [
        ("time", &notice.items.time),
        ("mode", &notice.items.mode),
        ("content", &notice.items.content),
        ("safety", &notice.items.safety),
        ("fees", &notice.items.fees),
        ("spending", &notice.items.spending),
    ];
    let items = six.into_iter().filter_map(|(key, text)| Some(Item { key, text: text.as_ref()?.as_str() }));
    let advice = notice.items.off_campus_advice.as_ref();
    let advice = advice.map(|text| Item { key: "off-campus-advice", text: text.as_str() });
    let page = NoticePage {
        language,
        school: document.school.name.as_str(),
        term: text("term-line", &[("year", year), ("season", season)]),
        published_on,
        case_number: &filing.row.case_number,
        fees_key: match FeesState::of(filing, document) {
            FeesState::None => "fees-none",
            FeesState::Pending => "fees-pending",
            FeesState::Approved => "fees-approved",
        },
        items: items.chain(advice).collect(),
        projects: document.projects.iter().map(|project| shown(project, language)).collect(),
    };
    let html = page.render().map_err(Refusal::internal)?;
    let version = notice.row.version;
    Ok(File { media_type: "text/html; charset=utf-8", save_as: None, bytes: html.into_bytes(), version })
}

fn shown(project: &PlanProject, language: Language) -> Shown<'_> {
    let text = |key: &str, params: &[(&str, &str)]| language.text(&format!("notice.{key}"), params.iter().copied());
    let grades: Vec<String> = project.grades.iter().map(ToString::to_string).collect();
    let seats = project
        .seats_max
        .map_or_else(|| text("seats-open", &[]), |seats| text("seats", &[("seats", seats.to_string().as_str())]));
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
