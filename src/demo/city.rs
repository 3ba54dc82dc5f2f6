//! Who and what there is: eight schools, two terms, and an account for every role.

use time::macros::date;

use super::documents;
use super::papers::Paper;
use crate::auth::grants::{self, RoleGrantIn};
use crate::auth::organisations;
use crate::auth::sessions::{self, WantedRole};
use crate::auth::users::{self, UserIn, UserKind};
use crate::auth::{Actor, By, Role};
use crate::db::{Id, Tx};
use crate::partners::partners::{self, PartnerIn, PartnerKind};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::authorities;
use crate::regulation::terms::{self, TermIn};
use crate::rules::document::{Period, SchoolArea, Season, Stage};
use crate::schools::schools::{self, SchoolIn};
use crate::values::identifiers::{CreditCode, Phone, SchoolCode, SchoolYear};
use crate::values::text::{Line, Username};

/// Password of every account of the demonstration.
pub const PASSWORD: &str = "kehou-demo";

/// A school of the demonstration; nothing of it is real.
pub(super) struct DemoSchool {
    pub code: &'static str,
    pub name: &'static str,
    pub authority: &'static str,
    pub stages: &'static [Stage],
    pub area: SchoolArea,
    pub grades: (u8, u8),
}

const fn school(
    code: &'static str,
    name: &'static str,
    authority: &'static str,
    stages: &'static [Stage],
    area: SchoolArea,
    grades: (u8, u8),
) -> DemoSchool {
    DemoSchool { code, name, authority, stages, area, grades }
}

const PRIMARY: &[Stage] = &[Stage::Primary];
const JUNIOR: &[Stage] = &[Stage::Junior];

pub(super) const SCHOOLS: [DemoSchool; 8] = [
    school("3143060201", "东茅岭中学（演示）", "430602", JUNIOR, SchoolArea::Urban, (7, 9)),
    school("2143060202", "洞庭小学（演示）", "430602", PRIMARY, SchoolArea::Urban, (1, 6)),
    school("2143060301", "云溪第一小学（演示）", "430603", PRIMARY, SchoolArea::Urban, (1, 6)),
    school("3143061101", "君山学校（演示）", "430611", &[Stage::Primary, Stage::Junior], SchoolArea::Town, (1, 9)),
    school("2143062601", "三阳小学（演示）", "430626", PRIMARY, SchoolArea::Rural, (1, 6)),
    school("2143068101", "城郊小学（演示）", "430681", PRIMARY, SchoolArea::Town, (1, 6)),
    school("2143062301", "华容实验小学（演示）", "430623", PRIMARY, SchoolArea::Town, (1, 6)),
    school("3143068201", "五里中学（演示）", "430682", JUNIOR, SchoolArea::Rural, (7, 9)),
];

