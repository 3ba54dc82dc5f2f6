//! A filing as one ZIP that needs no other system to be read: the filed bytes, what the rules said in both languages, the
//! review, the states, and a manifest with the SHA-256 of each file. The same filing always packs to the same bytes.

use std::io::{Cursor, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Filing;
use crate::http::{File, FindingOut, Language, findings_out};
use crate::refusal::Refusal;
use crate::sealing::hex;

/// What the rules said, as it is read.
#[derive(Serialize)]
struct Findings {
    profile: String,
    document: String,
    zh: Vec<FindingOut>,
    en: Vec<FindingOut>,
    not_judged: Vec<String>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    case_number: &'a str,
    filing_id: String,
    school_code: &'a str,
    school_name: &'a str,
    state: &'a str,
    /// SHA-256 of the filed document, as the review names it.
    sha256: &'a str,
    files: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    name: &'static str,
    bytes: usize,
    sha256: String,
}

/// Packs a filing.
///
/// # Errors
/// A defect: something of it cannot be written.
pub(super) fn pack(filing: &Filing) -> Result<File, Refusal> {
    let row = &filing.row;
    let findings = Findings {
        profile: row.profile_code.clone(),
        document: row.profile_document.clone(),
        zh: findings_out(&filing.findings, Language::Zh),
        en: findings_out(&filing.findings, Language::En),
        not_judged: filing.not_judged.clone(),
    };
    let files = [
        ("plan.json", row.document.clone().into_bytes()),
        ("findings.json", pretty(&findings)?),
        ("review.json", pretty(&filing.review)?),
        ("steps.json", pretty(&filing.steps)?),
    ];
    let listed = |(name, bytes): &(&'static str, Vec<u8>)| Listed {
        name,
        bytes: bytes.len(),
        sha256: hex(&Sha256::digest(bytes)),
    };
    let manifest = Manifest {
        case_number: &row.case_number,
        filing_id: row.id.to_string(),
        school_code: &filing.school_code,
        school_name: &filing.school_name,
        state: row.state.as_str(),
        sha256: &row.sha256,
        files: files.iter().map(listed).collect(),
    };
    let manifest = ("manifest.json", pretty(&manifest)?);
    let bytes = zipped(std::iter::once(&manifest).chain(&files)).map_err(Refusal::internal)?;
    let save_as = Some(format!("{}.zip", row.case_number));
    Ok(File { media_type: "application/zip", save_as, bytes, version: row.version })
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec_pretty(value).map_err(Refusal::internal)
}

fn zipped<'a>(files: impl Iterator<Item = &'a (&'static str, Vec<u8>)>) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time, so that the same filing packs to the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    for (name, bytes) in files {
        archive.start_file(*name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
