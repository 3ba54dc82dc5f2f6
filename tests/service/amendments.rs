//! `/plan-amendments`: what is in force stays until another document takes its place, and then guardians are asked again.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::support::amendments::{amend, amended, document_of, exempt, file, filing_of};
use crate::support::app::{Answer, TestApp};
use crate::support::enrollments::{application, apply, more_children, plan_with, sign, verb};
use crate::support::fees::{approved_plan, charging, open_account, price};
use crate::support::plans::{self, approve, call, draft, publish, send_back, small_plan, submit};

const OWN: (&str, &str) = ("school-admin", "bureau");
const CLUB: (&str, Option<i64>, &[i64], &str, &str) = ("足球", Some(2), &[2], "17:30", "18:00");

/// A plan with a football club that costs 4 yuan a lesson, approved and published, in November.
async fn in_force(app: &TestApp) -> Answer {
    let mut document = plan_with(&[CLUB]);
    document["projects"][1]["lesson_minutes"] = json!(30);
    price(&mut document, 1, "per_lesson", 400);
    let plan = approved_plan(app, "school-admin", "bureau", &document).await;
    app.clock_at("2024-11-04T10:00:00+08:00");
    plan
}

/// Its document with another one for the club.
async fn changed(app: &TestApp, plan: &Answer, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = document_of(app, "school-admin", &plan.id()).await;
    change(&mut document["projects"][1]);
    document
}

async fn projects(app: &TestApp, plan: &Answer) -> Vec<String> {
    let list = format!("/api/v1/projects?plan_id={}", plan.id());
    let mut found = app.get(&list).token(app.world.token("school-admin")).expect(200).await.json();
    let found = found["items"].as_array_mut().unwrap();
    found.sort_by_key(|project| project["position"].as_i64());
    found.iter().map(|project| project["id"].as_str().unwrap().to_owned()).collect()
}

async fn seen(app: &TestApp, account: &str, path: &str) -> Answer {
    app.get(&format!("/api/v1/{path}")).token(app.world.token(account)).expect(200).await
}

async fn published(app: &TestApp, code: &str) -> Value {
    let list = app.get(&format!("/api/v1/published-notices?school_code={code}")).expect(200).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    app.get(&format!("/api/v1/published-notices/{}", list["items"][0]["id"].as_str().unwrap())).expect(200).await.json()
}

async fn verified(app: &TestApp) {
    assert_eq!(app.db.read(kehou::enrollments::enrollments::verify).await.unwrap(), Vec::<String>::new());
    assert_eq!(app.db.read(kehou::filings::filings::verify).await.unwrap(), Vec::<String>::new());
}

