//! A filing as one ZIP that needs no other system to be read: the filed bytes, what the rules said in both languages,
//! the review, the states, what judged it, the materials, and a manifest with the SHA-256 of each file. The same
//! filing always packs to the same bytes for the same readers. It is written while it is read, so that a large one
//! takes no memory.

use std::io::Write;

use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Filing;
use crate::file_store::Store;
use crate::http::{FindingOut, Language, Piped, findings_out};
use crate::materials::{Material, unpackable_name};
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
    /// True for a reader who may not read materials: then there are none in it.
    materials_withheld: bool,
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
}

/// A dossier that is ready to be written.
pub(super) struct Dossier {
    case_number: String,
    manifest: Vec<u8>,
    own: Vec<(&'static str, Vec<u8>)>,
    materials: Vec<Material>,
}

fn place(material: &Material) -> String {
    format!("materials/{}/{}", material.kind.as_str(), unpackable_name(&material.name))
}

impl Dossier {
    /// Of a filing and its materials; without them for a reader who may not read materials.
    ///
    /// # Errors
    /// A defect: something of it cannot be written.
    pub(super) fn of(filing: &Filing, materials: Option<Vec<Material>>) -> Result<Self, Refusal> {
        let materials_withheld = materials.is_none();
        let (materials, own) = (materials.unwrap_or_default(), own(filing)?);
        let listed = |(name, bytes): &(&str, Vec<u8>)| Listed {
            name: (*name).to_owned(),
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: hex(&Sha256::digest(bytes)),
            material_id: None,
        };
        let brought = |material: &Material| Listed {
            name: place(material),
            bytes: material.bytes,
            sha256: material.sha256.clone(),
            material_id: Some(material.id.to_string()),
        };
        let manifest = pretty(&Manifest {
            case_number: &filing.case_number,
            filing_id: filing.id.to_string(),
            school_code: &filing.school_code,
            school_name: &filing.school_name,
            state: filing.state.as_str(),
            sha256: &filing.sha256,
            materials_withheld,
            files: own.iter().map(listed).chain(materials.iter().map(brought)).collect(),
        })?;
        Ok(Self { case_number: filing.case_number.clone(), manifest, own, materials })
    }

    /// Of its manifest, and so of all that is in it.
    pub(super) fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.manifest))
    }

    /// Under which name it is kept.
    pub(super) fn save_as(&self) -> String {
        format!("{}.zip", self.case_number)
    }

    /// Writes it.
    ///
    /// # Errors
    /// When its reader is gone or too slow, or the file store does not give a material.
    pub(super) fn write(&self, store: &Store, reader: Piped) -> std::io::Result<()> {
        let files = reader.clone();
        let mut archive = ZipWriter::new_stream(reader);
        // A fixed time, so that the same filing packs to the same bytes.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .large_file(false);
        let own = self.own.iter().map(|(name, bytes)| (*name, bytes.as_slice()));
        for (name, bytes) in std::iter::once(("manifest.json", self.manifest.as_slice())).chain(own) {
            archive.start_file(name, options)?;
            archive.write_all(bytes)?;
        }
        for material in &self.materials {
            archive.start_file(place(material), options)?;
            files.copied(store.stream(&material.object), |part| archive.write_all(part))?;
        }
        archive.finish()?.into_inner().flush()
    }
}

/// What is written of the filing itself.
fn own(filing: &Filing) -> Result<Vec<(&'static str, Vec<u8>)>, Refusal> {
    let findings = Findings {
        profile: filing.profile_code.clone(),
        document: filing.profile_document.clone(),
        zh: findings_out(&filing.row.findings, Language::Zh),
        en: findings_out(&filing.row.findings, Language::En),
        not_judged: filing.not_judged.0.clone(),
    };
    let mut files = vec![
        ("plan.json", filing.document.clone().into_bytes()),
        ("findings.json", pretty(&findings)?),
        ("review.json", pretty(&filing.review)?),
        ("steps.json", pretty(&filing.steps)?),
    ];
    // A filing of before it was kept has none, until it is charged by.
    files.extend(filing.judged_by.clone().map(|kept| ("judged-by.json", kept.into_bytes())));
    Ok(files)
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec_pretty(value).map_err(Refusal::internal)
}
