//! Demonstrations to try everything in (`kehou serve --demo`): the real authorities, invented schools and people. Each
//! is data and what happened on which day. Its people do what their roles may do, through the same functions as
//! everybody, on the days on which they did it, and the rows say so: the clock stands in those days while it is filled.
//!
//! What lives by the machine's time from the start, such as a code that is good for thirty days, is written last, by
//! the machine's time.

mod acts;
mod city;
mod documents;
mod founding;
mod groundwork;
mod papers;
mod small;
mod stage;

pub use self::small::{Story, story};

use time::macros::time;
use time::{Date, Duration};

use self::founding::{Account, DemoPartner, DemoSchool};
use self::stage::Stage;
use crate::auth::{Role, users};
use crate::db::{Clock, Db, Instant, Mode, Origin, Tx, local_moment, migrate};
use crate::enrollments::paper_forms;
use crate::file_store::Store;
use crate::materials;
use crate::refusal::Refusal;
use crate::schools::schools;

/// Password of every account of a demonstration.
pub const PASSWORD: &str = "kehou-demo";

/// What happened on a day.
type Event = fn(&mut Tx<'_>, &Stage) -> Result<(), Refusal>;

/// Between two events of one day.
const PAUSE: Duration = Duration::minutes(5);

/// A demonstration: what there is, and what happened.
#[derive(Debug)]
pub struct Demonstration {
    /// What `--demo=` calls it.
    pub name: &'static str,
    /// The day on which it lives.
    pub today: Date,
    /// Whether the story of the README can be played in it.
    pub has_story: bool,
    schools: &'static [DemoSchool],
    partners: &'static [DemoPartner],
    accounts: &'static [Account],
    events: &'static [(Date, Event)],
    /// What happens last, by the machine's time.
    standing: &'static [Event],
}

/// A small Yueyang: eight schools, and the story of the README.
pub static SMALL: Demonstration = small::DEMONSTRATION;

/// One county with its twelve schools and three hundred pupils, and everything in every state.
pub static CITY: Demonstration = city::DEMONSTRATION;

/// All of them.
pub static ALL: [&Demonstration; 2] = [&SMALL, &CITY];

/// The demonstration that this database holds; nothing where it holds anything else.
///
/// # Errors
/// When the database fails.
pub fn held(tx: &mut Tx<'_>) -> Result<Option<&'static Demonstration>, Refusal> {
    for demonstration in ALL {
        if demonstration.is_held(tx)? {
            return Ok(Some(demonstration));
        }
    }
    Ok(None)
}

/// Empties a database that holds a demonstration, and says which: every table goes and comes again, and the files go
/// that somebody has uploaded. Leaves any other database as it is.
///
/// # Errors
/// When the database or the store fails.
pub async fn empty(db: &Db, store: &Store) -> Result<Option<&'static Demonstration>, Refusal> {
    let found = db.read(|tx| held(tx)?.map(|held| uploaded(tx).map(|files| (held, files))).transpose()).await?;
    let Some((held, files)) = found else { return Ok(None) };
    db.with_connection(migrate::down).await?;
    db.with_connection(migrate::up).await?;
    remove(store, &files).await?;
    Ok(Some(held))
}

/// The files that were uploaded to a demonstration; its own pages may be another database's, too.
///
/// # Errors
/// When the database fails.
pub fn uploaded(tx: &mut Tx<'_>) -> Result<Vec<String>, Refusal> {
    let mut files = materials::objects(tx)?;
    files.extend(paper_forms::objects(tx)?);
    Ok(files.into_iter().filter(|name| !name.starts_with(papers::FOLDER)).collect())
}

/// Removes files.
///
/// # Errors
/// When the store does not answer.
pub async fn remove(store: &Store, files: &[String]) -> Result<(), Refusal> {
    for file in files {
        store.remove(file).await?;
    }
    Ok(())
}

impl Demonstration {
    /// The accounts: name, role, and what people call it.
    pub fn accounts(&self) -> impl Iterator<Item = (&'static str, Role, &'static str)> + use<> {
        self.accounts.iter().map(|account| (account.username, account.role, account.name))
    }

    /// Whether it is this one that a database holds: its first school under its own name, which says that it is
    /// invented, and its first account. No real database has both.
    fn is_held(&self, tx: &mut Tx<'_>) -> Result<bool, Refusal> {
        let (Some(first), Some(account)) = (self.schools.first(), self.accounts.first()) else { return Ok(false) };
        let school = schools::by_code(tx, first.code)?;
        let is_ours = school.is_some_and(|school| school.name == first.name);
        Ok(is_ours && users::with_secret(tx, account.username)?.is_some())
    }

    /// Fills an empty database, in which only the built-in authorities are known. `secret_hash` is that of
    /// [`PASSWORD`]. The clock stands afterwards as it stood before.
    ///
    /// # Errors
    /// When the database fails, or holds accounts already.
    pub async fn fill(&'static self, db: &Db, store: &Store, secret_hash: String) -> Result<(), Refusal> {
        let stood = db.clock().setting();
        let filled = self.play(db, store, secret_hash).await;
        db.clock().put_back(stood);
        filled
    }

    async fn play(&'static self, db: &Db, store: &Store, secret_hash: String) -> Result<(), Refusal> {
        let machine = db.clock().setting();
        let papers = papers::keep(store).await?;
        let first_day = self.events.first().map_or(self.today, |(day, _)| *day);
        let mut until = begin(db.clock(), first_day, None);
        let (stage, founded) = db
            .write(origin(), Mode::Commit, move |tx| {
                let stage = founding::found(tx, self, &secret_hash, papers.clone())?;
                Ok((stage, tx.now))
            })
            .await?;
        until = until.max(founded);
        for (day, event) in self.events {
            begin(db.clock(), *day, Some(until));
            until = happens(db, *event, &stage).await?;
        }
        db.clock().put_back(machine);
        db.clock().advance(-PAUSE); // nothing is written in the future, although people take their time
        db.clock().set_today(self.today);
        for event in self.standing {
            happens(db, *event, &stage).await?;
        }
        Ok(())
    }
}

/// Moves the clock to the morning of a day, or to a little after what happened last, if that was later.
fn begin(clock: &Clock, day: Date, after: Option<Instant>) -> Instant {
    let morning = local_moment(day, time!(8:30));
    let moment = after.map_or(morning, |last| morning.max(last.plus(PAUSE)));
    clock.move_to(moment.at());
    moment
}

/// When it was over.
async fn happens(db: &Db, event: Event, stage: &Stage) -> Result<Instant, Refusal> {
    let stage = stage.clone();
    let work = move |tx: &mut Tx<'_>| {
        tx.is_alone();
        event(tx, &stage)?;
        Ok(tx.now)
    };
    db.write(origin(), Mode::Commit, work).await
}

fn origin() -> Origin {
    Origin::service("demonstration")
}
