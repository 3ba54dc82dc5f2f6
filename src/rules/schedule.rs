//! Which days of the term have service, and what a pupil's projects come to: days, lessons, fee.
//!
//! A slot meets on every service day of its weekday while its timetable runs (三.2), so days are counted once per
//! weekday and timetable, and every slot reads its number from there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::calendar::{Calendar, DayKind};
use super::document::{FeeKind, PlanDocument, PlanProject, PlanSlot, PlanTerm, Timetable};
use super::exemptions::{Exemption, Lifted};
use super::profile::Profile;
use crate::values::iso_date;

/// The two timetables that a day can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Running {
    Standard,
    Winter,
}

impl Running {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Winter];

    /// Whether what is written for `timetable` holds while this one runs.
    #[must_use]
    pub const fn holds(self, timetable: Timetable) -> bool {
        matches!(
            (self, timetable),
            (_, Timetable::All) | (Self::Standard, Timetable::Standard) | (Self::Winter, Timetable::Winter)
        )
    }

    /// As a word of the document.
    #[must_use]
    pub const fn timetable(self) -> Timetable {
        match self {
            Self::Standard => Timetable::Standard,
            Self::Winter => Timetable::Winter,
        }
    }
}

/// What tells service days apart: the weekday, the timetable, and for whom it was lifted where there is no regular
/// service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayKey {
    /// 1 is Monday.
    pub weekday: i64,
    pub running: Running,
    /// Nothing on a day of regular service.
    pub lifted: Option<Lifted>,
}

impl DayKey {
    /// Whether a slot of the project meets on such a day.
    #[must_use]
    pub fn has_slot(&self, project: &PlanProject, slot: &PlanSlot) -> bool {
        self.admits(project) && slot.meets(self.weekday, self.running)
    }

    /// Whether the project meets on such a day.
    #[must_use]
    pub fn has(&self, project: &PlanProject) -> bool {
        self.admits(project) && project.meets(self.weekday, self.running)
    }

    fn admits(&self, project: &PlanProject) -> bool {
        self.lifted.as_ref().is_none_or(|lifted| lifted.admits(project))
    }
}

/// A day of the term on which there may be service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDay {
    pub date: Date,
    pub key: DayKey,
    /// Whether no calendar is announced for it, so that it may turn out to be a holiday.
    pub is_provisional: bool,
}

/// A kind of service day, and how many of them the term has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayType {
    pub key: DayKey,
    pub days: i64,
}

/// Adds a day to the kind that it is of.
fn count(types: &mut Vec<DayType>, key: &DayKey) {
    match types.iter_mut().find(|known| known.key == *key) {
        Some(known) => known.days += 1,
        None => types.push(DayType { key: key.clone(), days: 1 }),
    }
}

/// The service days of a term. Kept with a filing, it is nothing but its days, and reads the same again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<KeptDay>", from = "Vec<KeptDay>")]
pub struct ServiceDays {
    days: Vec<ServiceDay>,
    types: Vec<DayType>,
}

/// A service day as it is kept: what the calendar would say again, its weekday, is left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeptDay {
    #[serde(with = "iso_date")]
    date: Date,
    timetable: Running,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lifted_for: Option<Lifted>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    provisional: bool,
}

impl From<ServiceDays> for Vec<KeptDay> {
    fn from(counted: ServiceDays) -> Self {
        let kept = |ServiceDay { date, key, is_provisional }| KeptDay {
            date,
            timetable: key.running,
            lifted_for: key.lifted,
            provisional: is_provisional,
        };
        counted.days.into_iter().map(kept).collect()
    }
}

impl From<Vec<KeptDay>> for ServiceDays {
    fn from(kept: Vec<KeptDay>) -> Self {
        let day = |kept: KeptDay| service_day(kept.date, kept.timetable, kept.lifted_for, kept.provisional);
        Self::on(kept.into_iter().map(day).collect())
    }
}

fn service_day(date: Date, running: Running, lifted: Option<Lifted>, is_provisional: bool) -> ServiceDay {
    ServiceDay { date, key: DayKey { weekday: weekday_of(date), running, lifted }, is_provisional }
}

fn weekday_of(date: Date) -> i64 {
    i64::from(date.weekday().number_from_monday())
}

