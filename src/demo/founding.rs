//! Who and what there is on the first day: schools, terms, partners, and an account for every role.

use serde_json::json;
use time::macros::date;

use super::papers::Paper;
use super::stage::{Setting, Stage, body};
use super::{Demonstration, documents};
use crate::auth::grants::{self, RoleGrantIn};
use crate::auth::organisations;
use crate::auth::sessions::{self, WantedRole};
use crate::auth::users::{self, UserIn, UserKind};
use crate::auth::{Actor, By, Role};
use crate::db::{Id, Tx};
use crate::http::IfMatchVersion;
use crate::partners::partners::{self, PartnerKind};
use crate::refusal::{Code, Fault, Refusal};
use crate::regulation::authorities;
use crate::regulation::terms::{self, TermIn};
use crate::rules::document::{Period, SchoolArea, Season, Stage as Level};
use crate::schools::schools::{self, SchoolIn};
use crate::values::identifiers::{CreditCode, SchoolCode, SchoolYear};
use crate::values::text::{Line, Username};

/// A school of a demonstration; nothing of it is real.
#[derive(Debug)]
pub(super) struct DemoSchool {
    pub code: &'static str,
    pub name: &'static str,
    pub authority: &'static str,
    pub stages: &'static [Level],
    pub area: SchoolArea,
    pub grades: (u8, u8),
}

pub(super) const PRIMARY: &[Level] = &[Level::Primary];
pub(super) const JUNIOR: &[Level] = &[Level::Junior];
pub(super) const NINE_YEARS: &[Level] = &[Level::Primary, Level::Junior];

pub(super) const fn school(
    code: &'static str,
    name: &'static str,
    authority: &'static str,
    stages: &'static [Level],
    area: SchoolArea,
    grades: (u8, u8),
) -> DemoSchool {
    DemoSchool { code, name, authority, stages, area, grades }
}

/// A partner of a demonstration.
#[derive(Debug)]
pub(super) struct DemoPartner {
    pub kind: PartnerKind,
    pub name: &'static str,
    /// Its credit code without the check character.
    pub credit_code: &'static str,
    pub authority: &'static str,
}

/// Where an account has its role.
#[derive(Debug)]
pub(super) enum Place {
    Nowhere,
    Authority(&'static str),
    /// By its place in the list of schools.
    School(usize),
    /// By its place in the list of partners.
    Partner(usize),
}

/// An account, with what people call it.
#[derive(Debug)]
pub(super) struct Account {
    pub username: &'static str,
    pub role: Role,
    pub place: Place,
    pub name: &'static str,
}

pub(super) const fn account(username: &'static str, role: Role, place: Place, name: &'static str) -> Account {
    Account { username, role, place, name }
}

/// Founds a demonstration in an empty database. Its first account is the platform's.
pub(super) fn found(
    tx: &mut Tx<'_>,
    of: &Demonstration,
    secret_hash: &str,
    papers: Vec<Paper>,
) -> Result<Stage, Refusal> {
    let first = of.accounts.first().ok_or_else(|| Refusal::internal("nobody founds it"))?;
    let platform = first_account(tx, first, secret_hash)?;
    let mut founded = Vec::new();
    for school in of.schools {
        let new = new_school(tx, school)?;
        founded.push(schools::create(tx, &By::of(platform.clone())?, &new)?.row.id);
    }
    let authority_id = take_complaints(tx, &platform)?;
    for term in [spring(authority_id)?, autumn(authority_id)?] {
        terms::create(tx, &By::of(platform.clone())?, &term)?;
    }
    let mut kept = Vec::new();
    for partner in of.partners {
        kept.push(keep_partner(tx, &platform, partner)?);
    }
    let mut people = vec![(first.username, platform.clone())];
    for one in of.accounts.iter().skip(1) {
        let organisation_id = match &one.place {
            Place::Nowhere => None,
            Place::Authority(code) => Some(authority(tx, code)?),
            Place::School(place) => founded.get(*place).copied(),
            Place::Partner(place) => kept.get(*place).copied(),
        };
        people.push((one.username, made_account(tx, &platform, one, organisation_id, secret_hash)?));
    }
    let secret_hash = secret_hash.to_owned();
    Ok(Stage::set(Setting { schools: founded, partners: kept, papers, people, secret_hash }))
}

/// The id of an authority.
pub(super) fn authority(tx: &mut Tx<'_>, code: &str) -> Result<Id, Refusal> {
    let found = authorities::by_code(tx, code)?;
    found.map(|authority| authority.row.id).ok_or_else(|| Refusal::internal(format!("no authority {code}")))
}

/// The city says to whom guardians complain; the districts leave it to the city.
fn take_complaints(tx: &mut Tx<'_>, platform: &Actor) -> Result<Id, Refusal> {
    let city = authorities::by_code(tx, "430600")?.ok_or_else(|| Refusal::internal("no city"))?;
    let to = body(json!({
        "code": city.code, "name": city.name, "level": city.level, "parent_id": city.parent_id,
        "complaint_office": "基础教育科（演示）", "complaint_phone": "0730-8880002"
    }))?;
    authorities::update(tx, &By::of(platform.clone())?, city.id, &IfMatchVersion::of(city.version), &to)?;
    Ok(city.id)
}

fn keep_partner(tx: &mut Tx<'_>, platform: &Actor, partner: &DemoPartner) -> Result<Id, Refusal> {
    let last = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let mut codes = last.map(|last| format!("{}{last}", partner.credit_code));
    let code = codes.find(|code| CreditCode::new(code).is_ok()).ok_or_else(|| Refusal::internal("a credit code"))?;
    let new = body(json!({
        "kind": partner.kind, "name": partner.name, "credit_code": code,
        "authority_id": authority(tx, partner.authority)?, "licence_number": "演示-0001",
        "licence_document": "登记证书副本（演示）", "licence_starts_on": "2020-01-01", "licence_ends_on": null,
        "contact_name": "联系人（演示）", "contact_phone": "0730-0000000"
    }))?;
    Ok(partners::create(tx, &By::of(platform.clone())?, &new)?.id)
}

fn first_account(tx: &mut Tx<'_>, first: &Account, secret_hash: &str) -> Result<Actor, Refusal> {
    let made = users::create_first(tx, &named(first.username)?, secret_hash, false)?;
    let user = made.ok_or_else(|| Refusal::of(Code::AlreadyExists))?;
    let grant = RoleGrantIn {
        user_id: user.row.id,
        role: first.role,
        organisation_id: None,
        starts_on: tx.today,
        ends_on: None,
    };
    grants::insert(tx, &grant, String::new())?;
    Ok(sessions::open_for(tx, &user.row, &WantedRole::default(), false)?.actor)
}

fn named(username: &str) -> Result<Username, Refusal> {
    Username::new(username).map_err(|fault| Refusal::invalid(vec![fault]))
}

fn made_account(
    tx: &mut Tx<'_>,
    platform: &Actor,
    account: &Account,
    organisation_id: Option<Id>,
    secret_hash: &str,
) -> Result<Actor, Refusal> {
    let role = account.role;
    let new = UserIn {
        kind: if role == Role::Integration { UserKind::Machine } else { UserKind::Person },
        username: named(account.username)?,
        display_name: Line::new(account.name).map_err(|fault| Refusal::invalid(vec![fault]))?,
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
