//! What the twin is measured on: accounts, and schools with published plans, pupils and guardians.

use std::collections::HashMap;

use kehou::auth::organisations::{self, NewOrganisation, OrganisationKind};
use kehou::auth::{Actor, Role};
use kehou::db::{Id, Tx};
use kehou::refusal::Refusal;
use kehou::regulation::authorities;

use crate::TOKENS;
use crate::load::school::{
    CHILDREN, Choice, choices, make_actor, make_authority, make_schools, make_user, over, signed, write,
};

const ACCOUNTS: usize = 5_000;
/// What is read: accounts, and the enrollments of guardians.
const TARGETS: usize = 64;

/// Schools among which pupils are spread, and the pupils of each.
const SPREAD: (usize, usize) = (20, 200);
/// The school with the few projects into which all of its pupils want; as many as the largest of Yueyang's has.
const HOT: (usize, usize) = (1, 3_236);
/// Projects of that school into which its pupils go.
const HOT_PROJECTS: usize = 4;
/// Projects that each child of a guardian is in when it is read.
const CHOSEN: usize = 3;

pub struct Seeded {
    /// Tokens of officers of the city.
    pub officers: Vec<String>,
    /// Accounts that officers ask for.
    pub users: Vec<Id>,
    /// What guardians have chosen before: of each, some projects for both children.
    pub families: Vec<Vec<Choice>>,
    /// What is still to be chosen: of many projects, and of few.
    pub spread: Vec<Choice>,
    pub hot: Vec<Choice>,
    /// The desk of the school with the most pupils.
    pub desk: String,
    /// By user.
    pub guardians: HashMap<Id, String>,
}

/// Fills the database.
pub async fn seed(url: &str) -> Seeded {
    let (db, app) = over(url).await;
    let (officers, users) = write(&db, make_accounts).await;
    let authority = write(&db, make_authority).await;
    let schools = make_schools(&db, authority, SPREAD, 0).await;
    let hot = make_schools(&db, authority, HOT, SPREAD.0).await;

    let all = schools.iter().chain(&hot);
    let guardians = all.flat_map(|school| signed(&school.guardians, &app.issuer)).collect();
    let (families, spread) = families(choices(&schools, usize::MAX));
    let desk = app.issuer.sign(&hot[0].admin).unwrap();
    Seeded {
        officers: signed(&officers, &app.issuer).into_iter().map(|(_, token)| token).collect(),
        users,
        families,
        spread,
        hot: choices(&hot, HOT_PROJECTS),
        desk,
        guardians,
    }
}

/// The first choices of some guardians, and all choices that are left.
fn families(choices: Vec<Choice>) -> (Vec<Vec<Choice>>, Vec<Choice>) {
    let mut families: Vec<Vec<Choice>> = Vec::new();
    let mut left = Vec::new();
    for choice in choices {
        let own = families.iter().position(|family| family[0].pupil.user == choice.pupil.user);
        match own {
            Some(place) if families[place].len() < CHILDREN * CHOSEN => families[place].push(choice),
            None if families.len() < TARGETS => families.push(vec![choice]),
            Some(_) | None => left.push(choice),
        }
    }
    (families, left)
}

/// Officers of the city, and accounts of a hundred schools.
fn make_accounts(tx: &mut Tx<'_>) -> Result<(Vec<Actor>, Vec<Id>), Refusal> {
    let city = authorities::by_code(tx, "430600")?.unwrap().row.id;
    let city = organisations::find(tx, city)?.unwrap();
    let mut places = Vec::new();
    for number in 0..100 {
        let code = format!("21430{number:05}");
        let place =
            NewOrganisation { kind: OrganisationKind::School, name: code.clone(), code, parent_id: Some(city.id) };
        places.push(organisations::register(tx, &place)?);
    }
    let (mut officers, mut ids) = (Vec::new(), Vec::new());
    for number in 0..ACCOUNTS {
        let name = format!("user-{number:05}");
        if number < TOKENS {
            officers.push(make_actor(tx, &name, Role::Bureau, Some(&city))?);
        } else {
            let user = make_user(tx, &name, Some(places[number % places.len()].id))?;
            if number % 75 == 0 && ids.len() < TARGETS {
                ids.push(user.row.id);
            }
        }
    }
    Ok((officers, ids))
}
