//! The real program as a process of its own, for what only a process can show: starting, stopping, being killed.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::databases::MASTER_KEY;

/// A `kehou serve` that is killed when dropped.
pub struct Process {
    child: Child,
    pub base: String,
    /// What it printed before it listened.
    pub printed: String,
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The program with a database and nothing else of this environment.
pub fn kehou(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kehou"));
    command.env_clear().env("DATABASE_URL", url).env("KEHOU_KEY", MASTER_KEY).env("KEHOU_TODAY", "2024-09-10");
    command.current_dir(std::env::temp_dir()).stdin(Stdio::null());
    command
}

impl Process {
    /// Starts it and waits until it listens.
    pub fn start(url: &str, settings: &[(&str, &str)]) -> Self {
        Self::run(kehou(url), settings)
    }

    /// The same for a command that serves in some other way.
    pub fn run(command: Command, settings: &[(&str, &str)]) -> Self {
        Self::run_on(command, settings, &format!("127.0.0.1:{}", free_port()))
    }

    /// The same on a chosen address.
    pub fn run_on(mut command: Command, settings: &[(&str, &str)], listen: &str) -> Self {
        command.env("KEHOU_LISTEN", listen).env("KEHOU_SIGN_INS_PER_MINUTE", "100000");
        command.envs(settings.iter().copied()).env("RUST_LOG", "warn").env("KEHOU_MIGRATE_ON_START", "true");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains("serves http://") {
            assert!(out.read_line(&mut printed).unwrap() > 0, "it ended: {printed}");
        }
        let base = format!("http://{}", listen.replace("0.0.0.0", "127.0.0.1"));
        let process = Self { child, base, printed };
        process.wait_until_ready();
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        process
    }

    fn wait_until_ready(&self) {
        let began = Instant::now();
        while ureq::get(format!("{}/health/ready", self.base)).call().is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "not ready in time");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how it ended.
    pub fn stop(mut self) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Signs in and gives the access token.
    pub fn sign_in(&self, username: &str, password: &str) -> String {
        let form = [("grant_type", "password"), ("username", username), ("password", password)];
        let mut answer = ureq::post(format!("{}/oauth/token", self.base)).send_form(form).unwrap();
        let tokens: Value = answer.body_mut().read_json().unwrap();
        tokens["access_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end: whether it succeeded, and all that it printed.
pub fn finish(command: &mut Command) -> (bool, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (child.wait().unwrap().success(), out + &err)
}
