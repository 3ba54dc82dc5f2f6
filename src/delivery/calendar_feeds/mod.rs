//! Calendar feeds 日历订阅: sessions of a guardian's child, or of one's own, behind a secret link that a calendar app
//! reads. The link has no names in it, ends when its owner takes it back, and shows nothing once its owner may not see
//! the sessions any more. Of its secret only a hash is kept.

mod api;
mod calendar;
mod model;
mod store;

pub use self::api::routes;
pub use self::model::{CalendarFeed, CalendarFeedIn, CalendarFeedState, CalendarFeedVerb};

use time::Duration;

use self::model::{CalendarFeedRow, FeedSecret};
use super::sessions;
use crate::auth::permission::KeepCalendarFeeds;
use crate::auth::users::{User, UserState};
use crate::auth::{By, Found as _, Linked, Role, Scope, known, learn_names};
use crate::db::{Asked, Id, NameOf, Stored as _, Tx};
use crate::http::{IfMatchVersion, Language};
use crate::journal::{change, record};
use crate::refusal::{Code, Fault, Refusal};
use crate::students::students::Student;

/// Days before today of which a calendar tells.
const PAST: Duration = Duration::days(60);

/// Days after today of which it tells.
const COMING: Duration = Duration::days(400);

/// Makes a link. One of before, for the same child or one's own sessions, ends.
///
/// # Errors
/// 422 for a guardian without a child, and for a child that is none of the caller's.
pub fn create(tx: &mut Tx<'_>, by: &By<KeepCalendarFeeds>, new: &CalendarFeedIn) -> Result<CalendarFeed, Refusal> {
    let child = child_of(tx, by, new)?;
    let student_id = child.as_ref().map(|child| child.row.id);
    for before in store::standing_of(tx, by.user_id, student_id)? {
        change(tx, "replaced", &before, |feed| feed.row.state = CalendarFeedState::Revoked)?;
    }
    let secret = FeedSecret::fresh()?;
    let row = CalendarFeedRow {
        id: Id::fresh(),
        user_id: by.user_id,
        role: by.role,
        student_id,
        secret_hash: secret.hash(&tx.sealing),
        state: CalendarFeedState::Standing,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.insert(tx)?;
    let made = CalendarFeed {
        row,
        person_id: child.as_ref().map(|child| child.row.person_id),
        school_id: child.as_ref().map(|child| child.row.school_id),
        secret: Some(secret),
        path: child.map_or_else(|| by.path.clone(), |child| child.path),
    };
    record(tx, "created", None, Some(&made))?;
    Ok(made)
}

fn child_of(tx: &mut Tx<'_>, by: &By<KeepCalendarFeeds>, new: &CalendarFeedIn) -> Result<Option<Student>, Refusal> {
    let wrong = |fault| Refusal::field("/student_id", fault);
    let Some(id) = new.student_id else {
        return if by.role == Role::Guardian { Err(wrong(Fault::Required)) } else { Ok(None) };
    };
    let child = Student::find_in(tx, &Scope::OwnChildren(by.user_id), id)?;
    child.map(Some).ok_or_else(|| wrong(Fault::NotFound))
}

/// Takes a link back: it shows nothing any more.
///
/// # Errors
/// 404, 412, 409 once it is taken back.
pub fn revoke(
    tx: &mut Tx<'_>,
    by: &By<KeepCalendarFeeds>,
    id: Id,
    seen: &IfMatchVersion,
) -> Result<CalendarFeed, Refusal> {
    let before: CalendarFeed = by.find(tx, id)?;
    seen.expect(before.row.version)?;
    let state = CalendarFeedVerb::Revoke.from(before.row.state)?;
    change(tx, "revoked", &before, |feed| feed.row.state = state)
}

/// The calendar behind a secret.
///
/// # Errors
/// 404 for a secret that opens nothing, whatever the reason.
pub fn opened(tx: &mut Tx<'_>, secret: &str, language: Language) -> Result<Linked, Refusal> {
    let nothing = || Refusal::of(Code::NotFound);
    let hash = FeedSecret::hash_of(&tx.sealing, secret);
    let feed = store::by_secret(tx, &hash)?.ok_or_else(nothing)?;
    let owner: User = known(tx, feed.row.user_id)?;
    if owner.state != UserState::Active {
        return Err(nothing());
    }
    let (from, to) = (tx.today - PAST, tx.today + COMING);
    let (sessions, persons) = match feed.row.student_id {
        Some(id) => {
            let child = Student::find_in(tx, &Scope::OwnChildren(owner.id), id)?.ok_or_else(nothing)?;
            (sessions::of_pupil(tx, id, from, to)?, vec![child.seen_at()])
        }
        None => (sessions::of_scope(tx, &Scope::OwnGroups(owner.id), from, to)?, Vec::new()),
    };
    let mut asked = Asked::default();
    for session in &sessions {
        asked.of(NameOf::Project, session.row.project_id);
        asked.of(NameOf::Facility, session.row.venue_id);
    }
    learn_names(tx, &asked)?;
    let file = calendar::written(&sessions, &tx.names, language);
    Ok(Linked { file, user_id: owner.id, role: feed.row.role, persons })
}
