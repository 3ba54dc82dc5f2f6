//! What the stories sent and got, by its shape: where `KEHOU_EXAMPLES` names a file, `scripts/examples` chooses from it
//! what the contract shows.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, Mutex};

use serde_json::{Value, json};

use super::contract::{Given, operation_of};

/// Of each shape there are enough to choose from.
const MOST: usize = 60;

static KEPT: LazyLock<Option<Mutex<Kept>>> = LazyLock::new(|| {
    let path = std::env::var_os("KEHOU_EXAMPLES")?;
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    Some(Mutex::new(Kept { file, counts: HashMap::new() }))
});

struct Kept {
    file: std::fs::File,
    counts: HashMap<String, usize>,
}

impl Kept {
    fn keep(&mut self, content: &Value, media_type: &str, value: Option<Value>) {
        let shape = content[media_type]["schema"]["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        let (Some(shape), Some(value)) = (shape, value) else { return };
        let count = self.counts.entry(shape.to_owned()).or_default();
        *count += 1;
        if *count <= MOST {
            writeln!(self.file, "{}", json!({"shape": shape, "value": value})).unwrap();
        }
    }
}

/// Rooms of tests that ask for what no story would: rows in states that they wrote themselves, or odd names.
const NO_STORIES: [&str; 6] = ["access::", "wire::", "wrong_input::", "texts::", "database::", "verify_damages::"];

/// Keeps what was done.
pub fn keep(sent: &[u8], given: &Given<'_>) {
    let path = given.path.split('?').next().unwrap();
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    if NO_STORIES.iter().any(|room| test.starts_with(room)) {
        return;
    }
    let (Some(kept), true, Some(operation)) = (&*KEPT, given.status < 300, operation_of(given.method, path)) else {
        return;
    };
    let mut kept = kept.lock().unwrap();
    let body = &operation.value["requestBody"]["content"];
    kept.keep(body, "application/json", serde_json::from_slice(sent).ok());
    let form = serde_urlencoded::from_bytes::<HashMap<String, String>>(sent).ok();
    kept.keep(body, "application/x-www-form-urlencoded", form.map(|form| json!(form)));
    let media_type = given.headers.get("content-type").map(String::as_str).unwrap_or_default();
    let answer = &operation.value["responses"][given.status.to_string()]["content"];
    kept.keep(answer, media_type, serde_json::from_slice(given.body).ok());
}
