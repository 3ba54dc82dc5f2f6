//! A small world: a province, a city, two districts with schools, a partner, and an account for every role.

use std::cell::RefCell;
use std::collections::BTreeMap;

use kehou::app::App;
use kehou::auth::grants::{self, RoleGrantIn};
use kehou::auth::organisations::{self, Organisation};
use kehou::auth::sessions::{self, WantedRole};
use kehou::auth::users::{self, UserIn, UserKind};
use kehou::auth::{Actor, By, Role};
use kehou::db::{Db, Id, Mode, Origin, Tx};
use kehou::demo;
use kehou::partners::partners::{self, PartnerIn, PartnerKind};
use kehou::refusal::Refusal;
use kehou::regulation::authorities;
use kehou::regulation::calendar::closures::{self, ClosureIn};
use kehou::regulation::calendar::years::{self, CalendarYearIn};
use kehou::regulation::policy_profiles::{self, PolicyProfileIn};
use kehou::regulation::terms::{self, TermIn};
use kehou::rules::document::{Dismissal, Ownership, SchoolArea, Season, Stage, Timetable, Whole};
use kehou::rules::profile::ProfileParameters;
use kehou::schools::schools::{self, SchoolIn};
use kehou::values::identifiers::{CreditCode, Phone, ProfileCode, SchoolCode, SchoolYear};
use kehou::values::local_time::LocalTime;
use kehou::values::text::{Line, Username};
use serde_json::json;
use time::macros::date;

use super::groundwork;
use super::pupils::{Pupils, enter_pupils};
use super::staff::{Staff, enter_staff};

/// Password of every account.
pub const PASSWORD: &str = "a long enough password";

/// An account that is signed in.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: Id,
    pub username: String,
    pub actor: Actor,
    pub token: String,
}

pub struct World {
    pub organisations: BTreeMap<&'static str, Organisation>,
    /// The pupils of each school, by its name.
    pub pupils: BTreeMap<&'static str, Pupils>,
    /// The staff of each school, by its name.
    pub staff: BTreeMap<&'static str, Staff>,
    /// Tests are short: what is added is never given back.
    accounts: RefCell<BTreeMap<String, &'static Account>>,
    kept: RefCell<BTreeMap<String, String>>,
}

/// Authorities that are built in.
const AUTHORITIES: [(&str, &str); 4] =
    [("province", "430000"), ("city", "430600"), ("own district", "430602"), ("other district", "430621")];

/// Name, code and filing authority of every school.
const SCHOOLS: [(&str, &str, &str); 3] = [
    ("own school", "2143000001", "own district"),
    ("sibling school", "2143000002", "own district"),
    ("other school", "2143000003", "other district"),
];

/// Name, credit code and authority of every partner; all are institutions.
pub const PARTNERS: [(&str, &str, &str); 3] = [
    ("partner", "91430602MA4Q000164", "own district"),
    ("sibling partner", "91430602MA4Q00024Y", "own district"),
    ("other partner", "91430621MA4Q00032A", "other district"),
];

/// The term of case A.
fn autumn(authority_id: Id) -> TermIn {
    TermIn {
        authority_id,
        school_year: SchoolYear::new("2024-2025").unwrap(),
        season: Season::Autumn,
        opens_on: date!(2024 - 09 - 02),
        ends_on: date!(2025 - 01 - 17),
        winter_periods: Vec::new(),
    }
}

/// A profile that sets nothing, and is in force when nobody asks.
fn past_profile(name: &str, authority_id: Id) -> PolicyProfileIn {
    PolicyProfileIn {
        authority_id,
        code: ProfileCode::new(&name.replace(' ', "-")).unwrap(),
        document: Line::new("岳楼教发〔2001〕1号").unwrap(),
        title: Line::new("实施意见").unwrap(),
        starts_on: date!(2001 - 01 - 01),
        ends_on: Some(date!(2001 - 12 - 31)),
        parameters: ProfileParameters::default(),
    }
}

/// A closure in a year that no test asks for.
fn far_closure(authority_id: Id) -> ClosureIn {
    ClosureIn { authority_id, closed_on: date!(2031 - 03 - 03), reason: Line::new("防汛").unwrap() }
}

/// A primary school.
fn new_school(name: &str, code: &str, authority_id: Id) -> SchoolIn {
    SchoolIn {
        code: SchoolCode::new(code).unwrap(),
        name: Line::new(name).unwrap(),
        authority_id,
        ownership: Ownership::Public,
        area: SchoolArea::Urban,
        stages: vec![Stage::Primary],
        grade_first: 1,
        grade_last: 6,
        boarding: false,
        dismissals: dismissals(1..=6),
    }
}

/// Everybody is dismissed at 15:00.
fn dismissals(grades: std::ops::RangeInclusive<i64>) -> Vec<Dismissal> {
    let cells = grades.flat_map(|grade| (1..=5).map(move |weekday| (grade, weekday)));
    let row = |(grade, weekday)| Dismissal {
        grade: Whole::new(grade).unwrap(),
        weekday: Whole::new(weekday).unwrap(),
        timetable: Timetable::All,
        at: LocalTime::at(15, 0),
    };
    cells.map(row).collect()
}

