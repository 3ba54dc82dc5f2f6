//! The service against its SQL twin: the statements that it logs, run by pgbench on the same PostgreSQL in the same run.
//!
//! `cargo bench --bench twin` prints the table of `docs/PERFORMANCE.md`. 32 connections and 200 tokens ask the service,
//! 8 clients ask the twin; each figure is the median of three rounds.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a program for developers: it prints, and a defect ends it"
)]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use kehou::app::App;
use kehou::auth::grants::{self, NewRoleGrant};
use kehou::auth::organisations::{self, NewOrganisation, OrganisationKind};
use kehou::auth::password::Hasher;
use kehou::auth::sessions::{self, WantedRole};
use kehou::auth::users::{self, NewUser, UserKind};
use kehou::auth::{Actor, Role};
use kehou::config::Serving;
use kehou::db::{Clock, Db, Id, Limits, Mode, Origin, Tx, migrate};
use kehou::file_store::Store;
use kehou::refusal::Refusal;
use kehou::sealing::Sealing;
use kehou::text::{Line, Username};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const ACCOUNTS: usize = 5_000;
const TOKENS: usize = 200;
const CONNECTIONS: usize = 32;
const CLIENTS: usize = 8;
const TARGETS: usize = 64;
const SECONDS: u64 = 4;
const ROUNDS: usize = 3;

#[derive(clap::Parser)]
struct Settings {
    #[command(flatten)]
    serving: Serving,
}

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return; // `cargo test --benches` only wants to know that it builds
    }
    let (mut server, url) = private_postgres();
    let (tokens, ids) = actix_web::rt::System::new().block_on(seed(&url));
    let dir = tempfile::tempdir().unwrap();

    let statements = {
        let service = Service::start(&url, "warn,kehou::sql=trace");
        service.logged(&tokens[0], &ids)
    };
    let twin_of = |name: &str, statement: &str, ids: &[Id]| Twin::write(dir.path(), name, statement, ids);
    let get_twin = twin_of("get", &statements.get, &ids);
    let list_twin = twin_of("list", &statements.list, &ids[..1]);

    let service = Service::start(&url, "error");
    let ask =
        |path: String, token: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    let per_token = |path: &dyn Fn(usize) -> String| -> Rc<Vec<String>> {
        let asks = (0..TOKENS * 8).map(|n| ask(path(n), &tokens[n % TOKENS]));
        Rc::new(asks.collect())
    };
    let bare = per_token(&|_| "/health/live".to_owned());
    let get = per_token(&|n| format!("/api/v1/users/{}", ids[n % ids.len()]));
    let list = per_token(&|_| "/api/v1/users?limit=50".to_owned());
    service.drive(&get, Duration::from_secs(2));

    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        let figures = [
            service.drive(&bare, Duration::from_secs(SECONDS)),
            service.drive(&get, Duration::from_secs(SECONDS)),
            Load::of(get_twin.run(&url, "prepared")),
            Load::of(get_twin.run(&url, "simple")),
            service.drive(&list, Duration::from_secs(SECONDS)),
            Load::of(list_twin.run(&url, "prepared")),
            Load::of(list_twin.run(&url, "simple")),
        ];
        println!("round {round}: {}", figures.map(|figure| format!("{:.0}", figure.per_second)).join("  "));
        rounds.push(figures);
    }
    let median = |n: usize| {
        let mut values: Vec<Load> = rounds.iter().map(|figures| figures[n]).collect();
        values.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        values[ROUNDS / 2]
    };
    println!("\n| work | service /s | p50 ms | p99 ms | twin prepared /s | ratio | twin plain /s | ratio |");
    println!("|---|---|---|---|---|---|---|---|");
    let bare = median(0);
    println!("| bare endpoint | {:.0} | {:.2} | {:.2} | | | | |", bare.per_second, bare.p50_ms, bare.p99_ms);
    for (name, at) in [("get one", 1), ("list of 50", 4)] {
        let (service, prepared, plain) = (median(at), median(at + 1), median(at + 2));
        println!(
            "| {name} | {:.0} | {:.2} | {:.2} | {:.0} | **{:.2}** | {:.0} | {:.2} |",
            service.per_second,
            service.p50_ms,
            service.p99_ms,
            prepared.per_second,
            service.per_second / prepared.per_second,
            plain.per_second,
            service.per_second / plain.per_second,
        );
    }
    println!("\nservice memory after the load: {} MB", service.resident_mb());
    println!("get:  {}\nlist: {}", statements.get, statements.list);
    drop(service);
    drop(server.stdin.take());
    let _ = server.wait(); // it stops when its standard input ends
}

