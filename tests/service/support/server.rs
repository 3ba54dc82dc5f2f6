//! A PostgreSQL server of a test's own, which it may freeze, stop and start again.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::databases::private_server;

pub struct OwnServer {
    pub url: String,
    data: PathBuf,
    /// How it was started.
    command: Vec<String>,
    again: Option<Child>,
    /// Its standard input keeps the first one alive, and its end tidies up.
    _script: Child,
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

impl OwnServer {
    /// Starts one, or says nothing where there are no binaries.
    pub fn start() -> Option<Self> {
        let (url, script) = private_server()?;
        let data = PathBuf::from(url.split_once("?host=")?.1).join("data");
        let mut server = Self { url, data, command: Vec::new(), again: None, _script: script? };
        let command = std::fs::read_to_string(format!("/proc/{}/cmdline", server.postmaster())).unwrap();
        server.command = command.split('\0').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Some(server)
    }

    fn postmaster(&self) -> String {
        let file = std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap();
        file.lines().next().unwrap().to_owned()
    }

    /// Runs statements as the administrator, each for itself.
    pub fn run(&self, statements: &[&str]) {
        let mut admin = PgConnection::establish(&self.url).unwrap();
        for statement in statements {
            admin.batch_execute(statement).unwrap();
        }
    }

    /// The processes that serve the clients of now.
    pub fn backends(&self) -> Vec<String> {
        let mut admin = PgConnection::establish(&self.url).unwrap();
        let others =
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        let found: Vec<Backend> = diesel::sql_query(others).load(&mut admin).unwrap();
        found.into_iter().map(|backend| backend.pid.to_string()).collect()
    }

    /// Stops it: `INT` as an administrator does, `QUIT` as a crash.
    pub fn stop(&mut self, signal: &str) {
        let postmaster = self.postmaster();
        send(signal, std::slice::from_ref(&postmaster));
        let began = Instant::now();
        while is_alive(&postmaster) {
            let _ = self.again.as_mut().map(Child::try_wait); // a child that ended is there until somebody asks
            assert!(began.elapsed() < Duration::from_secs(20), "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts it again as it was.
    pub fn start_again(&mut self) {
        let as_nobody = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let group = Command::new("id").args(["-g", "nobody"]).output().unwrap().stdout;
        let group = format!("--regid={}", String::from_utf8(group).unwrap().trim());
        let prefix: &[&str] =
            if as_nobody { &["setpriv", "--reuid=nobody", group.as_str(), "--clear-groups"] } else { &[] };
        let all: Vec<&str> = prefix.iter().copied().chain(self.command.iter().map(String::as_str)).collect();
        let mut command = Command::new(all[0]);
        command.args(&all[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.again = Some(command.spawn().unwrap());
        let began = Instant::now();
        while PgConnection::establish(&self.url).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "it does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        if let Some(mut again) = self.again.take() {
            send("QUIT", &[again.id().to_string()]);
            let _ = again.wait();
        }
    }
}

/// Sends a signal to processes that the test itself has started, or its server.
pub fn send(signal: &str, processes: &[String]) {
    let _ = Command::new("kill").arg(format!("-{signal}")).args(processes).status(); // one that ended is none to tell
}

/// A process that only waits to be reaped is gone, too.
fn is_alive(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
