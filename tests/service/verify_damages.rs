//! `kehou verify` on a demonstration that somebody has damaged past the service: each damage is found and named, and an
//! untouched database has none.

use std::sync::Arc;

use actix_web::web::Bytes;
use kehou::app::App;
use kehou::auth::access_log;
use kehou::db::{Clock, Db, Id, Kept, Limits, Mode, Origin, Sentences, Tx};
use kehou::file_store::Store;
use kehou::materials::MaterialRow;
use kehou::refusal::Refusal;
use kehou::sealing::Sealing;
use kehou::students::students::Student;
use kehou::verification::{BATCH, Report, everything, files};
use kehou::{auth, demo, journal};
use rstest::rstest;

use crate::support::app::{hasher, settings};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::{TestDatabase, open};

/// A demonstration, sealed, in which somebody has looked at a pupil.
struct Demonstration {
    kind: Kind,
    db: Db,
    store: Store,
    database: TestDatabase,
}

fn sql(tx: &mut Tx<'_>, statement: &str) -> Result<usize, Refusal> {
    Ok(diesel::RunQueryDsl::execute(diesel::sql_query(statement), tx.conn)?)
}

impl Demonstration {
    async fn start(kind: Kind) -> Option<Self> {
        let database = TestDatabase::fresh(kind)?;
        let (db, store) = (open(&database.url), Store::in_memory());
        App::build(db.clone(), store.clone(), &settings(&[]), hasher()).await.unwrap();
        demo::SMALL.fill(&db, &store, "no secret".to_owned()).await.unwrap();
        let looked = move |tx: &mut Tx<'_>| {
            let told = demo::story(tx)?;
            let seen = auth::known::<Student>(tx, told.student)?.seen_at();
            let line = access_log::line(
                tx,
                (told.school.user_id, told.school.role),
                "req-1",
                "get_student",
                "read",
                vec![seen],
            );
            access_log::write(tx, line)?;
            while journal::seal_batch(tx)? {}
            Ok(())
        };
        db.write(Origin::service("test"), Mode::Commit, looked).await.unwrap();
        Some(Self { kind, db, store, database })
    }

    /// What is found after some statements, which are taken back then.
    async fn after(&self, statements: &[String]) -> Report {
        let statements = statements.to_vec();
        let damaged = move |tx: &mut Tx<'_>| {
            for statement in &statements {
                assert!(sql(tx, statement)? > 0, "it damages nothing: {statement}");
            }
            everything(tx, None, BATCH)
        };
        self.db.write(Origin::service("somebody"), Mode::Rehearse, damaged).await.unwrap()
    }

    fn fresh_id(&self) -> &'static str {
        if self.kind == Sqlite { "randomblob(16)" } else { "gen_random_uuid()" }
    }

    /// A JSON text as a value of a column.
    fn json(&self, text: &str) -> String {
        if self.kind == Sqlite { format!("'{text}'") } else { format!("'{text}'::jsonb") }
    }
}

/// What somebody does to the database, and what is said of it.
struct Damage {
    name: &'static str,
    statements: Vec<String>,
    said: &'static str,
}

fn damage(name: &'static str, statements: &[&str], said: &'static str) -> Damage {
    Damage { name, statements: statements.iter().map(|statement| (*statement).to_owned()).collect(), said }
}

const TEACHER: &str = "(SELECT id FROM users WHERE username = 'demo.teacher')";

fn damages(demonstration: &Demonstration) -> Vec<Damage> {
    let mut all = of_plans_and_accounts(demonstration);
    all.extend(of_pupils_and_money());
    all.extend(of_what_is_logged());
    all
}

