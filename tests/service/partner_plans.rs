//! Plans whose projects partners run (四.2, 四.3, 六.5): what stops their submission, and what only warns.

use kehou::rules::document::MaterialKind;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::app::{Answer, TestApp};
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::groundwork::wish_for_everything;
use crate::support::partners::{act, add, agreement, ban, credit_code, plan_with, review, sign};
use crate::support::plans::{call, draft_with};

const NONE: [&str; 0] = [];

/// What the rules of partners say of a submission, as `severity rule pointer`.
fn said(answer: &Answer) -> Vec<String> {
    let of_partners = ["public-interest-partner", "institution-necessity", "institution-qualified"];
    let findings = answer.findings().into_iter().filter(|(rule, ..)| of_partners.contains(&rule.as_str()));
    findings.map(|(rule, severity, pointer)| format!("{severity} {rule} {pointer}")).collect()
}

/// The sentence of the only finding of a rule.
fn sentence(answer: &Answer, rule: &str) -> String {
    let findings = answer.json()["findings"].as_array().cloned().unwrap_or_default();
    let of_rule: Vec<&Value> = findings.iter().filter(|finding| finding["rule"] == rule).collect();
    assert_eq!(of_rule.len(), 1, "{findings:?}");
    of_rule[0]["message"].as_str().unwrap().to_owned()
}

/// Tries to file the plan; nothing stays.
async fn tried(app: &TestApp, plan: &Answer) -> Answer {
    call(app, "school-admin", "plans", plan, "submit?validate_only=true").await
}

async fn with_institution(app: &TestApp) -> Answer {
    wish_for_everything(app).await;
    draft_with(app, "school-admin", &plan_with("own school", "institution", credit_code("partner")), MORE).await
}

/// What is filed beside what always is.
const MORE: &[MaterialKind] = &[MaterialKind::PartnerAgreement, MaterialKind::PartnerRegistration];

#[rstest]
#[actix_web::test]
async fn an_institution_is_qualified_by_review_and_agreement(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan = with_institution(&app).await;
    let (qualified, needed) =
        ("error institution-qualified /projects/1/provider", "error institution-necessity /projects/1/provider");
    let refused = tried(&app, &plan).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "refused-by-rules"));
    assert_eq!(said(&refused), [needed, qualified, qualified], "no agreement, no review");
    add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    let drafted = add(&app, "school-admin", "partner-agreements", &agreement(&app, "own school", "partner")).await;
    assert_eq!(said(&tried(&app, &plan).await), [needed, qualified], "a draft binds nobody");
    act(
        &app,
        "school-admin",
        "partner-agreements",
        &drafted,
        "sign",
        &json!({"signed_on": "2024-09-01", "document": "扫描件.pdf"}),
    )
    .await;
    let filed = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!((filed.status, said(&filed)), (200, NONE.map(str::to_owned).to_vec()));
    let filing = format!("/api/v1/filings/{}", filed.json()["latest_filing"]["id"].as_str().unwrap());
    let filing = app.get(&filing).token(app.world.token("bureau")).expect(200).await.json();
    assert!(
        !filing["not_judged"].as_array().unwrap().contains(&json!("institution-necessity")),
        "the survey says who wants it"
    );
}

#[rstest]
#[actix_web::test]
async fn institution_necessity_is_denied_where_no_family_wished_what_it_offers(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    sign(&app, "school-admin", &agreement(&app, "own school", "partner")).await;
    wish_for_everything(&app).await;
    let mut document = plan_with("own school", "institution", credit_code("partner"));
    document["projects"][1]["category"] = json!("arts");
    let plan = draft_with(&app, "school-admin", &document, MORE).await;
    let refused = tried(&app, &plan).await;
    assert_eq!(
        (refused.status, said(&refused)),
        (422, vec!["error institution-necessity /projects/1/provider".to_owned()])
    );
    assert!(sentence(&refused, "institution-necessity").contains("0份"), "{}", refused.json());
}

