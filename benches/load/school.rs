//! Schools with published plans, pupils and guardians who are signed in, made by the service's own functions.

use kehou::app::App;
use kehou::auth::grants::{self, RoleGrantIn};
use kehou::auth::organisations::{self, Organisation};
use kehou::auth::password::Hasher;
use kehou::auth::sessions::{self, WantedRole};
use kehou::auth::users::{self, UserIn, UserKind};
use kehou::auth::{Actor, By, Issuer, Role};
use kehou::config::{self, Serving};
use kehou::db::{Clock, Db, Id, Instant, Limits, Mode, Origin, Tx, migrate};
use kehou::decisions::{publications, submissions};
use kehou::file_store::Store;
use kehou::filings::uploads;
use kehou::http::{IfMatchVersion, Language};
use kehou::materials::{MediaType, NewMaterial, Stored};
use kehou::notices::notices::{self, NoticeIn};
use kehou::plans::plans::{self, Plan};
use kehou::plans::projects;
use kehou::refusal::Refusal;
use kehou::regulation::authorities;
use kehou::regulation::terms::{self, TermIn};
use kehou::resources::facilities::{self, FacilityIn, FacilityKind};
use kehou::rules::document::{MaterialKind, PlanDocument, PlanNotice, Season};
use kehou::schools::schools::{self, SchoolIn};
use kehou::sealing::Sealing;
use kehou::students::guardianships::{self, GuardianKind, GuardianshipIn, Relation, Right};
use kehou::students::students::{self, StudentIn};
use kehou::surveys::surveys::{self, SurveyIn, SurveyQuestion, SurveyQuestionKind};
use kehou::values::identifiers::{SchoolCode, SchoolYear};
use kehou::values::later::Later;
use kehou::values::text::{Line, Username};
use serde_json::{Value, json};

use super::{KEY, TODAY};

/// Children of a guardian.
pub const CHILDREN: usize = 2;

/// Case A as it is handed out with the product.
const MIAOTIAN: &str = include_str!("../../examples/plans/miaotian-2024-autumn.json");

#[derive(clap::Parser)]
struct Settings {
    #[command(flatten)]
    serving: Serving,
}

/// A project that a guardian can choose for a child; none comes twice.
#[derive(Clone, Copy)]
pub struct Choice {
    pub pupil: Pupil,
    pub offer: Offer,
    pub project: Id,
}

#[derive(Clone, Copy)]
pub struct Pupil {
    pub student: Id,
    pub person: Id,
    pub user: Id,
    pub session: Id,
}

/// What is published at a school.
#[derive(Clone, Copy)]
pub struct Offer {
    pub school: Id,
    pub plan: Id,
    pub notice: Id,
    pub filing: Id,
}

#[derive(Clone)]
pub struct School {
    pub offer: Offer,
    pub projects: Vec<Id>,
    pub pupils: Vec<Pupil>,
    pub guardians: Vec<Actor>,
    pub admin: Actor,
}

/// The service over an empty database.
pub async fn over(url: &str) -> (Db, App) {
    let sealing = std::sync::Arc::new(Sealing::from_base64(KEY).unwrap());
    let clock = Clock::new(Some(config::date(TODAY).unwrap()));
    let db = Db::open(url, Limits::default(), clock, sealing).unwrap();
    db.with_connection(migrate::up).await.unwrap();
    let serving = <Settings as clap::Parser>::parse_from(["kehou"]).serving;
    let app = App::build(db.clone(), Store::in_memory(), &serving, Hasher::new().unwrap()).await.unwrap();
    (db, app)
}

/// Schools of an authority with so many pupils each, four at a time.
pub async fn make_schools(db: &Db, authority: Id, (schools, pupils): (usize, usize), first: usize) -> Vec<School> {
    let mut made = Vec::new();
    let mut number = first;
    while number < first + schools {
        let some = (number..(number + 4).min(first + schools)).map(|number| {
            let code = format!("21431{number:05}");
            let named = code.clone();
            async move {
                let school = write(db, move |tx| make_school(tx, authority, &named)).await;
                write(db, move |tx| with_pupils(tx, &school, &code, pupils)).await
            }
        });
        made.extend(futures_util::future::join_all(some).await);
        number += 4;
    }
    made
}

/// Tokens by user.
pub fn signed(actors: &[Actor], issuer: &Issuer) -> Vec<(Id, String)> {
    actors.iter().map(|actor| (actor.user_id, issuer.sign(actor).unwrap())).collect()
}

pub async fn write<T: Send + 'static>(db: &Db, work: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static) -> T {
    db.write(Origin::service("bench"), Mode::Commit, work).await.unwrap()
}