fn of_plans_and_accounts(demonstration: &Demonstration) -> Vec<Damage> {
    let id = demonstration.fresh_id();
    let empty = demonstration.json("{}");
    let grant = format!(
        "INSERT INTO role_grants (id, user_id, role, organisation_id, starts_on, ends_on, ended_at, version, \
         created_at, updated_at) SELECT {id}, {TEACHER}, 'platform_admin', NULL, starts_on, NULL, NULL, 1, \
         created_at, updated_at FROM role_grants WHERE user_id = {TEACHER}"
    );
    vec![
        damage("a grant by hand", &[&grant], "was never entered by the service"),
        damage("reviews removed", &["UPDATE filings SET review = NULL WHERE review IS NOT NULL"], "without a review"),
        damage(
            "a plan approved without a filing",
            &["UPDATE plans SET state = 'approved' WHERE state = 'draft'"],
            "is approved, but stands on no filing",
        ),
        damage(
            "the hash of a material changed",
            &["UPDATE materials SET sha256 = 'x' WHERE id = (SELECT id FROM materials ORDER BY id LIMIT 1)"],
            "material {id} is not what journal row",
        ),
        damage(
            "a facility deleted",
            &["DELETE FROM facilities WHERE id = (SELECT id FROM facilities ORDER BY id LIMIT 1)"],
            "facility {id} is gone",
        ),
        damage(
            "a parameter of the policy changed",
            &[&format!("UPDATE policy_profiles SET parameters = {empty} WHERE code = 'yueyang-2019'")],
            "policy-profile {id} is not what journal row",
        ),
        damage(
            "an account moved to another organisation",
            &["UPDATE users SET organisation_id = (SELECT id FROM organisations WHERE kind = 'school' \
               ORDER BY id LIMIT 1) WHERE username = 'demo.city'"],
            "user {id} is not what journal row",
        ),
        damage(
            "an item of a published notice gone",
            &[&format!("UPDATE notices SET items = {empty} WHERE state = 'published'")],
            "is published without all six items",
        ),
    ]
}

fn of_pupils_and_money() -> Vec<Damage> {
    let charge = "(SELECT id FROM charges WHERE state = 'open' ORDER BY id LIMIT 1)";
    let line = format!("charge_id = {charge} AND position = 0");
    let enrolled = "(SELECT e.id FROM enrollments e JOIN project_seats s ON s.project_id = e.project_id \
                    WHERE e.state = 'active' ORDER BY e.id LIMIT 1)";
    let member = "(SELECT person_id FROM students ORDER BY id LIMIT 1)";
    let other = "(SELECT person_id FROM students ORDER BY id DESC LIMIT 1)";
    let plan = "(SELECT plan_id FROM enrollments WHERE state = 'active' ORDER BY id LIMIT 1)";
    vec![
        damage(
            "charge and ledger raised together",
            &[
                &format!("UPDATE ledger_transfers SET amount_fen = amount_fen + 100 WHERE charge_id = {charge}"),
                &format!("UPDATE charge_lines SET amount_fen = amount_fen + 100 WHERE {line}"),
                &format!("UPDATE charges SET amount_fen = amount_fen + 100 WHERE id = {charge}"),
            ],
            "charge {id} is not what journal row",
        ),
        damage(
            "lines that are not the sum",
            &[&format!("UPDATE charge_lines SET amount_fen = amount_fen + 1 WHERE {line}")],
            "is not the sum of its lines",
        ),
        damage("a pupil renamed", &["UPDATE students SET name = '某某'"], "student {id} is not what journal row"),
        damage(
            "rights of guardianships changed",
            &["UPDATE guardianships SET rights = ' read choose sign pay ' WHERE rights <> ' read choose sign pay '"],
            "guardianship {id} is not what journal row",
        ),
        damage(
            "sealed numbers damaged",
            &["UPDATE persons SET id_number_sealed = '1.AAAA' WHERE id_number_sealed IS NOT NULL"],
            "the sealed numbers of person {id} cannot be opened",
        ),
        damage(
            "the hash of a number changed",
            &["UPDATE persons SET id_number_hash = 'x' WHERE id = (SELECT id FROM persons \
               WHERE id_number_hash IS NOT NULL ORDER BY id LIMIT 1)"],
            "are not those by which it is found",
        ),
        damage(
            "a pupil waits while seats are free",
            &[
                &format!(
                    "UPDATE project_seats SET seats_taken = seats_taken - 1 \
                     WHERE project_id = (SELECT project_id FROM enrollments WHERE id = {enrolled})"
                ),
                &format!("UPDATE enrollments SET state = 'waitlisted' WHERE id = {enrolled}"),
            ],
            "waits while seats of its project are free",
        ),
        damage(
            "a merged person that still has pupils",
            &[&format!("UPDATE persons SET merged_into_id = {other} WHERE id = {member}")],
            "was joined with another record and still has pupils",
        ),
        damage(
            "what was signed changed together with its hash",
            &["UPDATE agreements SET text = 'x', \
               sha256 = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'"],
            "agreement {id} is not what journal row",
        ),
        damage(
            "a plan withdrawn under its pupils",
            &[&format!("UPDATE plans SET state = 'withdrawn' WHERE id = {plan}")],
            "is active in a plan that was withdrawn",
        ),
    ]
}

