//! What a school pages through is found by an index, in its order, from the place where the page before ended: a few
//! thousand rows are neither all read nor all sorted. What is narrowed to a pupil, a class or a project is short, and
//! may be sorted; so may what an authority sees of many schools, which is found by an index too.

use actix_web::test::TestRequest;
use kehou::auth::permission::ReadUsers;
use kehou::auth::{Actor, By, Scope, Seen, users};
use kehou::db::{Id, Tx};
use kehou::enrollments::counts::{self, EnrollmentCountsFilter};
use kehou::enrollments::enrollments::Enrollment;
use kehou::fees::charges::Charge;
use kehou::fees::totals::{self, ChargeTotalsFilter};
use kehou::filings::filings::Filing;
use kehou::http::{Key, Listing, listed};
use kehou::plans::plans::Plan;
use kehou::refusal::Refusal;
use kehou::staff::staff_members::StaffMember;
use kehou::students::counts::{self as students_counts, StudentCountsFilter};
use kehou::students::students::Student;
use rstest::rstest;
use serde::de::DeserializeOwned;
use serde_json::json;
use utoipa::IntoParams;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::fees::{approved_plan, charging, open_account, paid_plan, sign};
use crate::support::statements::{explained, statements};

/// Rows of each list.
const ROWS: usize = 4_000;

const TIMES: [&str; 4] = ["created_at", "-created_at", "updated_at", "-updated_at"];
const NAMES: [&str; 2] = ["name", "-name"];

/// What a query string asks a list for.
fn asked<F: DeserializeOwned + IntoParams>(query: &str, after: Option<Key>) -> Listing<F, Key> {
    let request = TestRequest::with_uri(&format!("/?{query}")).to_http_request();
    let (filter, ask, _) = listed::<F>(&request).unwrap();
    let mut at = Listing::of(filter, "", &ask).unwrap();
    at.after = after;
    at
}

async fn columns(app: &TestApp, table: &str) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Column {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let ask = match app.kind {
        Kind::Postgres => format!(
            "SELECT column_name::text AS name FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}'"
        ),
        Kind::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
    };
    let found = app
        .db
        .with_connection(move |conn| Ok(diesel::RunQueryDsl::load::<Column>(diesel::sql_query(ask.as_str()), conn)?));
    found.await.unwrap().into_iter().map(|column| column.name).collect()
}