/// Where an account has its role.
pub(super) enum Place {
    Nowhere,
    Authority(&'static str),
    /// By its place in [`SCHOOLS`].
    School(usize),
    Partner,
}

/// Accounts: name, role, place, and what people call it.
pub(super) const ACCOUNTS: [(&str, Role, Place, &str); 18] = [
    ("demo.platform", Role::PlatformAdmin, Place::Nowhere, "平台管理员"),
    ("demo.city", Role::Bureau, Place::Authority("430600"), "岳阳市教体局"),
    ("demo.bureau", Role::Bureau, Place::Authority("430602"), "岳阳楼区教育局"),
    ("demo.school", Role::SchoolAdmin, Place::School(0), "东茅岭中学"),
    ("demo.finance", Role::SchoolFinance, Place::School(0), "东茅岭中学财务"),
    ("demo.teacher", Role::Teacher, Place::School(0), "东茅岭中学教师"),
    ("demo.guardian", Role::Guardian, Place::Nowhere, "林女士"),
    ("demo.partner", Role::Partner, Place::Partner, "合作单位"),
    ("demo.integration", Role::Integration, Place::Authority("430600"), "省级平台"),
    ("demo.school2", Role::SchoolAdmin, Place::School(1), "洞庭小学"),
    ("demo.school3", Role::SchoolAdmin, Place::School(2), "云溪第一小学"),
    ("demo.school4", Role::SchoolAdmin, Place::School(3), "君山学校"),
    ("demo.school5", Role::SchoolAdmin, Place::School(4), "三阳小学"),
    ("demo.school6", Role::SchoolAdmin, Place::School(5), "城郊小学"),
    ("demo.school7", Role::SchoolAdmin, Place::School(6), "华容实验小学"),
    ("demo.school8", Role::SchoolAdmin, Place::School(7), "五里中学"),
    ("demo.finance4", Role::SchoolFinance, Place::School(3), "君山学校财务"),
    ("demo.guardian4", Role::Guardian, Place::Nowhere, "周先生"),
];

/// The demonstration's schools, and its people as they are signed in.
#[derive(Clone)]
pub(super) struct City {
    pub schools: Vec<Id>,
    /// What its schools file.
    pub papers: Vec<Paper>,
    people: Vec<(&'static str, Actor)>,
}

impl City {
    /// Somebody who is signed in, by the account's name.
    pub(super) fn actor(&self, username: &str) -> Result<&Actor, Refusal> {
        let found = self.people.iter().find(|(name, _)| *name == username);
        found.map(|(_, actor)| actor).ok_or_else(|| Refusal::internal(format!("no account {username}")))
    }

