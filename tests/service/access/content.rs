//! The matrix by content: what is packed into one answer is never more than its reader could read part by part.

use std::io::{Cursor, Read};

use rstest::rstest;
use serde_json::Value;

use super::matrix::CALLERS;
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::plans::{draft, filing_of, small_plan, submit};

/// Where a part of a dossier is read alone.
fn alone(part: &str, filing: &str, material: Option<&str>) -> String {
    match (material, part) {
        (Some(material), _) => format!("/api/v1/materials/{material}/content"),
        (None, "plan.json") => format!("/api/v1/filings/{filing}/document"),
        (None, _) => format!("/api/v1/filings/{filing}"),
    }
}

#[rstest]
#[actix_web::test]
async fn a_dossier_holds_no_part_that_its_reader_could_not_read_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let plan =
        submit(&app, "school-admin", &draft(&app, "school-admin", &small_plan("own school", "autumn")).await).await;
    let filing = filing_of(&app, &plan).await.id();
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (role, account) in CALLERS {
        let token = app.world.token(account);
        let dossier = app.get(&format!("/api/v1/filings/{filing}/dossier")).token(token).send().await;
        if dossier.status != 200 {
            let alone = app.get(&format!("/api/v1/filings/{filing}")).token(token).send().await.status;
            assert_eq!(dossier.status, alone, "{role}");
            continue;
        }
        let mut archive = zip::ZipArchive::new(Cursor::new(dossier.body)).unwrap();
        let mut manifest = String::new();
        archive.by_name("manifest.json").unwrap().read_to_string(&mut manifest).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let listed = manifest["files"].as_array().unwrap();
        let mut names: Vec<String> = listed.iter().map(|file| file["name"].as_str().unwrap().to_owned()).collect();
        names.push("manifest.json".to_owned());
        names.sort();
        let mut packed: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        packed.sort();
        assert_eq!(packed, names, "{role}: what is packed is listed");
        for file in listed {
            let (name, material) = (file["name"].as_str().unwrap(), file["material_id"].as_str());
            let part = app.get(&alone(name, &filing, material)).token(token).send().await;
            assert_eq!(part.status, 200, "{role} is handed {name}");
        }
        let materials = listed.iter().filter(|file| file["material_id"].is_string()).count();
        assert_eq!(manifest["materials_withheld"], Value::Bool(materials == 0), "{role}");
        if materials == 0 { without.push(role) } else { with.push(role) }
    }
    assert_eq!(with, ["bureau", "school_admin"]);
    assert_eq!(without, ["platform_admin", "school_finance", "teacher", "integration"]);
}

/// Whoever may print the codes of a class reads every child that stands on the paper, and the guardian to whom it is.
#[rstest]
#[actix_web::test]
async fn a_class_s_invitations_name_nobody_whom_their_reader_could_not_read(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let mut printed = Vec::new();
    for school in ["own school", "sibling school", "other school"] {
        let path = format!("/api/v1/classes/{}", app.world.pupils(school).class);
        for (role, account) in CALLERS.into_iter().chain([("school_admin", "sibling-school-admin")]) {
            let token = app.world.token(account);
            let page = app.post(&format!("{path}/invitations")).token(token).if_match("\"1\"").send().await;
            if page.status != 200 {
                assert!([403, 404].contains(&page.status), "{role} {school}: {}", page.status);
                continue;
            }
            let html = String::from_utf8(page.body).unwrap();
            let list = |what: &str| app.get(&format!("/api/v1/{what}?limit=200")).token(token).expect(200);
            let (pupils, held) = (list("students").await.json(), list("guardianships").await.json());
            let (pupils, held) = (pupils["items"].as_array().unwrap(), held["items"].as_array().unwrap());
            let papers: Vec<&str> = html.split("<section class=\"paper\">").skip(1).collect();
            for paper in &papers {
                let child = pupils.iter().find(|pupil| paper.contains(pupil["name"].as_str().unwrap()));
                let child = child.unwrap_or_else(|| panic!("{account} is handed a child: {paper}"));
                let of_child = held.iter().filter(|held| held["person_id"] == child["person_id"]);
                let named = of_child.filter(|held| paper.contains(held["contact_name"].as_str().unwrap()));
                assert_eq!(named.count(), 1, "{account}: {paper}");
            }
            printed.push((account, school, papers.len()));
        }
    }
    assert_eq!(printed, [("school-admin", "own school", 0), ("sibling-school-admin", "sibling school", 1)]);
}