#[rstest]
#[actix_web::test]
async fn a_licence_or_review_that_ends_within_the_term_warns(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    sign(&app, "school-admin", &agreement(&app, "own school", "partner")).await;
    let plan = with_institution(&app).await;
    app.sql("UPDATE partners SET licence_ends_on = '2024-12-01'").await;
    let warned = tried(&app, &plan).await;
    assert_eq!(
        (warned.status, said(&warned)),
        (200, vec!["warning institution-qualified /projects/1/provider".to_owned()])
    );
    let message = sentence(&warned, "institution-qualified");
    for named in ["partner", "91430602MA4Q000164", "教民143060270000011", "2024-12-01"] {
        assert!(message.contains(named), "{message}");
    }
    app.sql("UPDATE partners SET licence_ends_on = '2024-09-09'").await;
    let refused = tried(&app, &plan).await;
    assert_eq!(
        (refused.status, said(&refused)),
        (422, vec!["error institution-qualified /projects/1/provider".to_owned()])
    );
    app.sql("UPDATE partners SET licence_ends_on = NULL").await;
    let worse = json!({
        "partner_id": app.world.organisation("partner"), "outcome": "not_qualified", "reviewed_on": "2024-09-09",
        "valid_until": null, "document": "岳楼教审〔2024〕9号", "remark": "教师无资格证。"
    });
    add(&app, "bureau", "partner-reviews", &worse).await;
    let refused = tried(&app, &plan).await;
    assert!(
        refused.status == 422 && sentence(&refused, "institution-qualified").contains("2024-09-09"),
        "{}",
        refused.json()
    );
}

#[rstest]
#[actix_web::test]
async fn a_ban_stops_a_plan_until_it_is_lifted(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    sign(&app, "school-admin", &agreement(&app, "own school", "partner")).await;
    let plan = with_institution(&app).await;
    let banned = add(&app, "bureau", "partner-bans", &ban(&app, "partner", "2024-12-01")).await;
    let refused = tried(&app, &plan).await;
    assert_eq!(
        (refused.status, said(&refused)),
        (422, vec!["error institution-qualified /projects/1/provider".to_owned()])
    );
    assert!(
        sentence(&refused, "institution-qualified").contains("2024-12-03"),
        "the first Tuesday: {}",
        refused.json()
    );
    let lifting = json!({"reason": "整改到位", "document": "岳楼教罚〔2024〕2号"});
    act(&app, "bureau", "partner-bans", &banned, "lift", &lifting).await;
    assert_eq!(call(&app, "school-admin", "plans", &plan, "submit").await.status, 200);
}

#[rstest]
#[actix_web::test]
async fn an_agreement_that_was_ended_covers_no_later_day(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    let signed = sign(&app, "school-admin", &agreement(&app, "own school", "partner")).await;
    let plan = with_institution(&app).await;
    assert_eq!(tried(&app, &plan).await.status, 200);
    act(&app, "school-admin", "partner-agreements", &signed, "end", &json!({"reason": "项目停办"})).await;
    let refused = tried(&app, &plan).await;
    assert!(
        refused.status == 422 && sentence(&refused, "institution-qualified").contains("2024-09-24"),
        "{}",
        refused.json()
    );
}

#[rstest]
#[actix_web::test]
async fn a_public_interest_partner_is_paid_nothing(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let body = json!({
        "kind": "public_interest", "name": "岳阳市少儿阅读协会", "credit_code": "51430602MJJ000047P",
        "authority_id": app.world.organisation("city"), "licence_number": "岳社证字第0047号",
        "licence_document": "社会团体法人登记证书副本", "licence_starts_on": "2022-01-01", "licence_ends_on": null,
        "contact_name": "周会长", "contact_phone": "13907301234"
    });
    let partner = add(&app, "city-bureau", "partners", &body).await;
    let mut document = plan_with("own school", "public_interest", "51430602MJJ000047P");
    document["projects"][1]["fee"] =
        json!({"kind": "per_term", "amount_fen": 1000, "price_document": "岳发改价〔2019〕1号"});
    document["budget"]["income"] =
        json!([{"source": "public_money", "amount_fen": 90_000}, {"source": "guardians", "amount_fen": 10_000}]);
    let plan = draft_with(&app, "school-admin", &document, MORE).await;
    let (error, fee) =
        ("error public-interest-partner /projects/1/provider", "warning public-interest-partner /projects/1/fee");
    assert_eq!(said(&tried(&app, &plan).await), [fee, error], "no agreement");
    let mut paid = agreement(&app, "own school", "partner");
    paid["partner_id"] = json!(partner.id());
    paid["necessity"] = Value::Null;
    let paid = sign(&app, "school-admin", &paid).await;
    let refused = tried(&app, &plan).await;
    assert_eq!((refused.status, said(&refused)), (422, vec![fee.to_owned(), error.to_owned()]), "it is paid");
    app.sql("UPDATE partner_agreements SET who_pays = 'nobody', fee_terms = NULL").await;
    assert_eq!(paid.json()["state"], "signed");
    let filed = call(&app, "school-admin", "plans", &plan, "submit").await;
    assert_eq!((filed.status, said(&filed)), (200, vec![fee.to_owned()]), "the reviewer sees the fee");
}

