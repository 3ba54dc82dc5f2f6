//! Groups with their children and their sessions, entered behind the service's back: what the rules ask of a group is
//! not the business of a load. Schools, plans and teachers are made by the service's own functions.

use std::collections::HashMap;

use kehou::auth::organisations;
use kehou::auth::{Actor, Role};
use kehou::db::{Id, Tx};

use super::load::pgbench::psql;
use super::load::school::{School, make_actor, make_authority, make_schools, over, signed, write};

/// Children of a group.
pub const CHILDREN: usize = 45;

const SCHOOLS: usize = 20;
const TEACHERS_OF_SCHOOL: usize = 25;

/// Days before today on which every group has a session, for rounds against the twin.
const KEPT_DAYS: usize = 4;

/// How long the tokens of teachers hold.
const TOKENS_HOLD: time::Duration = time::Duration::hours(2);

/// Kinds of rows whose ids follow from their numbers.
const PERSON: usize = 1;
const STUDENT: usize = 2;
const GROUP: usize = 4;
const SESSION: usize = 5;

/// The id of a row: its kind, and its number, so that rows that are made together stand together.
fn id(kind: usize, number: usize) -> String {
    format!("0191{kind:04x}-0000-7000-8000-{number:012x}")
}

/// A session of a group on one of two days.
#[derive(Clone)]
pub struct Session {
    pub id: String,
    group: usize,
    teacher: Id,
}

impl Session {
    /// The children of its group.
    pub fn children(&self) -> Vec<String> {
        (0..CHILDREN).map(|place| id(STUDENT, self.group * CHILDREN + place)).collect()
    }

    /// What of a transaction is its own.
    pub fn values(&self) -> Vec<String> {
        let child = |place: usize| {
            let number = self.group * CHILDREN + place;
            [id(STUDENT, number), id(PERSON, number)]
        };
        let mut values = vec![self.id.clone(), id(GROUP, self.group)];
        values.extend((0..CHILDREN).flat_map(child));
        values
    }
}

/// What is marked, and by whom.
pub struct Seeded {
    pub today: Vec<Session>,
    /// For rounds against the twin.
    pub kept: Vec<Session>,
    tokens: HashMap<Id, String>,
}

impl Seeded {
    pub fn token(&self, session: &Session) -> &str {
        &self.tokens[&session.teacher]
    }
}

fn make_teachers(tx: &mut Tx<'_>, school: &School) -> Result<Vec<Actor>, kehou::refusal::Refusal> {
    tx.is_alone(); // nobody else writes at this school
    let node = organisations::find(tx, school.offer.school)?.unwrap();
    let teacher = |number: usize| format!("teacher-{}-{number}", node.code);
    (0..TEACHERS_OF_SCHOOL).map(|number| make_actor(tx, &teacher(number), Role::Teacher, Some(&node))).collect()
}

pub async fn seed(url: &str, groups: usize) -> Seeded {
    let (db, app) = over(url).await;
    let authority = write(&db, make_authority).await;
    let schools = make_schools(&db, authority, (SCHOOLS, 2), 0).await;
    let mut teachers = Vec::new();
    for school in &schools {
        let school = school.clone();
        teachers.push(write(&db, move |tx| make_teachers(tx, &school)).await);
    }
    let now = db.clock().now();
    let still = |actor: &Actor| Actor { issued_at: now, expires_at: now.plus(TOKENS_HOLD), ..actor.clone() };
    let actors: Vec<Actor> = teachers.iter().flatten().map(still).collect();
    let tokens = signed(&actors, &app.issuer).into_iter().collect();
    let whose = |group: usize| {
        let school = group % SCHOOLS;
        (school, teachers[school][group / SCHOOLS % TEACHERS_OF_SCHOOL].user_id)
    };
    fill(url, &schools, groups, whose);
    let session =
        |day: usize, group: usize| Session { id: id(SESSION + 10 * day, group), group, teacher: whose(group).1 };
    Seeded {
        today: (0..groups).map(|group| session(0, group)).collect(),
        kept: (1..=KEPT_DAYS)
            .flat_map(|day| (0..groups).map(move |group| (day, group)))
            .map(|(day, group)| session(day, group))
            .collect(),
        tokens,
    }
}