/// A year of the calendar that no test asks for.
fn far_year() -> CalendarYearIn {
    let day = json!({"date": "2041-01-01", "kind": "holiday", "name": "元旦"});
    serde_json::from_value(json!({"year": 2041, "document": "国办发明电〔2040〕1号", "days": [day]})).unwrap()
}

/// A licensed institution.
fn new_partner(name: &str, code: &str, authority_id: Id) -> PartnerIn {
    PartnerIn {
        kind: PartnerKind::Institution,
        name: Line::new(name).unwrap(),
        credit_code: CreditCode::new(code).unwrap(),
        authority_id,
        licence_number: Line::new("教民143060270000011").unwrap(),
        licence_document: Line::new("办学许可证副本").unwrap(),
        licence_starts_on: date!(2020 - 01 - 01),
        licence_ends_on: Some(date!(2029 - 12 - 31)),
        contact_name: Line::new("陈经理").unwrap(),
        contact_phone: Phone::new("13807301234").unwrap(),
    }
}

/// Account, role and organisation.
const ACCOUNTS: [(&str, Role, Option<&str>); 14] = [
    ("platform-admin", Role::PlatformAdmin, None),
    ("city-bureau", Role::Bureau, Some("city")),
    ("bureau", Role::Bureau, Some("own district")),
    ("other-bureau", Role::Bureau, Some("other district")),
    ("school-admin", Role::SchoolAdmin, Some("own school")),
    ("sibling-school-admin", Role::SchoolAdmin, Some("sibling school")),
    ("other-school-admin", Role::SchoolAdmin, Some("other school")),
    ("school-finance", Role::SchoolFinance, Some("own school")),
    ("teacher", Role::Teacher, Some("own school")),
    ("sibling-teacher", Role::Teacher, Some("sibling school")),
    ("other-teacher", Role::Teacher, Some("other school")),
    ("guardian", Role::Guardian, None),
    ("partner", Role::Partner, Some("partner")),
    ("integration", Role::Integration, Some("own district")),
];

impl World {
    pub async fn build(app: &App) -> Self {
        let hash = app.hasher.hash(PASSWORD.into()).await.unwrap();
        let made = app.db.write(Origin::service("test"), Mode::Commit, move |tx| make(tx, &hash)).await;
        let (organisations, actors, pupils, staff) = made.unwrap();
        Self { organisations, pupils, staff, accounts: signed_in(app, actors), kept: RefCell::default() }
    }

    /// The accounts of the demonstration, each signed in, and nothing else.
    pub async fn of_demonstration(app: &App) -> Self {
        let open_sessions = |tx: &mut Tx<'_>| -> Result<Vec<(&'static str, Actor)>, Refusal> {
            let people = demo::SMALL.accounts().filter(|(_, role, _)| *role != Role::Integration);
            let open = |(username, ..): (&'static str, Role, &str)| {
                let (user, _) = users::with_secret(tx, username)?.unwrap();
                Ok((username, sessions::open_for(tx, &user, &WantedRole::default(), true)?.actor))
            };
            people.map(open).collect()
        };
        let actors = app.db.write(Origin::service("test"), Mode::Commit, open_sessions).await.unwrap();
        let (organisations, pupils, staff) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { organisations, pupils, staff, accounts: signed_in(app, actors), kept: RefCell::default() }
    }

    pub fn organisation(&self, name: &str) -> Id {
        self.organisations[name].id
    }

    pub fn pupils(&self, school: &str) -> &Pupils {
        &self.pupils[school]
    }

    pub fn staff(&self, school: &str) -> &Staff {
        &self.staff[school]
    }

    pub fn account(&self, name: &str) -> &'static Account {
        self.accounts.borrow().get(name).copied().unwrap_or_else(|| panic!("no account {name}"))
    }

    /// Adds an account with a role at an organisation.
    pub async fn add_account(&self, app: &App, name: &str, role: Role, organisation: &str) {
        let (own_name, id) = (name.to_owned(), organisation.parse::<Id>().unwrap());
        let made = app.db.write(Origin::service("test"), Mode::Commit, move |tx| {
            let organisation = organisations::find(tx, id)?;
            make_account(tx, &own_name, role, organisation.as_ref(), "")
        });
        let actor = made.await.unwrap();
        let token = app.issuer.sign(&actor).unwrap();
        let account = Account { id: actor.user_id, username: name.to_owned(), actor, token };
        self.accounts.borrow_mut().insert(name.to_owned(), Box::leak(Box::new(account)));
    }

    /// Remembers an id under a name.
    pub fn keep(&self, name: &str, id: String) {
        self.kept.borrow_mut().insert(name.to_owned(), id);
    }

    /// A remembered id; that of nothing where none was made.
    pub fn kept(&self, name: &str) -> String {
        self.find_kept(name).unwrap_or_else(|| Id::NIL.to_string())
    }

    /// What is remembered under a name.
    pub fn find_kept(&self, name: &str) -> Option<String> {
        self.kept.borrow().get(name).cloned()
    }

    pub fn token(&self, name: &str) -> &'static str {
        &self.account(name).token
    }
}

