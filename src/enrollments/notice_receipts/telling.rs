//! Telling very many: a job makes the messages of a notice, batch by batch, and those of a reminder; an hourly job
//! plans reminders, and tells who has got an account since.

use serde::{Deserialize, Serialize};
use time::Duration;

use super::{Told, store};
use crate::auth::{Role, known};
use crate::db::{Id, Json, Tx};
use crate::filings::filings;
use crate::inbox::messages::{self, MessageKind, News, Pupil};
use crate::jobs::Work::Inside;
use crate::jobs::{self, Job, Kind, Outcome, Pool};
use crate::notices::notices::{self, Notice};
use crate::refusal::Refusal;
use crate::rules::profile::Profile;
use crate::values::iso_date;

/// Guardians who are told in one transaction.
const BATCH: i64 = 500;

/// Notices that are looked at in one transaction.
const NOTICES: i64 = 100;

/// The kind of job that tells the guardians of a school.
pub const TELL: Kind = Kind {
    name: "tell-guardians",
    pool: Pool::Work,
    tries_max: 12,
    first_delay: Duration::seconds(2),
    lease: Duration::minutes(1),
    has_work: None,
    work: Inside(tell),
};

/// What is told: a notice, and the nth reminder of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Telling {
    notice: Id,
    round: i32,
    after: Id,
}

/// Plans that guardians are told of a notice that has just been published.
///
/// # Errors
/// When the database fails.
pub fn plan_telling(tx: &mut Tx<'_>, notice: Id) -> Result<(), Refusal> {
    plan(tx, notice, 0, "published")
}

fn plan(tx: &mut Tx<'_>, notice: Id, round: i32, when: &str) -> Result<(), Refusal> {
    let payload = serde_json::to_value(Telling { notice, round, after: Id::NIL }).map_err(Refusal::internal)?;
    jobs::plan(tx, &TELL, &format!("{notice}:{round}:{when}"), Json(payload), Duration::ZERO)
}

/// One batch. Whoever was told already is passed over, so that a repeat tells nobody twice.
fn tell(tx: &mut Tx<'_>, job: &Job) -> Result<Outcome, Refusal> {
    let telling: Telling = serde_json::from_value(job.payload.0.clone()).map_err(Refusal::internal)?;
    let notice: Notice = known(tx, telling.notice)?;
    let Some(offered) = notices::offered_by_plan(tx, notice.plan_id)? else { return Ok(Outcome::Done) };
    let is_over = offered.filed.document.term.last_service_date() < tx.today;
    if offered.notice_id != telling.notice || is_over {
        return Ok(Outcome::Done); // another notice has taken its place, and tells of itself
    }
    let told = Told::of(notice.plan_id, telling.notice, &offered.filed);
    let reminds = telling.round > 0;
    let found = store::to_tell(tx, &told, reminds, telling.after, BATCH)?;
    let kind = if reminds { MessageKind::NoticeReminder } else { MessageKind::NoticePublished };
    let news = News::new(kind, "notices", telling.notice).again(telling.round);
    let message = |(_, user, (student_id, person_id, school_id)): &store::ToTell| {
        let pupil = Pupil { student_id: *student_id, person_id: *person_id, school_id: *school_id };
        news.of(pupil).to(*user, Role::Guardian, tx.now)
    };
    let rows = found.iter().map(message).collect();
    messages::insert_all(tx, rows)?;
    match found.last() {
        Some((last, ..)) if i64::try_from(found.len()).is_ok_and(|found| found == BATCH) => {
            let next = Telling { after: *last, ..telling };
            let payload = serde_json::to_value(next).map_err(Refusal::internal)?;
            Ok(Outcome::AgainFrom(Json(payload), Duration::ZERO))
        }
        _ => Ok(Outcome::Done),
    }
}

/// Plans what is due today of the published notices behind one of them: reminders on the days of the profile that
/// judged the filing, and the telling of who has come since. The last notice, as long as more may follow.
///
/// # Errors
/// When the database fails.
pub fn plan_reminders(tx: &mut Tx<'_>, after: Id) -> Result<Option<Id>, Refusal> {
    let found = notices::published_after(tx, after, NOTICES)?;
    let today = iso_date::text(tx.today);
    for (notice, filing, published_on) in &found {
        let filed = filings::filed(tx, *filing)?;
        if filed.document.term.last_service_date() < tx.today {
            continue;
        }
        plan(tx, *notice, 0, &today)?;
        let days = match &filed.judged_by {
            Some(judged_by) => judged_by.profile.reminder_days.clone(),
            None => Profile::yueyang_2019().reminder_days,
        };
        for (round, days) in (1..).zip(days) {
            let due = published_on.saturating_add(Duration::days(days));
            // A day on which the service stood still is made up on the next one.
            if (due..=due.saturating_add(Duration::DAY)).contains(&tx.today) {
                plan(tx, *notice, round, "reminder")?;
            }
        }
    }
    let is_full = i64::try_from(found.len()).is_ok_and(|found| found == NOTICES);
    Ok(found.last().filter(|_| is_full).map(|(notice, ..)| *notice))
}
