//! The files that sequences upload: bytes in hex, or an archive of parts.

use std::io::{Cursor, Write};

use serde_json::Value;
use zip::write::SimpleFileOptions;

use crate::support::materials::{Form, PDF};

/// The upload of a step; without bytes of its own it is a small PDF.
pub fn form(school: &str, plan: Option<&str>, upload: &Value) -> Form {
    let text = |name: &str| upload[name].as_str().unwrap();
    let content = match (&upload["hex"], &upload["zip"]) {
        (Value::String(hex), _) => [vec![b' '; blanks(upload)], bytes(hex)].concat(),
        (_, Value::Object(parts)) => archive(parts),
        _ => PDF.to_vec(),
    };
    Form::of(school, plan, text("kind"), text("name")).content(content)
}

/// Blanks in front of the bytes.
fn blanks(upload: &Value) -> usize {
    upload["blanks"].as_u64().map_or(0, |count| usize::try_from(count).unwrap())
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// An archive of parts with their texts.
fn archive(parts: &serde_json::Map<String, Value>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in parts {
        archive.start_file(name.as_str(), stored).unwrap();
        archive.write_all(text.as_str().unwrap().as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