/// What one project costs a pupil in a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectFee {
    /// None where the fee is for the term.
    pub lessons: Option<i64>,
    pub unit_fen: i64,
    pub amount_fen: i64,
}

impl ServiceDays {
    /// The service days of `term`: the profile's weekdays, no holidays, no closures; make-up working days if the
    /// profile has service on them; other weekdays only where and for whom an exemption lifts that rule, which never
    /// lifts a make-up working day. Dates beyond the calendar are counted by their weekdays, and marked.
    #[must_use]
    pub fn of(term: &PlanTerm, profile: &Profile, calendar: &Calendar, exemptions: &[Exemption]) -> Self {
        let last = term.last_service_date();
        let dates = std::iter::successors(Some(term.first_service_date()), |date| date.next_day());
        let mut days = Vec::new();
        for date in dates.take_while(|date| *date <= last).filter(|date| calendar.closure(*date).is_none()) {
            let kind = calendar.day_kind(date);
            let is_regular = profile.service_weekdays.contains(&weekday_of(date));
            let lifted = match kind {
                Ok(DayKind::MakeUpWorkday) if profile.service_on_make_up_days => None,
                Ok(DayKind::Holiday | DayKind::MakeUpWorkday) => continue,
                Ok(DayKind::Weekday | DayKind::Weekend) | Err(_) if is_regular => None,
                Ok(DayKind::Weekday | DayKind::Weekend) | Err(_) => match Exemption::lifts_day(exemptions, date) {
                    Some(lifted) => Some(lifted),
                    None => continue,
                },
            };
            let running = if term.is_winter(date) { Running::Winter } else { Running::Standard };
            days.push(service_day(date, running, lifted, kind.is_err()));
        }
        Self::on(days)
    }

    /// Service on these days, in their order.
    fn on(days: Vec<ServiceDay>) -> Self {
        let mut types = Vec::new();
        for day in &days {
            count(&mut types, &day.key);
        }
        types.sort_by_key(|t| (t.key.weekday, t.key.running));
        Self { days, types }
    }

    /// Every one of them, in order.
    #[must_use]
    pub fn days(&self) -> &[ServiceDay] {
        &self.days
    }

    /// Days for which no calendar was announced when they were counted, on which any of the projects meets.
    pub fn provisional<'a>(&'a self, projects: &'a [PlanProject]) -> impl Iterator<Item = Date> + 'a {
        let meets = |day: &&ServiceDay| day.is_provisional && projects.iter().any(|project| day.key.has(project));
        self.days.iter().filter(meets).map(|day| day.date)
    }

