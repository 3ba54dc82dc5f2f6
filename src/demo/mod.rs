//! A small Yueyang to try everything in (`kehou serve --demo`): the real authorities, invented schools and people,
//! plans in every state. Its people do what their roles may do, through the same functions as everybody, on the days on
//! which they did it; then it is 2024-09-10.

mod city;
mod documents;
mod events;
mod groundwork;
mod papers;
mod story;

pub use self::city::PASSWORD;
pub use self::story::{Story, story};

use time::Date;
use time::macros::date;

use self::city::City;
use crate::auth::Role;
use crate::db::{Db, Mode, Origin, Tx};
use crate::file_store::Store;
use crate::refusal::Refusal;
use crate::schools::schools;

/// The day on which the demonstration lives.
pub const TODAY: Date = date!(2024 - 09 - 10);

/// What happened on a day.
type Event = fn(&mut Tx<'_>, &City) -> Result<(), Refusal>;

const EVENTS: [(Date, Event); 10] = [
    (date!(2024 - 02 - 26), groundwork::spring_survey),
    (date!(2024 - 03 - 01), groundwork::close_surveys),
    (date!(2024 - 03 - 01), events::spring_plan),
    (date!(2024 - 07 - 01), events::spring_ends),
    (date!(2024 - 08 - 28), groundwork::autumn_surveys),
    (date!(2024 - 09 - 03), groundwork::close_surveys),
    (date!(2024 - 09 - 03), events::autumn_plans),
    (date!(2024 - 09 - 06), events::reviews),
    (date!(2024 - 09 - 09), events::families),
    (date!(2024 - 09 - 10), groundwork::next_survey),
];

/// The accounts: name, role, and what people call it.
pub fn accounts() -> impl Iterator<Item = (&'static str, Role, &'static str)> {
    city::ACCOUNTS.iter().map(|(username, role, _, name)| (*username, *role, *name))
}

/// Whether this database holds the demonstration.
///
/// # Errors
/// When the database fails.
pub fn is_filled(tx: &mut Tx<'_>) -> Result<bool, Refusal> {
    Ok(schools::by_code(tx, city::SCHOOLS[0].code)?.is_some())
}

/// Fills an empty database, in which only the built-in authorities are known. `secret_hash` is that of [`PASSWORD`].
///
/// # Errors
/// When the database fails, or holds accounts already.
pub async fn fill(db: &Db, store: &Store, secret_hash: String) -> Result<(), Refusal> {
    db.clock().set_today(EVENTS[0].0);
    let papers = papers::keep(store).await?;
    let city = db.write(origin(), Mode::Commit, move |tx| city::found(tx, &secret_hash, papers.clone())).await?;
    for (day, event) in EVENTS {
        db.clock().set_today(day);
        let city = city.clone();
        db.write(origin(), Mode::Commit, move |tx| event(tx, &city)).await?;
    }
    db.clock().set_today(TODAY);
    Ok(())
}

fn origin() -> Origin {
    Origin::service("demonstration")
}