/// Accounts by their names, with a token each.
fn signed_in(app: &App, actors: Vec<(&'static str, Actor)>) -> RefCell<BTreeMap<String, &'static Account>> {
    let accounts = actors.into_iter().map(|(name, actor)| {
        let token = app.issuer.sign(&actor).unwrap();
        let account = Account { id: actor.user_id, username: name.to_owned(), actor, token };
        (name.to_owned(), &*Box::leak(Box::new(account)))
    });
    RefCell::new(accounts.collect())
}

type Made = (
    BTreeMap<&'static str, Organisation>,
    Vec<(&'static str, Actor)>,
    BTreeMap<&'static str, Pupils>,
    BTreeMap<&'static str, Staff>,
);

fn make(tx: &mut Tx<'_>, hash: &str) -> Result<Made, Refusal> {
    let mut organisations: BTreeMap<&'static str, Organisation> = BTreeMap::new();
    for (name, code) in AUTHORITIES {
        let found = authorities::by_code(tx, code)?.unwrap();
        organisations.insert(name, organisations::find(tx, found.id)?.unwrap());
    }
    for (name, code, parent) in SCHOOLS {
        let school = schools::create(tx, &By::of(nobody())?, &new_school(name, code, organisations[parent].id))?;
        organisations.insert(name, organisations::find(tx, school.row.id)?.unwrap());
    }
    for authority in ["own district", "other district", "city"] {
        terms::create(tx, &By::of(nobody())?, &autumn(organisations[authority].id))?;
    }
    for authority in ["own district", "other district"] {
        policy_profiles::create(tx, &By::of(nobody())?, &past_profile(authority, organisations[authority].id))?;
    }
    for authority in ["own district", "other district", "city"] {
        closures::create(tx, &By::of(nobody())?, &far_closure(organisations[authority].id))?;
    }
    years::create(tx, &By::of(nobody())?, &far_year())?;
    for (name, code, authority) in PARTNERS {
        let partner = partners::create(tx, &By::of(nobody())?, &new_partner(name, code, organisations[authority].id))?;
        organisations.insert(name, organisations::find(tx, partner.row.id)?.unwrap());
    }
    let mut actors = Vec::new();
    for (name, role, place) in ACCOUNTS {
        let organisation = place.map(|place| &organisations[place]);
        actors.push((name, make_account(tx, name, role, organisation, hash)?));
    }
    let pupils = enter_pupils(tx, &organisations, &actors)?;
    let staff = enter_staff(tx, &organisations, &actors)?;
    for (name, actor) in &actors {
        if name.ends_with("school-admin") {
            groundwork::lay(tx, actor, actor.organisation_id.unwrap())?;
        }
    }
    Ok((organisations, actors, pupils, staff))
}

fn make_account(
    tx: &mut Tx<'_>,
    name: &str,
    role: Role,
    organisation: Option<&Organisation>,
    hash: &str,
) -> Result<Actor, Refusal> {
    let kind = if role == Role::Integration { UserKind::Machine } else { UserKind::Person };
    let organisation_id = organisation.map(|organisation| organisation.id);
    let new = UserIn {
        kind,
        username: Username::new(name).unwrap(),
        display_name: Line::new(name).unwrap(),
        organisation_id,
    };
    let user = users::create(tx, &By::of(nobody())?, &new)?;
    users::set_secret(tx, user.row.id, hash)?;
    let starts_on = tx.today.saturating_sub(time::Duration::days(30));
    let grant = RoleGrantIn { user_id: user.row.id, role, organisation_id, starts_on, ends_on: None };
    let path = organisation.map(|organisation| organisation.path.clone()).unwrap_or_default();
    grants::insert(tx, &grant, path)?;
    Ok(sessions::open_for(tx, &user.row, &WantedRole::default(), true)?.actor)
}

/// The platform itself, before it has any account.
fn nobody() -> Actor {
    let (id, at) = (Id::fresh(), kehou::db::Instant::new(time::OffsetDateTime::UNIX_EPOCH));
    Actor {
        user_id: id,
        role_grant_id: id,
        session_id: id,
        role: Role::PlatformAdmin,
        organisation_id: None,
        path: String::new(),
        issued_at: at,
        expires_at: at,
        secret_change_due: false,
        language: kehou::http::Language::default(),
    }
}

/// Adds many accounts to an organisation, for lists.
pub async fn add_accounts(db: &Db, organisation: Id, count: usize) {
    let work = move |tx: &mut Tx<'_>| {
        for number in 0..count {
            let new = UserIn {
                kind: UserKind::Person,
                username: Username::new(&format!("extra-{number:04}")).unwrap(),
                display_name: Line::new("王老师").unwrap(),
                organisation_id: Some(organisation),
            };
            users::create(tx, &By::of(nobody())?, &new)?;
        }
        Ok(())
    };
    db.write(Origin::service("test"), Mode::Commit, work).await.unwrap();
}
