//! A filing as one ZIP that needs no other system to be read: the filed bytes, what the rules said in both languages,
//! the review, the states, what judged it, the materials, and a manifest with the SHA-256 of each file. The same
//! filing always packs to the same bytes.

use std::io::{Cursor, Write};

use actix_web::web::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Filing;
use crate::file_store::Store;
use crate::http::{File, FindingOut, Language, findings_out};
use crate::materials::Material;
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
    name: String,
    bytes: i64,
    sha256: String,
    /// The material that it is; it is also at `/api/v1/materials/{id}/content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    material_id: Option<String>,
    /// False for a material that would make the dossier too large.
    packed: bool,
}

/// A material with its content, where the dossier has room for it.
pub(super) type Paper = (Material, Option<Bytes>);

/// Most bytes of the materials in a dossier, which is made in memory.
const MATERIAL_BYTES_MAX: i64 = 128 << 20;

/// Reads the materials of a filing, as many as fit.
///
/// # Errors
/// 503 when the file store does not give them.
pub(super) async fn papers(store: &Store, materials: Vec<Material>) -> Result<Vec<Paper>, Refusal> {
    let (mut papers, mut room) = (Vec::with_capacity(materials.len()), MATERIAL_BYTES_MAX);
    for material in materials {
        let fits = material.bytes <= room;
        let content = if fits { Some(store.whole(&material.object).await?) } else { None };
        room -= if fits { material.bytes } else { 0 };
        papers.push((material, content));
    }
    Ok(papers)
}

fn place(material: &Material) -> String {
    format!("materials/{}/{}", material.kind.as_str(), material.name)
}

/// Packs a filing.
///
/// # Errors
/// A defect: something of it cannot be written.
pub(super) fn pack(filing: &Filing, papers: &[Paper]) -> Result<File, Refusal> {
    let row = &filing.row;
    let findings = Findings {
        profile: row.profile_code.clone(),
        document: row.profile_document.clone(),
        zh: findings_out(&filing.findings, Language::Zh),
        en: findings_out(&filing.findings, Language::En),
        not_judged: filing.not_judged.0.clone(),
    };
    let mut files = vec![
        ("plan.json", row.document.clone().into_bytes()),
        ("findings.json", pretty(&findings)?),
        ("review.json", pretty(&filing.review)?),
        ("steps.json", pretty(&filing.steps)?),
    ];
    // A filing of before it was kept has none, until it is charged by.
    files.extend(row.judged_by.clone().map(|kept| ("judged-by.json", kept.into_bytes())));
    let listed = |(name, bytes): &(&str, Vec<u8>)| Listed {
        name: (*name).to_owned(),
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: hex(&Sha256::digest(bytes)),
        material_id: None,
        packed: true,
    };
    let brought = |(material, content): &Paper| Listed {
        name: place(material),
        bytes: material.bytes,
        sha256: material.sha256.clone(),
        material_id: Some(material.id.to_string()),
        packed: content.is_some(),
    };
    let manifest = Manifest {
        case_number: &row.case_number,
        filing_id: row.id.to_string(),
        school_code: &filing.school_code,
        school_name: &filing.school_name,
        state: row.state.as_str(),
        sha256: &row.sha256,
        files: files.iter().map(listed).chain(papers.iter().map(brought)).collect(),
    };
    let manifest = pretty(&manifest)?;
    let own = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.as_slice()));
    let papers = papers.iter().filter_map(|(material, content)| Some((place(material), content.as_deref()?)));
    let all = std::iter::once(("manifest.json".to_owned(), manifest.as_slice())).chain(own).chain(papers);
    let bytes = zipped(all).map_err(Refusal::internal)?;
    let save_as = Some(format!("{}.zip", row.case_number));
    Ok(File { media_type: "application/zip", save_as, bytes, version: row.version })
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec_pretty(value).map_err(Refusal::internal)
}

fn zipped<'a>(files: impl Iterator<Item = (String, &'a [u8])>) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time, so that the same filing packs to the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    for (name, bytes) in files {
        archive.start_file(name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
