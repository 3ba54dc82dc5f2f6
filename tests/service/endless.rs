//! What callers could make the service keep for ever: names of series, lines of the log, answers that nobody reads,
//! turns that nobody uses.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rstest::rstest;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::materials::{Form, PDF};
use crate::support::process::{Process, free_port};
use crate::support::world::PASSWORD;

/// The service as a process, with an address for its figures.
async fn process(settings: &[(&str, &str)]) -> (TestApp, Process, String) {
    let app = TestApp::start(Sqlite).await.unwrap();
    let metrics = format!("127.0.0.1:{}", free_port());
    let all = [settings, &[("KEHOU_METRICS_LISTEN", metrics.as_str())]].concat();
    let process = Process::start(&app.url, &all);
    (app, process, format!("http://{metrics}/metrics"))
}

fn connect(process: &Process) -> TcpStream {
    let stream = TcpStream::connect(process.base.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

fn resident_kib(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap().to_owned();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn sockets(process: &Process) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", process.id())).unwrap();
    let target = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read_link(entry.ok()?.path()).ok();
    open.filter_map(target).filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

fn get(url: &str) -> String {
    ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap()
}

/// Sends so many requests, each with a method of its own, over one connection.
fn flood(mut stream: TcpStream, seed: usize, count: usize, letters: usize) {
    let mut sender = stream.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        let letter = |number: usize| char::from(b'A' + u8::try_from(number % 26).unwrap());
        for number in 0..count {
            let own = [number, number / 26, number / 676, number / 17_576, seed].map(letter);
            let name: String = own.into_iter().chain((0..letters).map(letter)).collect();
            sender.write_all(format!("{name} /x HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()).unwrap();
        }
    });
    let (mut answered, mut read, mut rest) = (0, vec![0; 1 << 16], Vec::new());
    while answered < count {
        let bytes = stream.read(&mut read).unwrap();
        assert!(bytes > 0, "closed after {answered} of {count}");
        rest.extend_from_slice(&read[..bytes]);
        let sign = b"HTTP/1.1 404";
        answered += rest.windows(sign.len()).filter(|window| window == sign).count();
        rest = rest.split_off(rest.len().saturating_sub(sign.len() - 1));
    }
    sending.join().unwrap();
}

#[actix_web::test]
async fn made_up_methods_are_one_word() {
    let (_app, process, metrics) = process(&[("KEHOU_HTTP_THREADS", "4")]).await;
    flood(connect(&process), 0, 200, 60);
    let (lines, resident) = (get(&metrics).lines().count(), resident_kib(&process));
    let mut waited = Vec::new();
    for (seed, (count, letters)) in [(10_000, 60), (1_500, 60_000)].into_iter().enumerate() {
        let floods = [2 * seed + 1, 2 * seed + 2].map(|seed| {
            let stream = connect(&process);
            std::thread::spawn(move || flood(stream, seed, count, letters))
        });
        while !floods.iter().all(std::thread::JoinHandle::is_finished) {
            let began = Instant::now();
            get(&format!("{}/health/live", process.base));
            waited.push(began.elapsed());
            std::thread::sleep(Duration::from_millis(20));
        }
        for flood in floods {
            flood.join().unwrap();
        }
    }
    let after = get(&metrics);
    let series: Vec<&str> = after.lines().filter(|line| line.contains("method=\"other\"")).collect();
    assert!(series.iter().any(|line| line.contains("_count") && line.ends_with(" 23200")), "{series:?}");
    assert!(after.lines().count() < lines + 50, "{} lines, {} before", after.lines().count(), lines);
    let grown = resident_kib(&process).saturating_sub(resident);
    assert!(grown < 64 << 10, "{grown} KiB more");
    waited.sort();
    let (usual, worst) = (waited[waited.len() / 2], waited[waited.len() - 1]);
    assert!(
        usual < Duration::from_millis(500) && worst < Duration::from_secs(10),
        "others waited {usual:?}, {worst:?}"
    );
}

#[actix_web::test]
async fn a_reader_that_does_not_read_is_let_go() {
    let (_app, process, _) = process(&[("KEHOU_READER_SECONDS_MAX", "2")]).await;
    let size = get(&format!("{}/openapi.json", process.base)).len();
    let (open, resident) = (sockets(&process), resident_kib(&process));
    let readers: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut reader = connect(&process);
            reader.write_all("GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n".repeat(20).as_bytes()).unwrap();
            reader
        })
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    let held = sockets(&process) - open;
    let grown = resident_kib(&process).saturating_sub(resident);
    assert!(held > 35, "they are being written to: {held}");
    assert!(grown < 32 << 10, "{grown} KiB for {held} readers of {size} bytes");
    let began = Instant::now();
    while sockets(&process) > open + 2 {
        assert!(began.elapsed() < Duration::from_secs(15), "{} still open", sockets(&process) - open);
        get(&format!("{}/health/live", process.base));
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(readers);
}

/// The beginning of an upload, and nothing more.
fn begin_upload(process: &Process, token: &str, form: &Form, bytes: usize) -> TcpStream {
    let mut stream = connect(process);
    let body = form.bytes();
    let head = format!(
        "POST /api/v1/materials HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\
         content-type: multipart/form-data; boundary=edge\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..bytes]).unwrap();
    stream
}

fn upload(process: &Process, token: &str, form: &Form) -> (u16, Duration) {
    let began = Instant::now();
    let mut stream = begin_upload(process, token, form, form.bytes().len());
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    (String::from_utf8_lossy(&answer[9..]).parse().unwrap(), began.elapsed())
}

#[actix_web::test]
async fn slow_uploads_of_one_account_hold_up_nobody_else() {
    let files = tempfile::tempdir().unwrap();
    let (app, process, _) = process(&[("KEHOU_STORE", files.path().to_str().unwrap())]).await;
    let form =
        |school: &str| Form::of(&app.world.organisation(school).to_string(), None, "other", "a.pdf").content(PDF);
    let (slow, other) = (process.sign_in("school-admin", PASSWORD), process.sign_in("sibling-school-admin", PASSWORD));
    let silent: Vec<TcpStream> = (0..8).map(|_| begin_upload(&process, &slow, &form("own school"), 0)).collect();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(upload(&process, &slow, &form("own school")).0, 201, "who sends nothing takes no turn");
    let trickling: Vec<TcpStream> = (0..8).map(|_| begin_upload(&process, &slow, &form("own school"), 40)).collect();
    std::thread::sleep(Duration::from_millis(200));
    for _ in 0..3 {
        let (status, took) = upload(&process, &other, &form("sibling school"));
        assert_eq!(status, 201);
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
    let (status, took) = upload(&process, &slow, &form("own school"));
    assert_eq!(status, 503, "its own share is used up");
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop((silent, trickling));
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(upload(&process, &slow, &form("own school")).0, 201, "and free again");
}

#[rstest]
#[actix_web::test]
async fn the_contract_is_written_once(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let first = app.get("/openapi.json").send_unchecked().await;
    assert_eq!((first.status, first.header("content-type")), (200, "application/json"));
    assert_eq!(first.json(), serde_json::to_value(kehou::app::contract()).unwrap());
    let known = app.get("/openapi.json").header("if-none-match", first.etag()).send_unchecked().await;
    assert_eq!((known.status, known.body.len(), known.etag()), (304, 0, first.etag()));
    let other = app.get("/openapi.json").header("if-none-match", "\"1-00000000\"").send_unchecked().await;
    assert_eq!((other.status, other.body), (200, first.body));
}