#[rstest]
#[actix_web::test]
async fn a_partner_of_another_county_is_on_file_nowhere_here(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let unknown = ["other partner", "partner"].map(credit_code);
    for (code, kind, rule) in [
        (unknown[0], "institution", "institution-qualified"),
        ("91430602MA4Q00059H", "public_interest", "public-interest-partner"),
    ] {
        let mut document = plan_with("sibling school", kind, code);
        document["projects"][1]["name"] = json!(format!("机器人{kind}"));
        let refused = app
            .post("/api/v1/plans?validate_only=true")
            .token(app.world.token("sibling-school-admin"))
            .json(&document)
            .expect(200)
            .await;
        assert_eq!(said(&refused), [format!("error {rule} /projects/1/provider")]);
        assert!(sentence(&refused, rule).contains(code), "{}", refused.json());
    }
    let mut document = plan_with("sibling school", "institution", "91430602MA4Q000165");
    document["projects"][1]["name"] = json!("航模");
    let refused =
        app.post("/api/v1/plans").token(app.world.token("sibling-school-admin")).json(&document).expect(422).await;
    assert_eq!(refused.faults(), [("/projects/1/provider/credit_code".to_owned(), "format".to_owned())]);
}

#[rstest]
#[actix_web::test]
async fn a_licence_that_is_renewed_is_remembered_for_the_days_before(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    add(&app, "bureau", "partner-reviews", &review(&app, "partner")).await;
    sign(&app, "school-admin", &agreement(&app, "own school", "partner")).await;
    app.sql("UPDATE partners SET licence_number = '旧证', licence_ends_on = '2024-12-31'").await;
    let plan = with_institution(&app).await;
    assert_eq!(said(&tried(&app, &plan).await), ["warning institution-qualified /projects/1/provider"]);
    let path = format!("/api/v1/partners/{}", app.world.organisation("partner"));
    let token = app.world.token("bureau");
    let renew = async |number: &str, starts_on: &str| {
        let seen = app.get(&path).token(token).expect(200).await;
        let shown = seen.json();
        let body = json!({
            "kind": shown["kind"], "name": shown["name"], "credit_code": shown["credit_code"],
            "authority_id": shown["authority_id"], "licence_number": number, "licence_document": "副本",
            "licence_starts_on": starts_on, "licence_ends_on": "2028-12-31", "contact_name": shown["contact_name"],
            "contact_phone": shown["contact_phone"]
        });
        app.put(&path).token(token).if_match(seen.etag()).json(&body).expect(200).await.json()
    };
    let renewed = renew("新证", "2025-01-01").await;
    assert_eq!(renewed["earlier_licences"][0]["licence_number"], "旧证");
    assert_eq!(said(&tried(&app, &plan).await), NONE, "September by the old one, January by the new one");
    // The same licence, corrected: nothing is remembered, and the gap is found. Tuesday, 7 January, is not covered.
    let corrected = renew("新证", "2025-01-08").await;
    assert_eq!(corrected["earlier_licences"].as_array().map(Vec::len), Some(1));
    let gap = tried(&app, &plan).await;
    assert_eq!((gap.status, said(&gap).len()), (200, 1));
    assert!(sentence(&gap, "institution-qualified").contains("2025-01-07"), "{}", gap.json());
}
