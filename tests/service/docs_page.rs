//! The page of the contract: where it is, what it may load, and that nobody fetches it twice.

use rstest::rstest;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::databases::TestDatabase;
use crate::support::process::Process;
use crate::wire::unpacked;

const POLICY: [&str; 9] = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
];

/// The page, and the addresses of its files as it names them.
async fn page(app: &TestApp) -> (String, Vec<String>) {
    let page = String::from_utf8(app.get("/docs/").expect(200).await.body).unwrap();
    let named = page.split('"').filter(|part| [".js", ".css", ".svg"].iter().any(|ending| part.ends_with(ending)));
    let files = named.map(|part| format!("/docs/{part}")).collect();
    (page, files)
}

#[rstest]
#[actix_web::test]
async fn all_ways_lead_to_the_page(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    assert_eq!(app.get("/").expect(307).await.header("location"), "/docs/");
    assert_eq!(app.get("/docs").expect(308).await.header("location"), "/docs/");
    let page = app.get("/docs/").expect(200).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(app.get("/docs/index.html").expect(200).await.body, page.body);
    let text = String::from_utf8(page.body).unwrap();
    for said in
        ["<title>Kehou 课后 API</title>", "<html lang=\"zh-CN\"", "name=\"viewport\" content=\"width=device-width"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    for path in ["/docs/nothing", "/docs/0/page.js", "/docs/swagger-ui.css", "/docs/../Cargo.toml", "/index.html"] {
        app.get(path).expect(404).await;
    }
    for path in ["/", "/docs/"] {
        app.ask("POST", path).expect(404).await;
    }
}

#[rstest]
#[actix_web::test]
async fn the_page_comes_from_the_binary_alone(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (page, files) = page(&app).await;
    assert!(
        !page.contains("<script>") && !page.contains("<style") && !page.contains(" on"),
        "nothing inline would run"
    );
    assert!(files.len() > 10, "{files:?}");
    for path in ["/docs/".to_owned()].iter().chain(&files) {
        let part = app.get(path).expect(200).await;
        let policy = part.header("content-security-policy");
        for said in POLICY {
            assert!(policy.split("; ").any(|one| one == said), "{path}: {said}: {policy}");
        }
        assert_eq!((part.header("x-content-type-options"), part.header("referrer-policy")), ("nosniff", "no-referrer"));
        let text = String::from_utf8(part.body).unwrap();
        let text = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("http://") && !text.contains("https://"), "{path}: an outside download");
        for made in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!text.contains(made), "{path}: {made}");
        }
    }
    for path in ["/docs/", "/openapi.json", "/health/live", "/nowhere", "/api/v1/me"] {
        assert_eq!(app.get(path).send_unchecked().await.header("referrer-policy"), "no-referrer", "{path}");
    }
}

#[rstest]
#[actix_web::test]
async fn the_page_is_compressed_and_kept(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let (_, files) = page(&app).await;
    let mut bytes = 0;
    for path in ["/docs/".to_owned()].iter().chain(&files) {
        let plain = app.get(path).expect(200).await;
        let kept = if path == "/docs/" { "no-cache" } else { "public, max-age=31536000, immutable" };
        assert_eq!(plain.header("cache-control"), kept, "{path}");
        for coding in ["gzip", "br"] {
            let packed = app.get(path).header("accept-encoding", coding).expect(200).await;
            assert_eq!((packed.header("content-encoding"), unpacked(&packed)), (coding, plain.body.clone()), "{path}");
            assert_eq!(packed.etag(), plain.etag(), "{path}");
            bytes += packed.body.len();
        }
        let known = app.get(path).header("if-none-match", plain.etag()).send_unchecked().await;
        assert_eq!((known.status, known.body.len(), known.header("cache-control")), (304, 0, kept), "{path}");
        let other = app.get(path).header("if-none-match", "\"1-00000000\"").expect(200).await;
        assert_eq!(other.body, plain.body, "{path}");
    }
    assert!(bytes / 2 < 40_000, "{bytes} bytes in two codings");
}

#[rstest]
fn a_head_of_the_page_is_a_get_without_its_body(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(database) = TestDatabase::empty(kind) else { return };
    let process = Process::start(&database.url, &[]);
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().max_redirects(0).build());
    for (path, status) in [("/", 307), ("/docs", 308), ("/docs/", 200)] {
        let got = agent.get(format!("{}{path}", process.base)).call().unwrap();
        let mut head = agent.head(format!("{}{path}", process.base)).call().unwrap();
        assert_eq!((got.status().as_u16(), head.status().as_u16()), (status, status), "{path}");
        for name in ["location", "etag", "content-type", "cache-control", "content-security-policy"] {
            assert_eq!(head.headers().get(name), got.headers().get(name), "{path}: {name}");
        }
        let mut varies = got.headers().get_all("vary").iter().map(|by| by.to_str().unwrap());
        assert!(status != 200 || varies.any(|by| by.contains("Accept-Encoding")), "{path}");
        assert_eq!(head.body_mut().read_to_vec().unwrap(), Vec::<u8>::new(), "{path}");
    }
}
