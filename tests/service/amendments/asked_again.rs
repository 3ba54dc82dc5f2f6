//! What an amendment moves for guardians: who signs again, who gets a seat, and who loses a project.

use futures_util::future::{join, join_all};
use rstest::rstest;
use serde_json::{Value, json};

use super::{CLUB, OWN, changed, in_force, projects, published, seen, verified};
use crate::support::amendments::{amended, document_of, exempt, file, filing_of};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, apply, more_children, plan_with, sign, verb};
use crate::support::fees::{charging, open_account, price};
use crate::support::plans::{self, approve, draft, publish, send_back, submit};

#[rstest]
#[actix_web::test]
async fn who_signed_other_terms_signs_again_and_nobody_else(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    open_account(&app, "school-finance", "own school").await;
    let plan = in_force(&app).await;
    let ids = projects(&app, &plan).await;
    let homework = sign(&app, &apply(&app, &ids[0]).await).await;
    let football = sign(&app, &apply(&app, &ids[1]).await).await;
    assert_eq!((&homework.json()["state"], &football.json()["state"]), (&json!("active"), &json!("active")));
    let wanted = changed(&app, &plan, |club| club["fee"]["amount_fen"] = json!(450)).await;
    amended(&app, OWN, &plan.id(), &wanted).await;

    let path = |answer: &Answer| format!("enrollments/{}", answer.id());
    assert_eq!(seen(&app, "guardian", &path(&homework)).await.json(), homework.json(), "its terms are the same");
    let asked = seen(&app, "guardian", &path(&football)).await;
    let shown = asked.json();
    assert_eq!(
        (&shown["state"], &shown["agreement_id"], &shown["terms_changed_on"]),
        (&json!("allocated"), &Value::Null, &json!("2024-11-04"))
    );
    assert_eq!(shown["can"], json!(["sign", "withdraw"]));
    let text = seen(&app, "guardian", &format!("{}/agreement", path(&football))).await.json();
    assert!(text["text"].as_str().unwrap().contains("4.50元") && text["id"].is_null(), "{text}");
    let page = format!("/api/v1/{}/agreement-page", path(&football));
    let page = async |query: &str| {
        let shown = app.get(&format!("{page}{query}")).token(app.world.token("guardian")).expect(200).await;
        String::from_utf8(shown.body).unwrap()
    };
    let anew = page("").await;
    assert!(anew.contains("条款已经变更") && anew.contains("4.50元"), "{anew}");
    let refused = charging(&app, "school-finance", &app.world.pupils("own school").student.to_string()).send().await;
    assert_eq!(refused.code(), "nothing-to-charge", "{}", refused.json());
    let again = sign(&app, &asked).await;
    assert_eq!((&again.json()["state"], &again.json()["terms_changed_on"]), (&json!("active"), &Value::Null));
    let both = seen(&app, "guardian", &format!("{}/agreements", path(&football))).await.json();
    let both = both["items"].as_array().unwrap();
    let old = page(&format!("?agreement_id={}", both[1]["id"].as_str().unwrap())).await;
    assert!(old.contains("起不再有效") && old.contains("4.00元") && !old.contains("4.50元"), "{old}");
    assert!(page("").await.contains("现行有效"));
    assert_eq!(
        (both.len(), &both[0]["id"], &both[0]["superseded_at"]),
        (2, &again.json()["agreement_id"], &Value::Null)
    );
    assert!(both[1]["text"].as_str().unwrap().contains("4.00元") && both[1]["superseded_at"].is_string(), "{both:?}");
    let charge =
        charging(&app, "school-finance", &app.world.pupils("own school").student.to_string()).expect(201).await.json();
    assert_eq!(charge["lines"][0]["unit_fen"], json!(450), "{charge}");
    verified(&app).await;
}

#[rstest]
#[actix_web::test]
async fn who_signed_what_was_returned_signs_again_once_the_correction_is_approved(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut document = plan_with(&[CLUB]);
    document["projects"][1]["lesson_minutes"] = json!(30);
    price(&mut document, 1, "per_lesson", 400);
    let plan = submit(&app, "school-admin", &draft(&app, "school-admin", &document).await).await;
    assert_eq!(publish(&app, "school-admin", &plan).await.status, 200);
    let ids = projects(&app, &plan).await;
    let signed = sign(&app, &apply(&app, &ids[1]).await).await;
    assert_eq!(send_back(&app, "bureau", &plans::filing_of(&app, &plan).await, "2024-09-13").await.status, 200);
    let path = format!("plans/{}", plan.id());
    let returned = seen(&app, "school-admin", &path).await;
    document["projects"][1]["fee"]["amount_fen"] = json!(300);
    let put = app.put(&format!("/api/v1/{path}")).token(app.world.token("school-admin")).if_match(returned.etag());
    let submitted = submit(&app, "school-admin", &put.json(&document).expect(200).await).await;
    let enrollment = format!("enrollments/{}", signed.id());
    assert_eq!(seen(&app, "guardian", &enrollment).await.json()["state"], "active", "it is not approved yet");
    assert_eq!(approve(&app, "bureau", &plans::filing_of(&app, &submitted).await).await.status, 200);
    assert_eq!(published(&app, "2143000001").await["projects"][1]["offer"]["fee"]["amount_fen"], json!(300));
    let asked = seen(&app, "guardian", &enrollment).await.json();
    assert_eq!((&asked["state"], &asked["terms_changed_on"]), (&json!("allocated"), &json!("2024-09-10")));
    verified(&app).await;
}

