//! The stage on which a demonstration plays: its schools and partners, its people as they are signed in, and what they
//! send, which is what clients send.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;
use time::Duration;

use super::papers::Paper;
use crate::auth::permission::Permission;
use crate::auth::sessions::{self, WantedRole};
use crate::auth::{Actor, By, Seen, users};
use crate::db::{Id, Origin, Tx};
use crate::http::Listing;
use crate::refusal::Refusal;

/// How long somebody takes over one thing.
const STEP: Duration = Duration::seconds(4);

/// A demonstration's schools and partners, and its people as they are signed in.
#[derive(Clone)]
pub(super) struct Stage(Arc<Setting>);

/// What a stage is made of.
pub(super) struct Setting {
    pub schools: Vec<Id>,
    pub partners: Vec<Id>,
    /// What its schools file.
    pub papers: Vec<Paper>,
    pub people: Vec<(&'static str, Actor)>,
    /// The hash of everybody's password.
    pub secret_hash: String,
}

/// Somebody who is signed in, and does one thing after the other.
#[derive(Clone)]
pub(super) struct Person(Actor);

impl Person {
    /// Under a permission, which the verb names.
    pub(super) fn by<P: Permission>(&self) -> Result<By<P>, Refusal> {
        By::of(self.0.clone())
    }

    /// What they see of something, in the order in which it was entered: one page, which a school does not fill.
    pub(super) fn sees<P, T>(&self, tx: &mut Tx<'_>) -> Result<Vec<T>, Refusal>
    where
        P: Permission,
        T: Seen<Filter: Default>,
    {
        self.by::<P>()?.list::<T>(tx, &Listing::all(T::Filter::default()))
    }
}

impl Stage {
    pub(super) fn set(setting: Setting) -> Self {
        Self(Arc::new(setting))
    }

    /// Whoever acts now, by the account's name: what is written from here on is written a little later, and by them.
    pub(super) fn enters(&self, tx: &mut Tx<'_>, username: &str) -> Result<Person, Refusal> {
        let known = self.0.people.iter().find(|(name, _)| *name == username).map(|(_, actor)| actor.clone());
        let actor = match known {
            Some(actor) => actor,
            None => signed_in(tx, username)?,
        };
        goes_on(tx);
        let request_id = "demonstration".to_owned();
        tx.origin =
            Origin { user_id: Some(actor.user_id), role: actor.role.as_str().to_owned(), request_id, address: None };
        Ok(Person(actor))
    }

    /// The account of somebody who was there from the first day.
    pub(super) fn account(&self, username: &str) -> Result<Id, Refusal> {
        let found = self.0.people.iter().find(|(name, _)| *name == username).map(|(_, actor)| actor.user_id);
        found.ok_or_else(|| Refusal::internal(format!("no account {username}")))
    }

    /// The id of a school, by its place in the list.
    pub(super) fn school(&self, place: usize) -> Result<Id, Refusal> {
        self.0.schools.get(place).copied().ok_or_else(|| Refusal::internal("no such school"))
    }

    /// The same of a partner.
    pub(super) fn partner(&self, place: usize) -> Result<Id, Refusal> {
        self.0.partners.get(place).copied().ok_or_else(|| Refusal::internal("no such partner"))
    }

    pub(super) fn papers(&self) -> &[Paper] {
        &self.0.papers
    }

    pub(super) fn secret_hash(&self) -> &str {
        &self.0.secret_hash
    }
}

/// Time goes on between two things that one transaction writes.
pub(super) fn goes_on(tx: &mut Tx<'_>) {
    tx.now = tx.now.plus(STEP);
}

/// Who came by an invitation signs in as everybody does.
fn signed_in(tx: &mut Tx<'_>, username: &str) -> Result<Actor, Refusal> {
    let found = users::with_secret(tx, username)?;
    let (user, _) = found.ok_or_else(|| Refusal::internal(format!("no account {username}")))?;
    Ok(sessions::open_for(tx, &user, &WantedRole::default(), false)?.actor)
}

/// What somebody sends, as a client writes it.
pub(super) fn body<T: DeserializeOwned>(json: Value) -> Result<T, Refusal> {
    serde_json::from_value(json).map_err(Refusal::internal)
}