fn of_what_is_logged() -> Vec<Damage> {
    let ended = "(SELECT id FROM guardianships ORDER BY id LIMIT 1)";
    let columns = "at, action, resource, resource_id, scope_path, user_id, role, request_id, before_hash, after_hash";
    vec![
        damage(
            "the access log emptied",
            &["DELETE FROM access_log_persons", "DELETE FROM access_log_lines"],
            "access log: lines of batch",
        ),
        damage("the access log tells of nobody", &["DELETE FROM access_log_persons"], "tells of nobody"),
        damage(
            "the journal's tail cut and the head moved back",
            &[
                "DELETE FROM journal_entries WHERE position > (SELECT position - 5 FROM journal_heads)",
                "UPDATE journal_heads SET position = position - 5, chain_hash = \
                 (SELECT chain_hash FROM journal_entries ORDER BY position DESC LIMIT 1)",
            ],
            "was not moved there by the service",
        ),
        damage(
            "a row rolled back, with a copied journal row that says so",
            &[
                &format!("UPDATE guardianships SET rights = ' read ' WHERE id = {ended}"),
                &format!(
                    "INSERT INTO journal_entries ({columns}) SELECT {columns} FROM journal_entries \
                     WHERE resource = 'guardianship' AND resource_id = {ended} ORDER BY number LIMIT 1"
                ),
            ],
            "it was not written by the service",
        ),
        damage(
            "a sealed journal row copied to the end",
            &[&format!(
                "INSERT INTO journal_entries ({columns}, seal) SELECT {columns}, seal FROM journal_entries \
                 WHERE action = 'plan.created' ORDER BY number LIMIT 1"
            )],
            "it does not go on from journal row",
        ),
        damage(
            "the chain written anew without the key",
            &["UPDATE journal_entries SET chain_hash = substr(chain_hash, 3) WHERE position > 3"],
            "a link without a key follows one with a key",
        ),
    ]
}

/// Whether a sentence says it; `{id}` stands for any id.
fn says(sentence: &str, said: &str) -> bool {
    match said.split_once(" {id} ") {
        None => sentence.contains(said),
        Some((before, after)) => sentence.contains(&format!("{before} ")) && sentence.contains(&format!(" {after}")),
    }
}

