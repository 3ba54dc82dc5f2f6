//! Reads a sequence from `tests/data/field` and plays it, step by step, on a fresh demonstration. A step is a request,
//! an upload, a set-up that stands for the usual requests, or a day on which the service is started again. What it
//! `got` is compared with the answer; a step that says nothing of it has to succeed.

use std::collections::BTreeMap;
use std::path::Path;

use kehou::db::Id;
use kehou::values::iso_date;
use serde_json::{Value, json};

use super::got::differences;
use super::upload;
use crate::support::app::{Answer, Ask, TestApp};
use crate::support::contract::{Operation, operation_of};
use crate::support::databases::Kind;

/// A sequence that is being played.
pub struct Replay {
    pub app: TestApp,
    /// Who writes plans: the administrator of the school at hand.
    pub admin: String,
    /// Where it stands, for what fails.
    place: String,
    /// Answers by the names that steps gave them.
    saved: BTreeMap<String, Value>,
}

/// Reads a file of the sequences.
fn read(name: &str) -> Value {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/field")).join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn unless_done(answer: &Answer) -> Vec<String> {
    if answer.status < 300 { Vec::new() } else { vec![format!("it is refused: {}", answer.status)] }
}

fn shown(answer: &Answer) -> String {
    format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body))
}

/// Plays a sequence on a database of its own.
pub async fn play(kind: Kind, name: &str) {
    let Some(app) = TestApp::demonstration(kind).await else { return };
    let mut replay = Replay::begin(app).await;
    for (number, step) in (1..).zip(read(name).as_array().unwrap()) {
        replay.place = format!("{name}, step {number}, {step}");
        replay = replay.step(step).await;
    }
}

impl Replay {
    /// Learns the names that every sequence may use.
    async fn begin(app: TestApp) -> Self {
        let admin = "demo.school".to_owned();
        let mut replay = Self { app, admin, place: "begin".to_owned(), saved: BTreeMap::new() };
        for (name, list, code) in [
            ("authority", "/authorities", "430602"),
            ("city", "/authorities", "430600"),
            ("school", "/schools", "3143060201"),
        ] {
            replay.find(name, list, |item| item["code"] == code).await;
        }
        replay.find("term", "/terms", |term| term["season"] == "autumn").await;
        let plans = replay.fill("/plans?school_id={school}");
        replay.find("plan", &plans, |plan| plan["state"] == "draft").await;
        for (username, ..) in kehou::demo::SMALL.accounts().filter(|(name, ..)| *name != "demo.integration") {
            let id = replay.app.world.account(username).id;
            replay.save(&format!("user:{username}"), json!({ "id": id }));
        }
        replay
    }

    /// Saves the first item of a list that fits.
    pub async fn find(&mut self, name: &str, list: &str, fits: impl Fn(&Value) -> bool) {
        let found = self.get("demo.city", list).await.json();
        let found = found["items"].as_array().unwrap().iter().find(|item| fits(item)).cloned();
        let found = found.unwrap_or_else(|| panic!("{}: no {name} in {list}", self.place));
        self.save(name, found);
    }

    async fn step(mut self, step: &Value) -> Self {
        if step["if"].as_str().is_some_and(|needed| !self.saved.contains_key(needed)) {
            return self;
        }
        if let Some(today) = step["today"].as_str() {
            let app = self.app.restarted(iso_date::parse(today).unwrap()).await;
            return Self { app, ..self };
        }
        self.learn_projects().await;
        let answer = match step["set_up"].as_str() {
            Some(name) => self.set_up(name, step).await,
            None if step["upload"].is_object() => self.upload(step).await,
            None => self.request(step).await,
        };
        let wanted = self.fill_in(&step["got"]);
        let different = if wanted.is_null() { unless_done(&answer) } else { differences(&wanted, &answer) };
        assert!(different.is_empty(), "{}\n{}\n{}", self.place, different.join("\n"), shown(&answer));
        if let Some(name) = step["save"].as_str().filter(|_| answer.status < 300) {
            self.save(name, answer.json());
        }
        self
    }

