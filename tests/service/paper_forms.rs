//! What guardians sign on paper (二.2): recorded with its scan, checked by a second member of staff, and never more than
//! applied before.

use kehou::auth::Role;
use rstest::rstest;
use serde_json::{Value, json};

use crate::draws::{Stage, all, announced, staged, wish};
use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::enrollments::{application, open, verb, window_body, with_half_hours};
use crate::support::materials::{Form, PDF};

const EVERY_DAY: &[i64] = &[1, 2, 3, 4, 5];

/// A paper that is being made up: of the child of the own school and its guardian.
#[derive(Clone)]
pub struct Paper {
    pub kind: &'static str,
    pub student: String,
    pub guardianship: String,
    pub projects: Vec<String>,
    pub signed_on: &'static str,
    pub sha256: Option<String>,
    pub name: &'static str,
    pub content: Vec<u8>,
}

impl Paper {
    pub fn of(app: &TestApp, kind: &'static str, projects: &[&String]) -> Self {
        let pupils = app.world.pupils("own school");
        Self {
            kind,
            student: pupils.student.to_string(),
            guardianship: pupils.guardianship.to_string(),
            projects: projects.iter().map(|id| (*id).clone()).collect(),
            signed_on: "2024-09-09",
            sha256: None,
            name: "scan.pdf",
            content: PDF.to_vec(),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut fields = vec![
            ("kind", self.kind.to_owned()),
            ("student_id", self.student.clone()),
            ("guardianship_id", self.guardianship.clone()),
            ("signed_on", self.signed_on.to_owned()),
        ];
        fields.extend(self.projects.iter().map(|project| ("project_ids", project.clone())));
        fields.extend(self.sha256.iter().map(|sha256| ("agreement_sha256", sha256.clone())));
        let name = format!("; filename=\"{}\"", self.name);
        Form { fields, name, content: self.content.clone() }.bytes()
    }

    pub async fn entered(&self, app: &TestApp, account: &str) -> Answer {
        let ask = app.post("/api/v1/paper-forms").token(app.world.token(account));
        ask.bytes("multipart/form-data; boundary=edge", self.bytes()).send().await
    }
}

async fn called(app: &TestApp, account: &str, form: &Answer, verb: &str, body: Option<Value>) -> Answer {
    let path = format!("/api/v1/paper-forms/{}/{verb}", form.id());
    let ask = app.post(&path).token(app.world.token(account)).if_match(form.etag());
    match body {
        Some(body) => ask.json(&body).send().await,
        None => ask.send().await,
    }
}

/// What the school sees of the child's enrollments, the latest last.
async fn enrollments(app: &TestApp) -> Vec<Value> {
    let path = format!("/api/v1/enrollments?student_id={}", app.world.pupils("own school").student);
    let list = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    list["items"].as_array().unwrap().clone()
}

fn places(answer: &Answer) -> Vec<(String, String)> {
    answer.findings().into_iter().map(|(rule, _, pointer)| (rule, pointer)).collect()
}

fn one(rule: &str, pointer: &str) -> Vec<(String, String)> {
    vec![(rule.to_owned(), pointer.to_owned())]
}

#[rstest]
#[actix_web::test]
async fn guardian_consent_on_paper_counts_once_a_second_person_has_checked_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[("乒乓", Some(1), EVERY_DAY, "16:30", "17:00")])).await;
    let form = Paper::of(&app, "application", &[&projects[1]]).entered(&app, "school-admin").await;
    assert_eq!(form.status, 201, "{}", form.json());
    let body = form.json();
    assert_eq!((&body["state"], &body["can"], &body["student_name"]), (&json!("entered"), &json!([]), &json!("李明")));
    let entered = &enrollments(&app).await[0];
    assert_eq!((&entered["state"], &entered["source"]), (&json!("applied"), &json!("paper")));
    assert_eq!((&entered["entered_by_name"], &entered["paper_form_id"]), (&json!("school-admin"), &json!(form.id())));
    assert_eq!(app.count("project_seats WHERE seats_taken > 0").await, 0, "nothing is held before the check");

    let own = called(&app, "school-admin", &form, "check", None).await;
    assert_eq!((own.status, own.code().as_str()), (409, "own-request"));
    let seen = app.get(&format!("/api/v1/paper-forms/{}", form.id())).token(app.world.token("school-finance"));
    assert_eq!(seen.expect(200).await.json()["can"], json!(["check", "refuse"]));
    let checked = called(&app, "school-finance", &form, "check", None).await;
    assert_eq!((checked.status, &checked.json()["state"]), (200, &json!("checked")), "{}", checked.json());
    assert_eq!(checked.json()["checked_by_name"], "school-finance");
    assert_eq!(called(&app, "school-finance", &checked, "check", None).await.code(), "state-conflict");
    let placed = enrollments(&app).await[0].clone();
    assert_eq!(placed["state"], "allocated");

    // The agreement is printed, signed on paper, and checked alike.
    let path = format!("/api/v1/enrollments/{}/agreement", placed["id"].as_str().unwrap());
    let text = app.get(&path).token(app.world.token("school-admin")).expect(200).await.json();
    let other_text = Paper { sha256: Some("0".repeat(64)), ..Paper::of(&app, "agreement", &[&projects[1]]) };
    let refused = other_text.entered(&app, "school-admin").await;
    assert_eq!(refused.faults(), [("/agreement_sha256".to_owned(), "mismatch".to_owned())]);
    let printed = Paper { sha256: Some(text["sha256"].as_str().unwrap().to_owned()), ..other_text };
    let form = printed.entered(&app, "school-finance").await;
    assert_eq!(form.status, 403, "who checks does not enter");
    let form = printed.entered(&app, "school-admin").await;
    assert_eq!(enrollments(&app).await[0]["state"], "allocated");
    let signed = called(&app, "school-finance", &form, "check", None).await;
    assert_eq!(signed.status, 200, "{}", signed.json());
    let active = &enrollments(&app).await[0];
    assert_eq!((&active["state"], &active["joins_on"]), (&json!("active"), &json!("2024-09-10")));
    let agreement = app.get(&path).token(app.world.token("guardian")).expect(200).await.json();
    assert_eq!((&agreement["signed_by_id"], &agreement["paper_form_id"]), (&Value::Null, &json!(form.id())));
    let page = app.get(&format!("{path}-page")).token(app.world.token("guardian")).expect(200).await;
    assert!(String::from_utf8_lossy(&page.body).contains("王芳"), "the page names who signed");
    assert_eq!(app.wrong().await, Vec::<String>::new());

    // What nobody has checked moves nothing: verify says so of what was changed past the service.
    let id = app.id_literal(&form.id());
    let back = "state = 'entered', checked_by_id = NULL, checked_on = NULL";
    app.sql(&format!("UPDATE paper_forms SET {back} WHERE id = {id}")).await;
    let wrong = app.wrong().await;
    assert!(wrong.iter().any(|sentence| sentence.contains("by a paper that nobody has checked")), "{wrong:?}");
}

