//! The pupils of the small world: at each school a class, one who attends, one who has left, a guardianship, a consent.

use std::collections::BTreeMap;

use kehou::auth::organisations::Organisation;
use kehou::auth::{Actor, By};
use kehou::db::{Id, Tx};
use kehou::http::IfMatchVersion;
use kehou::refusal::Refusal;
use kehou::rules::document::PriorityGroup;
use kehou::schools::classes::{self, ClassIn};
use kehou::students::consents::{self, ConsentIn};
use kehou::students::guardianships::{self, GuardianKind, GuardianshipIn, Relation, Right};
use kehou::students::students::{self, StudentIn};
use kehou::values::identifiers::{IdNumber, Phone, SchoolYear};
use kehou::values::later::Later;
use kehou::values::text::Line;
use time::macros::date;

/// What a school of the world has of pupils.
#[derive(Debug, Clone, Copy)]
pub struct Pupils {
    pub class: Id,
    /// Attends; at the own school it is the child of the account `guardian`.
    pub student: Id,
    pub person: Id,
    /// A second record, without numbers, that has left.
    pub gone_person: Id,
    pub guardianship: Id,
    pub consent: Id,
}

/// School, its administrator, the ID number of its pupil, and the guardian's account.
const SCHOOLS: [(&str, &str, &str, Option<&str>); 3] = [
    ("own school", "school-admin", "43060220130315002X", Some("guardian")),
    ("sibling school", "sibling-school-admin", "430602201304010010", None),
    ("other school", "other-school-admin", "430621201305010011", None),
];

/// The `n`th of many ID numbers that nobody of the world has.
pub fn id_number(n: u32) -> String {
    let plain = format!("43060220140901{:03}", n % 1_000);
    let sum = plain.chars().fold(0, |sum, digit| (sum + digit.to_digit(10).unwrap()) * 2 % 11);
    let check = (12 - sum) % 11;
    format!("{plain}{}", if check == 10 { "X".to_owned() } else { check.to_string() })
}

pub fn enter_pupils(
    tx: &mut Tx<'_>,
    organisations: &BTreeMap<&'static str, Organisation>,
    actors: &[(&'static str, Actor)],
) -> Result<BTreeMap<&'static str, Pupils>, Refusal> {
    let actor = |name: &str| actors.iter().find(|(known, _)| *known == name).map(|(_, actor)| actor).unwrap();
    let mut pupils = BTreeMap::new();
    for (school, admin, number, guardian) in SCHOOLS {
        let guardian = guardian.map(|name| actor(name).user_id);
        let entered = enter(tx, actor(admin), organisations[school].id, number, guardian)?;
        pupils.insert(school, entered);
    }
    Ok(pupils)
}

fn enter(tx: &mut Tx<'_>, admin: &Actor, school_id: Id, number: &str, guardian: Option<Id>) -> Result<Pupils, Refusal> {
    let class = ClassIn {
        school_id,
        school_year: SchoolYear::new("2024-2025").unwrap(),
        grade: 3,
        name: Line::new("三年级1班").unwrap(),
    };
    let class = classes::create(tx, &By::of(admin.clone())?, &class)?.id;
    let new = StudentIn {
        school_id,
        class_id: Some(class),
        grade: 3,
        name: Line::new("李明").unwrap(),
        id_number: Some(IdNumber::new(number).unwrap()),
        student_number: None,
        entered_on: date!(2024 - 09 - 02),
        priority_groups: vec![PriorityGroup::LeftBehind],
        free_help: Vec::new(),
        grounds: Later::NotSent,
    };
    let manager = By::of(admin.clone())?;
    let student = students::create(tx, &manager, &new)?;
    let gone = StudentIn { name: Line::new("李小明").unwrap(), id_number: None, ..new };
    let gone = students::create(tx, &manager, &gone)?;
    let gone = students::leaving(tx, &manager, gone.row.id, &IfMatchVersion::of(1), date!(2024 - 09 - 03))?;
    students::let_go(tx, &gone, date!(2024 - 09 - 03))?;
    let held = GuardianshipIn {
        person_id: student.row.person_id,
        user_id: guardian,
        kind: GuardianKind::Person,
        organisation_name: None,
        relation: Relation::Mother,
        contact_name: Line::new("王芳").unwrap(),
        contact_phone: Some(Phone::new("13807301234").unwrap()),
        rights: Right::ALL.to_vec(),
        starts_on: date!(2024 - 09 - 01),
        ends_on: None,
        restoring_document: None,
    };
    let guardianship = guardianships::create(tx, &By::of(admin.clone())?, &held)?.row.id;
    let consent = ConsentIn {
        guardianship_id: guardianship,
        text_version: Line::new("2024-09").unwrap(),
        document: Some(Line::new("paper 1").unwrap()),
    };
    let consent = consents::give(tx, &By::of(admin.clone())?, &consent)?.row.id;
    Ok(Pupils {
        class,
        student: student.row.id,
        person: student.row.person_id,
        gone_person: gone.row.person_id,
        guardianship,
        consent,
    })
}