on_both_databases! {
    async fn what_is_in_force_stays_until_the_amendment_is_approved(app) {
        let plan = in_force(&app).await;
        let (document, told) = (document_of(&app, "school-admin", &plan.id()).await, published(&app, "2143000001").await);
        let wanted = changed(&app, &plan, |club| club["seats_max"] = json!(40)).await;
        let filed = file(&app, "school-admin", &plan.id(), &wanted).await;
        assert_eq!((&filed.json()["state"], &filed.json()["number"]), (&json!("submitted"), &json!(1)));
        assert_eq!(document_of(&app, "school-admin", &plan.id()).await, document);
        assert_eq!(published(&app, "2143000001").await, told);
        let shown = seen(&app, "bureau", &format!("plans/{}", plan.id())).await.json();
        assert_eq!((&shown["state"], &shown["latest_filing"]["state"]), (&json!("approved"), &json!("approved")));

        let filing = filing_of(&app, &filed).await;
        assert_eq!((&filing.json()["amendment_id"], &filing.json()["ordinal"]), (&json!(filed.id()), &json!(2)));
        let own = approve(&app, "school-admin", &filing).await;
        assert_eq!(own.status, 403);
        assert_eq!(approve(&app, "other-bureau", &filing).await.status, 404);
        assert_eq!(approve(&app, "bureau", &filing).await.status, 200);
        assert_eq!(document_of(&app, "school-admin", &plan.id()).await["projects"][1]["seats_max"], json!(40));
        let shown = seen(&app, "bureau", &format!("plans/{}", plan.id())).await.json();
        assert_eq!(shown["latest_filing"]["id"], json!(filing.id()));
        let now = published(&app, "2143000001").await;
        assert_eq!((&now["projects"][1]["offer"]["seats_max"], &now["projects"][1]["id"]), (&json!(40), &told["projects"][1]["id"]));
        let all = seen(&app, "bureau", &format!("filings?plan_id={}", plan.id())).await.json();
        let states: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|filing| &filing["state"]).collect();
        assert_eq!(states, ["superseded", "approved"]);
        let amendment = seen(&app, "school-admin", &format!("plan-amendments/{}", filed.id())).await.json();
        assert_eq!((&amendment["state"], &amendment["can"]), (&json!("approved"), &json!([])));
        verified(&app).await;
    }

    async fn an_amendment_needs_an_approved_plan_and_is_one_at_a_time(app) {
        let other = draft(&app, "sibling-school-admin", &small_plan("sibling school", "autumn")).await;
        let refused = amend(&app, "sibling-school-admin", &other.id(), &small_plan("sibling school", "autumn")).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "state-conflict"));
        let plan = in_force(&app).await;
        let document = document_of(&app, "school-admin", &plan.id()).await;
        let refused = amend(&app, "sibling-school-admin", &plan.id(), &document).await;
        assert_eq!(refused.faults(), [("/plan_id".to_owned(), "not-found".to_owned())]);
        let refused = amend(&app, "school-admin", &plan.id(), &small_plan("sibling school", "autumn")).await;
        assert_eq!((refused.code().as_str(), refused.faults()[0].0.as_str()), ("immutable-field", "/document/school/code"));
        let mut wrong = document.clone();
        wrong["school"]["name"] = json!("别的学校");
        let refused = amend(&app, "school-admin", &plan.id(), &wrong).await;
        assert_eq!((refused.status, refused.faults()[0].0.as_str()), (422, "/document/school/name"));
        let (one, two) = join(
            amend(&app, "school-admin", &plan.id(), &document),
            amend(&app, "school-admin", &plan.id(), &document),
        ).await;
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        let standing = if one.status == 201 { one } else { two };
        let withdrawn = call(&app, "school-admin", "plan-amendments", &standing, "withdraw").await;
        assert_eq!((&withdrawn.json()["state"], &withdrawn.json()["can"]), (&json!("withdrawn"), &json!([])));
        assert_eq!(amend(&app, "school-admin", &plan.id(), &document).await.json()["number"], json!(2));
    }

    async fn fixed_for_term_stops_an_amendment_that_no_exemption_lifts(app) {
        let plan = in_force(&app).await;
        let wanted = changed(&app, &plan, |club| club["slots"][0]["weekday"] = json!(4)).await;
        let drafted = amend(&app, "school-admin", &plan.id(), &wanted).await;
        assert!(drafted.findings().contains(&("fixed-for-term".into(), "error".into(), "/projects/1/slots".into())), "{}", drafted.json());
        let refused = call(&app, "school-admin", "plan-amendments", &drafted, "submit").await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"));
        let days = refused.findings().into_iter().filter(|(rule, ..)| rule == "fixed-for-term").count();
        assert_eq!(days, 2, "a Tuesday goes, a Thursday comes: {}", refused.json());
        let exemption = exempt(&app, "2024-11-04").await;
        let filed = call(&app, "school-admin", "plan-amendments", &drafted, "submit").await;
        assert_eq!(filed.status, 200, "{}", filed.json());
        let cited: Vec<Value> = filed.json()["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "fixed-for-term").cloned().collect();
        assert_eq!((cited.len(), &cited[0]["severity"], &cited[0]["exemption"]), (2, &json!("warning"), &json!(exemption.id())));
    }

    async fn an_amendment_that_was_returned_is_corrected_and_filed_again(app) {
        let plan = in_force(&app).await;
        let wanted = changed(&app, &plan, |club| club["fee"]["amount_fen"] = json!(500)).await;
        let filed = file(&app, "school-admin", &plan.id(), &wanted).await;
        assert_eq!(send_back(&app, "bureau", &filing_of(&app, &filed).await, "2024-11-11").await.status, 200);
        let returned = seen(&app, "school-admin", &format!("plan-amendments/{}", filed.id())).await;
        assert_eq!((&returned.json()["state"], &returned.json()["can"]), (&json!("returned"), &json!(["update", "submit", "withdraw"])));
        let corrected = changed(&app, &plan, |club| club["fee"]["amount_fen"] = json!(450)).await;
        let body = json!({"plan_id": plan.id(), "reason": "教练费上涨。", "document": corrected});
        let path = format!("/api/v1/plan-amendments/{}", filed.id());
        let updated = app.put(&path).token(app.world.token("school-admin")).if_match(returned.etag()).json(&body).expect(200).await;
        let filed = call(&app, "school-admin", "plan-amendments", &updated, "submit").await;
        let filing = filing_of(&app, &filed).await;
        assert_eq!((&filing.json()["ordinal"], &filing.json()["case_number"]), (&json!(3), &json!("430602-2024-0003")));
        assert_eq!(approve(&app, "bureau", &filing).await.status, 200);
        assert_eq!(document_of(&app, "school-admin", &plan.id()).await["projects"][1]["fee"]["amount_fen"], json!(450));
        let stays = format!("/api/v1/plans/{}", plan.id());
        assert_eq!(app.get(&stays).token(app.world.token("school-admin")).expect(200).await.json()["state"], "approved");
    }

    async fn two_filings_are_compared_field_by_field(app) {
        let plan = in_force(&app).await;
        let wanted = changed(&app, &plan, |club| {
            club["fee"]["amount_fen"] = json!(450);
            club["outline"] = Value::Null;
        }).await;
        let filing = filing_of(&app, &file(&app, "school-admin", &plan.id(), &wanted).await).await;
        let path = format!("filings/{}/comparison", filing.id());
        let told = seen(&app, "bureau", &path).await.json();
        let changes: Vec<Value> = told["changes"].as_array().unwrap().clone();
        assert_eq!(changes, [
            json!({"kind": "changed", "pointer": "/projects/1/fee/amount_fen", "of": "足球", "before": "400", "after": "450"}),
            json!({"kind": "removed", "pointer": "/projects/1/outline", "of": "足球", "before": "完成作业。", "after": null}),
        ]);
        assert_eq!((&told["later"]["id"], &told["earlier"]["state"]), (&json!(filing.id()), &json!("approved")));
        let earlier = told["earlier"]["id"].as_str().unwrap();
        let same = seen(&app, "school-admin", &format!("filings/{earlier}/comparison?with={}", filing.id())).await.json();
        assert_eq!(same["changes"], told["changes"], "whichever is named first");
        let first = app.get(&format!("/api/v1/filings/{earlier}/comparison")).token(app.world.token("bureau")).send().await;
        assert_eq!((first.status, first.faults()), (400, vec![("with".to_owned(), "not-found".to_owned())]));
        app.get(&format!("/api/v1/{path}")).token(app.world.token("other-bureau")).expect(404).await;
    }

    async fn who_signed_other_terms_signs_again_and_nobody_else(app) {
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
        assert_eq!((&shown["state"], &shown["agreement_id"], &shown["terms_changed_on"]), (&json!("allocated"), &Value::Null, &json!("2024-11-04")));
        assert_eq!(shown["can"], json!(["sign", "withdraw"]));
        let text = seen(&app, "guardian", &format!("{}/agreement", path(&football))).await.json();
        assert!(text["text"].as_str().unwrap().contains("4.50元") && text["id"].is_null(), "{text}");
        let refused = charging(&app, "school-finance", &app.world.pupils("own school").student.to_string()).send().await;
        assert_eq!(refused.code(), "nothing-to-charge", "{}", refused.json());
        let again = sign(&app, &asked).await;
        assert_eq!((&again.json()["state"], &again.json()["terms_changed_on"]), (&json!("active"), &Value::Null));
        let both = seen(&app, "guardian", &format!("{}/agreements", path(&football))).await.json();
        let both = both["items"].as_array().unwrap();
        assert_eq!((both.len(), &both[0]["id"], &both[0]["superseded_at"]), (2, &again.json()["agreement_id"], &Value::Null));
        assert!(both[1]["text"].as_str().unwrap().contains("4.00元") && both[1]["superseded_at"].is_string(), "{both:?}");
        let charge = charging(&app, "school-finance", &app.world.pupils("own school").student.to_string()).expect(201).await.json();
        assert_eq!(charge["lines"][0]["unit_fen"], json!(450), "{charge}");
        verified(&app).await;
    }

    async fn who_signed_what_was_returned_signs_again_once_the_correction_is_approved(app) {
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

    async fn more_seats_go_to_who_waits_and_a_dropped_project_is_withdrawn(app) {
        let plan = in_force(&app).await;
        let ids = projects(&app, &plan).await;
        let children = more_children(&app, 4).await;
        let mut made = Vec::new();
        for (number, child) in children.iter().enumerate() {
            made.push(application(&app, "guardian", &child.to_string(), &ids[1], &format!("child-{number}")).expect(201).await);
        }
        let states = async || {
            let list = format!("enrollments?project_id={}", ids[1]);
            let found = seen(&app, "school-admin", &list).await.json();
            found["items"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(states().await, ["allocated", "allocated", "waitlisted", "waitlisted"]);
        let wanted = changed(&app, &plan, |club| club["seats_max"] = json!(3)).await;
        amended(&app, OWN, &plan.id(), &wanted).await;
        assert_eq!(states().await, ["allocated", "allocated", "allocated", "waitlisted"]);
        verified(&app).await;
        let fewer = changed(&app, &plan, |club| club["seats_max"] = json!(1)).await;
        amended(&app, OWN, &plan.id(), &fewer).await;
        assert_eq!(states().await, ["allocated", "allocated", "allocated", "waitlisted"], "nobody loses a seat");
        for (leaver, expected) in [
            (0, ["withdrawn", "allocated", "allocated", "waitlisted"]),
            (1, ["withdrawn", "withdrawn", "allocated", "waitlisted"]),
            (2, ["withdrawn", "withdrawn", "withdrawn", "allocated"]),
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

    async fn an_amendment_is_approved_while_guardians_choose_and_sign(app) {
        let plan = in_force(&app).await;
        let ids = projects(&app, &plan).await;
        let children = more_children(&app, 24).await;
        let wanted = changed(&app, &plan, |club| {
            club["fee"]["amount_fen"] = json!(450);
            club["seats_max"] = json!(20);
        }).await;
        let first = plan.json()["latest_filing"]["id"].as_str().unwrap().to_owned();
        let second = filing_of(&app, &file(&app, "school-admin", &plan.id(), &wanted).await).await;
        let families = children.iter().enumerate().map(|(number, child)| {
            let (app, ids) = (&app, &ids);
            async move {
                let made = application(app, "guardian", &child.to_string(), &ids[1], &format!("child-{number}")).expect(201).await;
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
            let made = application(&app, "guardian", &child.to_string(), &ids[1], &format!("early-{number}")).expect(201).await;
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
}