    /// Whether all of them are announced.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.days.iter().all(|day| !day.is_provisional)
    }

    /// The same days, and for the years that were not announced when they were counted those of `today`: what was known
    /// stays as it was.
    #[must_use]
    pub fn settled_by(&self, today: &Self) -> Self {
        let open: BTreeSet<i32> =
            self.days.iter().filter(|day| day.is_provisional).map(|day| day.date.year()).collect();
        let is_open = |day: &&ServiceDay| open.contains(&day.date.year());
        let kept = self.days.iter().filter(|day| !is_open(day));
        let mut days: Vec<ServiceDay> = kept.chain(today.days.iter().filter(is_open)).cloned().collect();
        days.sort_by_key(|day| day.date);
        Self::on(days)
    }

    /// The kinds of service days that the term has, by weekday, the standard timetable first.
    #[must_use]
    pub fn types(&self) -> &[DayType] {
        &self.types
    }

    /// The kinds of service days of each calendar month.
    #[must_use]
    pub fn by_month(&self) -> Vec<Vec<DayType>> {
        let mut months: Vec<((i32, Month), Vec<DayType>)> = Vec::new();
        for ServiceDay { date, key, .. } in &self.days {
            let month = (date.year(), date.month());
            if months.last().is_none_or(|(last, _)| *last != month) {
                months.push((month, Vec::new()));
            }
            if let Some((_, types)) = months.last_mut() {
                count(types, key);
            }
        }
        months.into_iter().map(|(_, types)| types).collect()
    }

    /// Those of them from a day on: what a pupil has who joins then.
    #[must_use]
    pub fn since(&self, first: Date) -> Self {
        Self::on(self.days.iter().filter(|day| day.date >= first).cloned().collect())
    }

    /// The days on which a slot of the project meets, in order.
    pub fn days_of_slot<'a>(
        &'a self,
        project: &'a PlanProject,
        slot: &'a PlanSlot,
    ) -> impl Iterator<Item = &'a ServiceDay> + 'a {
        self.days.iter().filter(move |day| day.key.has_slot(project, slot))
    }

    /// The dates on which the project meets, in order: what is judged, and what is billed.
    pub fn dates_of<'a>(&'a self, project: &'a PlanProject) -> impl Iterator<Item = Date> + 'a {
        self.days.iter().filter(move |day| day.key.has(project)).map(|day| day.date)
    }

    /// The dates on which any project of the grade meets.
    pub fn dates_of_grade<'a>(&'a self, document: &'a PlanDocument, grade: i64) -> impl Iterator<Item = Date> + 'a {
        let serves = move |day: &&ServiceDay| {
            document.projects.iter().any(|project| project.serves(grade) && day.key.has(project))
        };
        self.days.iter().filter(serves).map(|day| day.date)
    }

    /// The last date on which the project meets.
    #[must_use]
    pub fn last_day_of(&self, project: &PlanProject) -> Option<Date> {
        self.days.iter().rev().find(|day| day.key.has(project)).map(|day| day.date)
    }

    /// The dates of one kind.
    pub fn dates_like<'a>(&'a self, key: &'a DayKey) -> impl Iterator<Item = Date> + 'a {
        self.days.iter().filter(move |day| day.key == *key).map(|day| day.date)
    }

    /// Whether the slot of the project meets on a day of the winter timetable.
    #[must_use]
    pub fn meets_in_winter(&self, project: &PlanProject, slot: &PlanSlot) -> bool {
        self.types.iter().any(|t| t.key.running == Running::Winter && t.key.has_slot(project, slot))
    }

    /// Whether the project meets at all.
    #[must_use]
    pub fn meets(&self, project: &PlanProject) -> bool {
        self.types.iter().any(|t| t.key.has(project))
    }

    /// On how many days the project meets.
    #[must_use]
    pub fn days_of(&self, project: &PlanProject) -> i64 {
        self.types.iter().filter(|t| t.key.has(project)).map(|t| t.days).sum()
    }

    /// On how many days any project of the plan meets.
    #[must_use]
    pub fn with_service(&self, document: &PlanDocument) -> i64 {
        let any = |t: &&DayType| document.projects.iter().any(|project| t.key.has(project));
        self.types.iter().filter(any).map(|t| t.days).sum()
    }

    /// How many lessons a pupil of the project has in the term.
    #[must_use]
    pub fn lessons_of(&self, project: &PlanProject) -> i64 {
        self.days_of(project) * project.lessons_per_day.get()
    }

    /// What the project costs a pupil in the whole term; nothing if it is free.
    #[must_use]
    pub fn fee_of(&self, project: &PlanProject) -> Option<ProjectFee> {
        let unit_fen = project.fee.paid_fen()?;
        Some(match project.fee.kind {
            FeeKind::PerLesson => {
                let lessons = self.lessons_of(project);
                ProjectFee { lessons: Some(lessons), unit_fen, amount_fen: unit_fen.saturating_mul(lessons) }
            }
            FeeKind::PerTerm | FeeKind::Free => ProjectFee { lessons: None, unit_fen, amount_fen: unit_fen },
        })
    }
}

impl PlanSlot {
    /// Whether it meets on such a day.
    #[must_use]
    pub fn meets(&self, weekday: i64, running: Running) -> bool {
        self.weekday.get() == weekday && running.holds(self.timetable)
    }
}

impl PlanProject {
    /// Whether it is offered to the grade.
    #[must_use]
    pub fn serves(&self, grade: i64) -> bool {
        self.grades.iter().any(|own| own.get() == grade)
    }

    /// Whether it meets on such a day.
    #[must_use]
    pub fn meets(&self, weekday: i64, running: Running) -> bool {
        self.slots.iter().any(|slot| slot.meets(weekday, running))
    }
}
