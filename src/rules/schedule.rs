//! Which days of the term have service, and what a pupil's projects come to: days, lessons, fee.
//!
//! A slot meets on every service day of its weekday while its timetable runs (三.2), so days are counted once per
//! weekday and timetable, and every slot reads its number from there.

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::calendar::{Calendar, CalendarMissing, DayKind};
use super::document::{Dismissal, FeeKind, PlanDocument, PlanProject, PlanSlot, PlanTerm, Timetable};
use super::profile::Profile;
use crate::values::iso_date;
use crate::values::local_time::LocalTime;

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

/// A day of the term on which there may be service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceDay {
    pub date: Date,
    /// 1 is Monday.
    pub weekday: i64,
    pub running: Running,
}

/// A kind of service day: its weekday and its timetable, and how many of them the term has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayType {
    pub weekday: i64,
    pub running: Running,
    pub days: i64,
}

impl DayType {
    /// Whether the same slots meet on both, however many days there are of each.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        (self.weekday, self.running) == (other.weekday, other.running)
    }
}

/// Adds a day to the kind that it is of.
fn count(types: &mut Vec<DayType>, weekday: i64, running: Running) {
    let day = DayType { weekday, running, days: 1 };
    match types.iter_mut().find(|known| known.is_like(day)) {
        Some(known) => known.days += 1,
        None => types.push(day),
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
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct KeptDay {
    #[serde(with = "iso_date")]
    date: Date,
    timetable: Running,
}

impl From<ServiceDays> for Vec<KeptDay> {
    fn from(counted: ServiceDays) -> Self {
        counted.days.into_iter().map(|ServiceDay { date, running, .. }| KeptDay { date, timetable: running }).collect()
    }
}

impl From<Vec<KeptDay>> for ServiceDays {
    fn from(kept: Vec<KeptDay>) -> Self {
        Self::on(kept.into_iter().map(|KeptDay { date, timetable }| (date, timetable)))
    }
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
    /// profile has service on them; weekends only where an exemption lifts that rule.
    ///
    /// # Errors
    /// The first day of the service period that the calendar does not hold.
    pub fn of(
        term: &PlanTerm,
        profile: &Profile,
        calendar: &Calendar,
        weekends_lifted: bool,
    ) -> Result<Self, CalendarMissing> {
        let mut days = Vec::new();
        let mut next = Some(term.first_service_date());
        while let Some(date) = next.filter(|date| *date <= term.last_service_date()) {
            let weekday = weekday_of(date);
            let serves = match calendar.day_kind(date)? {
                DayKind::Weekday | DayKind::Weekend => weekends_lifted || profile.service_weekdays.contains(&weekday),
                DayKind::MakeUpWorkday => weekends_lifted || profile.service_on_make_up_days,
                DayKind::Holiday => false,
            };
            if serves && calendar.closure(date).is_none() {
                let running = if term.is_winter(date) { Running::Winter } else { Running::Standard };
                days.push((date, running));
            }
            next = date.next_day();
        }
        Ok(Self::on(days))
    }

    /// Service on these days, in their order, each with its timetable.
    fn on(days: impl IntoIterator<Item = (Date, Running)>) -> Self {
        let day = |(date, running)| ServiceDay { date, weekday: weekday_of(date), running };
        let days: Vec<ServiceDay> = days.into_iter().map(day).collect();
        let mut types = Vec::new();
        for day in &days {
            count(&mut types, day.weekday, day.running);
        }
        types.sort_unstable_by_key(|t| (t.weekday, t.running));
        Self { days, types }
    }

    /// Every one of them, in order.
    #[must_use]
    pub fn days(&self) -> &[ServiceDay] {
        &self.days
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
        for ServiceDay { date, weekday, running } in &self.days {
            let month = (date.year(), date.month());
            if months.last().is_none_or(|(last, _)| *last != month) {
                months.push((month, Vec::new()));
            }
            if let Some((_, types)) = months.last_mut() {
                count(types, *weekday, *running);
            }
        }
        months.into_iter().map(|(_, types)| types).collect()
    }

    /// Those of them from a day on: what a pupil has who joins then.
    #[must_use]
    pub fn since(&self, first: Date) -> Self {
        Self::on(self.days.iter().filter(|day| day.date >= first).map(|day| (day.date, day.running)))
    }

    /// The dates on which a slot meets.
    pub fn dates_of<'a>(&'a self, slot: &'a PlanSlot) -> impl Iterator<Item = Date> + 'a {
        self.days.iter().filter(|day| slot.meets(day.weekday, day.running)).map(|day| day.date)
    }

    /// The dates on which any project of the grade meets.
    pub fn dates_of_grade<'a>(&'a self, document: &'a PlanDocument, grade: i64) -> impl Iterator<Item = Date> + 'a {
        let serves = move |day: &&ServiceDay| {
            document.projects.iter().any(|project| project.serves(grade) && project.meets(day.weekday, day.running))
        };
        self.days.iter().filter(serves).map(|day| day.date)
    }

    /// The last date on which the project meets.
    #[must_use]
    pub fn last_day_of(&self, project: &PlanProject) -> Option<Date> {
        self.days.iter().rev().find(|day| project.meets(day.weekday, day.running)).map(|day| day.date)
    }

    /// Whether the slot meets on a day of the winter timetable.
    #[must_use]
    pub fn meets_in_winter(&self, slot: &PlanSlot) -> bool {
        let winter = |t: &DayType| t.running == Running::Winter && slot.meets(t.weekday, t.running);
        self.types.iter().any(winter)
    }

    /// Whether the project meets at all.
    #[must_use]
    pub fn meets(&self, project: &PlanProject) -> bool {
        self.types.iter().any(|t| project.meets(t.weekday, t.running))
    }

    /// On how many days the project meets.
    #[must_use]
    pub fn days_of(&self, project: &PlanProject) -> i64 {
        self.types.iter().filter(|t| project.meets(t.weekday, t.running)).map(|t| t.days).sum()
    }

    /// On how many days any project of the plan meets.
    #[must_use]
    pub fn with_service(&self, document: &PlanDocument) -> i64 {
        let any = |t: &&DayType| document.projects.iter().any(|project| project.meets(t.weekday, t.running));
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

/// When grades are dismissed, laid out for looking up: grade, weekday and timetable.
pub(super) struct Dismissals([Option<LocalTime>; 9 * 5 * 2]);

impl Dismissals {
    pub(super) fn of(rows: &[Dismissal]) -> Self {
        let mut table = Self([None; 90]);
        for row in rows {
            for running in Running::ALL.into_iter().filter(|running| running.holds(row.timetable)) {
                let place = place(row.grade.get(), row.weekday.get(), running);
                if let Some(cell) = place.and_then(|place| table.0.get_mut(place)) {
                    *cell = Some(row.at);
                }
            }
        }
        table
    }

    pub(super) fn at(&self, grade: i64, weekday: i64, running: Running) -> Option<LocalTime> {
        place(grade, weekday, running).and_then(|place| self.0.get(place).copied().flatten())
    }
}

fn place(grade: i64, weekday: i64, running: Running) -> Option<usize> {
    let known = (1..=9).contains(&grade) && (1..=5).contains(&weekday);
    let place = (grade - 1) * 10 + (weekday - 1) * 2 + i64::from(running == Running::Winter);
    usize::try_from(place).ok().filter(|_| known)
}
