//! The materials that the demonstration's schools file: one page each, which says what it would be.

use std::fmt::Write;

use actix_web::web::Bytes;
use sha2::{Digest, Sha256};

use crate::auth::By;
use crate::auth::permission::ManageMaterials;
use crate::db::Tx;
use crate::file_store::Store;
use crate::filings::uploads;
use crate::materials::{MediaType, NewMaterial, Stored};
use crate::plans::plans::Plan;
use crate::refusal::Refusal;
use crate::rules::document::MaterialKind;
use crate::sealing::hex;

/// What every plan is filed with (五.2).
const KINDS: [MaterialKind; 6] = [
    MaterialKind::ImplementationPlan,
    MaterialKind::ProjectsAndFees,
    MaterialKind::FacilitiesAndManagers,
    MaterialKind::SafetyAndEmergencyPlan,
    MaterialKind::RemunerationStandard,
    MaterialKind::FundingAndUse,
];

/// A document that is kept already.
#[derive(Clone)]
pub(super) struct Paper {
    kind: MaterialKind,
    stored: Stored,
}

impl Paper {
    /// Its file.
    pub(super) fn stored(&self) -> Stored {
        self.stored.clone()
    }
}

/// Where the pages are kept: under one name each, however many databases share the store.
pub(super) const FOLDER: &str = "demonstration/";

/// Keeps a page of each kind; all schools upload the same.
pub(super) async fn keep(store: &Store) -> Result<Vec<Paper>, Refusal> {
    let mut kept = Vec::new();
    for kind in KINDS {
        let page = page(kind.en());
        let sha256 = hex(&Sha256::digest(&page));
        let bytes = i64::try_from(page.len()).map_err(Refusal::internal)?;
        let object = format!("{FOLDER}{sha256}");
        store.keep(&object, vec![Bytes::from(page)]).await?;
        kept.push(Paper { kind, stored: Stored { object, sha256, bytes, media_type: MediaType::Pdf } });
    }
    Ok(kept)
}

/// Uploads them for a plan.
pub(super) fn upload(
    tx: &mut Tx<'_>,
    admin: &By<ManageMaterials>,
    papers: &[Paper],
    plan: &Plan,
) -> Result<(), Refusal> {
    for Paper { kind, stored } in papers {
        let new = NewMaterial {
            school_id: plan.school_id,
            plan_id: Some(plan.id),
            kind: *kind,
            name: format!("{}.pdf", kind.zh()),
            stored: stored.clone(),
        };
        uploads::upload(tx, admin, &new)?;
    }
    Ok(())
}

/// A PDF of one page with one line.
fn page(title: &str) -> Vec<u8> {
    let line = format!("BT /F1 24 Tf 72 720 Td (Demonstration: {title}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{line}\nendstream", line.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    // A String takes everything.
    let (mut text, mut places) = ("%PDF-1.4\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        let _ = writeln!(places, "{:010} 00000 n ", text.len());
        let _ = write!(text, "{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, count) = (text.len(), objects.len() + 1);
    let _ = write!(text, "xref\n0 {count}\n0000000000 65535 f \n{places}trailer\n");
    let _ = write!(text, "<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    text.into_bytes()
}