fn private_postgres() -> (Child, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/private-postgres");
    let mut child = Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (child, url.trim().to_owned())
}

/// Fills the database, and gives tokens of 200 accounts and the ids that are asked for.
async fn seed(url: &str) -> (Vec<String>, Vec<Id>) {
    let sealing = std::sync::Arc::new(Sealing::from_base64(KEY).unwrap());
    let db = Db::open(url, Limits::default(), Clock::new(None), sealing).unwrap();
    db.with_connection(migrate::up).await.unwrap();
    let serving = <Settings as clap::Parser>::parse_from(["kehou"]).serving;
    let app = App::build(db.clone(), Store::in_memory(), &serving, Hasher::new().unwrap()).await.unwrap();
    let (actors, ids) = db.write(Origin::service("bench"), Mode::Commit, make).await.unwrap();
    db.with_connection(|conn| {
        use diesel::RunQueryDsl;
        Ok(diesel::sql_query("ANALYZE").execute(conn)?)
    })
    .await
    .unwrap();
    (actors.iter().map(|actor| app.issuer.sign(actor).unwrap()).collect(), ids)
}

fn make(tx: &mut Tx<'_>) -> Result<(Vec<Actor>, Vec<Id>), Refusal> {
    let place = |kind, code: String, parent_id| NewOrganisation { kind, name: code.clone(), code, parent_id };
    let city = organisations::register(tx, &place(OrganisationKind::Authority, "430600".to_owned(), None))?;
    let mut schools = Vec::new();
    for number in 0..100 {
        let code = format!("21430{number:05}");
        schools.push(organisations::register(tx, &place(OrganisationKind::School, code, Some(city.id)))?);
    }
    let platform = Actor {
        user_id: Id::NIL,
        role_grant_id: Id::NIL,
        session_id: Id::NIL,
        role: Role::PlatformAdmin,
        organisation_id: None,
        path: String::new(),
        issued_at: tx.now,
        expires_at: tx.now,
        secret_change_due: false,
    };
    let (mut actors, mut ids) = (Vec::new(), Vec::new());
    for number in 0..ACCOUNTS {
        let is_caller = number < TOKENS;
        let home = if is_caller { &city } else { &schools[number % schools.len()] };
        let new = NewUser {
            kind: UserKind::Person,
            username: Username::new(&format!("user-{number:05}")).unwrap(),
            display_name: Line::new("王老师").unwrap(),
            organisation_id: Some(home.id),
        };
        let user = users::create(tx, &platform, &new)?;
        if is_caller {
            let grant = NewRoleGrant {
                user_id: user.row.id,
                role: Role::Bureau,
                organisation_id: Some(home.id),
                starts_on: tx.today,
                ends_on: None,
            };
            grants::insert(tx, &grant, home.path.clone())?;
            actors.push(sessions::open_for(tx, &user.row, &WantedRole::default(), true)?.actor);
        } else if number % 75 == 0 && ids.len() < TARGETS {
            ids.push(user.row.id);
        }
    }
    Ok((actors, ids))
}

struct Statements {
    get: String,
    list: String,
}

struct Service {
    child: Child,
    address: String,
}