#[rstest]
#[actix_web::test]
async fn guardian_consent_is_that_of_a_guardian_who_had_the_right_and_has_it(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[])).await;
    let paper = Paper::of(&app, "application", &[&projects[0]]);
    let consent = one("guardian-consent", "/guardianship_id");
    let other = Paper { guardianship: app.world.pupils("sibling school").guardianship.to_string(), ..paper.clone() };
    assert_eq!(places(&other.entered(&app, "school-admin").await), consent, "another child's guardian");
    let early = Paper { signed_on: "2024-08-31", ..paper.clone() };
    assert_eq!(places(&early.entered(&app, "school-admin").await), consent, "a guardian since 1 September");
    let late = Paper { signed_on: "2024-09-11", ..paper.clone() }.entered(&app, "school-admin").await;
    assert_eq!(late.faults(), [("/signed_on".to_owned(), "out-of-range".to_owned())]);
    let word = Paper { name: "scan.docx", ..paper.clone() }.entered(&app, "school-admin").await;
    assert_eq!(word.faults(), [("/file".to_owned(), "file-type".to_owned())]);
    let foreign = Paper { student: app.world.pupils("sibling school").student.to_string(), ..paper.clone() };
    let foreign = foreign.entered(&app, "school-admin").await;
    assert_eq!(foreign.faults(), [("/student_id".to_owned(), "not-found".to_owned())]);
    assert_eq!(app.count("paper_forms").await, 0);
    assert_eq!(app.count("enrollments").await, 0);

    // A home for children signs for one that lives there; who may only read does not.
    let pupils = app.world.pupils("own school");
    let held = |rights: Value, name: &str| {
        json!({
            "person_id": pupils.person, "user_id": null, "kind": "institution", "organisation_name": name,
            "relation": "institution", "contact_name": "刘主任", "contact_phone": null, "rights": rights,
            "starts_on": "2024-09-01", "ends_on": null, "restoring_document": null
        })
    };
    let enters =
        |body: Value| app.post("/api/v1/guardianships").token(app.world.token("school-admin")).json(&body).expect(201);
    let reader = enters(held(json!(["read"]), "民政局")).await;
    let reads = Paper { guardianship: reader.id(), ..paper.clone() };
    assert_eq!(places(&reads.entered(&app, "school-admin").await), consent);
    let home = enters(held(json!(["read", "choose", "sign"]), "儿童福利院")).await;
    let of_home = Paper { guardianship: home.id(), ..paper.clone() };
    let form = of_home.entered(&app, "school-admin").await;
    assert_eq!(form.status, 201, "{}", form.json());
    let twice = paper.entered(&app, "school-admin").await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "already-exists"));

    // A guardian whose guardianship has ended since has not chosen.
    let end = json!({"reason": "监护终止", "document": null, "ends_on": null});
    let path = format!("/api/v1/guardianships/{}/end", home.id());
    app.post(&path).token(app.world.token("school-admin")).if_match("\"1\"").json(&end).expect(200).await;
    let refused = called(&app, "school-finance", &form, "check", None).await;
    assert_eq!(places(&refused), one("guardian-consent", ""));
    let back = called(&app, "school-finance", &form, "refuse", Some(json!({"reason": "监护关系已终止"}))).await;
    assert_eq!((back.status, &back.json()["refusal_reason"]), (200, &json!("监护关系已终止")), "{}", back.json());
    let ended = &enrollments(&app).await[0];
    assert_eq!((&ended["state"], &ended["ended_because"]), (&json!("withdrawn"), &json!("paper_refused")));
    application(&app, "guardian", &paper.student, &projects[0], "own").expect(201).await;
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn a_no_and_a_withdrawal_on_paper_are_kept_and_what_was_chosen_on_paper_can_be_taken_back_with_an_account(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[("乒乓", Some(1), EVERY_DAY, "17:00", "17:30")])).await;
    let checked = async |paper: Paper| {
        let form = paper.entered(&app, "school-admin").await;
        assert_eq!(form.status, 201, "{}", form.json());
        called(&app, "school-finance", &form, "check", None).await
    };
    assert_eq!(checked(Paper::of(&app, "refusal", &[&projects[1]])).await.status, 200);
    let no = &enrollments(&app).await[0];
    assert_eq!((&no["state"], &no["source"]), (&json!("declined"), &json!("paper")));

    // Both projects at the end of the same hours: the second one is not taken beside the first.
    let both = checked(Paper::of(&app, "application", &[&projects[0], &projects[1]])).await;
    assert_eq!(places(&both)[0].0, "no-clash", "{}", both.json());
    let waiting = enrollments(&app).await;
    assert!(waiting[1..].iter().all(|row| row["state"] == "applied"), "a refused check changes nothing: {waiting:?}");
    let path = format!("/api/v1/enrollments/{}", waiting[1]["id"].as_str().unwrap());
    let first = app.get(&path).token(app.world.token("guardian")).expect(200).await;
    assert_eq!(first.json()["can"], json!(["withdraw"]), "the guardian takes it back without anybody's leave");
    assert_eq!(verb(&app, "guardian", &first, "withdraw", None).await.status, 200);
    let forms = app.get("/api/v1/paper-forms?state=entered").token(app.world.token("school-finance")).expect(200).await;
    let id = forms.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let form = app.get(&format!("/api/v1/paper-forms/{id}")).token(app.world.token("school-finance")).expect(200).await;
    assert_eq!(called(&app, "school-finance", &form, "check", None).await.status, 200);
    let states: Vec<Value> = enrollments(&app).await.iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, [json!("declined"), json!("withdrawn"), json!("allocated")]);

    let gone = checked(Paper::of(&app, "withdrawal", &[&projects[1]])).await;
    assert_eq!(gone.status, 200, "{}", gone.json());
    assert_eq!(enrollments(&app).await[2]["ended_because"], "guardian");
    let again = checked(Paper::of(&app, "withdrawal", &[&projects[1]])).await;
    assert_eq!(again.faults(), [("/project_ids/0".to_owned(), "not-found".to_owned())]);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn wishes_on_paper_are_drawn_once_they_are_checked_and_the_latest_act_counts(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let Stage { plan, projects } = staged(&app).await;
    let window = announced(&app, &window_body(&plan.id(), "2024-09-11", "2024-09-13")).await;
    app.clock_at("2024-09-11T08:00:00+08:00");
    let child = app.world.pupils("own school").student.to_string();
    assert_eq!(wish(&app, "guardian", &window, &child, &[&projects[3]]).await.status, 200);
    let paper = Paper::of(&app, "application", &[&projects[2], &projects[1]]);
    let form = paper.entered(&app, "school-admin").await;
    assert_eq!(form.status, 201, "{}", form.json());
    let ranks = async || {
        let rows = all(&app, &plan).await;
        let mut ranks: Vec<(usize, Value, Value)> = rows
            .iter()
            .map(|row| {
                let at = projects.iter().position(|project| row["project_id"] == json!(project)).unwrap();
                (at, row["state"].clone(), row["wish"].clone())
            })
            .collect();
        ranks.sort_by_key(|(at, ..)| *at);
        ranks
    };
    let applied = |at, rank: Value| (at, json!("applied"), rank);
    assert_eq!(ranks().await, [applied(1, Value::Null), applied(2, Value::Null), applied(3, json!(1))]);
    assert_eq!(called(&app, "school-finance", &form, "check", None).await.status, 200);
    let dropped = (3, json!("withdrawn"), json!(1));
    assert_eq!(ranks().await, [applied(1, json!(2)), applied(2, json!(1)), dropped.clone()], "as the paper ranks them");

    // What the guardian ranks itself afterwards takes the place of the paper.
    assert_eq!(wish(&app, "guardian", &window, &child, &[&projects[1]]).await.status, 200);
    assert_eq!(ranks().await, [applied(1, json!(1)), (2, json!("withdrawn"), json!(1)), dropped]);
    let too_many = Paper::of(&app, "application", &[&projects[2], &projects[2]]).entered(&app, "school-admin").await;
    assert_eq!(too_many.faults(), [("/project_ids/1".to_owned(), "duplicate".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn a_scan_is_read_by_the_school_alone_and_every_reader_stands_in_the_access_log(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &with_half_hours(&[])).await;
    let form = Paper::of(&app, "application", &[&projects[0]]).entered(&app, "school-admin").await;
    let path = format!("/api/v1/paper-forms/{}/content", form.id());
    app.world.add_account(&app.app, "finance-2", Role::SchoolFinance, form.json()["school_id"].as_str().unwrap()).await;
    for (account, status) in [
        ("school-finance", 200),
        ("finance-2", 200),
        ("bureau", 200),
        ("sibling-school-admin", 404),
        ("other-bureau", 404),
        ("teacher", 403),
        ("guardian", 403),
        ("integration", 403),
    ] {
        let answer = app.get(&path).token(app.world.token(account)).send().await;
        assert_eq!(answer.status, status, "{account}");
        assert_eq!(answer.body == PDF, status == 200, "{account}");
    }
    app.app.access_log.flush(&app.db).await.unwrap();
    let log = format!("/api/v1/students/{}/access-log", app.world.pupils("own school").student);
    let log = app.get(&log).token(app.world.token("guardian")).expect(200).await.json();
    let read = |line: &&Value| line["operation"] == "get_paper_form_content";
    let readers: Vec<&Value> =
        log["items"].as_array().unwrap().iter().filter(read).map(|line| &line["user_name"]).collect();
    assert_eq!(readers, ["bureau", "finance-2", "school-finance"], "the latest first");
}
