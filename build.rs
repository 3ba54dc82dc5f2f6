//! Packs what the binary carries and seldom gives: the contract and its code tables, as they are committed. A test holds
//! them to the code.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

/// JSON as it is sent: without the space that lets people read it.
fn without_space(json: &[u8]) -> Vec<u8> {
    let (mut in_text, mut is_escaped) = (false, false);
    let mut sent = Vec::with_capacity(json.len());
    for byte in json {
        if in_text || !byte.is_ascii_whitespace() {
            sent.push(*byte);
        }
        in_text ^= *byte == b'"' && !is_escaped;
        is_escaped = in_text && *byte == b'\\' && !is_escaped;
    }
    sent
}

fn main() -> Result<(), Box<dyn Error>> {
    let packed = std::env::var("OUT_DIR")?;
    for name in ["v1.json", "code-tables.json"] {
        let path = format!("openapi/{name}");
        println!("cargo:rerun-if-changed={path}");
        // A contract that was never written is empty, until the test has written it.
        let text = std::fs::read(&path).unwrap_or_default();
        let mut packing = GzEncoder::new(File::create(Path::new(&packed).join(name))?, Compression::best());
        packing.write_all(&without_space(&text))?;
        packing.finish()?;
    }
    Ok(())
}