/// Every pupil with every project, one project of all pupils after the other, so that neighbours are different
/// children.
pub fn choices(schools: &[School], most_projects: usize) -> Vec<Choice> {
    let (pupils, offers) = (schools[0].pupils.len(), schools[0].projects.len().min(most_projects));
    let mut choices = Vec::new();
    for round in 0..offers {
        for number in 0..pupils {
            choices.extend(schools.iter().map(|school| Choice {
                pupil: school.pupils[number],
                offer: school.offer,
                project: school.projects[(number + round) % offers],
            }));
        }
    }
    choices
}

pub fn make_authority(tx: &mut Tx<'_>) -> Result<Id, Refusal> {
    let authority = authorities::by_code(tx, "430602")?.unwrap().row.id;
    let document = plan_document("2143100000");
    let term = TermIn {
        authority_id: authority,
        school_year: document.term.school_year.clone(),
        season: document.term.season,
        opens_on: document.term.opens_on,
        ends_on: document.term.ends_on,
        winter_periods: document.term.winter_periods,
    };
    terms::create(tx, &By::of(platform(tx.now))?, &term)?;
    Ok(authority)
}

/// Case A at another school, its clubs on a weekday each, so that a pupil can choose all, and with room for everybody.
fn plan_document(code: &str) -> PlanDocument {
    let mut plan: Value = serde_json::from_str(MIAOTIAN).unwrap();
    plan["school"]["code"] = json!(code);
    plan["school"]["authority_code"] = json!("430602");
    for (weekday, club) in plan["projects"].as_array_mut().unwrap().iter_mut().enumerate().skip(1) {
        club["seats_max"] = json!(10_000);
        club["slots"].as_array_mut().unwrap().retain(|slot| slot["weekday"] == weekday);
    }
    serde_json::from_value(plan).unwrap()
}

/// A row of the resource ledger, and a closed survey for the term.
fn lay_groundwork(tx: &mut Tx<'_>, admin: &Actor, school_id: Id) -> Result<(), Refusal> {
    let room = FacilityIn {
        school_id,
        kind: FacilityKind::Room,
        name: Line::new("音乐教室").unwrap(),
        capacity: None,
        quantity: None,
        place: None,
        manager_name: Line::new("刘老师").unwrap(),
        usable_weekdays: Vec::new(),
        usable_note: None,
        in_use_on: tx.today,
    };
    facilities::create(tx, &By::of(admin.clone())?, &room)?;
    let question = SurveyQuestion {
        key: Line::new("wish").unwrap(),
        kind: SurveyQuestionKind::Text,
        text: Line::new("您希望孩子参加什么？").unwrap(),
        options: Vec::new(),
    };
    let survey = SurveyIn {
        school_id,
        school_year: SchoolYear::new("2024-2025").unwrap(),
        season: Season::Autumn,
        title: Line::new("课后服务意向调查").unwrap(),
        opens_on: tx.today,
        closes_on: tx.today,
        questions: vec![question],
    };
    let by = By::of(admin.clone())?;
    let made = surveys::create(tx, &by, &survey)?;
    surveys::open(tx, &by, made.id, &IfMatchVersion::of(1))?;
    surveys::close(tx, &by, made.id, &IfMatchVersion::of(2))?;
    Ok(())
}

/// The materials that every plan is filed with; nobody reads their files here.
fn add_materials(tx: &mut Tx<'_>, admin: &Actor, plan: &Plan) -> Result<(), Refusal> {
    for kind in MaterialKind::ALL {
        let stored =
            Stored { object: "bench".to_owned(), sha256: "0".repeat(64), bytes: 1, media_type: MediaType::Pdf };
        let new = NewMaterial {
            school_id: plan.school_id,
            plan_id: Some(plan.id),
            kind: *kind,
            name: "a.pdf".to_owned(),
            stored,
        };
        uploads::upload(tx, &By::of(admin.clone())?, &new)?;
    }
    Ok(())
}