#[rstest]
#[actix_web::test]
async fn more_seats_are_offered_to_who_waits_and_a_dropped_project_is_withdrawn(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = in_force(&app).await;
    let ids = projects(&app, &plan).await;
    let children = more_children(&app, 4).await;
    let mut made = Vec::new();
    for (number, child) in children.iter().enumerate() {
        made.push(
            application(&app, "guardian", &child.to_string(), &ids[1], &format!("child-{number}")).expect(201).await,
        );
    }
    let states = async || {
        let list = format!("enrollments?project_id={}", ids[1]);
        let found = seen(&app, "school-admin", &list).await.json();
        found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["state"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(states().await, ["allocated", "allocated", "waitlisted", "waitlisted"]);
    let wanted = changed(&app, &plan, |club| club["seats_max"] = json!(3)).await;
    amended(&app, OWN, &plan.id(), &wanted).await;
    assert_eq!(states().await, ["allocated", "allocated", "offered", "waitlisted"]);
    verified(&app).await;
    let fewer = changed(&app, &plan, |club| club["seats_max"] = json!(1)).await;
    amended(&app, OWN, &plan.id(), &fewer).await;
    assert_eq!(states().await, ["allocated", "allocated", "offered", "waitlisted"], "nobody loses a seat");
    for (leaver, expected) in [
        (0, ["withdrawn", "allocated", "offered", "waitlisted"]),
        (1, ["withdrawn", "withdrawn", "offered", "waitlisted"]),
        (2, ["withdrawn", "withdrawn", "withdrawn", "offered"]),
    ] {
        let now = seen(&app, "guardian", &format!("enrollments/{}", made[leaver].id())).await;
        assert_eq!(verb(&app, "guardian", &now, "withdraw", None).await.status, 200);
        assert_eq!(states().await, expected, "one seat is offered now");
        verified(&app).await;
    }

    exempt(&app, "2024-11-04").await;
    let mut without = document_of(&app, "school-admin", &plan.id()).await;
    without["projects"].as_array_mut().unwrap().remove(1);
    without["budget"]["income"] = json!([{"source": "public_money", "amount_fen": 100_000}]);
    amended(&app, OWN, &plan.id(), &without).await;
    assert_eq!(states().await, ["withdrawn", "withdrawn", "withdrawn", "withdrawn"]);
    verified(&app).await;
    let refused = application(&app, "guardian", &children[0].to_string(), &ids[1], "late").send().await;
    assert_eq!(refused.findings()[0].0, "published-before-enrolling", "{}", refused.json());
    verified(&app).await;
}

#[rstest]
#[actix_web::test]
async fn an_amendment_is_approved_while_guardians_choose_and_sign(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = in_force(&app).await;
    let ids = projects(&app, &plan).await;
    let children = more_children(&app, 24).await;
    let wanted = changed(&app, &plan, |club| {
        club["fee"]["amount_fen"] = json!(450);
        club["seats_max"] = json!(20);
    })
    .await;
    let first = plan.json()["latest_filing"]["id"].as_str().unwrap().to_owned();
    let second = filing_of(&app, &file(&app, "school-admin", &plan.id(), &wanted).await).await;
    let families = children.iter().enumerate().map(|(number, child)| {
        let (app, ids) = (&app, &ids);
        async move {
            let made =
                application(app, "guardian", &child.to_string(), &ids[1], &format!("child-{number}")).expect(201).await;
            if made.json()["state"] == "allocated" {
                let agreement = seen(app, "guardian", &format!("enrollments/{}/agreement", made.id())).await.json();
                let signed = verb(app, "guardian", &made, "sign", Some(json!({"sha256": agreement["sha256"]}))).await;
                assert!([200, 412, 422].contains(&signed.status), "{}", signed.json());
            }
            made
        }
    });
    // Four had signed before, and are charged meanwhile.
    open_account(&app, "school-finance", "own school").await;
    let early = more_children(&app, 4).await;
    for (number, child) in early.iter().enumerate() {
        let made =
            application(&app, "guardian", &child.to_string(), &ids[1], &format!("early-{number}")).expect(201).await;
        if made.json()["state"] == "allocated" {
            assert_eq!(sign(&app, &made).await.status, 200);
        }
    }
    let asked = early.iter().map(|child| charging(&app, "school-finance", &child.to_string()).send());
    let approval = async {
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
        approve(&app, "bureau", &second).await
    };
    let ((made, charged), approved) = join(join(join_all(families), join_all(asked)), approval).await;
    for charge in charged {
        let shown = charge.json();
        let by_first = shown["filing_id"] == json!(first) && shown["lines"][0]["unit_fen"] == json!(400);
        assert!(by_first || charge.status == 409, "what was signed, or nothing: {shown}");
    }
    assert_eq!(app.db.read(kehou::fees::charges::verify).await.unwrap(), Vec::<String>::new());
    assert_eq!(approved.status, 200, "{}", approved.json());
    verified(&app).await;
    let mut told = [0, 0];
    for one in made {
        let told_by = one.json();
        told[usize::from(told_by["filing_id"] == json!(second.id()))] += 1;
        assert!([json!(first), json!(second.id())].contains(&told_by["filing_id"]), "{told_by}");
        let now = seen(&app, "guardian", &format!("enrollments/{}", one.id())).await.json();
        if now["state"] == "active" {
            let signed = seen(&app, "guardian", &format!("enrollments/{}/agreement", one.id())).await.json();
            assert_eq!(signed["filing_id"], json!(second.id()), "what is active is signed by what is in force");
        }
    }
    assert!(told.iter().sum::<i32>() == 24, "{told:?}");
    let list = seen(&app, "school-admin", &format!("enrollments?project_id={}&limit=100", ids[1])).await.json();
    let waiting = list["items"].as_array().unwrap().iter().filter(|one| one["state"] == "waitlisted").count();
    assert_eq!(waiting, 8, "twenty of twenty-eight have seats");
}