fn fill(url: &str, schools: &[School], groups: usize, whose: impl Fn(usize) -> (usize, Id)) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("groups.csv");
    let line = |group: usize| {
        let (school, teacher) = whose(group);
        let (offer, project) = (schools[school].offer, schools[school].projects[0]);
        let ids = [offer.school, offer.plan, project, offer.filing, offer.notice, teacher];
        format!("{group},{}\n", ids.map(|id| id.to_string()).join(","))
    };
    std::fs::write(&path, (0..groups).map(line).collect::<String>()).unwrap();
    let children = groups * CHILDREN;
    let days = format!("generate_series(0, {KEPT_DAYS}) day");
    psql(
        url,
        &[
            "SET session_replication_role = replica",
            "CREATE FUNCTION made(kind INTEGER, n BIGINT) RETURNS UUID LANGUAGE SQL IMMUTABLE AS $$ SELECT \
             ('0191' || lpad(to_hex(kind), 4, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$",
            "CREATE TABLE made_groups (n BIGINT PRIMARY KEY, school_id UUID, plan_id UUID, project_id UUID, \
             filing_id UUID, notice_id UUID, user_id UUID)",
            &format!("\\copy made_groups FROM '{}' CSV", path.display()),
            "INSERT INTO staff_members (id, school_id, kind, name, user_id, state, entered_on, version, created_at, \
             updated_at, name_key) SELECT user_id, min(school_id::text)::uuid, 'own', '王老师', user_id, 'active', \
             '2020-09-01', 1, now(), now(), 'wls' FROM made_groups GROUP BY user_id",
            &format!(
                "INSERT INTO persons (id, version, created_at, updated_at) \
                 SELECT made({PERSON}, n), 1, now(), now() FROM generate_series(0, {children} - 1) n"
            ),
            &format!(
                "INSERT INTO students (id, school_id, person_id, name, grade, entered_on, state, priority_groups, \
                 free_help, grounds, version, created_at, updated_at, name_key) \
                 SELECT made({STUDENT}, c), school_id, made({PERSON}, c), '李明', 7, '2024-09-02', 'attending', '[]', \
                 '[]', '[]', 1, now(), now(), 'lm' \
                 FROM generate_series(0, {children} - 1) c JOIN made_groups ON n = c / {CHILDREN}"
            ),
            &format!(
                "INSERT INTO enrollments (id, student_id, person_id, school_id, plan_id, project_id, school_year, \
                 season, state, source, notice_id, filing_id, version, created_at, updated_at) \
                 SELECT made(3, c), made({STUDENT}, c), made({PERSON}, c), school_id, plan_id, project_id, \
                 '2024-2025', 'autumn', 'active', 'online', notice_id, filing_id, 1, now(), now() \
                 FROM generate_series(0, {children} - 1) c JOIN made_groups ON n = c / {CHILDREN}"
            ),
            &format!(
                "INSERT INTO group_members (id, school_id, group_id, enrollment_id, student_id, from_on, version, \
                 created_at, updated_at) \
                 SELECT made(9, c), school_id, made({GROUP}, n), made(3, c), made({STUDENT}, c), '2024-09-02', 1, \
                 now(), now() FROM generate_series(0, {children} - 1) c JOIN made_groups ON n = c / {CHILDREN}"
            ),
            &format!(
                "INSERT INTO service_groups (id, school_id, plan_id, project_id, filing_id, name, slots, leader_id, \
                 assistant_ids, venue_id, state, from_on, version, created_at, updated_at) \
                 SELECT made({GROUP}, n), g.school_id, plan_id, project_id, filing_id, 'group ' || n, '[]', user_id, \
                 '[]', f.id, 'confirmed', '2024-09-02', 1, now(), now() \
                 FROM made_groups g JOIN facilities f ON f.school_id = g.school_id"
            ),
            &sessions(&format!("made({SESSION} + 10 * day, n)"), &days, "date '2024-09-10' - day"),
            &format!(
                "INSERT INTO session_staff (id, school_id, session_id, staff_member_id, held_on, duty, state, version, \
                 created_at, updated_at) \
                 SELECT made(100 + day, n), school_id, made({SESSION} + 10 * day, n), user_id, \
                 date '2024-09-10' - day, 'leader', 'planned', 1, now(), now() FROM made_groups, {days}"
            ),
        ],
    );
}

/// Sessions of all groups on the days of a series.
fn sessions(id: &str, series: &str, held_on: &str) -> String {
    format!(
        "INSERT INTO service_sessions (id, school_id, plan_id, project_id, group_id, held_on, starts_at, ends_at, \
         lessons, leader_id, venue_id, kind, state, findings, pay_held, corrections, version, created_at, updated_at) \
         SELECT {id}, g.school_id, plan_id, project_id, made({GROUP}, n), {held_on}, 980, 1025, 1, user_id, f.id, \
         'regular', 'planned', '[]', FALSE, '[]', 1, now(), now() \
         FROM made_groups g JOIN facilities f ON f.school_id = g.school_id, {series}"
    )
}

/// Rows of attendance of earlier days, until there are so many: of all groups, day by day.
pub fn older(url: &str, rows: usize) {
    let groups: usize = psql(url, &["SELECT count(*) FROM made_groups"])[0][0].parse().unwrap();
    let days = rows.div_ceil(groups * CHILDREN);
    let indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'attendances' AND indexname <> 'attendances_pkey'";
    let indexes: Vec<String> = psql(url, &[indexes]).into_iter().map(|row| row.join("|")).collect();
    let names: Vec<&str> = indexes.iter().filter_map(|index| index.split(' ').nth(2)).collect();
    psql(
        url,
        &[
            "SET session_replication_role = replica",
            "SET maintenance_work_mem = '1GB'",
            &sessions(
                "made(200, n * 1000 + day)",
                &format!("generate_series(1, {days}) day"),
                "date '2024-09-01' - day",
            ),
            &format!("DROP INDEX {}", names.join(", ")),
            &format!(
                "INSERT INTO attendances (session_id, student_id, school_id, mark, made_at, device, sequence, \
                 marked_by_id, marked_at, departure_late) \
                 SELECT made(200, n * 1000 + day), made({STUDENT}, n * {CHILDREN} + child), school_id, 'present', \
                 now(), 'phone', child, user_id, now(), FALSE \
                 FROM made_groups, generate_series(1, {days}) day, generate_series(0, {CHILDREN} - 1) child \
                 ORDER BY n, day"
            ),
        ],
    );
    for index in &indexes {
        psql(url, &["SET maintenance_work_mem = '1GB'", index]);
    }
    psql(url, &["VACUUM ANALYZE attendances", "ANALYZE service_sessions", "CHECKPOINT"]);
}
