//! `/docs/`: the page on which people read the contract and try it. Its few files are the house's own
//! (`templates/docs`): they draw a document of this size at once, and no script of others sees a token.

use std::collections::BTreeMap;

use actix_web::guard::Get;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};

use crate::http::{Answered, Fixed, entity_tag};
use crate::refusal::{Code, Refusal};

/// Where it is.
const PLACE: &str = "/docs/";

/// The address of a file names what is in it, so that whoever has it never asks again.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// The page names the addresses of its files, so whoever has it asks whether they are still the same.
const ASKED_AGAIN: &str = "no-cache";

const INDEX: &str = include_str!("../templates/docs/index.html");

const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! scripts {
    ($($name:literal),+) => { [$(($name, SCRIPT, include_str!(concat!("../templates/docs/", $name)))),+] };
}

const SCRIPTS: [(&str, &str, &str); 10] = scripts!(
    "call.js",
    "contract.js",
    "dom.js",
    "form.js",
    "operation.js",
    "page.js",
    "schema.js",
    "seen.js",
    "session.js",
    "texts.js"
);

const OTHERS: [(&str, &str, &str); 2] = [
    ("icon.svg", "image/svg+xml", include_str!("../templates/docs/icon.svg")),
    ("page.css", "text/css; charset=utf-8", include_str!("../templates/docs/page.css")),
];

/// The page and its files, each as it is sent.
#[derive(Debug, Clone)]
pub struct DocsPage {
    /// Digest of all files: the folder in which they seem to be.
    folder: String,
    index: Fixed,
    files: BTreeMap<&'static str, Fixed>,
}

impl Default for DocsPage {
    fn default() -> Self {
        let files = SCRIPTS.into_iter().chain(OTHERS);
        let all = files.clone().map(|(_, _, text)| text).collect::<String>();
        let folder = entity_tag(1, all.as_bytes()).trim_matches('"').to_owned();
        let fixed = |kind, text| Fixed::new(kind, Bytes::from(text));
        Self {
            index: fixed("text/html; charset=utf-8", INDEX.replace("DIGEST", &folder)).kept(ASKED_AGAIN),
            files: files.map(|(name, kind, text)| (name, fixed(kind, text.to_owned()).kept(FOR_GOOD))).collect(),
            folder,
        }
    }
}

/// Routes of the page, outside the contract; `/` leads there.
pub fn routes(config: &mut web::ServiceConfig) {
    // What is not GET goes the way of all that no route takes.
    let get = |path: &str| web::resource(path.to_owned()).guard(Get());
    config
        .service(get("/").to(|| async { HttpResponse::TemporaryRedirect().insert_header((LOCATION, PLACE)).finish() }))
        .service(
            get("/docs").to(|| async { HttpResponse::PermanentRedirect().insert_header((LOCATION, PLACE)).finish() }),
        )
        .service(get(PLACE).to(index))
        .service(get("/docs/index.html").to(index))
        .service(get("/docs/{folder}/{file}").to(file));
}

async fn index(request: HttpRequest, page: web::Data<DocsPage>) -> Answered {
    page.index.answer(&request)
}

async fn file(request: HttpRequest, page: web::Data<DocsPage>, asked: web::Path<(String, String)>) -> Answered {
    let (folder, name) = asked.into_inner();
    // Of another version it would be another file.
    let found = page.files.get(name.as_str()).filter(|_| folder == page.folder);
    found.ok_or(Refusal::of(Code::NotFound))?.answer(&request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/docs");
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        let mut names = names.filter(|name| name != "index.html").collect::<Vec<_>>();
        names.sort();
        assert_eq!(DocsPage::default().files.into_keys().collect::<Vec<_>>(), names);
        // A script that another one needs is named, so that all are asked for at once.
        for name in names {
            assert!(INDEX.contains(&format!("\"DIGEST/{name}\"")), "{name}");
        }
    }
}
