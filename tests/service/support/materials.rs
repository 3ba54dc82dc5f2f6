//! Uploads, and the materials that every plan is filed with.

use actix_web::web::Bytes;
use kehou::db::{Id, Mode, Origin};
use kehou::file_store::{Place, Store};
use kehou::filings::uploads;
use kehou::materials::{MediaType, NewMaterial, Stored};
use kehou::rules::document::MaterialKind;
use tempfile::TempDir;

use super::app::{Answer, Ask, TestApp};

/// What every plan is filed with (五.2).
pub const ALWAYS: [MaterialKind; 6] = [
    MaterialKind::ImplementationPlan,
    MaterialKind::ProjectsAndFees,
    MaterialKind::FacilitiesAndManagers,
    MaterialKind::SafetyAndEmergencyPlan,
    MaterialKind::RemunerationStandard,
    MaterialKind::FundingAndUse,
];

/// A small file that passes for a PDF.
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n";

/// An upload that is being made up.
#[derive(Clone)]
pub struct Form {
    pub fields: Vec<(&'static str, String)>,
    /// What names the file in the header of its part: `; filename="a.pdf"`.
    pub name: String,
    pub content: Vec<u8>,
}

impl Form {
    pub fn of(school: &str, plan: Option<&str>, kind: &str, name: &str) -> Self {
        let plan = plan.map(|plan| ("plan_id", plan.to_owned()));
        let fields = [("school_id", school.to_owned()), ("kind", kind.to_owned())].into_iter().chain(plan).collect();
        Self { fields, name: format!("; filename=\"{name}\""), content: PDF.to_vec() }
    }

    pub fn content(self, content: impl Into<Vec<u8>>) -> Self {
        Self { content: content.into(), ..self }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let name = &self.name;
        let head =
            format!("--edge\r\nContent-Disposition: form-data; name=\"file\"{name}\r\nContent-Type: text/html\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend(&self.content);
        body.extend(b"\r\n--edge--\r\n");
        body
    }

    /// The request.
    pub fn ask<'a>(&self, app: &'a TestApp, account: &str) -> Ask<'a> {
        let ask = app.post("/api/v1/materials").token(app.world.token(account));
        ask.bytes("multipart/form-data; boundary=edge", self.bytes())
    }
}

/// A store in a folder of its own.
pub fn folder() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&Place::Folder(dir.path().join("files"))).unwrap();
    (dir, store)
}

/// Files in a folder and below.
pub fn files(dir: &TempDir) -> usize {
    fn count(path: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(dir.path())
}

/// Uploads what every plan is filed with.
pub async fn add_materials(app: &TestApp, account: &str, plan: &Answer, kinds: &[MaterialKind]) {
    let kinds = kinds.to_vec();
    let school_id: Id = plan.json()["school_id"].as_str().unwrap().parse().unwrap();
    let plan_id: Id = plan.id().parse().unwrap();
    app.store.keep("papers", vec![Bytes::from_static(PDF)]).await.unwrap();
    let actor = app.world.account(account).actor.clone();
    let made = app.db.write(Origin::service("test"), Mode::Commit, move |tx| {
        for kind in kinds.clone() {
            let stored = Stored {
                object: "papers".to_owned(),
                sha256: "afb200da87b50cf9d15279341b08ed7ea37ab1b7810690ca2e92e2036ea5cbb9".to_owned(),
                bytes: i64::try_from(PDF.len()).unwrap(),
                media_type: MediaType::Pdf,
            };
            let name = format!("{}.pdf", kind.as_str());
            let new = NewMaterial { school_id, plan_id: Some(plan_id), kind, name, stored };
            uploads::upload(tx, &kehou::auth::By::of(actor.clone())?, &new)?;
        }
        Ok(())
    });
    made.await.unwrap();
}