#[rstest]
#[actix_web::test]
async fn every_damage_is_found_and_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(demonstration) = Demonstration::start(kind).await else { return };
    let untouched = demonstration.after(&[]).await;
    assert_eq!((untouched.wrong, untouched.older, untouched.chain.unsealed), (Sentences::default(), 0, 0));

    let mut missed = Vec::new();
    for Damage { name, statements, said } in damages(&demonstration) {
        let wrong = demonstration.after(&statements).await.wrong;
        if !wrong.kept.iter().any(|sentence| says(sentence, said)) {
            missed.push(format!("{name}: {:?}", wrong.kept));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    assert_eq!(demonstration.after(&[]).await.wrong, Sentences::default(), "the damages were taken back");
}

#[rstest]
#[actix_web::test]
async fn small_batches_find_what_large_ones_find(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(demonstration) = Demonstration::start(kind).await else { return };
    let found = |batch: i64| {
        let damaged = move |tx: &mut Tx<'_>| {
            sql(tx, "UPDATE students SET name = '某某'")?;
            sql(tx, "DELETE FROM facilities")?;
            everything(tx, None, batch)
        };
        demonstration.db.write(Origin::service("somebody"), Mode::Rehearse, damaged)
    };
    let (whole, piecemeal) = (found(BATCH).await.unwrap().wrong, found(3).await.unwrap().wrong);
    let sorted = |mut wrong: Sentences| {
        wrong.kept.sort();
        wrong
    };
    assert!(whole.count > 10, "{whole:?}");
    assert_eq!(sorted(piecemeal), sorted(whole));
}

#[rstest]
#[actix_web::test]
async fn a_file_that_was_changed_or_is_gone_is_named(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(demonstration) = Demonstration::start(kind).await else { return };
    let Demonstration { db, store, .. } = &demonstration;
    let mut wrong = Sentences::default();
    let read = files(db, store, &mut wrong).await.unwrap();
    assert!(read > 1 && wrong == Sentences::default(), "{read} {wrong:?}");

    let first = |tx: &mut Tx<'_>| {
        let ids = MaterialRow::ids_after(tx, Id::NIL, 1)?;
        Ok(MaterialRow::these(tx, &ids)?.remove(0))
    };
    let row: MaterialRow = db.read(first).await.unwrap();
    store.keep(&row.object, vec![Bytes::from_static(b"other")]).await.unwrap();
    files(db, store, &mut wrong).await.unwrap();
    assert!(wrong.kept[0].contains(&format!("material {} is not what was uploaded", row.id)), "{wrong:?}");
    store.remove(&row.object).await.unwrap();
    let mut wrong = Sentences::default();
    files(db, store, &mut wrong).await.unwrap();
    assert!(wrong.kept[0].contains(&format!("material {} cannot be read", row.id)), "{wrong:?}");
}

#[rstest]
#[actix_web::test]
async fn a_wrong_master_key_is_said_before_anything_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(demonstration) = Demonstration::start(kind).await else { return };
    let other = Arc::new(Sealing::new(&[9; 32]).unwrap());
    let db = Db::open(&demonstration.database.url, Limits::default(), Clock::new(None), other).unwrap();
    let refused = db.read(|tx| everything(tx, None, BATCH)).await.err().unwrap();
    assert!(refused.to_string().contains("master key"), "{refused}");
}

#[rstest]
#[actix_web::test]
async fn a_head_that_is_kept_elsewhere_finds_a_database_of_before(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(demonstration) = Demonstration::start(kind).await else { return };
    let db = &demonstration.db;
    let head = db.read(|tx| everything(tx, None, BATCH)).await.unwrap().chain.head.unwrap();
    let report = |kept: journal::Head| {
        let read = db.read(move |tx| everything(tx, Some(&kept), BATCH));
        async { read.await.unwrap().wrong }
    };
    assert_eq!(report(head.clone()).await, Sentences::default());
    let later = journal::Head { position: head.position + 3, ..head.clone() };
    let wrong = report(later).await;
    assert_eq!(wrong.kept, [format!("the head that is kept elsewhere knows 3 rows behind position {}", head.position)]);
    let other = journal::Head { position: head.position - 1, ..head };
    let wrong = report(other).await;
    assert!(wrong.kept[0].contains("the head that is kept elsewhere has another link"), "{wrong:?}");
}
