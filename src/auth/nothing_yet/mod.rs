//! Why a list is empty whatever is asked for, and what would help: said beside the empty page, so that nobody takes it
//! for a fault. Decided here for every list.

mod store;

use super::actor::Actor;
use super::permission::{Permission, Reach};
use super::role::Role;
use super::scope::Scope;
use crate::db::{Db, Tx};
use crate::http::{Note, Page};
use crate::refusal::Refusal;

/// What is read of schools and by them: an authority without schools sees none of it.
const OF_SCHOOLS: [&str; 12] = [
    "read-schools",
    "read-plans",
    "read-classes",
    "read-students",
    "read-guardianships",
    "read-consents",
    "read-enrollments",
    "read-charges",
    "read-staff",
    "read-facilities",
    "read-surveys",
    "read-materials",
];

/// The first page of a list, with why it is empty where the caller sees nothing by their role and place.
///
/// # Errors
/// When the database fails.
pub async fn told<P: Permission, T>(page: Page<T>, actor: &Actor, db: &Db) -> Result<Page<T>, Refusal> {
    let asks = page.items.is_empty() && P::reach(actor.role).is_some_and(|reach| may_be_blind::<P>(actor.role, reach));
    if !asks {
        return Ok(page);
    }
    let who = actor.clone();
    let why = db.read_one(move |tx| why::<P>(tx, &who)).await?;
    let note = why.map(|code| Note::of(code, actor.language));
    Ok(Page { note, ..page })
}

fn may_be_blind<P: Permission>(role: Role, reach: Reach) -> bool {
    match reach {
        Reach::OwnPupils | Reach::OwnGroups | Reach::OwnChildren => true,
        Reach::Subtree => role == Role::Bureau && OF_SCHOOLS.contains(&P::NAME),
        Reach::Everything | Reach::Chain | Reach::Own => false,
    }
}

fn why<P: Permission>(tx: &mut Tx<'_>, actor: &Actor) -> Result<Option<&'static str>, Refusal> {
    Ok(match Scope::of::<P>(actor) {
        Scope::OwnPupils(user) => (!store::has_pupils(tx, user)?).then_some("no-groups"),
        Scope::OwnGroups(user) => (!store::serves(tx, user)?).then_some("no-own-groups"),
        Scope::OwnChildren(user) => (!store::has_children(tx, user)?).then_some("no-child-linked"),
        scope @ Scope::Subtree(_) => (!store::has_schools(tx, &scope)?).then_some("no-schools"),
        Scope::Everything | Scope::School(_) | Scope::Chain(_) | Scope::Own(_) => None,
    })
}