    /// The answer, if it is what the usual requests get.
    pub fn done(&self, answer: Answer) -> Answer {
        assert!(answer.status < 300, "{}\nits set-up is refused: {}", self.place, shown(&answer));
        answer
    }

    pub fn save(&mut self, name: &str, value: Value) {
        self.saved.insert(name.to_owned(), value);
    }

    /// The projects of the plan at hand, by their names.
    async fn learn_projects(&mut self) {
        let list = self.fill("/projects?plan_id={plan}");
        for project in self.get("demo.city", &list).await.json()["items"].as_array().unwrap() {
            let name = project["offer"]["name"].as_str().unwrap();
            self.save(&format!("project:{name}"), project.clone());
        }
    }

    /// A request under `/api/v1`, answered in English.
    pub fn ask(&self, account: &str, method: &str, path: &str) -> Ask<'_> {
        let ask = self.app.ask(method, &format!("/api/v1{path}")).token(self.app.world.token(account)).english();
        let needs_key = operation_of(method, &format!("/api/v1{}", path.split('?').next().unwrap()))
            .is_some_and(Operation::needs_key);
        if needs_key { ask.key(&Id::fresh().to_string()) } else { ask }
    }

    pub async fn get(&self, account: &str, path: &str) -> Answer {
        let answer = self.ask(account, "GET", path).send().await;
        self.done(answer)
    }

    pub async fn post(&self, account: &str, path: &str, body: &Value) -> Answer {
        self.ask(account, "POST", path).json(body).send().await
    }

    /// Calls what changes something as it is now: a verb of it, or itself.
    pub async fn change(&self, account: &str, (method, path): (&str, &str), body: Option<&Value>) -> Answer {
        let bare = path.split('?').next().unwrap();
        let resource = if method == "POST" { bare.rsplit_once('/').unwrap().0 } else { bare };
        let seen = self.get(account, resource).await;
        let ask = self.ask(account, method, path).if_match(seen.etag());
        let ask = if let Some(body) = body { ask.json(body) } else { ask };
        ask.send().await
    }

    async fn request(&self, step: &Value) -> Answer {
        let (method, path) = step["send"].as_str().unwrap().split_once(' ').unwrap();
        let path = self.fill(path);
        let Some(account) = step["as"].as_str() else {
            return self.app.ask(method, &path).send().await;
        };
        let body = step.get("body").map(|body| self.body(body));
        if step["if_match"] == "now" {
            return self.change(account, (method, &path), body.as_ref()).await;
        }
        match body {
            Some(body) => self.ask(account, method, &path).json(&body).send().await,
            None => self.ask(account, method, &path).send().await,
        }
    }

    async fn upload(&self, step: &Value) -> Answer {
        let account = step["as"].as_str().unwrap();
        upload::form(&self.fill("{school}"), None, &step["upload"]).ask(&self.app, account).send().await
    }

    /// A body, filled in: a common one with what a step has differently.
    pub fn body(&self, body: &Value) -> Value {
        let Some(common) = body["common"].as_str() else { return self.fill_in(body) };
        let mut whole = read("common")[common].clone();
        for (field, value) in body.as_object().unwrap().iter().filter(|(field, _)| *field != "common") {
            whole[field] = value.clone();
        }
        self.fill_in(&whole)
    }

    pub fn fill_in(&self, value: &Value) -> Value {
        serde_json::from_str(&self.fill(&value.to_string())).unwrap()
    }

    /// A text with the ids, or other fields, of what was saved: `{child}`, `{child.person_id}`.
    pub fn fill(&self, text: &str) -> String {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap().to_owned();
        for part in parts {
            let named = part.starts_with(|first: char| first.is_ascii_alphabetic());
            match part.split_once('}').filter(|_| named) {
                Some((name, rest)) => filled.extend([self.saved_field(name).as_str(), rest]),
                None => filled.extend(["{", part]),
            }
        }
        filled
    }

    fn saved_field(&self, name: &str) -> String {
        let whole = self.saved.get(name).map(|found| &found["id"]);
        let field = || {
            let (name, field) = name.rsplit_once('.')?;
            Some(&self.saved.get(name)?[field])
        };
        let found = whole.or_else(field).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("{}: nothing is saved as {name}", self.place)).to_owned()
    }
}
