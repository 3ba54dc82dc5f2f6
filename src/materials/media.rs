//! What a file is, by its content and never by what it is called.

use std::io::Cursor;

use zip::ZipArchive;

use crate::text_enum;

text_enum! {
    /// 文件类型, as a media type. Other types may come.
    pub enum MediaType {
        /// PDF
        Pdf = "application/pdf",
        /// PNG
        Png = "image/png",
        /// JPEG
        Jpeg = "image/jpeg",
        /// Word
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// Excel
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

impl MediaType {
    /// The type of a content; nothing for what is not taken.
    #[must_use]
    pub fn of(content: &[u8]) -> Option<Self> {
        match content {
            [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', ..] => Some(Self::Pdf),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'P', b'K', 3, 4, ..] => of_office(content),
            _ => None,
        }
    }

    /// Whether a file of this type may have this name.
    #[must_use]
    pub fn ends(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let own: &[&str] = match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
        };
        own.contains(&ending.as_str())
    }
}

/// An archive is taken for what its parts make it, and only without macros.
fn of_office(content: &[u8]) -> Option<MediaType> {
    let archive = ZipArchive::new(Cursor::new(content)).ok()?;
    let names = archive.file_names().collect::<Result<Vec<_>, _>>().ok()?;
    let has = |part: &str| names.iter().any(|name| name == part);
    let macros = names.iter().any(|name| name.to_ascii_lowercase().contains("vba"));
    if macros || !has("[Content_Types].xml") {
        return None;
    }
    match (has("word/document.xml"), has("xl/workbook.xml")) {
        (true, false) => Some(MediaType::Docx),
        (false, true) => Some(MediaType::Xlsx),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[&str]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for part in parts {
            let written = archive.start_file(*part, stored).and_then(|()| Ok(archive.write_all(b"<x/>")?));
            assert!(written.is_ok());
        }
        archive.finish().map(Cursor::into_inner).unwrap_or_default()
    }

    #[test]
    fn a_file_is_what_it_holds() {
        let types = "[Content_Types].xml";
        for (content, media_type) in [
            (b"%PDF-1.7\n".to_vec(), Some(MediaType::Pdf)),
            (b"\x89PNG\r\n\x1a\n".to_vec(), Some(MediaType::Png)),
            (b"\xff\xd8\xff\xe0".to_vec(), Some(MediaType::Jpeg)),
            (archive(&[types, "word/document.xml"]), Some(MediaType::Docx)),
            (archive(&[types, "xl/workbook.xml"]), Some(MediaType::Xlsx)),
            (archive(&[types, "word/document.xml", "word/vbaProject.bin"]), None),
            (archive(&[types, "word/document.xml", "xl/workbook.xml"]), None),
            (archive(&["word/document.xml"]), None),
            (archive(&["setup.exe"]), None),
            (b"PK\x03\x04 and no more".to_vec(), None),
            (b"MZ\x90\0".to_vec(), None),
            (b"\x7fELF".to_vec(), None),
            (b"#!/bin/sh\n".to_vec(), None),
            (b"<!doctype html>".to_vec(), None),
            (b" %PDF-1.7".to_vec(), None),
            (b"%PDF-".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(MediaType::of(&content), media_type, "{:?}", String::from_utf8_lossy(&content));
        }
    }

    #[test]
    fn a_name_ends_as_its_content_has_it() {
        for (name, ends) in [("a.pdf", true), ("a.PDF", true), ("a.exe", false), ("pdf", false), ("a.pdf.exe", false)] {
            assert_eq!(MediaType::Pdf.ends(name), ends, "{name}");
        }
        assert!(MediaType::Jpeg.ends("a.jpeg") && MediaType::Jpeg.ends("a.jpg"));
    }
}