    /// The id of a school, by its place in [`SCHOOLS`].
    pub(super) fn school(&self, place: usize) -> Result<Id, Refusal> {
        self.schools.get(place).copied().ok_or_else(|| Refusal::internal("no such school"))
    }
}

fn new_partner(authority_id: Id) -> Result<PartnerIn, Refusal> {
    let wrong = |_| Refusal::internal("a partner of the demonstration");
    Ok(PartnerIn {
        kind: PartnerKind::Institution,
        name: Line::new("南湖社会工作服务中心（演示）").map_err(wrong)?,
        credit_code: CreditCode::new("91430602MA4Q000164").map_err(wrong)?,
        authority_id,
        licence_number: Line::new("演示-0001").map_err(wrong)?,
        licence_document: Line::new("登记证书副本（演示）").map_err(wrong)?,
        licence_starts_on: date!(2020 - 01 - 01),
        licence_ends_on: None,
        contact_name: Line::new("联系人（演示）").map_err(wrong)?,
        contact_phone: Phone::new("0730-0000000").map_err(wrong)?,
    })
}

/// Founds the city in an empty database.
pub(super) fn found(tx: &mut Tx<'_>, secret_hash: &str, papers: Vec<Paper>) -> Result<City, Refusal> {
    let platform = first_account(tx, secret_hash)?;
    let mut schools = Vec::new();
    for school in &SCHOOLS {
        let new = new_school(tx, school)?;
        schools.push(schools::create(tx, &By::of(platform.clone())?, &new)?.row.id);
    }
    let authority_id = authority(tx, "430600")?;
    for term in [spring(authority_id)?, autumn(authority_id)?] {
        terms::create(tx, &By::of(platform.clone())?, &term)?;
    }
    let partner = new_partner(authority(tx, "430602")?)?;
    let partner = partners::create(tx, &By::of(platform.clone())?, &partner)?.id;
    let mut people = Vec::new();
    for (username, role, place, name) in &ACCOUNTS {
        let organisation = match place {
            Place::Nowhere => None,
            Place::Authority(code) => Some(authority(tx, code)?),
            Place::School(place) => schools.get(*place).copied(),
            Place::Partner => Some(partner),
        };
        let actor = match role {
            Role::PlatformAdmin => platform.clone(),
            _ => account(tx, &platform, username, *role, name, organisation, secret_hash)?,
        };
        people.push((*username, actor));
    }
    Ok(City { schools, papers, people })
}

fn authority(tx: &mut Tx<'_>, code: &str) -> Result<Id, Refusal> {
    let found = authorities::by_code(tx, code)?;
    found.map(|authority| authority.row.id).ok_or_else(|| Refusal::internal(format!("no authority {code}")))
}

fn first_account(tx: &mut Tx<'_>, secret_hash: &str) -> Result<Actor, Refusal> {
    let (username, role, ..) = &ACCOUNTS[0];
    let made = users::create_first(tx, &named(username)?, secret_hash, false)?;
    let user = made.ok_or_else(|| Refusal::of(Code::AlreadyExists))?;
    let grant =
        RoleGrantIn { user_id: user.row.id, role: *role, organisation_id: None, starts_on: tx.today, ends_on: None };
    grants::insert(tx, &grant, String::new())?;
    Ok(sessions::open_for(tx, &user.row, &WantedRole::default(), false)?.actor)
}

fn named(username: &str) -> Result<Username, Refusal> {
    Username::new(username).map_err(|fault| Refusal::invalid(vec![fault]))
}

fn account(
    tx: &mut Tx<'_>,
    platform: &Actor,
    username: &str,
    role: Role,
    name: &str,
    organisation_id: Option<Id>,
    secret_hash: &str,
) -> Result<Actor, Refusal> {
    let new = UserIn {
        kind: if role == Role::Integration { UserKind::Machine } else { UserKind::Person },
        username: named(username)?,
        display_name: Line::new(name).map_err(|fault| Refusal::invalid(vec![fault]))?,
        organisation_id,
    };
    let user = users::create(tx, &By::of(platform.clone())?, &new)?;
    users::set_secret(tx, user.row.id, secret_hash)?;
    let path = match organisation_id {
        Some(id) => {
            organisations::find(tx, id)?.ok_or_else(|| Refusal::field("/organisation_id", Fault::NotFound))?.path
        }
        None => String::new(),
    };
    let grant = RoleGrantIn { user_id: user.row.id, role, organisation_id, starts_on: tx.today, ends_on: None };
    grants::insert(tx, &grant, path)?;
    Ok(sessions::open_for(tx, &user.row, &WantedRole::default(), false)?.actor)
}

/// The facts of a school, from its own plan.
fn new_school(tx: &mut Tx<'_>, school: &DemoSchool) -> Result<SchoolIn, Refusal> {
    let planned = documents::autumn(school)?.school;
    Ok(SchoolIn {
        code: SchoolCode::new(school.code).map_err(|fault| Refusal::invalid(vec![fault]))?,
        name: Line::new(school.name).map_err(|fault| Refusal::invalid(vec![fault]))?,
        authority_id: authority(tx, school.authority)?,
        ownership: planned.ownership,
        area: school.area,
        stages: school.stages.to_vec(),
        grade_first: school.grades.0,
        grade_last: school.grades.1,
        boarding: planned.boarding,
        dismissals: planned.dismissals,
    })
}

fn school_year(text: &str) -> Result<SchoolYear, Refusal> {
    SchoolYear::new(text).map_err(|fault| Refusal::invalid(vec![fault]))
}

fn spring(authority_id: Id) -> Result<TermIn, Refusal> {
    Ok(TermIn {
        authority_id,
        school_year: school_year("2023-2024")?,
        season: Season::Spring,
        opens_on: date!(2024 - 02 - 26),
        ends_on: date!(2024 - 06 - 28),
        winter_periods: Vec::new(),
    })
}

fn autumn(authority_id: Id) -> Result<TermIn, Refusal> {
    Ok(TermIn {
        authority_id,
        school_year: school_year("2024-2025")?,
        season: Season::Autumn,
        opens_on: date!(2024 - 09 - 02),
        ends_on: date!(2025 - 01 - 17),
        winter_periods: vec![Period { from: date!(2024 - 11 - 01), to: date!(2025 - 01 - 17) }],
    })
}
