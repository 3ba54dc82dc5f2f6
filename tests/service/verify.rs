//! What `kehou verify` finds: the same in many small batches as in a single one.

use kehou::auth::{Role, grants};
use kehou::db::Tx;
use kehou::enrollments::enrollments;
use kehou::fees::{charges, ledger};
use kehou::refusal::Refusal;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{apply, more_children, open, plan_with, sign};
use crate::support::fees::{self, approved_plan, charging, open_account, paid_plan, pay};
use rstest::rstest;

type Verify = fn(&mut Tx<'_>, i64) -> Result<Vec<String>, Refusal>;

/// What a check says, held to be the same in batches of one, of two, and of more than there is.
async fn found(app: &TestApp, verify: Verify) -> Vec<String> {
    let all = app.db.read(move |tx| verify(tx, 1_000)).await.unwrap();
    for batch in [1, 2] {
        let mut piecemeal = app.db.read(move |tx| verify(tx, batch)).await.unwrap();
        let mut whole = all.clone();
        piecemeal.sort();
        whole.sort();
        assert_eq!(piecemeal, whole, "in batches of {batch}");
    }
    all
}

/// A fresh id in SQL.
fn fresh_id(app: &TestApp) -> &'static str {
    if app.kind == Kind::Sqlite { "randomblob(16)" } else { "gen_random_uuid()" }
}

#[rstest]
#[actix_web::test]
async fn charges_and_the_ledger_are_checked_to_the_last(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = approved_plan(&app, "school-admin", "bureau", &paid_plan("own school", 400)).await;
    for (number, child) in more_children(&app, 3).await.iter().enumerate() {
        fees::sign(&app, "school-admin", &plan, &child.to_string(), &[0]).await;
        let charge = charging(&app, "school-finance", &child.to_string()).expect(201).await;
        if number == 0 {
            assert_eq!(pay(&app, "school-finance", &charge, 100).await.status, 200);
        }
    }
    assert_eq!((found(&app, ledger::verify_by).await, found(&app, charges::verify_by).await), (vec![], vec![]));

    app.sql("UPDATE charges SET paid_fen = paid_fen + 1").await;
    app.sql("DELETE FROM term_fees").await;
    let wrong = found(&app, charges::verify_by).await;
    for sentence in ["the ledger differ", "its payments differ", "the guard of its term differ"] {
        let said = wrong.iter().filter(|wrong| wrong.ends_with(sentence)).count();
        assert_eq!(said, 3, "of each charge {sentence}: {wrong:?}");
    }

    let sibling = app.world.organisation("sibling school").to_string();
    app.world.add_account(&app.app, "sibling-finance", Role::SchoolFinance, &sibling).await;
    open_account(&app, "sibling-finance", "sibling school").await;
    let elsewhere = "(SELECT id FROM fee_accounts WHERE id <> ledger_transfers.fee_account_id)";
    app.sql(&format!("UPDATE ledger_transfers SET fee_account_id = {elsewhere}")).await;
    let wrong = found(&app, ledger::verify_by).await;
    assert_eq!(i64::try_from(wrong.len()).unwrap(), 2 * app.count("ledger_transfers").await, "{wrong:?}");
}

#[rstest]
#[actix_web::test]
async fn seats_are_counted_for_every_project(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let clubs = ["武术", "合唱", "象棋"].map(|name| (name, Some(30), [2].as_slice(), "16:30", "17:30"));
    let projects = open(&app, &plan_with(&clubs)).await;
    let enrolled = apply(&app, &projects[1]).await;
    assert_eq!(sign(&app, &enrolled).await.status, 200);
    assert_eq!(found(&app, enrollments::verify_by).await, Vec::<String>::new());

    app.sql("UPDATE project_seats SET seats_taken = seats_taken + 1").await;
    let wrong = found(&app, enrollments::verify_by).await;
    assert_eq!(i64::try_from(wrong.len()).unwrap(), app.count("project_seats").await, "{wrong:?}");
    app.sql("DELETE FROM project_seats").await;
    let wrong = found(&app, enrollments::verify_by).await;
    assert_eq!(wrong, [format!("project {} counts no seats, which enrollments hold", projects[1])]);
}

#[rstest]
#[actix_web::test]
async fn grants_are_compared_for_every_user(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    assert_eq!(found(&app, grants::verify_by).await, Vec::<String>::new());
    let standing = app.count("role_grants WHERE ended_at IS NULL").await;
    assert!(standing > 10);
    let columns = "user_id, role, organisation_id, starts_on, ends_on, version, created_at, updated_at";
    let again = format!("SELECT {}, {columns} FROM role_grants WHERE ended_at IS NULL", fresh_id(&app));
    app.sql(&format!("INSERT INTO role_grants (id, {columns}) {again}")).await;
    let wrong = found(&app, grants::verify_by).await;
    assert_eq!(i64::try_from(wrong.len()).unwrap(), standing, "{wrong:?}");
}