#[derive(Clone, Copy)]
struct Load {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

impl Load {
    fn of(per_second: f64) -> Self {
        Self { per_second, p50_ms: 0.0, p99_ms: 0.0 }
    }
}

impl Service {
    fn start(url: &str, log: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_kehou"));
        command.env("DATABASE_URL", url).env("KEHOU_KEY", KEY).env("KEHOU_LISTEN", &address).env("RUST_LOG", log);
        command.current_dir(std::env::temp_dir()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("serves http://") {
            assert!(out.read_line(&mut line).unwrap() > 0, "the service did not start");
        }
        Self { child, address }
    }

    /// What the service itself logs for one get and one list, with the values in place.
    fn logged(mut self, token: &str, ids: &[Id]) -> Statements {
        let asks: Vec<String> = [format!("/api/v1/users/{}", ids[0]), "/api/v1/users?limit=50".to_owned()]
            .map(|path| {
                format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n")
            })
            .to_vec();
        for ask in asks {
            let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
            std::io::Write::write_all(&mut stream, ask.as_bytes()).unwrap();
            std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
        }
        self.child.kill().unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let of_users =
            |line: &&str| line.contains("kehou::sql") && line.contains("SELECT \"users\".\"id\", \"users\".\"kind\"");
        let mut found = log.lines().filter(of_users).map(|line| line[line.find("SELECT").unwrap()..].to_owned());
        let get = found.find(|sql| !sql.contains("ORDER BY")).unwrap();
        let list = log.lines().filter(of_users).find(|line| line.contains("ORDER BY")).unwrap();
        Statements { get, list: list[list.find("SELECT").unwrap()..].to_owned() }
    }

    /// 32 connections ask one after the other, each as fast as it is answered.
    fn drive(&self, asks: &Rc<Vec<String>>, time: Duration) -> Load {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let tasks = tokio::task::LocalSet::new();
        let began = Instant::now();
        let mut latencies = tasks.block_on(&runtime, async {
            let connections = (0..CONNECTIONS).map(|connection| {
                let (asks, address) = (Rc::clone(asks), self.address.clone());
                tokio::task::spawn_local(async move { ask_for(&address, &asks, connection, began, time).await })
            });
            let mut all = Vec::new();
            for connection in connections.collect::<Vec<_>>() {
                all.extend(connection.await.unwrap());
            }
            all
        });
        latencies.sort_unstable();
        let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        Load { per_second: latencies.len() as f64 / time.as_secs_f64(), p50_ms: at(0.5), p99_ms: at(0.99) }
    }

    fn resident_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1_024
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have been killed already
        let _ = self.child.wait();
    }
}

async fn ask_for(address: &str, asks: &[String], first: usize, began: Instant, time: Duration) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 64 * 1_024];
    let mut latencies = Vec::new();
    let mut number = first * 7;
    while began.elapsed() < time {
        let asked = Instant::now();
        stream.write_all(asks[number % asks.len()].as_bytes()).await.unwrap();
        read_answer(&mut stream, &mut buffer).await;
        latencies.push(asked.elapsed());
        number += 1;
    }
    latencies
}

/// Reads one answer with a content length, and expects 200.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    let mut read = 0;
    loop {
        let more = stream.read(&mut buffer[read..]).await.unwrap();
        assert!(more > 0, "the service closed the connection");
        read += more;
        let Some(head) = buffer[..read].windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head]).unwrap();
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let whole = head + 4 + length.unwrap().parse::<usize>().unwrap();
        if whole > buffer.len() {
            buffer.resize(whole, 0);
        }
        if read >= whole {
            return;
        }
    }
}

/// A statement as pgbench runs it: one script per target, chosen at random.
struct Twin {
    scripts: Vec<String>,
}

impl Twin {
    fn write(dir: &Path, name: &str, logged: &str, ids: &[Id]) -> Self {
        let write = |(number, id): (usize, &Id)| {
            let path = dir.join(format!("{name}-{number}.sql"));
            std::fs::write(&path, format!("{};\n", with_values(logged, *id))).unwrap();
            path.to_string_lossy().into_owned()
        };
        Self { scripts: ids.iter().enumerate().map(write).collect() }
    }

    fn run(&self, url: &str, mode: &str) -> f64 {
        let mut command = Command::new("pgbench");
        let (clients, seconds) = (CLIENTS.to_string(), SECONDS.to_string());
        command.args(["-n", "-M", mode, "-c", &clients, "-j", "2", "-T", &seconds]);
        self.scripts.iter().for_each(|script| {
            command.args(["-f", script]);
        });
        let output = command.arg(url).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        tps.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// Puts values where the service binds them: the caller's range of paths, no account of its own, and the target.
fn with_values(logged: &str, id: Id) -> String {
    let mut sql = logged.to_owned();
    for (number, value) in values_of(logged, id).iter().enumerate().rev() {
        sql = sql.replace(&format!("${}", number + 1), value);
    }
    sql
}

/// In the order of the statement: the limit of the path's subquery, the target, the scope's bounds, the limit.
fn values_of(logged: &str, id: Id) -> Vec<String> {
    let is_list = logged.contains("ORDER BY");
    let target = if is_list { None } else { Some(format!("'{id}'")) };
    let bounds = ["'/'".to_owned(), "'0'".to_owned(), "false".to_owned(), format!("'{}'", Id::NIL)];
    let limit = if is_list { "51" } else { "1" };
    ["1".to_owned()].into_iter().chain(target).chain(bounds).chain([limit.to_owned()]).collect()
}