fn make_school(tx: &mut Tx<'_>, authority_id: Id, code: &str) -> Result<School, Refusal> {
    tx.is_alone(); // nobody else writes at this school
    let document = plan_document(code);
    let school = SchoolIn {
        code: SchoolCode::new(code).unwrap(),
        name: Line::new(document.school.name.as_str()).unwrap(),
        authority_id,
        ownership: document.school.ownership,
        area: document.school.area,
        stages: document.school.stages.clone(),
        grade_first: 7,
        grade_last: 9,
        boarding: false,
        dismissals: document.school.approved_dismissals.clone(),
    };
    let school = schools::create(tx, &By::of(platform(tx.now))?, &school)?;
    let node = organisations::find(tx, school.row.id)?.unwrap();
    let admin = make_actor(tx, &format!("yang-{code}"), Role::SchoolAdmin, Some(&node))?;

    let first = IfMatchVersion::of(1);
    lay_groundwork(tx, &admin, node.id)?;
    let plan = plans::create(tx, &By::of(admin.clone())?, &document)?;
    add_materials(tx, &admin, &plan)?;
    let plan = submissions::submit(tx, &By::of(admin.clone())?, &plan)?;
    let (items, publisher) = (PlanNotice::default(), By::of(admin.clone())?);
    let (contact_name, contact_phone) = (Later::NotSent, Later::NotSent);
    let new = NoticeIn { plan_id: plan.id, items, contact_name, contact_phone };
    let notice = notices::create(tx, &publisher, &new)?;
    let notice = publications::publish(tx, &publisher, notice.id, &first)?;
    let offer = Offer { school: node.id, plan: plan.id, notice: notice.id, filing: notice.filing_id.unwrap() };
    Ok(School { offer, projects: projects::ids(tx, plan.id)?, pupils: vec![], guardians: vec![], admin })
}

/// The same school with its pupils, two of a guardian. It takes a while, and nobody waits for it: what its plan was
/// filed with is shared by all.
fn with_pupils(tx: &mut Tx<'_>, school: &School, code: &str, pupils: usize) -> Result<School, Refusal> {
    tx.is_alone(); // nobody else writes at this school
    let mut made = school.clone();
    for number in 0..pupils / CHILDREN {
        let guardian = make_actor(tx, &format!("zhang-{code}-{number}"), Role::Guardian, None)?;
        for _ in 0..CHILDREN {
            let pupil = make_pupil(tx, &made.admin, &guardian, made.offer.school)?;
            made.pupils.push(pupil);
        }
        made.guardians.push(guardian);
    }
    Ok(made)
}

fn make_pupil(tx: &mut Tx<'_>, admin: &Actor, guardian: &Actor, school_id: Id) -> Result<Pupil, Refusal> {
    let today = tx.today;
    let new = StudentIn {
        school_id,
        class_id: None,
        grade: 7,
        name: Line::new("李明").unwrap(),
        id_number: None,
        student_number: None,
        entered_on: today,
        priority_groups: Vec::new(),
        free_help: Vec::new(),
        grounds: kehou::values::later::Later::NotSent,
    };
    let student = students::create(tx, &By::of(admin.clone())?, &new)?;
    let held = GuardianshipIn {
        person_id: student.row.person_id,
        user_id: Some(guardian.user_id),
        kind: GuardianKind::Person,
        organisation_name: None,
        relation: Relation::Mother,
        contact_name: Line::new("王芳").unwrap(),
        contact_phone: None,
        rights: Right::ALL.to_vec(),
        starts_on: today,
        ends_on: None,
        restoring_document: None,
    };
    guardianships::create(tx, &By::of(admin.clone())?, &held)?;
    let (student, person) = (student.row.id, student.row.person_id);
    Ok(Pupil { student, person, user: guardian.user_id, session: guardian.session_id })
}

pub fn make_actor(tx: &mut Tx<'_>, name: &str, role: Role, at: Option<&Organisation>) -> Result<Actor, Refusal> {
    let organisation_id = at.map(|organisation| organisation.id);
    let user = make_user(tx, name, organisation_id)?;
    let grant = RoleGrantIn { user_id: user.row.id, role, organisation_id, starts_on: tx.today, ends_on: None };
    grants::insert(tx, &grant, at.map(|organisation| organisation.path.clone()).unwrap_or_default())?;
    Ok(sessions::open_for(tx, &user.row, &WantedRole::default(), true)?.actor)
}

pub fn make_user(tx: &mut Tx<'_>, name: &str, organisation_id: Option<Id>) -> Result<users::User, Refusal> {
    let new = UserIn {
        kind: UserKind::Person,
        username: Username::new(name).unwrap(),
        display_name: Line::new("王老师").unwrap(),
        organisation_id,
    };
    users::create(tx, &By::of(platform(tx.now))?, &new)
}

/// The platform itself, before it has any account.
pub fn platform(at: Instant) -> Actor {
    Actor {
        user_id: Id::NIL,
        role_grant_id: Id::NIL,
        session_id: Id::NIL,
        role: Role::PlatformAdmin,
        organisation_id: None,
        path: String::new(),
        issued_at: at,
        expires_at: at,
        secret_change_due: false,
        language: Language::default(),
    }
}
