//! The service as a process, and the load on it.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{KEY, TODAY};

/// Requests that are ready to be sent, and the status that each is to be answered with.
pub struct Asks {
    texts: Vec<String>,
    status: u16,
    /// A write is asked once: it runs out. A read is asked again and again.
    once: bool,
}

impl Asks {
    /// Reads.
    pub fn gets<'a>(asks: impl Iterator<Item = (String, &'a str)>) -> Rc<Self> {
        let text = |(path, token): (String, &str)| get(&path, token);
        Rc::new(Self { texts: asks.map(text).collect(), status: 200, once: false })
    }

    /// Creating writes, each under a key of its own: path, token, key, body.
    pub fn posts<'a>(asks: impl Iterator<Item = (&'a str, String, String)>, path: &str) -> Rc<Self> {
        let text = |(token, key, body): (&str, String, String)| {
            let length = body.len();
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}\r\n\
                 content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
        };
        Rc::new(Self { texts: asks.map(text).collect(), status: 201, once: true })
    }

    /// Writes that may come twice: path, token, body. Each is asked once.
    pub fn puts<'a>(asks: impl Iterator<Item = (String, &'a str, String)>) -> Rc<Self> {
        let text = |(path, token, body): (String, &str, String)| {
            let length = body.len();
            format!(
                "PUT {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
        };
        Rc::new(Self { texts: asks.map(text).collect(), status: 200, once: true })
    }

    pub fn at(&self, number: usize) -> &str {
        &self.texts[number]
    }
}

fn get(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n")
}

/// What came of a load.
#[derive(Clone, Copy, Default)]
pub struct Load {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Answers of another status than the expected one.
    pub errors: usize,
}

impl Load {
    pub fn of(per_second: f64) -> Self {
        Self { per_second, ..Self::default() }
    }
}

pub struct Service {
    child: Child,
    address: String,
}

impl Service {
    pub fn start(url: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_kehou"));
        command.env("DATABASE_URL", url).env("KEHOU_KEY", KEY).env("KEHOU_LISTEN", &address).env("RUST_LOG", "error");
        command.env("KEHOU_TODAY", TODAY).current_dir(std::env::temp_dir()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("serves http://") {
            assert!(out.read_line(&mut line).unwrap() > 0, "the service did not start");
        }
        Self { child, address }
    }

    /// Sends one request and gives the whole answer.
    pub fn ask(&self, text: &str) -> String {
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        stream.write_all(text.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends a request that creates something, and gives its id.
    pub fn enroll(&self, asks: &Asks, number: usize) -> String {
        let answer = self.ask(asks.at(number));
        let place = answer.lines().find_map(|line| line.strip_prefix("location: "));
        place.unwrap_or_else(|| panic!("{answer}")).rsplit('/').next().unwrap().to_owned()
    }

    /// Connections that ask one after the other, each as fast as it is answered, for some time, or
    /// until every write was asked for.
    pub fn drive(&self, asks: &Rc<Asks>, connections: usize, time: Duration) -> Load {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let tasks = tokio::task::LocalSet::new();
        let next = Rc::new(Cell::new(0));
        let began = Instant::now();
        let (mut latencies, errors) = tasks.block_on(&runtime, async {
            let running: Vec<_> = (0..connections)
                .map(|_| {
                    let (asks, next, address) = (Rc::clone(asks), Rc::clone(&next), self.address.clone());
                    tokio::task::spawn_local(async move { ask_for(&address, &asks, &next, began, time).await })
                })
                .collect();
            let (mut latencies, mut errors) = (Vec::new(), 0);
            for connection in running {
                let (own, wrong) = connection.await.unwrap();
                latencies.extend(own);
                errors += wrong;
            }
            (latencies, errors)
        });
        latencies.sort_unstable();
        let at = |share: f64| {
            let place = (latencies.len().saturating_sub(1) as f64 * share) as usize;
            latencies.get(place).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        };
        let per_second = latencies.len() as f64 / began.elapsed().as_secs_f64();
        Load { per_second, p50_ms: at(0.5), p99_ms: at(0.99), errors }
    }

    /// Stops its threads while the twin runs, so that the twin has the machine to itself.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    pub fn resident_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1_024
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended already
        let _ = self.child.wait();
    }
}

/// Latencies of the expected answers, and the number of others.
async fn ask_for(
    address: &str,
    asks: &Asks,
    next: &Cell<usize>,
    began: Instant,
    time: Duration,
) -> (Vec<Duration>, usize) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 64 * 1_024];
    let (mut latencies, mut errors) = (Vec::new(), 0);
    while began.elapsed() < time {
        let number = next.replace(next.get() + 1);
        if asks.once && number >= asks.texts.len() {
            break;
        }
        let asked = Instant::now();
        stream.write_all(asks.texts[number % asks.texts.len()].as_bytes()).await.unwrap();
        if read_status(&mut stream, &mut buffer).await == asks.status {
            latencies.push(asked.elapsed());
        } else {
            errors += 1;
        }
    }
    (latencies, errors)
}

/// Reads one answer with a content length, and gives its status.
async fn read_status(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    let mut read = 0;
    loop {
        let more = stream.read(&mut buffer[read..]).await.unwrap();
        assert!(more > 0, "the service closed the connection");
        read += more;
        let Some(head) = buffer[..read].windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head]).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let whole = head + 4 + length.unwrap().parse::<usize>().unwrap();
        if whole > buffer.len() {
            buffer.resize(whole, 0);
        }
        if read >= whole {
            return status;
        }
    }
}