/// Adds rows like one of a table, with some columns otherwise; `i` counts them.
async fn more_like(app: &TestApp, table: &str, change: &[(&str, &str)]) {
    let columns = columns(app, table).await;
    let (id, series) = match app.kind {
        Kind::Postgres => ("gen_random_uuid()", format!("(SELECT generate_series(1, {ROWS}) AS i)")),
        Kind::Sqlite => (
            "randomblob(16)",
            format!("(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {ROWS}) SELECT i FROM n)"),
        ),
    };
    let later = match app.kind {
        Kind::Postgres => "one.updated_at + i * interval '1 second'",
        Kind::Sqlite => "one.updated_at + i * 1000000",
    };
    let value = |column: &String| match (change.iter().find(|(name, _)| name == column), column.as_str()) {
        (Some((_, value)), _) => (*value).to_owned(),
        (None, "id") => id.to_owned(),
        (None, "updated_at") => later.to_owned(),
        (None, other) => format!("one.{other}"),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    app.sql(&format!(
        "INSERT INTO {table} ({}) SELECT {} FROM (SELECT * FROM {table} ORDER BY id LIMIT 1) AS one, {series} AS many",
        columns.join(", "),
        values.join(", ")
    ))
    .await;
}

async fn filled(kind: Kind) -> Option<TestApp> {
    let app = TestApp::start(kind).await?;
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    let student = app.world.pupils("own school").student.to_string();
    sign(&app, "school-admin", &plan, &student, &[0]).await;
    charging(&app, "school-finance", &student).expect(201).await;
    let other = app.id_literal(&app.world.organisation("sibling school").to_string());
    let school = format!("CASE WHEN i % 2 = 0 THEN one.school_id ELSE {other} END");
    let school = ("school_id", school.as_str());
    let (name, key) = (("name", "one.name || i"), ("name_key", "'n' || i"));
    let left = [school, name, key, ("state", "'left'"), ("left_on", "one.entered_on")];
    more_like(&app, "students", &[&left[..], &[("class_id", "NULL")][..]].concat()).await;
    more_like(&app, "staff_members", &left).await;
    more_like(&app, "users", &[("username", "'u' || i"), ("display_name", "'n' || i"), key]).await;
    let year = ("school_year", "(2009 + i % 10) || '-' || (2010 + i % 10)");
    let (one_of, numbered) = match kind {
        Kind::Postgres => ("lpad((1 + i % 50)::text, 32, '0')::uuid", "lpad(i::text, 32, '0')::uuid"),
        Kind::Sqlite => ("CAST(printf('%016d', 1 + i % 50) AS BLOB)", "CAST(printf('%016d', i) AS BLOB)"),
    };
    let numbers = ["id_number_sealed", "id_number_hash", "student_number_sealed", "student_number_hash"];
    let none = numbers.map(|number| (number, "NULL"));
    more_like(&app, "persons", &[&[("id", numbered)][..], &none[..]].concat()).await;
    let person = ("person_id", one_of);
    let child = ("student_id", "(SELECT s.id FROM students s WHERE s.name_key = 'n' || (1 + i % 50))");
    more_like(&app, "enrollments", &[school, year, person, child, ("state", "'withdrawn'")]).await;
    more_like(&app, "charges", &[school, year, person, child, ("state", "'void'")]).await;
    more_like(&app, "plans", &[school, ("state", "'withdrawn'"), ("school_year", "'2019-2020'")]).await;
    let numbers = [("ordinal", "1000 + i"), ("number", "1000 + i"), ("case_number", "'x' || i")];
    let counted = [&[school, ("state", "'withdrawn'")][..], &numbers[..]].concat();
    more_like(&app, "filings", &counted).await;
    app.sql("ANALYZE").await;
    Some(app)
}

/// What is wrong with the way in which a page is found.
async fn faults<W>(app: &TestApp, table: &str, sorts: bool, work: W) -> Vec<String>
where
    W: Fn(&mut Tx<'_>) -> Result<(), Refusal> + Send + 'static,
{
    let ran = statements(app, work).await;
    let mut plan = explained(app, &ran[0]).await;
    // What is asked for each row beside it is of a handful.
    if let Some(beside) = plan.iter().position(|line| line.contains("SubPlan")) {
        plan.truncate(beside);
    }
    let reads_all = |line: &&String| match app.kind {
        Kind::Postgres => line.contains(&format!("Seq Scan on {table}")),
        Kind::Sqlite => line.starts_with(&format!("SCAN {table}")) && !line.contains("USING"),
    };
    // The server would rather sort the few rows of a test than read them in order; what it must not is read all.
    let sorted = |line: &&String| line.starts_with("USE TEMP B-TREE FOR ORDER BY");
    let wrong = plan.iter().any(|line| reads_all(&line) || (!sorts && sorted(&line)));
    if wrong { plan } else { Vec::new() }
}

/// What is wrong with a list under scopes, in orders, with filters; the latter with whether what they leave is short.
async fn try_list<T>(
    app: &TestApp,
    (table, scopes): (&str, &[(Scope, bool)]),
    sorts: &[&str],
    filters: &[(String, bool)],
) -> Vec<String>
where
    T: Seen<Key = Key> + 'static,
    T::Filter: DeserializeOwned + IntoParams + Send + 'static,
{
    let mut all = Vec::new();
    let row = Id::fresh();
    for (scope, own) in scopes {
        for sort in sorts {
            for (filter, short) in filters {
                let after = match sort.trim_start_matches('-') {
                    "updated_at" => Key::Updated(app.db.clock().now(), row),
                    _ => Key::Row(row),
                };
                for after in [None, Some(after)] {
                    let query = format!("{filter}sort={sort}");
                    let (from, under) = (after.clone(), scope.clone());
                    let asked_for = query.clone();
                    let wrong = faults(app, table, *short || *own, move |tx| {
                        T::list_in(tx, &under, &asked(&asked_for, from.clone())).map(|_| ())
                    });
                    let wrong = wrong.await;
                    if !wrong.is_empty() {
                        all.push(format!("{table}?{query} in {scope:?} after {after:?}:\n{}\n", wrong.join("\n")));
                    }
                }
            }
        }
    }
    all
}

/// A school's desk and a guardian, with whether what they see is short.
fn of_a_school(app: &TestApp) -> Vec<(Scope, bool)> {
    let own = app.world.organisations["own school"].path.clone();
    vec![(Scope::School(own), false), (Scope::OwnChildren(app.world.account("guardian").id), true)]
}

fn narrowed(filters: &[(&str, bool)]) -> Vec<(String, bool)> {
    let filter = |(text, short): &(&str, bool)| {
        let text = if text.is_empty() { String::new() } else { format!("{text}&") };
        (text, *short)
    };
    filters.iter().map(filter).collect()
}

#[rstest]
#[actix_web::test]
async fn lists_of_people_are_found_by_an_index(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = filled(kind).await else { return };
    let named: Vec<&str> = TIMES.into_iter().chain(NAMES).collect();
    let pupils = app.world.pupils("own school");
    let (class, person) = (format!("class_id={}", pupils.class), format!("person_id={}", pupils.person));
    let school = format!("school_id={}", app.world.organisation("own school"));
    let filters = [
        ("", false),
        (school.as_str(), false),
        ("state=left", false),
        ("updated_since=2024-09-10T00:00:00Z", true),
        ("q=n17", true),
        ("q=%E6%9D%8E%E6%98%8E17", true),
        (class.as_str(), true),
        (person.as_str(), true),
    ];
    let district = app.world.organisations["own district"].path.clone();
    let scopes = [of_a_school(&app), vec![(Scope::Subtree(district), true)]].concat();
    let mut all = try_list::<Student>(&app, ("students", &scopes), &named, &narrowed(&filters)).await;
    all.extend(try_list::<StaffMember>(&app, ("staff_members", &scopes), &named, &narrowed(&filters[..6])).await);
    for sort in named.iter().chain(["username", "-username"].iter()) {
        for filter in ["", "state=active&", "q=n17&"] {
            let actor = app.world.account("city-bureau").actor.clone();
            let query = format!("{filter}sort={sort}");
            let asked_for = query.clone();
            let wrong = faults(&app, "users", filter.starts_with('q'), move |tx| {
                users::list(tx, &By::<ReadUsers>::of(actor.clone())?, &asked(&asked_for, None)).map(|_| ())
            });
            let wrong = wrong.await;
            if !wrong.is_empty() {
                all.push(format!("users?{query}:\n{}\n", wrong.join("\n")));
            }
        }
    }
    assert!(all.is_empty(), "{} are not:\n{}", all.len(), all.join("\n"));
}

#[rstest]
#[actix_web::test]
async fn lists_of_cases_are_found_by_an_index(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = filled(kind).await else { return };
    let pupils = app.world.pupils("own school");
    let (class, student) = (format!("class_id={}", pupils.class), format!("student_id={}", pupils.student));
    let school = format!("school_id={}", app.world.organisation("own school"));
    let common = [("", false), (school.as_str(), false), ("updated_since=2024-09-10T00:00:00Z", true)];
    let district = app.world.organisations["own district"].path.clone();
    let scopes = [of_a_school(&app), vec![(Scope::Subtree(district), true)]].concat();
    let term = [("school_year=2024-2025&season=autumn", false)];
    let of_pupils =
        |states| [&common[..], &[(states, false), (class.as_str(), true), (student.as_str(), true)]].concat();
    let enrolled = of_pupils("state=withdrawn&state=active");
    let mut all = try_list::<Enrollment>(&app, ("enrollments", &scopes), &TIMES, &narrowed(&enrolled)).await;
    // The two schools of the district have all rows: on SQLite reading a term's of them is reading all.
    all.extend(try_list::<Enrollment>(&app, ("enrollments", &scopes[..2]), &TIMES, &narrowed(&term)).await);
    let charged = [&of_pupils("state=void&state=open")[..], &term].concat();
    all.extend(try_list::<Charge>(&app, ("charges", &scopes), &TIMES, &narrowed(&charged)).await);
    // A school has one plan a term.
    let of_schools = [&common[..], &[("school_year=2024-2025&season=autumn", true)][..]].concat();
    all.extend(try_list::<Plan>(&app, ("plans", &scopes), &TIMES, &narrowed(&of_schools)).await);
    all.extend(try_list::<Filing>(&app, ("filings", &scopes), &TIMES, &narrowed(&common)).await);
    assert!(all.is_empty(), "{} are not:\n{}", all.len(), all.join("\n"));
}

/// How a count is found, under each word by which it may be grouped; by a school and by the city above it.
async fn try_counts<F, W>(app: &TestApp, (table, groups): (&str, &[&str]), work: W) -> Vec<String>
where
    F: DeserializeOwned + 'static,
    W: Fn(&mut Tx<'_>, &Actor, &F) -> Result<(), Refusal> + Send + Copy + 'static,
{
    let mut all = Vec::new();
    for account in ["school-admin", "school-finance", "city-bureau"] {
        for group in groups {
            let actor = app.world.account(account).actor.clone();
            let asked = if group.is_empty() { json!({}) } else { json!({ "group_by": group }) };
            let counted = move |tx: &mut Tx<'_>| work(tx, &actor, &serde_json::from_value::<F>(asked.clone()).unwrap());
            let ran = statements(app, counted.clone()).await.len();
            let wrong = faults(app, table, true, counted).await;
            if ran != 1 || !wrong.is_empty() {
                all.push(format!("{table} by {group} for {account}, {ran} statements:\n{}\n", wrong.join("\n")));
            }
        }
    }
    all
}

#[rstest]
#[actix_web::test]
async fn counts_of_thousands_are_one_statement_by_an_index(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = filled(kind).await else { return };
    let words = ["", "project", "state", "class,state", "grade", "school,state", "plan"];
    let mut all = try_counts::<EnrollmentCountsFilter, _>(&app, ("enrollments", &words), |tx, actor, asked| {
        counts::of(tx, &By::of(actor.clone())?, asked).map(|_| ())
    })
    .await;
    let words = ["", "state", "class,state", "school,state", "plan"];
    let charges = try_counts::<ChargeTotalsFilter, _>(&app, ("charges", &words), |tx, actor, asked| {
        totals::of(tx, &By::of(actor.clone())?, asked).map(|_| ())
    });
    all.extend(charges.await);
    let words = ["", "class", "grade,state", "school"];
    let pupils = try_counts::<StudentCountsFilter, _>(&app, ("students", &words), |tx, actor, asked| {
        students_counts::of(tx, &By::of(actor.clone())?, asked).map(|_| ())
    });
    all.extend(pupils.await);
    assert!(all.is_empty(), "{} are not:\n{}", all.len(), all.join("\n"));
}
