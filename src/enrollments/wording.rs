//! How a plan's projects are said to guardians, in their language, wherever they read of them: on the page of a notice
//! and on that of an agreement.

use time::Date;

use crate::http::Language;
use crate::notices::notices::Contact;
use crate::regulation::authorities::Authority;
use crate::rules::document::{FeeKind, PlanProject, PlanSlot, PlanTerm, Season};
use crate::values::iso_date;
use crate::values::money::yuan;

/// A line of which a part stays together, such as a telephone.
pub(super) struct Line {
    pub text: String,
    pub whole: Option<String>,
}

/// A text of `locales/notice.yml`.
pub(super) fn text(language: Language, key: &str, params: &[(&str, &str)]) -> String {
    language.text(&format!("notice.{key}"), params.iter().copied())
}

/// The name of a term.
pub(super) fn term(term: &PlanTerm, language: Language) -> String {
    let season: Season = term.season;
    let season = if language == Language::Zh { season.zh() } else { season.en() };
    text(language, "term-line", &[("year", term.school_year.as_str()), ("season", season)])
}

/// When there is service, and when the winter timetable runs.
pub(super) fn dates(term: &PlanTerm, language: Language) -> Vec<String> {
    let line = |key: &str, from: Date, to: Date| {
        text(language, key, &[("from", iso_date::text(from).as_str()), ("to", iso_date::text(to).as_str())])
    };
    let service = line("dates-service", term.first_service_date(), term.last_service_date());
    let winter = term.winter_periods.iter().map(|period| line("dates-winter", period.from, period.to));
    [service].into_iter().chain(winter).collect()
}

/// What kind of project it is.
pub(super) fn category(project: &PlanProject, language: Language) -> &'static str {
    if language == Language::Zh { project.category.zh() } else { project.category.en() }
}

/// What a lesson or the term costs.
pub(super) fn fee(project: &PlanProject, language: Language) -> String {
    let Some(fen) = project.fee.paid_fen() else { return text(language, "fee-free", &[]) };
    let lessons = project.lessons_per_day.get();
    let one = if lessons == 1 && project.fee.kind == FeeKind::PerLesson { "-one" } else { "" };
    let key = format!("fee-{}{one}", project.fee.kind.as_str());
    text(language, &key, &[("yuan", yuan(fen).as_str()), ("lessons", lessons.to_string().as_str())])
}

/// One line for all days on which a project meets at the same time.
pub(super) fn times(slots: &[PlanSlot], language: Language) -> Vec<String> {
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
        let when = text(language, &format!("when-{}", slot.timetable.as_str()), &[]);
        let (from, to) = (slot.starts_at.to_string(), slot.ends_at.to_string());
        text(language, "slot", &[("days", days.as_str()), ("from", &from), ("to", &to), ("when", &when)])
    };
    lines.into_iter().map(line).collect()
}

/// Three days or more in a row are a span.
fn weekdays(mut days: Vec<i64>, language: Language) -> String {
    days.sort_unstable();
    let name = |day: i64| text(language, &format!("weekday-{day}"), &[]);
    match (days.as_slice(), days.first().zip(days.last())) {
        ([_, _, _, ..], Some((first, last))) if usize::try_from(last - first) == Ok(days.len() - 1) => {
            format!("{}{}{}", name(*first), if language == Language::Zh { "至" } else { "–" }, name(*last))
        }
        _ => listed(&days.into_iter().map(name).collect::<Vec<_>>(), language),
    }
}

/// Several things in one line.
pub(super) fn listed(things: &[String], language: Language) -> String {
    things.join(if language == Language::Zh { "、" } else { ", " })
}

/// Whom guardians ask, and to whom they complain.
pub(super) struct Asked<'a> {
    pub school: &'a str,
    /// Of the notice.
    pub contact: Contact,
    /// Name of the authority where it was filed.
    pub filed_at: &'a str,
    /// The authority that takes complaints today, if any says so.
    pub complaints: Option<Authority>,
    pub case_number: &'a str,
}

impl Asked<'_> {
    pub(super) fn lines(&self, language: Language) -> Vec<Line> {
        let plain = |text| Line { text, whole: None };
        let named = |key: &str, who: Option<&String>, phone: Option<&String>| {
            let name = who.map(String::as_str);
            let name = name.map_or_else(|| text(language, &format!("{key}-office"), &[]), str::to_owned);
            Line { text: text(language, key, &[("name", name.as_str())]), whole: phone.cloned() }
        };
        let Contact { name, phone } = &self.contact;
        let contact = (name.is_some() || phone.is_some()).then(|| named("contact", name.as_ref(), phone.as_ref()));
        let authority = self.complaints.as_ref().map_or(self.filed_at, |authority| authority.name.as_str());
        let about = text(language, "ask-authority", &[("authority", authority), ("case", self.case_number)]);
        let complaints = self.complaints.as_ref().map(|authority| {
            named("complain", authority.complaint_office.as_ref(), authority.complaint_phone.as_ref())
        });
        let school = plain(text(language, "ask-school", &[("school", self.school)]));
        [Some(school), contact, Some(plain(about)), complaints].into_iter().flatten().collect()
    }
}
